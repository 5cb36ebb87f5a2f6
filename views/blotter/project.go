package blotter

import "github.com/clearhour/clearhour/venue"

// live returns the record of a live order, or nil. An event about an order that
// is not known is possible only in a stream that began in the middle; it is
// passed over, as the image that should have come first is the only cure.
func (v *View) live(id venue.OrderID) (ref, *record) {
	r := v.byID[id]
	if r == 0 {
		return 0, nil
	}
	rec := v.orders.at(r)
	if !rec.Status.Live() {
		return 0, nil
	}
	return r, rec
}

func (rec *record) touch(e *venue.Entry) {
	rec.Updated, rec.LastSeq = e.Time, e.Seq
}

func (v *View) accepted(e *venue.Entry, ev *venue.OrderAccepted) {
	if _, known := v.live(ev.Order); known != nil {
		return // An image that comes on top of what is known says nothing new.
	}
	r, rec := v.orders.take()
	rec.Order = Order{
		ID: ev.Order, Account: ev.Account, Session: ev.Session,
		ClOrdID: ev.ClOrdID, LastClOrdID: ev.ClOrdID,
		Instrument: ev.Instrument, Side: ev.Side, Type: ev.Type, TIF: ev.TIF, STP: ev.STP, Flags: ev.Flags,
		Status: StatusNew, Price: ev.Price, Stop: ev.Stop,
		Qty: ev.Qty, Filled: ev.Filled, Leaves: ev.Qty - ev.Filled, MinQty: ev.MinQty, Display: ev.Display,
		Expire: ev.Expire, Created: e.Time, Updated: e.Time, Seq: e.Seq, Index: e.Index, LastSeq: e.Seq,
	}
	if ev.Filled > 0 {
		rec.Status = StatusPartiallyFilled
	}
	// An image shows the trigger of a dormant stop only, so one without is elected.
	rec.Triggered = (ev.Type == venue.Stop || ev.Type == venue.StopLimit) && ev.Stop == 0
	v.byID[ev.Order] = r
	if !ev.ClOrdID.IsZero() { // The sides of a quote share the name of the quote.
		v.byClient[clientKey{ev.Account, ev.ClOrdID}] = r
	}
	v.push(&v.account(ev.Account).live, r)
}

func (v *View) rejected(e *venue.Entry, ev *venue.OrderRejected) {
	if ev.Refusal.Reason == venue.UnknownAccount && v.find(ev.Account) == nil {
		return // Nobody's order; and the number of nobody may be any.
	}
	key := clientKey{ev.Account, ev.ClOrdID}
	if v.byClient[key] != 0 {
		return // The id names another order, and goes on naming it.
	}
	r, rec := v.orders.take()
	rec.Order = Order{
		Account: ev.Account, Session: e.Session, ClOrdID: ev.ClOrdID, LastClOrdID: ev.ClOrdID,
		Instrument: ev.Instrument, Side: ev.Side, Type: ev.Type, TIF: ev.TIF,
		Status: StatusRejected, Reason: ev.Refusal.Reason, Field: ev.Refusal.Field,
		Price: ev.Price, Qty: ev.Qty,
		Created: e.Time, Updated: e.Time, Seq: e.Seq, Index: e.Index, LastSeq: e.Seq,
	}
	v.byClient[key] = r
	v.keepEnded(v.account(ev.Account), r)
}

func (v *View) triggered(e *venue.Entry, ev *venue.OrderTriggered) {
	if _, rec := v.live(ev.Order); rec != nil {
		rec.Triggered, rec.Price = true, ev.Price
		rec.touch(e)
	}
}

func (v *View) amended(e *venue.Entry, ev *venue.OrderAmended) {
	r, rec := v.live(ev.Order)
	if rec == nil {
		return
	}
	rec.Price, rec.Qty, rec.Leaves = ev.Price, ev.Qty, ev.Leaves
	rec.touch(e)
	if !ev.ClOrdID.IsZero() {
		v.rename(r, rec, ev.ClOrdID)
	}
}

func (v *View) reduced(e *venue.Entry, ev *venue.OrderReduced) {
	if _, rec := v.live(ev.Order); rec != nil {
		rec.Qty -= ev.By
		rec.Leaves = ev.Leaves
		rec.touch(e)
	}
}

func (v *View) canceled(e *venue.Entry, ev *venue.OrderCanceled) {
	r, rec := v.live(ev.Order)
	if rec == nil {
		return
	}
	status := StatusCanceled
	if ev.Reason == venue.Expired {
		status = StatusExpired
	}
	rec.Leaves, rec.Reason = 0, ev.Reason
	rec.touch(e)
	if !ev.ClOrdID.IsZero() {
		v.rename(r, rec, ev.ClOrdID)
	}
	v.end(r, rec, status)
}

func (v *View) traded(e *venue.Entry, ev *venue.Traded) {
	v.fill(e, ev, &ev.Maker, true)
	v.fill(e, ev, &ev.Taker, false)
}

func (v *View) fill(e *venue.Entry, ev *venue.Traded, f *venue.Fill, maker bool) {
	side := ev.TakerSide
	if maker {
		side = side.Opposite()
	}
	kept := Fill{
		Trade: ev.Trade, Order: f.Order, Instrument: ev.Instrument, Side: side, Maker: maker,
		Price: ev.Price, Qty: ev.Qty, Leaves: f.Leaves, Fee: f.Fee, Seq: e.Seq, Index: e.Index, Time: e.Time,
	}
	r, rec := v.live(f.Order)
	if rec != nil {
		kept.ClOrdID = rec.ClOrdID
		rec.Filled += ev.Qty
		rec.Leaves = f.Leaves
		rec.Priced += ev.Qty
		// An order fills at most MaxQty lots at MaxPrice ticks: below 1<<62.
		rec.Value += int64(ev.Price) * int64(ev.Qty)
		rec.Fees += f.Fee
		rec.Status = StatusPartiallyFilled
		rec.touch(e)
		if f.Leaves == 0 {
			v.end(r, rec, StatusFilled)
		}
	}
	v.account(f.Account).fills.push(kept, v.limits.Fills)
}

// rename gives an order a further client id. An id that names another order
// already goes on naming it.
func (v *View) rename(r ref, rec *record, id venue.ClOrdID) {
	rec.LastClOrdID = id
	key := clientKey{rec.Account, id}
	if v.byClient[key] != 0 {
		return
	}
	v.byClient[key] = r
	n, a := v.aliases.take()
	a.id, a.next = id, rec.alias
	rec.alias = n
	rec.aliases++
	if rec.aliases > maxAliases {
		v.dropOldestAlias(r, rec)
	}
}

func (v *View) dropOldestAlias(r ref, rec *record) {
	last := &rec.alias
	for v.aliases.at(*last).next != 0 {
		last = &v.aliases.at(*last).next
	}
	oldest := *last
	*last = 0
	v.forgetName(rec.Account, v.aliases.at(oldest).id, r)
	v.aliases.give(oldest)
	rec.aliases--
}

// end moves an order from the live to the ended ones.
func (v *View) end(r ref, rec *record, s Status) {
	rec.Status = s
	a := v.account(rec.Account)
	v.unlink(&a.live, r)
	v.keepEnded(a, r)
}

func (v *View) keepEnded(a *account, r ref) {
	v.push(&a.ended, r)
	if a.ended.count > v.limits.Ended {
		v.forget(a, a.ended.head)
	}
}

// forget drops an ended order and every name it is found by.
func (v *View) forget(a *account, r ref) {
	rec := v.orders.at(r)
	v.unlink(&a.ended, r)
	if v.byID[rec.ID] == r {
		delete(v.byID, rec.ID)
	}
	v.forgetName(rec.Account, rec.ClOrdID, r)
	for n := rec.alias; n != 0; {
		next := v.aliases.at(n).next
		v.forgetName(rec.Account, v.aliases.at(n).id, r)
		v.aliases.give(n)
		n = next
	}
	v.orders.give(r)
}

// forgetName removes a client id, unless it was given to another order since.
func (v *View) forgetName(account venue.AccountID, id venue.ClOrdID, r ref) {
	key := clientKey{account, id}
	if v.byClient[key] == r {
		delete(v.byClient, key)
	}
}
