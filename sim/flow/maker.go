package flow

import (
	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/venue"
)

// maker makes the operations of a workload while it runs them.
type maker struct {
	s      *shape
	w      *Workload
	books  *matching.Books
	m      matching.Matched
	random pcg
	zipf   []uint64 // Cumulative weights of the instruments.
	runner *runner
	live   [][]uint32 // Numbers of live orders, by instrument.
	at     []int32    // Place of an order in live, -1 when it is over.
	where  []Op       // What entered an order, by number.
	ids    []venue.OrderID
}

func newMaker(s *shape) *maker {
	half := venue.Price(s.levels/2 + 2000)
	w := &Workload{
		Name: s.name, Instruments: s.instruments, Low: 100_000 - half, High: 100_000 + half,
		Trades: s.trades, Hash: s.hash,
		Preload: make([]Op, 0, s.instruments*s.levels*s.perLevel), Ops: make([]Op, 0, s.ops),
	}
	g := &maker{s: s, w: w, random: pcg{state: s.seed}, live: make([][]uint32, s.instruments+1), at: []int32{-1}, where: []Op{{}}, ids: []venue.OrderID{0}}
	total := uint64(0)
	for i := range s.instruments {
		total += 1 << 40 / uint64(i+1)
		g.zipf = append(g.zipf, total)
	}
	g.books = matching.New(matching.Limits{
		Orders: uint32(cap(w.Preload)*2 + 100_000), Pages: uint32(s.instruments*16 + 1000),
	})
	open(g.books, w)
	g.runner = newRunner(g.books, &g.m)
	return g
}

// preload puts perLevel orders on each level, in an order that mixes levels and
// instruments as the arrival of real orders would.
func (g *maker) preload() {
	s := g.s
	for range s.perLevel {
		for _, n := range g.permutation(s.levels * s.instruments) {
			inst, l := venue.InstrumentID(n%s.instruments+1), int32(n/s.instruments)
			op := Op{Kind: Place, Instrument: inst, Qty: g.qty(), Account: g.account(), Side: venue.Buy, Price: 100_000 - 1 - l/2}
			if l%2 == 1 {
				op.Side, op.Price = venue.Sell, 100_000+l/2
			}
			g.enter(&op)
			g.w.Preload = append(g.w.Preload, op)
		}
	}
}

func (g *maker) permutation(n int) []int {
	p := make([]int, n)
	for i := range p {
		j := g.random.below(i + 1)
		p[i] = p[j]
		p[j] = i
	}
	return p
}

func (g *maker) qty() uint32     { return uint32(1 + g.random.below(100)) }
func (g *maker) account() uint16 { return uint16(g.random.below(accounts)) }

// instrument draws by Zipf's law with exponent 1.
func (g *maker) instrument() venue.InstrumentID {
	if len(g.zipf) == 1 {
		return 1
	}
	x := g.random.next() % g.zipf[len(g.zipf)-1]
	lo, hi := 0, len(g.zipf)-1
	for lo < hi {
		mid := (lo + hi) / 2
		if g.zipf[mid] > x {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return venue.InstrumentID(lo + 1)
}

// step makes one operation: 50 % limit orders, 35 % cancels, 5 % replacements,
// 10 % immediate-or-cancel.
func (g *maker) step() {
	op := Op{Instrument: g.instrument()}
	switch r := g.random.below(100); {
	case r < 50:
		g.limit(&op)
	case r < 85:
		g.cancel(&op)
	case r < 90:
		g.replace(&op)
	default:
		g.immediate(&op)
	}
	g.w.Ops = append(g.w.Ops, op)
}

// best returns the best price that an order of a side would trade at.
func (g *maker) best(op *Op) int32 {
	if p, ok := g.books.Best(op.Instrument, op.Side.Opposite()); ok {
		return int32(p)
	}
	return 100_000
}

// away returns a price d ticks on the passive side of p, within the range.
func (g *maker) away(op *Op, p, d int32) int32 {
	if op.Side == venue.Buy {
		p -= d
	} else {
		p += d
	}
	return max(int32(g.w.Low), min(int32(g.w.High), p))
}

// limit makes an order that is passive within 50 ticks of the opposite best (60
// in 100), deep to 550 ticks (32) or crossing by 0 to 3 ticks (8).
func (g *maker) limit(op *Op) {
	op.Kind, op.Qty, op.Account, op.Side = Place, g.qty(), g.account(), venue.Side(1+g.random.below(2))
	best := g.best(op)
	switch r := g.random.below(100); {
	case r < 60:
		op.Price = g.away(op, best, int32(1+g.random.below(50)))
	case r < 92:
		op.Price = g.away(op, best, int32(51+g.random.below(500)))
	default:
		op.Price = g.away(op, best, -int32(g.random.below(4)))
	}
	g.enter(op)
}

// immediate makes an IOC order, half of them with a far limit.
func (g *maker) immediate(op *Op) {
	op.Kind, op.Qty, op.Account, op.Side = Immediate, g.qty(), g.account(), venue.Side(1+g.random.below(2))
	op.Price = g.away(op, g.best(op), -int32(g.random.below(4)))
	if g.random.below(2) == 0 {
		op.Price = g.away(op, 100_000, -1_000_000)
	}
	g.enter(op)
}

// cancel ends a live order drawn uniformly.
func (g *maker) cancel(op *Op) {
	n := g.draw(op)
	if n == 0 {
		g.limit(op)
		return
	}
	op.Kind, op.Target = Cancel, g.ids[n]
	g.runner.apply(op)
	g.settle()
	g.remove(n)
}

// replace moves a live order by up to 5 ticks.
func (g *maker) replace(op *Op) {
	n := g.draw(op)
	if n == 0 {
		g.limit(op)
		return
	}
	was := g.where[n]
	op.Kind, op.Target, op.Qty, op.Account, op.Side = Replace, g.ids[n], was.Qty, was.Account, was.Side
	op.Price = g.away(op, was.Price, int32(g.random.below(11)-5))
	g.remove(n)
	g.enter(op)
}

func (g *maker) draw(op *Op) uint32 {
	live := g.live[op.Instrument]
	if len(live) == 0 {
		return 0
	}
	return live[g.random.below(len(live))]
}

// enter numbers the order of op, runs op and notes who lives.
func (g *maker) enter(op *Op) {
	op.Order = uint32(len(g.where))
	g.at = append(g.at, -1)
	g.where = append(g.where, *op)
	g.runner.apply(op)
	g.settle()
	g.ids = append(g.ids, g.runner.last)
	if g.m.End == venue.OK && g.m.Leaves > 0 {
		g.at[op.Order] = int32(len(g.live[op.Instrument]))
		g.live[op.Instrument] = append(g.live[op.Instrument], op.Order)
	}
}

// settle removes the makers that were filled.
func (g *maker) settle() {
	for i := range g.m.Fills {
		if f := &g.m.Fills[i]; f.MakerLeaves == 0 {
			g.remove(f.MakerTag)
		}
	}
}

func (g *maker) remove(n uint32) {
	live := g.live[g.where[n].Instrument]
	i := g.at[n]
	last := live[len(live)-1]
	live[i] = last
	g.at[last] = i
	g.at[n] = -1
	g.live[g.where[n].Instrument] = live[:len(live)-1]
}

// pcg is a small generator of its own, so that workloads never change with a
// library: PCG XSH RR 64/32 twice per number.
type pcg struct{ state uint64 }

func (p *pcg) half() uint64 {
	old := p.state
	p.state = old*6364136223846793005 + 1442695040888963407
	x := uint32((old>>18 ^ old) >> 27)
	r := uint32(old >> 59)
	return uint64(x>>r | x<<(-r&31))
}

func (p *pcg) next() uint64 { return p.half()<<32 | p.half() }

// below returns a number from 0 to n-1.
func (p *pcg) below(n int) int { return int(p.next() % uint64(n)) }
