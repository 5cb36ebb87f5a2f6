package engine

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/venue"
)

// appendEnding appends the stage of each market in a byte, the jobs after their
// number, and the final prices that are coming in after theirs.
func (e *Engine) appendEnding(dst []byte) []byte {
	le, x := binary.LittleEndian, &e.ending
	for id := venue.InstrumentID(1); id <= e.markets.Count(); id++ {
		dst = append(dst, byte(x.stages[id]))
	}
	dst = le.AppendUint16(dst, uint16(len(x.jobs)))
	for _, j := range x.jobs {
		dst = le.AppendUint16(dst, uint16(j.inst))
		dst = le.AppendUint32(dst, j.at)
		dst = le.AppendUint64(dst, uint64(j.price))
	}
	dst = le.AppendUint16(dst, uint16(len(x.finals)))
	for i := range x.finals {
		dst = le.AppendUint16(dst, uint16(x.finals[i].inst))
		dst = x.finals[i].mean.AppendState(dst)
	}
	return dst
}

// loadEnding reads what appendEnding wrote, after the ledger.
func (e *Engine) loadEnding(src []byte) ([]byte, error) {
	r, x := newCursor(src), &e.ending
	x.stages, x.next = make([]stage, e.markets.Count()+1), 0
	working := 0
	for id := venue.InstrumentID(1); id <= e.markets.Count(); id++ {
		s := stage(r.U8())
		m := e.markets.Get(id)
		at, ends := m.Ends()
		phase := m.Phase
		if !r.OK || s > stageSettled || s != stageOpen && (!ends || at > e.now) || (s == stageSettled) != (phase == venue.Settled) ||
			s != stageOpen && s != stageSettled && phase != venue.Halted || m.Terms.Kind == venue.Spot && (s == stageClosed || s == stageSettling) {
			return nil, errState
		}
		x.stages[id] = s
		switch s {
		case stageOpen:
			if ends && (x.next == 0 || at < x.next) {
				x.next = at
			}
		case stageClosing, stageSettling:
			working++
			e.markets.Close(id)
		case stageClosed:
			e.markets.Close(id)
		case stageSettled:
		}
	}
	for range r.U16() {
		j := job{inst: venue.InstrumentID(r.U16()), at: r.U32(), price: venue.Price(r.U64())}
		if !r.OK || !e.working(&j) {
			return nil, errState
		}
		x.jobs = append(x.jobs, j)
	}
	if len(x.jobs) != working {
		return nil, errState
	}
	return e.loadFinals(r)
}

// working says whether a job could be one, and the first of its market.
func (e *Engine) working(j *job) bool {
	if j.inst == 0 || j.inst > e.markets.Count() {
		return false
	}
	for i := range e.ending.jobs {
		if e.ending.jobs[i].inst == j.inst {
			return false
		}
	}
	low, high := finalRange(&e.markets.Get(j.inst).Terms)
	switch e.ending.stages[j.inst] {
	case stageClosing:
		return j.price == 0 && j.at != 0 && j.at <= e.limits.Holdings+1
	case stageSettling:
		return j.price >= low && j.price <= high && j.at <= e.limits.Holdings
	case stageOpen, stageClosed, stageSettled:
	}
	return false
}

// loadFinals reads the final prices that are coming in.
func (e *Engine) loadFinals(r *cursor) ([]byte, error) {
	n := r.U16()
	if !r.OK {
		return nil, errState
	}
	for range n {
		f := final{inst: venue.InstrumentID(r.U16())}
		if !r.OK || f.inst == 0 || f.inst > e.markets.Count() || e.ending.stages[f.inst] != stageClosed {
			return nil, errState
		}
		for i := range e.ending.finals {
			if e.ending.finals[i].inst == f.inst {
				return nil, errState
			}
		}
		rest, err := f.mean.LoadState(r.Src)
		if err != nil || f.mean.MaxCarry > maxCarry || told(&f.mean) == 0 || told(&f.mean) >= hoursOf(&e.markets.Get(f.inst).Terms) {
			return nil, errState
		}
		r.Src = rest
		e.ending.finals = append(e.ending.finals, f)
	}
	return r.Src, nil
}
