package matching

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// pair runs a stream of operations, decoded from bytes, on the books and on
// their slow twin, and compares everything that they say.
type pair struct {
	fast   *Books
	slow   *slow
	limits Limits

	src        []byte
	fids, sids []venue.OrderID // By tag; tag 0 is nobody's.
	fm, sm     Matched
	log        []string
	now        venue.Time
}

// The ranges of the instruments: the greatest there may be, and little more than a
// page, by time and pro rata.
var streamRange = [...]struct{ low, high venue.Price }{1: {-10, maxSpan - 11}, 2: {100, 700}, proRata: {-300, 300}}

const proRata venue.InstrumentID = 3

// streamPrices are the neighbourhoods of prices above the low: ends of pages, of
// words of the bitmaps and of the range.
var streamPrices = [...][]venue.Price{
	1: {0, 30, 62, 509, 512, 32766, 1 << 21, maxSpan - 4},
	2: {0, 60, 126, 250, 253, 509, 510, 598},
	3: {0, 298, 509, 598},
}

func newPair(src []byte, l Limits) *pair {
	p := &pair{fast: New(l), slow: newSlow(l), limits: l, src: src, fids: []venue.OrderID{0}, sids: []venue.OrderID{0}, now: 1}
	for i, r := range streamRange {
		if r.high > 0 {
			p.fast.Open(venue.InstrumentID(i), r.low, r.high)
			p.slow.Open(venue.InstrumentID(i), r.low, r.high)
		}
	}
	p.fast.ShareProRata(proRata)
	p.slow.ShareProRata(proRata)
	return p
}

// next returns a number below n from the stream.
func (p *pair) next(n int) int {
	if len(p.src) == 0 {
		return 0
	}
	v := int(p.src[0]) % n
	p.src = p.src[1:]
	return v
}

// runStream applies the whole stream and returns the first difference.
func runStream(src []byte, l Limits) error {
	p := newPair(src, l)
	defer func() { p.fast.Close() }()
	for len(p.src) > 0 {
		if err := p.step(); err != nil {
			return fmt.Errorf("after %d operations: %w\nlast: %q", len(p.log), err, p.log[max(0, len(p.log)-12):])
		}
	}
	return nil
}

func (p *pair) note(format string, args ...any) { p.log = append(p.log, fmt.Sprintf(format, args...)) }

func (p *pair) step() error {
	p.fm.Reset()
	p.sm.Reset()
	steps := [...]func() error{
		p.place, p.place, p.place, p.place, p.place, p.place, p.cancel, p.cancel, p.reduce, p.amend, p.amend,
		p.elect, p.expire, p.restore, p.query, p.stale, p.auction,
	}
	if err := steps[p.next(len(steps))](); err != nil {
		return err
	}
	if err := p.sameMatched(); err != nil {
		return err
	}
	if err := p.fast.check(); err != nil {
		return fmt.Errorf("books are inconsistent: %w", err)
	}
	if f, s := p.fast.Live(), p.slow.Live(); f != s {
		return fmt.Errorf("live orders: fast %d, slow %d", f, s)
	}
	return p.sameBooks()
}

func (p *pair) price(inst venue.InstrumentID) venue.Price {
	near := streamPrices[inst]
	return streamRange[inst].low + near[min(p.next(24), 23)*len(near)/24] + venue.Price(p.next(4)%3)
}

func (p *pair) order() Order {
	o := Order{
		Instrument: venue.InstrumentID(1 + p.next(8)*3/8), Side: venue.Side(1 + p.next(2)), Type: venue.Limit,
		STP: venue.SelfTrade(1 + p.next(4)), TIF: venue.GTC, Qty: venue.Qty(1 + p.next(40)), Tag: uint32(len(p.fids)),
	}
	o.Owner = venue.OwnerID(1 + p.next(4))
	o.Holding = venue.HoldingID(4*uint32(o.Owner) + uint32(o.Instrument))
	o.Price = p.price(o.Instrument)
	if p.next(16) == 0 {
		o.Qty = venue.MaxQty - venue.Qty(p.next(3))
	}
	switch p.next(12) {
	case 0:
		o.TIF = venue.IOC
	case 1:
		o.TIF = venue.FOK
	case 2:
		o.TIF, o.MinQty = venue.IOC, 1+venue.Qty(p.next(int(min(o.Qty, 250))))
	case 3:
		o.Flags = venue.PostOnly
	case 4, 5:
		o.Display = 1 + venue.Qty(p.next(int(min(o.Qty, 9))))
	case 6:
		o.TIF, o.Expire = venue.GTD, p.now+venue.Time(1+p.next(9))
	case 7:
		o.Type, o.Stop, o.Flags = venue.StopLimit, p.price(o.Instrument), venue.ReduceOnly
	case 8:
		o.Type, o.Stop, o.Price = venue.Stop, p.price(o.Instrument), 0
		o.TIF = venue.TimeInForce(2 + p.next(3))
	case 9:
		o.Type = venue.Market
	}
	if o.Stop != 0 && p.next(2) == 0 {
		o.Flags |= venue.ByMark
	}
	return o
}

func (p *pair) place() error {
	o := p.order()
	p.note("place %+v", o)
	fid, fok := p.fast.Add(&o)
	sid, sok := p.slow.Add(&o)
	if fok != sok {
		return fmt.Errorf("Add(%+v): fast %v, slow %v", o, fok, sok)
	}
	if !fok {
		return nil
	}
	p.fids, p.sids = append(p.fids, fid), append(p.sids, sid)
	if o.Type == venue.Stop || o.Type == venue.StopLimit {
		if why := p.fast.Park(fid); why != p.slow.Park(sid) {
			return fmt.Errorf("Park = %d", why)
		}
		return nil
	}
	foreseen := p.fast.Preview(&o)
	p.fast.Match(fid, &p.fm)
	p.slow.Match(sid, &p.sm)
	return p.sameAsForeseen(foreseen)
}

// sameAsForeseen compares what Preview said with the trades.
func (p *pair) sameAsForeseen(v Preview) error {
	var got Preview
	for _, f := range p.fm.Fills {
		if got.Qty == 0 {
			got.First = f.Price
		}
		got.Last = f.Price
		got.Qty += f.Qty
	}
	if got != v && p.fm.End != venue.LevelFull && p.fm.End != venue.MemoryExhausted {
		return fmt.Errorf("Preview = %+v, Match trades %+v", v, got)
	}
	return nil
}

// pick returns a tag, as a rule of an order that is still known.
func (p *pair) pick() int {
	n := len(p.fids)
	tag := p.next(n)
	for range 8 {
		if p.slow.orders[p.sids[tag]] != nil {
			break
		}
		tag = (tag + 1) % n
	}
	return tag
}

func (p *pair) cancel() error {
	tag := p.pick()
	p.note("cancel %d", tag)
	f := p.fast.Cancel(p.fids[tag], venue.CanceledByUser, &p.fm)
	if s := p.slow.Cancel(p.sids[tag], venue.CanceledByUser, &p.sm); f != s {
		return fmt.Errorf("Cancel(%d): fast %v, slow %v", tag, f, s)
	}
	return nil
}

func (p *pair) reduce() error {
	tag, by := p.pick(), venue.Qty(1+p.next(30))
	p.note("reduce %d by %d", tag, by)
	f := p.fast.Reduce(p.fids[tag], by, venue.ReduceOnlyTrimmed, &p.fm)
	if s := p.slow.Reduce(p.sids[tag], by, venue.ReduceOnlyTrimmed, &p.sm); f != s {
		return fmt.Errorf("Reduce(%d, %d): fast %v, slow %v", tag, by, f, s)
	}
	return nil
}

func (p *pair) amend() error {
	tag := p.pick()
	o := p.slow.orders[p.sids[tag]]
	if o == nil {
		return nil
	}
	price, leaves := o.Price, venue.Qty(1+p.next(40))
	if p.next(2) == 0 {
		price = p.price(o.Instrument)
	}
	if o.filled+leaves > venue.MaxQty {
		return nil
	}
	p.note("amend %d to %d@%d", tag, leaves, price)
	f := p.fast.Amend(p.fids[tag], price, leaves, &p.fm)
	s := p.slow.Amend(p.sids[tag], price, leaves, &p.sm)
	if f != s {
		return fmt.Errorf("Amend(%d): fast %v, slow %v", tag, f, s)
	}
	if !f {
		p.fast.Match(p.fids[tag], &p.fm)
		p.slow.Match(p.sids[tag], &p.sm)
	}
	return nil
}

func (p *pair) elect() error {
	inst := venue.InstrumentID(1 + p.next(3))
	last := p.price(inst)
	byMark := p.next(2) == 0
	p.note("elect %d at %d, by mark %v", inst, last, byMark)
	var fs, ss []venue.OrderID
	if byMark {
		fs, ss = p.fast.ElectByMark(inst, last, nil), p.slow.ElectByMark(inst, last, nil)
	} else {
		fs, ss = p.fast.Elect(inst, last, nil), p.slow.Elect(inst, last, nil)
	}
	if f, s := p.fastTags(fs), p.slowTags(ss); !slices.Equal(f, s) {
		return fmt.Errorf("Elect(%d, %d), by mark %v: fast %v, slow %v", inst, last, byMark, f, s)
	}
	for i, id := range fs {
		var v View
		p.fast.Get(id, &v)
		if v.Type == venue.Stop {
			p.fast.Reprice(id, last)
			p.slow.Reprice(ss[i], last)
		}
		p.fm.Reset()
		p.sm.Reset()
		p.fast.Match(id, &p.fm)
		p.slow.Match(ss[i], &p.sm)
		if err := p.sameMatched(); err != nil {
			return err
		}
		p.fm.Reset()
		p.sm.Reset()
	}
	return nil
}

func (p *pair) expire() error {
	p.now += venue.Time(p.next(6))
	p.note("expire at %d", p.now)
	ft, fok := p.fast.Due()
	if st, sok := p.slow.Due(); ft != st || fok != sok {
		return fmt.Errorf("Due: fast %d %v, slow %d %v", ft, fok, st, sok)
	}
	var fs []venue.OrderID
	for {
		more := p.fast.Expire(p.now, nil)
		if len(more) == 0 {
			break
		}
		fs = append(fs, more...)
	}
	f, s := p.fastTags(fs), p.slowTags(p.slow.Expire(p.now, nil))
	if slices.Sort(f); len(f) != len(s) {
		return fmt.Errorf("Expire: fast %v, slow %v", f, s)
	}
	slices.Sort(s)
	if !slices.Equal(f, s) {
		return fmt.Errorf("Expire: fast %v, slow %v", f, s)
	}
	for _, tag := range f {
		p.fast.Cancel(p.fids[tag], venue.Expired, &p.fm)
		p.slow.Cancel(p.sids[tag], venue.Expired, &p.sm)
	}
	// Orders of several levels ended at once: a level may be named twice.
	p.fm.Levels, p.sm.Levels = nil, nil
	return nil
}

// restore writes the state, reads it into other books and goes on with those.
func (p *pair) restore() error {
	p.note("restore")
	state := p.fast.AppendState(nil)
	b := New(p.limits)
	rest, err := b.LoadState(append(slices.Clip(state), "rest"...))
	if err != nil || string(rest) != "rest" {
		return fmt.Errorf("LoadState leaves %q, %w", rest, err)
	}
	if again := b.AppendState(nil); !bytes.Equal(state, again) {
		return fmt.Errorf("state of %d bytes comes back as %d others", len(state), len(again))
	}
	p.fast.Close()
	p.fast = b
	return nil
}

func (p *pair) query() error {
	inst, side := venue.InstrumentID(1+p.next(3)), venue.Side(1+p.next(2))
	price := p.price(inst)
	p.note("query %d %v %d", inst, side, price)
	if f, s := p.fast.WouldTake(inst, side, price), p.slow.WouldTake(inst, side, price); f != s {
		return fmt.Errorf("WouldTake(%d, %v, %d): fast %v, slow %v", inst, side, price, f, s)
	}
	p.fast.Touch([]Hint{{Order: p.fids[p.pick()]}, {Instrument: inst, Side: side, Price: price}, {Order: 1<<64 - 1}, {Instrument: 9}})
	for h := range venue.HoldingID(20) {
		var fs, ss []View
		p.fast.Each(h, func(v *View) bool { fs = append(fs, *v); return true })
		p.slow.Each(h, func(v *View) bool { ss = append(ss, *v); return true })
		for i := range fs {
			if got, ok := p.fast.Holding(fs[i].Order); !ok || got != h {
				return fmt.Errorf("Holding(%x) = %d, want %d", fs[i].Order, got, h)
			}
			fs[i].Order = 0
		}
		for i := range ss {
			ss[i].Order = 0
		}
		if !slices.Equal(fs, ss) {
			return fmt.Errorf("Each(%d):\nfast %+v\nslow %+v", h, fs, ss)
		}
		n := 0
		for id, ok := p.fast.Oldest(h); ok; id, ok = p.fast.After(id) {
			n++
		}
		if n != len(fs) {
			return fmt.Errorf("Oldest and After(%d) find %d orders, Each finds %d", h, n, len(fs))
		}
	}
	return nil
}

// stale asks for every order that ever was.
func (p *pair) stale() error {
	p.note("all ids")
	for tag := range p.fids {
		var f, s View
		fok, sok := p.fast.Get(p.fids[tag], &f), p.slow.Get(p.sids[tag], &s)
		f.Order, s.Order = 0, 0
		if fok != sok || f != s {
			return fmt.Errorf("Get(%d):\nfast %+v %v\nslow %+v %v", tag, f, fok, s, sok)
		}
	}
	return nil
}

func (p *pair) fastTags(ids []venue.OrderID) []int { return tags(ids, p.fids) }
func (p *pair) slowTags(ids []venue.OrderID) []int { return tags(ids, p.sids) }

func tags(ids, of []venue.OrderID) []int {
	var t []int
	for _, id := range ids {
		t = append(t, slices.Index(of, id))
	}
	return t
}

// sameMatched compares what the two said; ids differ, tags do not.
func (p *pair) sameMatched() error {
	for i := range p.fm.Fills {
		if f := &p.fm.Fills[i]; p.fids[f.MakerTag] != f.Maker {
			return fmt.Errorf("fill names order %x, tag %d is %x", f.Maker, f.MakerTag, p.fids[f.MakerTag])
		}
		p.fm.Fills[i].Maker = 0
	}
	for i := range p.fm.Cuts {
		if c := &p.fm.Cuts[i]; p.fids[c.Tag] != c.Order {
			return fmt.Errorf("cut names order %x, tag %d is %x", c.Order, c.Tag, p.fids[c.Tag])
		}
		p.fm.Cuts[i].Order = 0
	}
	for i := range p.sm.Fills {
		p.sm.Fills[i].Maker = 0
	}
	for i := range p.sm.Cuts {
		p.sm.Cuts[i].Order = 0
	}
	f, s := p.fm, p.sm
	same := slices.Equal(f.Fills, s.Fills) && slices.Equal(f.Cuts, s.Cuts) && slices.Equal(f.Levels, s.Levels)
	if !same || f.Leaves != s.Leaves || f.Prevented != s.Prevented || f.End != s.End {
		return fmt.Errorf("matched:\nfast %+v\nslow %+v", f, s)
	}
	return nil
}

func (p *pair) sameBooks() error {
	for inst := venue.InstrumentID(1); inst <= 3; inst++ {
		for _, side := range []venue.Side{venue.Buy, venue.Sell} {
			f, s := p.fast.Depth(inst, side, 100, nil), p.slow.Depth(inst, side, 100, nil)
			if !slices.Equal(f, s) {
				return fmt.Errorf("Depth(%d, %v):\nfast %+v\nslow %+v", inst, side, f, s)
			}
			fp, fok := p.fast.Best(inst, side)
			if sp, sok := p.slow.Best(inst, side); fp != sp || fok != sok {
				return fmt.Errorf("Best(%d, %v): fast %d %v, slow %d %v", inst, side, fp, fok, sp, sok)
			}
		}
	}
	return nil
}

// streamLimits are small, so that streams meet them.
var streamLimits = []Limits{
	{Orders: 300, Pages: 400},
	{Orders: 12, Pages: 40, FillsPerMatch: 3, StopsPerElect: 2, OrdersPerExpire: 2},
}

func TestBooksAgreeWithSlowTwin(t *testing.T) {
	for _, l := range streamLimits {
		t.Run(fmt.Sprintf("%d orders", l.Orders), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				src := rapid.SliceOfN(rapid.Byte(), 0, 2500).Draw(t, "stream")
				if err := runStream(src, l); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// TestBooksAgreeOverLongStreams fills the books more than rapid's streams do.
func TestBooksAgreeOverLongStreams(t *testing.T) {
	for seed := range uint64(16) {
		random := rand.New(rand.NewPCG(seed, 1))
		src := make([]byte, 6000)
		for i := range src {
			src[i] = byte(random.Uint32())
		}
		if err := runStream(src, streamLimits[seed%2]); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func FuzzStream(f *testing.F) {
	f.Add([]byte("limit orders and what becomes of them"))
	f.Add(bytes.Repeat([]byte{0, 1, 1, 4, 3, 17, 2, 9, 5, 8}, 60))
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 5000 {
			return
		}
		for _, l := range streamLimits {
			if err := runStream(src, l); err != nil {
				t.Fatal(err)
			}
		}
	})
}
