package engine

import (
	"slices"

	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// openOrders lets risk read the open orders of a holding in the book.
type openOrders struct {
	books *matching.Books
	view  matching.View
	// elected are stops that sleep no more and hold nothing yet: the book has
	// them, their holdings do not count them.
	elected []venue.OrderID
}

// Each calls fn for the orders of a holding that are open, oldest first.
func (o *openOrders) Each(h venue.HoldingID, fn func(ledger.Open) bool) {
	for id, ok := o.books.Oldest(h); ok; id, ok = o.books.After(id) {
		o.books.Get(id, &o.view)
		if !o.view.Dormant && !slices.Contains(o.elected, id) && !fn(heldBy(&o.view)) {
			return
		}
	}
}
