package engine

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// watch gathers the holdings that an envelope touched, each once. Most envelopes
// touch one or two, which are found by looking; only a sweep uses the marks, which
// lie in memory that nothing else reads.
type watch struct {
	round    uint32
	holdings []touched
	marks    []mark   // By holding.
	paid     []uint32 // By account: the round that last told its money.
	// accounts are those whose money changed without one of their holdings.
	accounts []venue.AccountID
}

// few is up to how many touched things are looked through one by one.
const few = 4

type touched struct {
	holding venue.HoldingID
	account venue.AccountID // Set by tell.
	traded  bool
}

// mark says in which round a holding was touched, and its place among those.
type mark struct{ round, place uint32 }

// begin forgets the envelope before.
func (w *watch) begin() {
	w.round++
	w.holdings, w.accounts = w.holdings[:0], w.accounts[:0]
}

// touch notes that the orders of a holding changed. Mostly it is the only one,
// and noted already.
func (w *watch) touch(h venue.HoldingID) {
	if len(w.holdings) != 1 || w.holdings[0].holding != h {
		w.note(h)
	}
}

// traded notes that the position of a holding changed.
func (w *watch) traded(h venue.HoldingID) { w.note(h).traded = true }

func (w *watch) note(h venue.HoldingID) *touched {
	n := len(w.holdings)
	for i := range w.holdings[:min(n, few)] {
		if w.holdings[i].holding == h {
			return &w.holdings[i]
		}
	}
	if n >= few {
		if at, ok := w.find(h); ok {
			return &w.holdings[at]
		}
	}
	w.holdings = append(w.holdings, touched{holding: h})
	return &w.holdings[n]
}

// find returns the place of a holding beyond the first few, and marks it as the
// next one when it has none.
func (w *watch) find(h venue.HoldingID) (uint32, bool) {
	for int(h) >= len(w.marks) {
		w.marks = append(w.marks, mark{})
	}
	m := &w.marks[h]
	if m.round == w.round {
		return m.place, true
	}
	*m = mark{w.round, uint32(len(w.holdings))}
	return 0, false
}

// money notes that the money of an account changed.
func (w *watch) money(a venue.AccountID) {
	if !slices.Contains(w.accounts, a) {
		w.accounts = append(w.accounts, a)
	}
}

// heard says whether the money of an account was told for one of its holdings.
func (w *watch) heard(a venue.AccountID) bool {
	n := len(w.holdings)
	for i := range w.holdings[:min(n, few)] {
		if w.holdings[i].account == a {
			return true
		}
	}
	return n > few && int(a) < len(w.paid) && w.paid[a] == w.round
}

// told says whether the money of the account of the i-th holding was told for an
// earlier one.
func (w *watch) told(i int) bool {
	a := w.holdings[i].account
	for j := range w.holdings[:min(i, few)] {
		if w.holdings[j].account == a {
			return true
		}
	}
	if i < few {
		return false
	}
	for int(a) >= len(w.paid) {
		w.paid = append(w.paid, 0)
	}
	was := w.paid[a] == w.round
	w.paid[a] = w.round
	return was
}

// conclude ends an envelope: reduce-only orders are cut to what is left to
// reduce, requirements follow the new state, account states are judged and a part
// of what liquidations have to do is done (LIQ-01), and everybody touched is told.
// No margin call is made in the middle of a handler.
func (e *Engine) conclude() {
	e.trimTouched()
	e.grow()
	e.supervise()
	e.grow()
	for i := range e.watch.holdings {
		e.tell(&e.watch.holdings[i])
	}
	for i := range e.watch.holdings {
		e.tellBalances(i)
	}
	for _, a := range e.watch.accounts {
		if !e.watch.heard(a) {
			e.tellBalance(a, venue.USD)
		}
	}
	if len(e.call.uncrossings) > 0 {
		e.trimLater()
	}
	if len(e.call.noted) > 0 && e.call.tell <= e.now {
		e.tellAuctions()
	}
}

// tell says what became of a touched holding.
func (e *Engine) tell(t *touched) {
	need := e.risk.Refresh(t.holding, e.marks())
	h := e.ledger.Holding(t.holding)
	t.account = h.Account
	if t.traded && h.Kind != venue.Spot {
		x := e.tape.PositionChanged()
		x.Account, x.Instrument, x.Qty, x.Cost, x.Margin = h.Account, h.Instrument, h.Qty, h.Cost, need
	}
}

// tellBalances says what the account of the i-th holding has now: of money once,
// of the base asset of a spot holding for each.
func (e *Engine) tellBalances(i int) {
	t := &e.watch.holdings[i]
	if !e.watch.told(i) {
		x := e.tape.BalanceChanged()
		x.Account, x.Asset = t.account, venue.USD
		x.Total, x.Held = e.risk.Money(t.account, e.marks())
	}
	if h := e.ledger.Holding(t.holding); h.Kind == venue.Spot {
		x := e.tape.BalanceChanged()
		x.Account = t.account
		x.Asset, x.Total, x.Held = e.ledger.Base(h)
	}
}

// tellBalance says what an account has now of an asset.
func (e *Engine) tellBalance(a venue.AccountID, as venue.AssetID) {
	x := e.tape.BalanceChanged()
	x.Account, x.Asset = a, as
	x.Total, x.Held = e.risk.Balance(a, as, e.marks())
}

// trimTouched trims whatever was touched so far. It runs at the end of an
// envelope, and before each stop that it elects: what a trade left to reduce
// must not be reduced twice by a later one.
func (e *Engine) trimTouched() {
	for i := 0; i < len(e.watch.holdings); i++ { // Trimming appends.
		e.trim(e.watch.holdings[i].holding)
	}
}

// trim cuts the reduce-only orders of a holding, youngest first, until all
// orders that close its position together cannot flip it. Those in a market that
// is being uncrossed wait for the end of that.
func (e *Engine) trim(h venue.HoldingID) {
	x := e.ledger.Holding(h)
	if !x.Reduces() || e.markets.Get(x.Instrument).Uncrossing {
		return
	}
	e.trimNow(h)
}

func (e *Engine) trimNow(h venue.HoldingID) {
	for _, side := range [2]venue.Side{venue.Buy, venue.Sell} {
		if over := e.risk.Excess(h, side); over > 0 {
			e.trimSide(h, side, over, 0)
		}
	}
}

// trimSide takes over lots off the reduce-only orders of one side, but for one that
// has just been elected: what it guards is worth more than what has not been
// reached.
func (e *Engine) trimSide(h venue.HoldingID, side venue.Side, over venue.Qty, but venue.OrderID) {
	e.ids = e.ids[:0]
	for id, ok := e.books.Oldest(h); ok; id, ok = e.books.After(id) {
		e.ids = append(e.ids, id)
	}
	for i := len(e.ids) - 1; i >= 0 && over > 0; i-- {
		v := &e.view
		e.books.Get(e.ids[i], v)
		if e.ids[i] == but || v.Dormant || v.Side != side || !v.Flags.Has(venue.ReduceOnly) || slices.Contains(e.open.elected, e.ids[i]) {
			continue
		}
		by := min(over, v.Leaves)
		m := &e.matched
		m.Reset()
		e.books.Reduce(e.ids[i], by, venue.ReduceOnlyTrimmed, m)
		e.cuts(m)
		e.levels(m)
		over -= by
	}
}
