package engine

import (
	"math/bits"

	"github.com/clearhour/clearhour/engine/seen"
	"github.com/clearhour/clearhour/venue"
)

// request is what identifies a request: who asks under which identifier, and a
// fingerprint of what.
type request struct {
	seen.Key
	print uint64
}

// first deals with everything about a request that does not depend on its kind.
// It returns true when the request is new and can be remembered. A retry is
// answered here and returns no reason; an unknown account, a missing identifier
// or one that was used for something else is for the caller to refuse, and is
// not remembered.
func (e *Engine) first(r request) (bool, venue.Refusal) {
	if !e.ledger.Trades(r.Account) {
		return false, venue.Refusal{Reason: venue.UnknownAccount, Field: venue.FieldAccount}
	}
	if r.ID.IsZero() {
		return false, venue.Refusal{Reason: venue.BadField, Field: venue.FieldClOrdID, Limit: int64(len(r.ID))}
	}
	if was, ok := e.seen.Find(r.Key); ok {
		if was.Print != r.print {
			return false, venue.Refusal{Reason: venue.DuplicateClOrdID, Field: venue.FieldClOrdID}
		}
		x := e.tape.RequestRepeated()
		x.Account, x.ClOrdID, x.Order, x.Refusal = r.Account, *r.ID, was.Order(), was.Refusal()
		return false, venue.Refusal{}
	}
	if !e.seen.Room(r.Account) {
		return false, venue.Refusal{Reason: venue.MemoryExhausted, Field: venue.FieldClOrdID, Limit: int64(e.limits.RequestsPerAccount)}
	}
	return true, venue.Refusal{}
}

// remember keeps the first outcome of a request that was found new.
func (e *Engine) remember(r request, order venue.OrderID, why venue.Refusal) seen.Tag {
	tag, was := e.seen.Add(r.Key, e.now)
	was.Session = e.session
	was.Print = r.print
	was.SetOrder(order)
	was.Refuse(why)
	return tag
}

// printer folds the content of a request into a fingerprint. Two contents of
// one client under one identifier that collide cost that client a wrong "seen
// before"; nobody else is concerned.
type printer uint64

func (p printer) add(v uint64) printer {
	hi, lo := bits.Mul64(uint64(p)^v, 0x9e3779b97f4a7c15)
	return printer(hi ^ lo ^ bits.RotateLeft64(v, 32))
}

func placePrint(c *venue.PlaceOrder) uint64 {
	kinds := uint64(c.Instrument)<<40 | uint64(c.Side)<<32 | uint64(c.Type)<<24 | uint64(c.TIF)<<16 | uint64(c.STP)<<8 | uint64(c.Flags)
	p := printer(venue.KindPlaceOrder).add(kinds).add(uint64(c.Price)).add(uint64(c.Qty))
	if c.Stop|venue.Price(c.MinQty|c.Display)|venue.Price(c.Expire) != 0 {
		p = p.add(uint64(c.Stop)).add(uint64(c.MinQty)).add(uint64(c.Display)).add(uint64(c.Expire))
	}
	return uint64(p)
}

func amendPrint(c *venue.AmendOrder) uint64 {
	p := printer(venue.KindAmendOrder).add(uint64(c.Order)).add(uint64(c.Price)).add(uint64(c.Qty))
	for i := range c.Orig {
		p = p.add(uint64(c.Orig[i]))
	}
	return uint64(p)
}

func transferPrint(kind venue.CommandKind, asset venue.AssetID, amount venue.Amount) uint64 {
	return uint64(printer(kind).add(uint64(asset)).add(uint64(amount)))
}
