package risk

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// OpenOrders is how risk reads the open orders of a holding when a mark has
// moved past the limit of one of them.
type OpenOrders interface {
	// Each calls fn for the open orders of the holding that were given to Reserve
	// and not yet released, until fn returns false.
	Each(h venue.HoldingID, fn func(ledger.Open) bool)
}

// Risk computes needs. Use New.
type Risk struct {
	ledger *ledger.Ledger
	orders OpenOrders
	terms  []Terms // By instrument.
	walk   lossWalk
	list   orderList

	pledges pledges

	none ledger.Holding // Stands for a pair without a holding; never written.
	most uint16         // Open orders of one account.
}

// New returns a Risk over the ledger and the open orders of its holdings.
func New(l *ledger.Ledger, orders OpenOrders) *Risk {
	m := l.Limits()
	r := &Risk{ledger: l, orders: orders, terms: make([]Terms, m.Instruments+1), most: uint16(m.Orders)}
	r.walk.visit, r.list.visit = r.walk.add, r.list.add // Bound once: a closure per walk would allocate.
	return r
}

// List tells risk and its ledger the terms of an instrument that markets
// accepted. After a restart it is called for each instrument, in order of id,
// before the ledger's state is loaded.
func (r *Risk) List(i *venue.Instrument) {
	assert.That(int(i.ID) < len(r.terms) && i.ID != 0, "instrument beyond the limit of risk")
	r.ledger.List(i)
	t := &r.terms[i.ID]
	t.fill(i)
	t.maxQty = r.ledger.MaxQty(i.ID)
}

// Retune gives a listed instrument the terms that may change: margin schedule,
// open-interest scale and limit of positions. What open orders reserve for fees
// stays as List said; cached needs follow with the next version of the mark.
func (r *Risk) Retune(i *venue.Instrument) {
	t := &r.terms[i.ID]
	t.initial, t.maintenance = schedule{}, schedule{}
	t.fillChanging(i)
	t.grown = t.interest.at(int64(r.ledger.Interest(i.ID)))
}
