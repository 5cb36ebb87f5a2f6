package orders

import "github.com/clearhour/clearhour/venue"

// ticket is what a client knows of one of its orders.
type ticket struct {
	id         venue.ClOrdID
	order      venue.OrderID // 0 until the venue has told it.
	account    venue.AccountID
	instrument venue.InstrumentID
	side       venue.Side
	price      venue.Price
	qty        venue.Qty // The total, with what was filled.
	leaves     venue.Qty
	place      uint32 // In the list of live tickets.
	live       bool
}

// desk keeps the tickets of orders that may be live.
type desk struct {
	tickets []ticket
	live    []uint32
	free    []uint32
	bySlot  []uint32 // By the slot in the venue's id: the ticket, plus 1.
	count   uint64   // Identifiers given so far.
}

func (d *desk) init(size int) {
	d.tickets = make([]ticket, size)
	d.live = make([]uint32, 0, size)
	d.free = make([]uint32, size)
	for i := range d.free {
		d.free[i] = uint32(size - 1 - i)
	}
}

const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// name returns a new identifier. The number of the ticket is in its last four
// digits, so that an event leads back to it.
func (d *desk) name(ticket uint32) (id venue.ClOrdID) {
	d.count++
	for i, v := 9, d.count; i >= 0; i, v = i-1, v>>5 {
		id[i] = digits[v&31]
	}
	for i, v := 13, ticket; i >= 10; i, v = i-1, v>>5 {
		id[i] = digits[v&31]
	}
	return id
}

// noTicket is the number in identifiers that belong to no order.
const noTicket = 1<<20 - 1

// open takes a ticket for an order about to be sent. When all are taken the
// client forgets a live order; victim chooses which.
func (d *desk) open(p *venue.PlaceOrder, victim uint64) {
	if len(d.free) == 0 {
		d.drop(d.live[victim%uint64(len(d.live))])
	}
	n := d.free[len(d.free)-1]
	d.free = d.free[:len(d.free)-1]
	p.ClOrdID = d.name(n)
	d.tickets[n] = ticket{
		id: p.ClOrdID, account: p.Account, instrument: p.Instrument, side: p.Side,
		price: p.Price, qty: p.Qty, leaves: p.Qty, place: uint32(len(d.live)), live: true,
	}
	d.live = append(d.live, n)
}

// drop forgets an order that is over.
func (d *desk) drop(n uint32) {
	t := &d.tickets[n]
	if !t.live {
		return
	}
	last := d.live[len(d.live)-1]
	d.live[t.place] = last
	d.tickets[last].place = t.place
	d.live = d.live[:len(d.live)-1]
	t.live = false
	d.free = append(d.free, n)
}

// named returns the ticket of an identifier.
func (d *desk) named(id *venue.ClOrdID) (uint32, bool) {
	n := uint32(0)
	for _, c := range id[10:14] {
		n = n<<5 | digit(c)
	}
	if n >= uint32(len(d.tickets)) || !d.tickets[n].live || d.tickets[n].id != *id {
		return 0, false
	}
	return n, true
}

// digit is the value of a character that name wrote.
func digit(c byte) uint32 {
	switch {
	case c <= '9':
		return uint32(c - '0')
	case c <= 'H':
		return uint32(c-'A') + 10
	case c <= 'K':
		return uint32(c-'J') + 18
	case c <= 'N':
		return uint32(c-'M') + 20
	case c <= 'T':
		return uint32(c-'P') + 22
	}
	return uint32(c-'V') + 27
}

// known notes the venue's id of an order.
func (d *desk) known(n uint32, id venue.OrderID) {
	slot := int(uint32(id))
	for slot >= len(d.bySlot) {
		d.bySlot = append(d.bySlot, 0)
	}
	d.bySlot[slot] = n + 1
	d.tickets[n].order = id
}

// of returns the ticket of a venue's id.
func (d *desk) of(id venue.OrderID) (uint32, bool) {
	slot := int(uint32(id))
	if slot >= len(d.bySlot) || d.bySlot[slot] == 0 {
		return 0, false
	}
	n := d.bySlot[slot] - 1
	return n, d.tickets[n].live && d.tickets[n].order == id
}
