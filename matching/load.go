package matching

import (
	"errors"
	"fmt"
	"math"
	"math/bits"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/internal/state"
	"github.com/clearhour/clearhour/venue"
)

// errShort says that a state ends too early.
var errShort = errors.New("matching: state is cut short")

// LoadState fills books that are as New left them with a state that AppendState
// wrote under limits that were not larger, and returns what follows it in src.
// Every reference is checked: after an error the books are good for Close only.
func (b *Books) LoadState(src []byte) ([]byte, error) {
	assert.That(len(b.books) == 0 && b.lastSlot == 0, "state loaded into books in use")
	r := reader{state.NewReader(src)}
	if v := r.U32(); r.OK && v != stateVersion {
		return nil, fmt.Errorf("matching: state has version %d, want %d", v, stateVersion)
	}
	steps := []func(*reader) string{b.readBooks, b.readOrders, b.readFreePages, b.readHalves, b.readLists}
	for _, step := range steps {
		bad := step(&r)
		if !r.OK {
			return nil, errShort
		}
		if bad != "" {
			return nil, fmt.Errorf("matching: state is damaged: %s", bad)
		}
	}
	if err := b.check(); err != nil {
		return nil, fmt.Errorf("matching: state is damaged: %w", err)
	}
	return r.Src, nil
}

func (b *Books) readHalves(r *reader) string {
	for i := range b.halves {
		if bad := b.readHalf(r, &b.halves[i]); bad != "" || !r.OK {
			return bad
		}
	}
	return ""
}

// check says what is inconsistent in the books, in time proportional to their
// size.
func (b *Books) check() error {
	for s := uint32(1); s <= b.lastSlot; s++ {
		if o := &b.orders[s]; o.state() != 0 {
			if bad := b.checkOrder(s, o); bad != "" {
				return fmt.Errorf("order in slot %d: %s", s, bad)
			}
		} else if o.flags != 0 || o.next > b.lastSlot {
			return fmt.Errorf("released slot %d", s)
		}
	}
	for _, part := range []func() string{b.checkFree, b.checkLevels, b.checkIcebergs, b.checkHoldings, b.checkExpiries} {
		if bad := part(); bad != "" {
			return errors.New(bad)
		}
	}
	return nil
}

func (b *Books) checkOrder(s uint32, o *order) string {
	l, last := &b.links[s], b.lastSlot
	switch {
	case int(o.inst) >= len(b.books) || b.books[o.inst].span == 0:
		return "unknown instrument"
	case o.price < 0 || o.price >= b.books[o.inst].span:
		return "price out of range"
	case o.gen == 0 || o.qty == 0 || uint64(o.qty)+uint64(b.hiddenOf(s))+uint64(l.filled) > uint64(venue.MaxQty):
		return "quantity"
	case o.prev > last || o.next > last || l.older > last || l.younger > last:
		return "neighbour"
	case o.state() == stateResting && o.immediate():
		return "immediate order at rest"
	case o.state() != stateIdle && !o.has(flagListed):
		return "order in a book and in no holding"
	}
	want := flagsOf(&Order{Side: o.side(), Type: o.kind(), TIF: o.tif(), STP: o.stp(), Flags: o.user()})
	if (want^o.flags)&^(stateMask|flagExtended|flagListed) != 0 {
		return "flags"
	}
	stop := o.kind() == venue.Stop || o.kind() == venue.StopLimit
	if !o.has(flagExtended) {
		if stop || o.state() == stateDormant {
			return "stop without a trigger"
		}
		return ""
	}
	x := &b.extras[s]
	switch {
	case stop && (x.stop < 0 || x.stop >= b.books[o.inst].span) || !stop && (x.stop != 0 || o.state() == stateDormant):
		return "trigger"
	case x.byMark > 1 || x.byMark != 0 && !stop:
		return "what elects"
	case x.reserve != 0 && (x.display == 0 || o.qty > x.display):
		return "reserve"
	}
	return ""
}

// checkFree follows the stacks of released slots and pages.
func (b *Books) checkFree() string {
	released := 0
	for s := uint32(1); s <= b.lastSlot; s++ {
		if o := &b.orders[s]; o.state() == 0 && o.gen != math.MaxUint32 {
			released++
		}
	}
	for s := b.free; s != 0; s = b.orders[s].next {
		if released--; released < 0 || s > b.lastSlot || b.orders[s].state() != 0 || b.orders[s].gen == math.MaxUint32 {
			return "stack of released slots"
		}
	}
	if released != 0 {
		return "released slot that is lost"
	}
	pages := 0
	for p := b.freePage; p != 0; p = b.levels[p<<pageBits].tail {
		if pages++; pages > int(b.lastPage) || b.maps[p] != (pageMap{}) {
			return "stack of released pages"
		}
	}
	for i := range b.halves {
		for _, sum := range b.halves[i].sums[:b.halves[i].top] {
			pages += bits.OnesCount64(sum)
		}
	}
	if pages != int(b.lastPage) {
		return "number of pages"
	}
	return ""
}

// checkLevels follows every queue; each order in a book must be in one.
func (b *Books) checkLevels() string {
	queued := 0
	for i := range b.halves {
		h := &b.halves[i]
		if h.best != b.from(h, 0) {
			return "best level"
		}
		// The bitmaps are walked from the best level on: a level that they do not
		// lead to is missed and its orders are missing in the count.
		for key := h.best; key != none; key = b.from(h, key+1) {
			n, bad := b.checkLevel(i, h.key(key), &b.levels[h.at(key)])
			if bad != "" {
				return bad
			}
			queued += n
		}
	}
	for s := uint32(1); s <= b.lastSlot; s++ {
		if st := b.orders[s].state(); st == stateResting || st == stateDormant {
			queued--
		}
	}
	if queued != 0 {
		return "order that is in no queue"
	}
	return ""
}

func (b *Books) checkLevel(i int, tick int32, l *level) (int, string) {
	n, prev := 0, uint32(0)
	var agg uint64
	for s := l.head; s != 0; s = b.orders[s].next {
		if s > b.lastSlot || n == maxLevelOrders {
			return 0, "queue of a level"
		}
		o := &b.orders[s]
		at, k := o.price, int(o.flags&flagSell)
		if o.state() == stateDormant {
			at, k = b.extras[s].stop, b.stopKind(s, o)
		}
		if o.state() != stateResting && o.state() != stateDormant || at != tick || int(o.inst)*halvesPerBook+k != i || o.prev != prev {
			return 0, "order in the wrong queue"
		}
		agg += oneOrder | uint64(o.qty)
		prev = s
		n++
	}
	if n == 0 || agg != l.agg || l.tail != prev {
		return 0, "sum of a level"
	}
	return n, ""
}

// checkIcebergs counts what openAt relies on.
func (b *Books) checkIcebergs() string {
	counted := make([]uint32, len(b.asides))
	for s := uint32(1); s <= b.lastSlot; s++ {
		if o := &b.orders[s]; o.state() == stateResting && o.has(flagExtended) && b.extras[s].display != 0 {
			counted[o.inst]++
		}
	}
	for i := range counted {
		if counted[i] != b.asides[i].icebergs {
			return "number of icebergs"
		}
	}
	return ""
}

func (b *Books) checkHoldings() string {
	listed := 0
	for h, e := range b.holdings {
		older := uint32(0)
		for s := e.oldest; s != 0; s = b.links[s].younger {
			if s > b.lastSlot || listed == b.live {
				return "list of a holding"
			}
			if o := &b.orders[s]; o.state() == 0 || !o.has(flagListed) || o.holding != uint32(h) || b.links[s].older != older {
				return "order in the wrong holding"
			}
			older = s
			listed++
		}
		if e.youngest != older {
			return "end of the list of a holding"
		}
	}
	for s := uint32(1); s <= b.lastSlot; s++ {
		if b.orders[s].has(flagListed) {
			listed--
		}
	}
	if listed != 0 {
		return "order that is in no holding"
	}
	return ""
}

func (b *Books) checkExpiries() string {
	for i, e := range b.expiries {
		if e.at == 0 || e.at != b.extras[e.slot].expire || b.extras[e.slot].due != uint32(i)+1 {
			return "entry of the expiry queue"
		}
		if i > 0 && e.before(b.expiries[(i-1)/2]) {
			return "order of the expiry queue"
		}
	}
	return ""
}
