package engine

import (
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// openOrders lets risk read the open orders of a holding in the book.
type openOrders struct {
	books *matching.Books
	view  matching.View
}

// Each calls fn for the orders of a holding that are open, oldest first.
func (o *openOrders) Each(h venue.HoldingID, fn func(ledger.Open) bool) {
	for id, ok := o.books.Oldest(h); ok; id, ok = o.books.After(id) {
		o.books.Get(id, &o.view)
		if !o.view.Dormant && !fn(heldBy(&o.view)) {
			return
		}
	}
}
