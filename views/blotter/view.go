package blotter

import (
	"slices"
	"sync"

	"github.com/clearhour/clearhour/venue"
)

// Limits bound what an account is remembered with. A zero means 1,000.
type Limits struct {
	// Ended is how many ended orders are kept, at least 1.
	Ended int
	// Fills is how many fills are kept, at least 1.
	Fills int
}

const defaultKept = 1000

// account is what is known of one account.
type account struct {
	id          venue.AccountID
	owner       venue.OwnerID
	state       venue.AccountState // 0 for healthy.
	live, ended list
	fills       ring
	positions   []Position // By rising instrument.
	balances    []Balance  // By rising asset.
}

// clientKey names an order by what its client calls it.
type clientKey struct {
	account venue.AccountID
	id      venue.ClOrdID
}

// View is what accounts have. Use New.
type View struct {
	mu       sync.RWMutex
	limits   Limits
	accounts []*account // By AccountID; nil where none is known.
	orders   pool[record]
	aliases  pool[alias]
	byID     map[venue.OrderID]ref
	byClient map[clientKey]ref
	longs    map[venue.InstrumentID]venue.Qty
	seq      venue.Seq
	index    uint32
	time     venue.Time
}

// New returns an empty view.
func New(l Limits) *View {
	if l.Ended <= 0 {
		l.Ended = defaultKept
	}
	if l.Fills <= 0 {
		l.Fills = defaultKept
	}
	return &View{limits: l, byID: map[venue.OrderID]ref{}, byClient: map[clientKey]ref{}, longs: map[venue.InstrumentID]venue.Qty{}}
}

// Apply takes one event. Events must come in order; one that was applied
// before changes nothing. Only one goroutine may call Apply and ApplyAll.
func (v *View) Apply(e *venue.Entry) {
	v.mu.Lock()
	v.apply(e)
	v.mu.Unlock()
}

// ApplyAll takes the events of a batch under one lock. An order that ends in
// the batch may be forgotten at its end, when its account ends more than
// Limits.Ended of them; whoever must see each one reads between Applies.
func (v *View) ApplyAll(entries []venue.Entry) {
	v.mu.Lock()
	for i := range entries {
		v.apply(&entries[i])
	}
	v.mu.Unlock()
}

func (v *View) apply(e *venue.Entry) {
	if e.Seq < v.seq || e.Seq == v.seq && e.Seq != 0 && e.Index <= v.index {
		return
	}
	v.seq, v.index, v.time = e.Seq, e.Index, max(v.time, e.Time)
	switch ev := e.Event.(type) {
	case *venue.OrderAccepted:
		v.accepted(e, ev)
	case *venue.OrderRejected:
		v.rejected(e, ev)
	case *venue.OrderTriggered:
		v.triggered(e, ev)
	case *venue.OrderAmended:
		v.amended(e, ev)
	case *venue.OrderReduced:
		v.reduced(e, ev)
	case *venue.OrderCanceled:
		v.canceled(e, ev)
	case *venue.Traded:
		v.traded(e, ev)
	case *venue.BalanceChanged:
		v.balance(e, ev)
	case *venue.PositionChanged:
		v.position(e, ev)
	case *venue.AccountOpened:
		v.account(ev.Account).owner = ev.Owner
	case *venue.AccountStateChanged:
		v.account(ev.Account).state = ev.State
	case *venue.FundingPaid:
		v.funding(e, ev)
	case *venue.Deposited, *venue.Withdrawn:
		// The balance says what came of it.
	case *venue.CollateralSet, *venue.Transferred, *venue.CollateralSeized, *venue.CollateralSold:
		// Balances say what came of it.
	case *venue.CommandRejected, *venue.RequestRepeated, *venue.CancelRejected, *venue.MassCanceled:
		// Answers to a session; nothing changed, or the orders said so themselves.
	case *venue.PositionTransferred, *venue.GainsHaircut, *venue.DebtPaid:
		// Positions and balances say what came of it.
	case *venue.LiquidationSet, *venue.InsuranceFunded, *venue.Receipt:
		// The venue's own.
	case *venue.ChangeProposed, *venue.ChangeApproved, *venue.ChangeEnded, *venue.TermsSet, *venue.OperatorSet:
		// What operators change is in the picture of the market.
	case *venue.FeeTiersSet, *venue.VariationPaid, *venue.InstrumentSettled:
		// What operators do shows in balances, positions and orders.
	case *venue.Quoted, *venue.MassQuoted, *venue.QuoteProtectionSet, *venue.QuoteProtectionTriggered:
		// The orders of quotes say what came of it.
	case *venue.VersionSet, *venue.AssetListed, *venue.InstrumentListed,
		*venue.PhaseChanged, *venue.MarkChanged, *venue.LevelChanged,
		*venue.AuctionIndicative, *venue.AuctionUncrossing, *venue.ScheduleSet, *venue.ProtectionsSet,
		*venue.IndexListed, *venue.IndexPublished, *venue.IndexMetered, *venue.WindowMetered, *venue.ReferenceSet, *venue.FundingClosed, *venue.FundingSettled:
		// Public, and no account's.
	}
}

// account returns the record of an account, made if need be: the accounts of
// the venue itself have balances without ever being opened.
func (v *View) account(id venue.AccountID) *account {
	if int(id) >= len(v.accounts) {
		v.accounts = append(v.accounts, make([]*account, int(id)+1-len(v.accounts))...)
	}
	if v.accounts[id] == nil {
		v.accounts[id] = &account{id: id}
	}
	return v.accounts[id]
}

func (v *View) balance(e *venue.Entry, ev *venue.BalanceChanged) {
	a := v.account(ev.Account)
	at, found := slices.BinarySearchFunc(a.balances, ev.Asset, func(b Balance, id venue.AssetID) int { return int(b.Asset) - int(id) })
	now := Balance{Asset: ev.Asset, Total: ev.Total, Held: ev.Held, Seq: e.Seq}
	switch none := ev.Total == 0 && ev.Held == 0; {
	case found && none:
		a.balances = slices.Delete(a.balances, at, at+1)
	case found:
		a.balances[at] = now
	case !none:
		a.balances = slices.Insert(a.balances, at, now)
	}
}

func (v *View) position(e *venue.Entry, ev *venue.PositionChanged) {
	a := v.account(ev.Account)
	at, found := a.seat(ev.Instrument)
	if found {
		v.longs[ev.Instrument] -= max(0, a.positions[at].Qty)
	}
	v.longs[ev.Instrument] += max(0, ev.Qty)
	now := Position{Instrument: ev.Instrument, Qty: ev.Qty, Cost: ev.Cost, Margin: ev.Margin, Seq: e.Seq}
	switch none := ev.Qty == 0 && ev.Cost == 0 && ev.Margin == 0; {
	case found && none:
		a.positions = slices.Delete(a.positions, at, at+1)
	case found:
		if ev.Qty != 0 {
			now.Funding = a.positions[at].Funding
		}
		a.positions[at] = now
	case !none:
		a.positions = slices.Insert(a.positions, at, now)
	}
}

// seat returns where the position in an instrument stands or would stand.
func (a *account) seat(id venue.InstrumentID) (int, bool) {
	return slices.BinarySearchFunc(a.positions, id, func(p Position, id venue.InstrumentID) int { return int(p.Instrument) - int(id) })
}

// funding adds up what a position paid. It is paid before the position changes.
func (v *View) funding(e *venue.Entry, ev *venue.FundingPaid) {
	a := v.account(ev.Account)
	if at, found := a.seat(ev.Instrument); found {
		f := &a.positions[at].Funding
		f.Paid += ev.Amount
		f.Last, f.At = ev.Amount, e.Time
	}
}
