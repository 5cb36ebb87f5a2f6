package ledger

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// holders are, by instrument, the holdings with a position, in an order that
// only the history decides. A holding that goes leaves its place to the last one,
// so that whoever walks a list from its end to its start, with trades in between,
// misses none that has been there all the time.
type holders struct {
	lists  [][]venue.HoldingID // By instrument.
	places []uint32            // By holding: the place in its list, from 1; 0 for none.
	count  int                 // Of all lists.
}

func newHolders(m Limits) holders {
	return holders{lists: make([][]venue.HoldingID, m.Instruments+1), places: make([]uint32, m.Holdings+1)}
}

// Holders returns the holdings with a position in an instrument, to be read only
// and not to be kept.
func (l *Ledger) Holders(i venue.InstrumentID) []venue.HoldingID { return l.holders.lists[i] }

// Positions returns how many positions there are in all instruments.
func (l *Ledger) Positions() int { return l.holders.count }

// keep brings the lists in line with a holding whose position changed.
func (s *holders) keep(h venue.HoldingID, x *Holding) {
	list := &s.lists[x.Instrument]
	at := s.places[h]
	switch {
	case x.Qty != 0 && at == 0:
		*list = append(*list, h)
		s.places[h] = uint32(len(*list))
		s.count++
	case x.Qty == 0 && at != 0:
		last := len(*list) - 1
		moved := (*list)[last]
		(*list)[at-1] = moved
		s.places[moved], s.places[h] = at, 0
		*list = (*list)[:last]
		s.count--
	}
}

// append writes all lists, one after the other.
func (s *holders) append(dst []byte) []byte {
	at, n := len(dst), uint32(0)
	dst = binary.LittleEndian.AppendUint32(dst, 0)
	for _, list := range s.lists {
		for _, h := range list {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(h))
		}
		n += uint32(len(list))
	}
	binary.LittleEndian.PutUint32(dst[at:], n)
	return dst
}

// loadHolders reads the lists: each holding with a position once, by instrument.
func (l *Ledger) loadHolders(r *reader) {
	last, listed := venue.InstrumentID(0), 0
	for range r.count(linkBytes, l.limits.Holdings) {
		h := venue.HoldingID(r.U32())
		if h == 0 || int(h) >= len(l.holdings) {
			r.OK = false
			return
		}
		x := &l.holdings[h]
		if x.Qty == 0 || l.holders.places[h] != 0 || x.Instrument < last {
			r.OK = false
			return
		}
		last = x.Instrument
		l.holders.keep(h, x)
		listed++
	}
	for i := 1; i < len(l.holdings); i++ {
		if l.holdings[i].Qty != 0 {
			listed--
		}
	}
	r.OK = r.OK && listed == 0
}

// Transfer moves signed lots of a future from one holding to another for a value
// that the receiver pays in all, in micro-dollars, negative when it is paid, as
// for short lots. The lots reduce or turn the position of each or add to it, and
// what is realised goes to the cash, as in Trade; there is no fee. Both holdings
// are in the same instrument.
func (l *Ledger) Transfer(from, to venue.HoldingID, qty venue.Qty, value venue.Amount) {
	f, t := &l.holdings[from], &l.holdings[to]
	assert.That(from != to && f.Instrument == t.Instrument && f.Kind != venue.Spot, "transfer between holdings that are not alike")
	assert.That(qty != 0, "transfer of no lots")
	l.shift(from, f, -qty, -value)
	l.shift(to, t, qty, value)
}

// Pay moves money between accounts, whatever they have left.
func (l *Ledger) Pay(from, to venue.AccountID, amount venue.Amount) {
	assert.That(amount >= 0 && amount <= venue.MaxAmount, "payment out of range")
	l.accounts[from].Cash -= amount
	l.accounts[to].Cash += amount
}
