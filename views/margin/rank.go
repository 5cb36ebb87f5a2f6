package margin

import (
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// place is where a position stands.
type place struct {
	rank int
	long bool
}

// seat names a position.
type seat struct {
	account    venue.AccountID
	instrument venue.InstrumentID
}

// side names the positions that are ranked with each other.
type side struct {
	instrument venue.InstrumentID
	long       bool
}

// ranks are the places of all positions at one moment: one walk over the
// accounts serves whoever asks until it is too old.
type ranks struct {
	made   bool
	seq    venue.Seq
	time   venue.Time
	places map[seat]place
	sides  map[side][]risk.Candidate
	sheet  sheet
}

// place gives a position its rank.
func (v *View) place(p *Position, id venue.AccountID) {
	v.rank()
	at, ok := v.ranks.places[seat{id, p.Instrument}]
	if !ok || at.long != (p.Qty > 0) {
		return // It came, or turned, since the places were computed.
	}
	p.Rank, p.Of = at.rank, len(v.ranks.sides[side{p.Instrument, at.long}])
}

// rank computes the places anew when they are too old. The caller holds
// ranking and the gate.
func (v *View) rank() {
	r := &v.ranks
	seq, now := v.blotter.Position()
	if r.made && (seq == r.seq || now < r.time+v.config.RankAge) {
		return
	}
	r.made, r.seq, r.time = true, seq, now
	clear(r.places)
	for s, all := range r.sides {
		r.sides[s] = all[:0]
	}
	for id, last := venue.FirstAccount, v.blotter.LastAccount(); id <= last; id++ {
		v.enter(id)
	}
	for s, all := range r.sides {
		risk.Rank(all)
		for i := range all {
			r.places[seat{all[i].Account, s.instrument}] = place{i + 1, s.long}
		}
	}
}

// enter adds the positions of an account to those that are ranked: none while
// one of its marks is stale.
func (v *View) enter(id venue.AccountID) {
	r := &v.ranks
	s := &r.sheet
	v.readPositions(id, s)
	if !s.fresh() {
		return
	}
	st := s.status()
	for i := range s.held {
		h := &s.held[i]
		if h.position.Qty == 0 || h.instr.Kind == venue.Capped {
			continue
		}
		at := side{h.position.Instrument, h.position.Qty > 0}
		r.sides[at] = append(r.sides[at], h.candidate(id, &st))
	}
}
