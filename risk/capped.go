package risk

import (
	"cmp"
	"slices"

	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// Capped is a future whose price stays between 0 and Cap, as that of an
// availability index does. Positions and orders are paid for in full, so that
// nothing in it is ever liquidated (MAR-08).
type Capped struct {
	// Cap is the highest price, in ticks.
	Cap venue.Price
	// TickValue is what one tick on one lot is worth.
	TickValue venue.Amount
}

// Position returns the most that a position can lose: what a long paid, what
// the cap is above what a short got. Cost is signed as in the ledger.
func (c Capped) Position(qty venue.Qty, cost venue.Amount) venue.Amount {
	return ledger.Paid(qty, cost, venue.Amount(c.Cap)*c.TickValue)
}

// Orders returns what the open orders of a holding need beyond its position: the
// dearer side, of which the lots that would close the position, best price
// first, need nothing. Reduce-only orders need nothing and close nothing here.
// It sorts orders in place, best price first, and allocates nothing.
func (c Capped) Orders(position venue.Qty, orders []ledger.Open) venue.Amount {
	slices.SortStableFunc(orders, func(a, b ledger.Open) int {
		if a.Side != b.Side {
			return cmp.Compare(a.Side, b.Side)
		}
		if a.Side == venue.Buy {
			return cmp.Compare(b.Price, a.Price)
		}
		return cmp.Compare(a.Price, b.Price)
	})
	var buys, sells venue.Amount
	closingBuys, closingSells := max(0, -position), max(0, position)
	for _, o := range orders {
		switch {
		case o.ReduceOnly:
		case o.Side == venue.Buy:
			free := min(o.Qty, closingBuys)
			closingBuys -= free
			buys += venue.Amount(o.Qty-free) * venue.Amount(o.Price) * c.TickValue
		default:
			free := min(o.Qty, closingSells)
			closingSells -= free
			sells += venue.Amount(o.Qty-free) * venue.Amount(c.Cap-o.Price) * c.TickValue
		}
	}
	return max(buys, sells)
}

// Reach returns the most by which fills of the open orders can raise what is locked
// or lost, at least 0: that of the dearer side, where lots that close give something
// back first. The orders are as Orders leaves them. It is at most what Orders
// returns, and after a fill that much less at least.
func (c Capped) Reach(position venue.Qty, orders []ledger.Open) venue.Amount {
	var buys, sells venue.Amount
	closingBuys, closingSells := max(0, -position), max(0, position)
	for _, o := range orders {
		switch {
		case o.ReduceOnly:
		case o.Side == venue.Buy:
			free := min(o.Qty, closingBuys)
			closingBuys -= free
			buys += (venue.Amount(o.Qty-free)*venue.Amount(o.Price) - venue.Amount(free)*venue.Amount(c.Cap-o.Price)) * c.TickValue
		default:
			free := min(o.Qty, closingSells)
			closingSells -= free
			sells += (venue.Amount(o.Qty-free)*venue.Amount(c.Cap-o.Price) - venue.Amount(free)*venue.Amount(o.Price)) * c.TickValue
		}
	}
	return max(0, buys, sells)
}
