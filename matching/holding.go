package matching

import "github.com/clearhour/clearhour/venue"

// ends are the oldest and the youngest order of a holding, 0 for none.
type ends struct{ oldest, youngest uint32 }

// list appends an order to the list of its holding. Slot 0 is a harmless
// neighbour.
func (b *Books) list(s uint32, o *order) {
	for int(o.holding) >= len(b.holdings) {
		b.holdings = append(b.holdings, ends{})
	}
	e := &b.holdings[o.holding]
	l := &b.links[s]
	l.older, l.younger = e.youngest, 0
	if e.youngest != 0 {
		b.links[e.youngest].younger = s
	} else {
		e.oldest = s
	}
	e.youngest = s
	o.flags |= flagListed
}

// unlist takes an order out of the list of its holding.
func (b *Books) unlist(s uint32, o *order) {
	e := &b.holdings[o.holding]
	l := &b.links[s]
	if l.older != 0 {
		b.links[l.older].younger = l.younger
	} else {
		e.oldest = l.younger
	}
	if l.younger != 0 {
		b.links[l.younger].older = l.older
	} else {
		e.youngest = l.older
	}
}

// Each calls fn with every order of a holding that has rested or been parked,
// the one that did so first before the others, until fn says false. Fn may
// cancel or reduce the order that it is shown and no other.
func (b *Books) Each(h venue.HoldingID, fn func(*View) bool) {
	if int(h) >= len(b.holdings) {
		return
	}
	var v View
	for s := b.holdings[h].oldest; s != 0; {
		younger := b.links[s].younger
		b.view(s, &v)
		if !fn(&v) {
			return
		}
		s = younger
	}
}

// Oldest returns the first order that Each would show, and whether there is one.
func (b *Books) Oldest(h venue.HoldingID) (venue.OrderID, bool) {
	if int(h) >= len(b.holdings) || b.holdings[h].oldest == 0 {
		return 0, false
	}
	return b.id(b.holdings[h].oldest), true
}

// After returns the order that Each would show after a live one, and whether
// there is one.
func (b *Books) After(id venue.OrderID) (venue.OrderID, bool) {
	s := b.slot(id)
	if s == 0 || b.links[s].younger == 0 {
		return 0, false
	}
	return b.id(b.links[s].younger), true
}
