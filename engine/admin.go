package engine

import (
	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/venue"
)

// rejectCommand refuses a command that is not about an order. One that a change
// wraps is refused to the change.
func (e *Engine) rejectCommand(c venue.Command, a venue.AccountID, ref venue.ClOrdID, why venue.Refusal) {
	if e.performing.on {
		e.performing.refusal = why
		return
	}
	r := e.tape.CommandRejected()
	r.Command, r.Account, r.Ref, r.Refusal = c.Kind(), a, ref, why
}

func (e *Engine) listAsset(c *venue.ListAsset) {
	if why := e.markets.ListAsset(c); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	x := e.tape.AssetListed()
	x.Asset, x.Symbol, x.Decimals = c.Asset, c.Symbol, c.Decimals
}

func (e *Engine) listInstrument(c *venue.ListInstrument) {
	t := &c.Terms
	why := e.admitBase(t)
	if !why.Refused() {
		why = e.markets.List(t)
	}
	if why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	e.risk.List(t)
	e.books.Open(t.ID, t.Low, t.High)
	e.varyFrom(t.Kind)
	e.endFrom(t.ID)
	if t.Match == venue.ProRata {
		e.books.ShareProRata(t.ID)
	}
	e.varyFrom(t.Kind)
	e.tape.InstrumentListed().Terms = e.markets.Get(t.ID).Terms
}

func (e *Engine) setMark(c *venue.SetMark) {
	if why := e.markets.SetMark(c.Instrument, c.Price); why.Refused() {
		e.rejectCommand(c, 0, venue.ClOrdID{}, why)
		return
	}
	e.remark(c.Instrument)
	e.noteMark(c.Instrument)
	x := e.tape.MarkChanged()
	x.Instrument, x.Price = c.Instrument, c.Price
	e.elect(c.Instrument)
}

func (e *Engine) setVersion(c *venue.SetVersion) {
	if c.Version < e.version || c.Version > Version {
		e.rejectCommand(c, 0, venue.ClOrdID{}, venue.Refusal{Reason: venue.UnsupportedVersion, Field: venue.FieldVersion, Limit: Version})
		return
	}
	e.version = c.Version
	e.tape.VersionSet().Version = c.Version
}

func (e *Engine) openAccount(c *venue.OpenAccount) {
	why := e.admitIsolated(c.Isolated)
	if !why.Refused() {
		why = e.ledger.OpenAccount(c.Account, c.Owner)
	}
	if why.Refused() {
		e.rejectCommand(c, c.Account, venue.ClOrdID{}, why)
		return
	}
	if c.Isolated != 0 {
		e.ledger.Isolate(c.Account, c.Isolated)
	}
	x := e.tape.AccountOpened()
	x.Account, x.Owner, x.Isolated = c.Account, c.Owner, c.Isolated
}

func (e *Engine) deposit(c *venue.Deposit) {
	if e.transfer(c, c.Account, c.Asset, c.Amount, &c.Ref) {
		e.ledger.Deposit(c.Account, c.Asset, c.Amount)
		x := e.tape.Deposited()
		x.Account, x.Asset, x.Amount, x.Ref = c.Account, c.Asset, c.Amount, c.Ref
		e.tellTransfer(c.Account, c.Asset)
	}
}

func (e *Engine) withdraw(c *venue.Withdraw) {
	if e.transfer(c, c.Account, c.Asset, c.Amount, &c.Ref) {
		e.ledger.Withdraw(c.Account, c.Asset, c.Amount)
		x := e.tape.Withdrawn()
		x.Account, x.Asset, x.Amount, x.Ref = c.Account, c.Asset, c.Amount, c.Ref
		e.tellTransfer(c.Account, c.Asset)
	}
}

// tellTransfer has a changed balance told: money at the end, when the account was
// judged by it, anything else now.
func (e *Engine) tellTransfer(a venue.AccountID, as venue.AssetID) {
	if as == venue.USD {
		e.watch.money(a)
		return
	}
	e.tellBalance(a, as)
	e.moved(a, as)
}

// transfer says whether a deposit or a withdrawal is to be done now; otherwise
// it has been answered.
func (e *Engine) transfer(c venue.Command, a venue.AccountID, as venue.AssetID, n venue.Amount, ref *venue.ClOrdID) bool {
	r := request{seen.KeyOf(a, ref), transferPrint(c.Kind(), as, n)}
	isNew, why := e.first(r)
	if isNew {
		why = e.admitTransfer(c.Kind(), a, as, n)
		e.remember(r, 0, why)
	}
	if why.Refused() {
		e.rejectCommand(c, a, *ref, why)
	}
	return isNew && !why.Refused()
}

func (e *Engine) admitTransfer(kind venue.CommandKind, a venue.AccountID, as venue.AssetID, n venue.Amount) venue.Refusal {
	switch {
	case e.markets.Asset(as) == nil:
		return venue.Refusal{Reason: venue.UnknownAsset, Field: venue.FieldAsset}
	case n <= 0 || n > venue.MaxAmount:
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldAmount, Limit: int64(venue.MaxAmount)}
	case kind == venue.KindDeposit:
		return e.ledger.CanDeposit(a, as, n)
	case (e.liq.owing > 0 || e.fundOwes()) && (as == venue.USD || e.risk.Pledge(as) != nil): // Until the debts are paid, nobody leaves (R-GATE).
		return venue.Refusal{Reason: venue.WithdrawalsSuspended, Field: venue.FieldAccount}
	}
	return e.risk.CanWithdraw(a, as, n, e.markets.Marks())
}
