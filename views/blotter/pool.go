package blotter

import "github.com/clearhour/clearhour/venue"

// ref is the index of a record in a pool; 0 is none.
type ref uint32

// record is an order with its links. It holds no pointer.
type record struct {
	Order
	// prev and next link the live or the ended orders of an account.
	prev, next ref
	// alias is the newest of the further client ids.
	alias   ref
	aliases uint8
}

// alias is a further client id of an order.
type alias struct {
	id   venue.ClOrdID
	next ref
}

// maxAliases is how many further client ids an order is found by: the newest
// ones, so that an order amended for ever takes no more memory.
const maxAliases = 16

// poolChunk is how many records are allocated together.
const poolChunk = 1024

// pool hands out records from chunks, so that they never move, and takes them
// back. Index 0 is never given.
type pool[T any] struct {
	chunks [][]T
	used   ref
	free   []ref
}

func (p *pool[T]) at(r ref) *T { return &p.chunks[r/poolChunk][r%poolChunk] }

// take returns a zeroed record.
func (p *pool[T]) take() (ref, *T) {
	if n := len(p.free); n > 0 {
		r := p.free[n-1]
		p.free = p.free[:n-1]
		return r, p.at(r)
	}
	p.used++
	if int(p.used/poolChunk) >= len(p.chunks) {
		p.chunks = append(p.chunks, make([]T, poolChunk))
	}
	return p.used, p.at(p.used)
}

func (p *pool[T]) give(r ref) {
	var zero T
	*p.at(r) = zero
	p.free = append(p.free, r)
}

// list is a list of records, oldest first.
type list struct {
	head, tail ref
	count      int
}

func (v *View) push(l *list, r ref) {
	rec := v.orders.at(r)
	rec.prev, rec.next = l.tail, 0
	if l.tail == 0 {
		l.head = r
	} else {
		v.orders.at(l.tail).next = r
	}
	l.tail = r
	l.count++
}

func (v *View) unlink(l *list, r ref) {
	rec := v.orders.at(r)
	if rec.prev == 0 {
		l.head = rec.next
	} else {
		v.orders.at(rec.prev).next = rec.next
	}
	if rec.next == 0 {
		l.tail = rec.prev
	} else {
		v.orders.at(rec.next).prev = rec.prev
	}
	rec.prev, rec.next = 0, 0
	l.count--
}

// ring keeps the last few fills. It grows as it is filled, because most
// accounts trade rarely.
type ring struct {
	items []Fill
	next  int // Where the next fill goes once the ring is full.
}

func (r *ring) push(f Fill, most int) {
	if len(r.items) < most {
		r.items = append(r.items, f)
		return
	}
	r.items[r.next] = f
	r.next = (r.next + 1) % most
}

// back returns the i-th newest fill, 0 for the newest.
func (r *ring) back(i int) *Fill {
	n := len(r.items)
	return &r.items[(r.next+2*n-1-i)%n]
}
