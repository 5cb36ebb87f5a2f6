package risk

import "github.com/clearhour/clearhour/venue"

// Terms is what margin depends on in the terms of an instrument. Maintenance is
// apart from what a check of an order reads.
type Terms struct {
	tickValue   venue.Amount
	maxQty      venue.Qty
	taker       venue.Rate
	base        venue.AssetID
	kind        venue.Kind
	stale       venue.Rate // Factor on initial margin while the mark is stale.
	slack       venue.Rate // See Slack.
	limit       venue.Qty  // Of what one owner may hold on one side, 0 for none (MAR-12).
	cap         venue.Price
	interest    Interest
	grown       share // By interest, as it is in force.
	initial     schedule
	maintenance schedule
}

// TermsOf returns the terms of an instrument that markets accepted, as List
// keeps them, for whoever computes margins outside of a Risk.
func TermsOf(i *venue.Instrument) *Terms {
	t := &Terms{}
	t.fill(i)
	return t
}

func (t *Terms) fill(i *venue.Instrument) {
	*t = Terms{tickValue: i.TickValue(), taker: i.Taker, base: i.Base, kind: i.Kind.Held(), stale: venue.One}
	t.cap = i.High
	t.fillChanging(i)
}

// fillChanging fills in what may change while the instrument is listed.
func (t *Terms) fillChanging(i *venue.Instrument) {
	t.limit, t.interest = i.MaxPosition, scaleOf(i.Interest)
	t.initial.fill(i.Brackets, func(b venue.Bracket) venue.Rate { return b.Initial })
	t.maintenance.fill(i.Brackets, func(b venue.Bracket) venue.Rate { return b.Maintenance })
	t.slack = venue.One
	for _, b := range i.Brackets {
		t.slack = min(t.slack, b.Maintenance)
	}
	t.slack = max(0, t.slack-2*t.taker) // The fee is paid at a price that may be twice the mark.
}

// Initial returns the initial margin of a notional from 0 to MaxAmount at the open
// interest in force, rounded up (MAR-01, MAR-03).
func (t *Terms) Initial(notional venue.Amount) venue.Amount {
	if t.grown.above != 0 {
		return t.initial.grownTo(notional, t.grown)
	}
	return t.initial.of(notional)
}

// Maintenance returns the maintenance margin of a notional from 0 to MaxAmount,
// rounded up (MAR-01).
func (t *Terms) Maintenance(notional venue.Amount) venue.Amount { return t.maintenance.of(notional) }

// Unrealised returns what closing a position at the mark would add to the cash.
// Cost is the signed sum of price times lots times tick value, as the ledger
// keeps it.
func (t *Terms) Unrealised(qty venue.Qty, cost venue.Amount, mark venue.Price) venue.Amount {
	return venue.Amount(qty)*venue.Amount(mark)*t.tickValue - cost
}
