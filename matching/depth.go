package matching

import "github.com/clearhour/clearhour/venue"

// shown returns the half where orders of a side rest.
func (b *Books) shown(inst venue.InstrumentID, side venue.Side) *half {
	return &b.halves[int(inst)*halvesPerBook+int(side-venue.Buy)]
}

// Best returns the best price of a side of an open instrument, and whether
// there is one.
func (b *Books) Best(inst venue.InstrumentID, side venue.Side) (venue.Price, bool) {
	h := b.shown(inst, side)
	if h.best == none {
		return 0, false
	}
	return b.price(uint16(inst), h.key(h.best)), true
}

// Depth appends to dst the n best levels of a side, the best first.
func (b *Books) Depth(inst venue.InstrumentID, side venue.Side, n int, dst []Level) []Level {
	h := b.shown(inst, side)
	for key := h.best; key != none && n > 0; key = b.from(h, key+1) {
		l := &b.levels[h.at(key)]
		dst = append(dst, Level{
			Price: b.price(uint16(inst), h.key(key)), Qty: venue.Qty(l.agg & qtyMask), Orders: uint32(l.agg >> 48),
			Instrument: inst, Side: side,
		})
		n--
	}
	return dst
}

// WouldTake says whether an order at price would meet one of the other side. Any
// price may be asked.
func (b *Books) WouldTake(inst venue.InstrumentID, side venue.Side, price venue.Price) bool {
	best, ok := b.Best(inst, side.Opposite())
	if !ok {
		return false
	}
	if side == venue.Buy {
		return best <= price
	}
	return best >= price
}
