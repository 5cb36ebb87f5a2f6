package margin

import (
	"sync"

	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/marketdata"
)

// Config bounds the work of a View.
type Config struct {
	// RankAge is how old, in the time of events, the places of positions may be
	// before they are computed anew; 0 lets every event age them.
	RankAge venue.Time
}

// View answers what accounts must have. Use New.
type View struct {
	config  Config
	market  *marketdata.View
	blotter *blotter.View
	gate    sync.RWMutex // Held by who applies events, over whole envelopes.

	known sync.Mutex
	terms []prepared // By instrument.

	ranking sync.Mutex // Taken before known.
	ranks   ranks
}

// prepared are the terms of an instrument as margin takes them. Terms that change
// are another value.
type prepared struct {
	of    *venue.Instrument // nil until asked for.
	terms *risk.Terms
}

// New returns a view over two others.
func New(market *marketdata.View, blot *blotter.View, c Config) *View {
	v := &View{config: c, market: market, blotter: blot}
	v.ranks.places, v.ranks.sides = map[seat]place{}, map[side][]risk.Candidate{}
	return v
}

// Begin keeps readers out until End, while the events of whole envelopes are
// applied to the views below.
func (v *View) Begin() { v.gate.Lock() }

// End lets readers in.
func (v *View) End() { v.gate.Unlock() }

// Position is a position with what it needs and where it ends.
type Position struct {
	blotter.Position
	// Terms are those of the instrument.
	Terms *venue.Instrument
	// Mark is what values the position.
	Mark marketdata.Marking
	// Unrealised is what closing at the mark would add to the cash. That of a capped
	// future is no part of the account's.
	Unrealised venue.Amount
	// Initial is what the position and the open orders of the instrument need,
	// Maintenance what the position alone needs, in micro-dollars.
	Initial, Maintenance venue.Amount
	// Liquidation is the price in ticks at which the account would have no more
	// than its maintenance margin if no other mark moved; HasLiquidation says
	// whether there is one. One that is not positive is never reached.
	Liquidation    venue.Ratio
	HasLiquidation bool
	// Rank is the place among the positions of the side in the instrument, from 1,
	// in the order in which they would be deleveraged, and Of how many there are;
	// 0 while a mark of the account is stale, because nobody is deleveraged then.
	Rank, Of int
}

// Lamps says how near a position is to being deleveraged, as venues show it: 5
// for the first fifth of the places, 1 for the last, 0 without a place.
func (p *Position) Lamps() int {
	if p.Rank == 0 || p.Of == 0 {
		return 0
	}
	return 5 - (p.Rank-1)*5/p.Of
}

// Account is an account at the marks.
type Account struct {
	ID venue.AccountID
	// State is what the venue last said of the account.
	State venue.AccountState
	risk.Status
	// Free is what is left for the margin of new orders, negative when what there
	// is does not cover what is needed.
	Free venue.Amount
	// Stale says that a mark which values a position is stale: the state stays
	// what it is until it is fresh (R-STALE).
	Stale bool
	// Positions are by rising instrument; instruments with open orders alone are
	// left out.
	Positions []Position
}

// Account returns an account with its positions, and whether it exists.
func (v *View) Account(id venue.AccountID) (Account, bool) {
	v.gate.RLock()
	defer v.gate.RUnlock()
	var s sheet
	v.read(id, &s)
	if !s.known {
		return Account{}, false
	}
	a := Account{ID: id, State: s.state, Status: s.status(), Stale: !s.fresh()}
	a.Free = a.Status.Free()
	v.ranking.Lock()
	defer v.ranking.Unlock()
	for i := range s.held {
		if h := &s.held[i]; h.position.Qty != 0 || h.position.Cost != 0 {
			a.Positions = append(a.Positions, h.shown(&a.Status))
			v.place(&a.Positions[len(a.Positions)-1], id)
		}
	}
	return a, true
}

// termsOf returns what the margin of an instrument depends on, without its open
// interest.
func (v *View) termsOf(m *marketdata.Marking) *risk.Terms {
	i := m.Terms
	v.known.Lock()
	defer v.known.Unlock()
	for int(i.ID) >= len(v.terms) {
		v.terms = append(v.terms, prepared{})
	}
	p := &v.terms[i.ID]
	if p.of != i {
		reserving := *i
		reserving.Taker = m.Reserves
		*p = prepared{i, risk.TermsOf(&reserving)}
	}
	return p.terms
}
