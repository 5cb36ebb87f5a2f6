package risk

import (
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// withinLimit refuses an order with which the owner of its account could hold more
// lots on its side than the terms let one owner hold (MAR-12). What one account
// could hold is its position after all open orders of the side; accounts that are
// on the other side are not set against those on this one. An order that adds
// nothing to that, as one that only closes, is taken in any case.
func (r *Risk) withinLimit(x *ledger.Holding, limit venue.Qty, o *Order) venue.Refusal {
	side := o.Open.Side
	before := reach(x, side)
	after := max(0, x.Qty*side.Sign()+plain(x, side)-o.Old.Qty+o.Open.Qty)
	if after <= before {
		return venue.Refusal{}
	}
	total := after - before
	for a := r.ledger.NewestOf(r.ledger.Owner(o.Account)); a != 0; a = r.ledger.Older(a) {
		if h, ok := r.ledger.Find(a, o.Instrument); ok {
			total += reach(r.ledger.Holding(h), side)
		}
	}
	if total > limit {
		return venue.Refusal{Reason: venue.PositionLimit, Field: venue.FieldPosition, Limit: int64(limit)}
	}
	return venue.Refusal{}
}

// reach is what a holding has on a side after all plain orders of that side.
func reach(x *ledger.Holding, side venue.Side) venue.Qty {
	return max(0, x.Qty*side.Sign()+plain(x, side))
}

// plain returns the open lots of a side without those that only reduce.
func plain(x *ledger.Holding, side venue.Side) venue.Qty {
	if side == venue.Buy {
		return x.BuyQty
	}
	return x.SellQty
}
