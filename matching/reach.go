package matching

import "github.com/clearhour/clearhour/venue"

// Reach appends to dst the resting orders that an order of a side with a limit could
// come to, whatever its quantity: the best level first, each the oldest first. It
// stops after n of them, in a level that is shared pro rata only at its end. Any
// limit may be asked.
func (b *Books) Reach(inst venue.InstrumentID, side venue.Side, limit venue.Price, n int, dst []venue.OrderID) []venue.OrderID {
	h := b.shown(inst, side.Opposite())
	for key := h.best; key != none; key = b.from(h, key+1) {
		p := b.price(uint16(inst), h.key(key))
		if p != limit && (p > limit) == (side == venue.Buy) {
			break
		}
		for s := b.levels[h.at(key)].head; s != 0; s = b.orders[s].next {
			if len(dst) >= n && !h.shared {
				return dst
			}
			dst = append(dst, b.id(s))
		}
		if len(dst) >= n {
			break
		}
	}
	return dst
}
