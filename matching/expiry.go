package matching

import "github.com/clearhour/clearhour/venue"

// expiry is an entry of a binary heap, the order due first on top. The extra
// record of an order knows its place, so that an order that ends early leaves
// the heap at once.
type expiry struct {
	at   venue.Time
	slot uint32
}

func (e expiry) before(f expiry) bool {
	return e.at < f.at || e.at == f.at && e.slot < f.slot
}

func (b *Books) schedule(s uint32) {
	b.expiries = append(b.expiries, expiry{b.extras[s].expire, s})
	b.lift(len(b.expiries) - 1)
}

func (b *Books) unschedule(s uint32) {
	i := int(b.extras[s].due) - 1
	b.extras[s].due = 0
	last := len(b.expiries) - 1
	e := b.expiries[last]
	b.expiries = b.expiries[:last]
	if i == last {
		return
	}
	b.putExpiry(i, e)
	b.lower(b.lift(i))
}

func (b *Books) putExpiry(i int, e expiry) {
	b.expiries[i] = e
	b.extras[e.slot].due = uint32(i) + 1
}

// lift moves entry i up to its place and returns that.
func (b *Books) lift(i int) int {
	e := b.expiries[i]
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(b.expiries[parent]) {
			break
		}
		b.putExpiry(i, b.expiries[parent])
		i = parent
	}
	b.putExpiry(i, e)
	return i
}

// lower moves entry i down to its place.
func (b *Books) lower(i int) {
	e := b.expiries[i]
	for {
		child := 2*i + 1
		if child >= len(b.expiries) {
			break
		}
		if child+1 < len(b.expiries) && b.expiries[child+1].before(b.expiries[child]) {
			child++
		}
		if !b.expiries[child].before(e) {
			break
		}
		b.putExpiry(i, b.expiries[child])
		i = child
	}
	b.putExpiry(i, e)
}

// Due returns when the next order expires, and whether any will.
func (b *Books) Due() (venue.Time, bool) {
	if len(b.expiries) == 0 {
		return 0, false
	}
	return b.expiries[0].at, true
}

// Expire appends to dst the orders whose time is now or earlier, by time and
// then slot, and takes them off the queue; the caller cancels each. At most
// Limits.OrdersPerExpire are returned: call again for the rest.
func (b *Books) Expire(now venue.Time, dst []venue.OrderID) []venue.OrderID {
	most := len(dst) + b.limits.OrdersPerExpire
	for len(b.expiries) > 0 && b.expiries[0].at <= now && len(dst) < most {
		s := b.expiries[0].slot
		b.unschedule(s)
		dst = append(dst, b.id(s))
	}
	return dst
}
