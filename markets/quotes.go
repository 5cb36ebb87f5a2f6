package markets

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Quotes watches the fills of the protected quotes of one market maker in one
// group of instruments. Use NewQuotes.
//
// A fill at t counts until t+window, exclusive. Memory is fixed: fills of one time
// are one entry, and each has a lot at least, so that Qty entries are always
// enough; with fewer, fills that are near to each other in time become one at the
// later time and may count too long, at most by two parts of the window as there
// are entries.
type Quotes struct {
	limits venue.QuoteLimits
	ring   []quoteFill
	from   int
	n      int
	qty    venue.Qty // Sums over the ring.
	delta  venue.Qty
	now    venue.Time
	frozen venue.Time // Until when; 0 before the first trigger.
}

// quoteFill is one fill or some that became one.
type quoteFill struct {
	at         venue.Time
	qty, delta venue.Qty
}

// NewQuotes returns a protection without fills. Its memory is for Qty fills, but
// at most for as many as entries says, which are at least 4.
func NewQuotes(l venue.QuoteLimits, entries int) *Quotes {
	assert.That(l.Window > 0 && l.Frozen > 0 && l.Qty > 0 && l.Delta > 0, "limits of quotes")
	assert.That(entries >= 4, "memory for fills of quotes")
	return &Quotes{limits: l, ring: make([]quoteFill, max(4, min(venue.Qty(entries), l.Qty)))}
}

// Filled takes a fill of a protected quote, positive when it bought, and says
// whether it is one too many: the caller withdraws all protected quotes and takes
// none before the time that Frozen tells. Fills before a trigger do not count
// after it. Time does not go back.
func (q *Quotes) Filled(signed venue.Qty, now venue.Time) bool {
	assert.That(now >= q.now, "time of quotes went back")
	assert.That(signed != 0 && signed >= -venue.MaxQty && signed <= venue.MaxQty, "fill of a quote")
	q.now = now
	q.expire(now - q.limits.Window)
	q.push(quoteFill{now, max(signed, -signed), signed})
	if q.qty < q.limits.Qty && max(q.delta, -q.delta) < q.limits.Delta {
		return false
	}
	q.frozen = now + q.limits.Frozen
	q.n, q.qty, q.delta = 0, 0, 0
	return true
}

// Frozen returns until when new protected quotes are rejected, exclusive, and
// whether that is later than now.
func (q *Quotes) Frozen(now venue.Time) (until venue.Time, frozen bool) {
	return q.frozen, now < q.frozen
}

func (q *Quotes) at(i int) *quoteFill { return &q.ring[(q.from+i)%len(q.ring)] }

func (q *Quotes) expire(until venue.Time) {
	for q.n > 0 && q.at(0).at <= until {
		x := q.at(0)
		q.qty -= x.qty
		q.delta -= x.delta
		q.from = (q.from + 1) % len(q.ring)
		q.n--
	}
}

func (q *Quotes) push(x quoteFill) {
	q.qty += x.qty
	q.delta += x.delta
	if q.n > 0 && q.at(q.n-1).at == x.at {
		last := q.at(q.n - 1)
		last.qty += x.qty
		last.delta += x.delta
		return
	}
	if q.n == len(q.ring) {
		q.compact()
	}
	*q.at(q.n) = x
	q.n++
}

// Limits returns what the protection allows.
func (q *Quotes) Limits() venue.QuoteLimits { return q.limits }

// compact makes one entry of all that fall into one part of the window, of which
// there are half as many as entries.
func (q *Quotes) compact() {
	part := q.limits.Window/venue.Time(len(q.ring)/2) + 1
	kept := 0
	for i := 1; i < q.n; i++ {
		x, last := *q.at(i), q.at(kept)
		if x.at/part == last.at/part {
			last.at = x.at
			last.qty += x.qty
			last.delta += x.delta
			continue
		}
		kept++
		*q.at(kept) = x
	}
	q.n = kept + 1
}
