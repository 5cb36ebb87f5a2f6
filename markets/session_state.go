package markets

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/venue"
)

// AppendSessions appends the sessions of all instruments, little-endian:
//
//	steps byte, each { at, phase byte }; due
//	breaker, window, base; triggers byte, each { move, extend }
//	ends, reference; flags byte: referred 1, armed 2; breached uint16
//	told: price, volume, surplus, ends
//	the state of the breaker, if there is one
func (s *Markets) AppendSessions(dst []byte) []byte {
	for i := 1; i < len(s.markets); i++ {
		dst = s.sessions[i].append(dst)
	}
	return dst
}

func (x *Session) append(dst []byte) []byte {
	put := func(vs ...int64) {
		for _, v := range vs {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
		}
	}
	dst = append(dst, byte(len(x.Steps)))
	for _, step := range x.Steps {
		put(int64(step.At))
		dst = append(dst, byte(step.Phase))
	}
	p := &x.Protections
	put(int64(x.due), int64(p.Breaker), int64(p.Window), int64(p.Base))
	dst = append(dst, byte(len(p.Triggers)))
	for _, t := range p.Triggers {
		put(int64(t.Move), int64(t.Extend))
	}
	put(int64(x.Ends), int64(x.reference))
	flags := byte(0)
	if x.referred {
		flags |= 1
	}
	if x.armed {
		flags |= 2
	}
	dst = x.chain.AppendState(append(dst, flags))
	put(int64(x.Told.Price), int64(x.Told.Volume), int64(x.Told.Surplus), int64(x.Told.Ends))
	if x.breaker != nil {
		dst = x.breaker.AppendState(dst)
	}
	return dst
}

// LoadSessions reads what AppendSessions wrote into markets that LoadState has
// read, and returns what follows. The error is ErrState.
func (s *Markets) LoadSessions(src []byte) ([]byte, error) {
	for i := 1; i < len(s.markets); i++ {
		rest, ok := s.sessions[i].load(src)
		if !ok {
			return nil, ErrState
		}
		src = rest
	}
	s.resume()
	return src, nil
}

func (x *Session) load(src []byte) ([]byte, bool) {
	r := newReader(src)
	for n := r.U8(); n > 0 && r.OK; n-- {
		x.Steps = append(x.Steps, venue.Step{At: venue.Time(r.I64()), Phase: venue.Phase(r.U8())})
	}
	x.due = venue.Time(r.I64())
	p := &x.Protections
	p.Breaker, p.Window, p.Base = venue.Rate(r.I64()), venue.Time(r.I64()), venue.Time(r.I64())
	for n := r.U8(); n > 0 && r.OK; n-- {
		p.Triggers = append(p.Triggers, venue.Trigger{Move: venue.Rate(r.I64()), Extend: venue.Time(r.I64())})
	}
	x.Ends, x.reference = venue.Time(r.I64()), venue.Price(r.I64())
	flags := r.U8()
	if !r.OK || flags > 3 || checkSteps(x.Steps).Refused() || checkProtections(p).Refused() || !x.isDue() {
		return nil, false
	}
	x.protect()
	x.referred, x.armed = flags&1 != 0, flags&2 != 0
	rest, ok := x.chain.LoadState(r.Src)
	r.Src, r.OK = rest, ok
	x.Told = venue.AuctionIndicative{
		Price: venue.Price(r.I64()), Volume: venue.Qty(r.I64()), Surplus: venue.Qty(r.I64()), Ends: venue.Time(r.I64()),
	}
	if !r.OK || x.armed && x.breaker == nil {
		return nil, false
	}
	if x.breaker != nil {
		return x.breaker.LoadState(r.Src)
	}
	return r.Src, true
}

// isDue says whether the next step is one of the schedule.
func (x *Session) isDue() bool {
	if x.due == 0 || len(x.Steps) == 0 {
		return x.due == 0 && len(x.Steps) == 0
	}
	return x.due > 0 && x.after(x.due-1) == x.due
}
