package feeds

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/internal/state"
	"github.com/clearhour/clearhour/venue"
)

// append appends the state of a fleet, numbers of 8 bytes unless said otherwise:
//
//	closing  first open period
//	last     start, end, contracted, counted, providers
//	days     their number (uint16); day, contracted, counted
//	meters   their number (uint32); period, source (uint32), time, contracted,
//	         delivered, unattested
func (f *fleet) append(dst []byte) []byte {
	le, m := binary.LittleEndian, &f.last
	dst = appendInts(dst, int64(f.closing), int64(m.Start), int64(m.End), int64(m.Contracted), int64(m.Counted), int64(m.Providers))
	dst = le.AppendUint16(dst, uint16(len(f.days)))
	for _, d := range f.days {
		dst = appendInts(dst, int64(d.day), int64(d.sum.Contracted), int64(d.sum.Counted))
	}
	dst = le.AppendUint32(dst, uint32(len(f.meters)))
	for i := range f.meters {
		m := &f.meters[i]
		dst = le.AppendUint32(appendInts(dst, int64(m.start)), uint32(m.source))
		dst = appendInts(dst, int64(m.at), int64(m.delivery.Contracted), int64(m.delivery.Delivered), int64(m.delivery.Unattested))
	}
	return dst
}

// loadFleet reads what append wrote.
func (s *Indices) loadFleet(r *state.Reader, x *index) {
	f := &x.fleet
	f.closing = venue.Time(r.I64())
	f.last.Start, f.last.End = venue.Time(r.I64()), venue.Time(r.I64())
	f.last.Availability = availability(r)
	providers := r.I64()
	f.last.Providers = int(providers)
	r.OK = r.OK && f.closing >= 0 && f.closing%x.terms.Period == 0 && f.last.End >= 0 && f.last.End <= f.closing &&
		providers >= 0 && providers <= MaxSources
	for n := r.U16(); n > 0 && r.OK; n-- {
		d := daySum{day: venue.Time(r.I64()), sum: availability(r)}
		before := len(f.days) == 0 || f.days[len(f.days)-1].day < d.day
		r.OK = r.OK && before && d.day >= 0 && d.day%MaxPeriod == 0 && len(f.days) < MaxDays
		f.days = append(f.days, d)
	}
	for n := r.U32(); n > 0 && r.OK; n-- {
		s.loadMeter(r, x)
	}
	x.next = f.closes(&x.terms)
}

func (s *Indices) loadMeter(r *state.Reader, x *index) {
	m, f := meter{start: venue.Time(r.I64()), source: venue.SourceID(r.U32()), at: venue.Time(r.I64())}, &x.fleet
	d := &m.delivery
	d.Contracted, d.Delivered, d.Unattested = venue.GPUTime(r.I64()), venue.GPUTime(r.I64()), venue.GPUTime(r.I64())
	before := len(f.meters) == 0 || f.meters[len(f.meters)-1].compare(m) < 0
	r.OK = r.OK && before && m.start >= f.closing && !m.check(&x.terms, m.at).Refused() && !s.room(f, m.start).Refused()
	f.meters = append(f.meters, m)
	s.metered++
}

func availability(r *state.Reader) Availability {
	a := Availability{Contracted: venue.GPUTime(r.I64()), Counted: venue.GPUTime(r.I64())}
	r.OK = r.OK && a.Counted >= 0 && a.Counted <= a.Contracted && a.Contracted <= MaxGPUTime/MaxDays
	return a
}
