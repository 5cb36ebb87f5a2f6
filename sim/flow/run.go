package flow

import (
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/venue"
)

// Result is what a run measured.
type Result struct {
	// PerOp is the mean time of an operation in picoseconds.
	PerOp int64
	// P50, P99, P999 and Max are of single operations, in nanoseconds, and include
	// reading the clock; they are 0 unless they were asked for.
	P50, P99, P999, Max int64
	// Allocs and Collections are what the timed part asked of the Go runtime.
	Allocs, Collections uint64
	// BytesPerOrder is what the books hold per resting order after the run: 48
	// bytes of records and its share of the pages.
	BytesPerOrder int64
	// Trades is the number of trades and Hash what they were, in order.
	Trades, Hash uint64
	// Live is the number of orders in the books after the run.
	Live int
}

// group is how many operations are touched together.
const group = 16

// runner applies operations to books.
type runner struct {
	b      *matching.Books
	m      *matching.Matched
	last   venue.OrderID // The order that was entered last.
	trades uint64
	hash   uint64
	hints  [group]matching.Hint
	order  matching.Order
}

func newRunner(b *matching.Books, m *matching.Matched) *runner {
	return &runner{
		b: b, m: m, hash: 14695981039346656037,
		order: matching.Order{Type: venue.Limit, STP: venue.CancelTaker},
	}
}

func open(b *matching.Books, w *Workload) {
	for i := range w.Instruments {
		b.Open(venue.InstrumentID(i+1), w.Low, w.High)
	}
}

// slice is how many operations Floor times together.
const slice = 8000

// Floor runs the workload several times and returns, in picoseconds per
// operation, the sum of the best time of each slice of 8,000 operations: what the
// workload costs when neighbours on the machine are out of the way for half a
// millisecond at a time. It is a trend that holds on a busy machine, not the time of
// any run that took place; quote PerOp.
func (w *Workload) Floor(runs int) int64 {
	best := make([]int64, (len(w.Ops)+slice-1)/slice)
	for i := range best {
		best[i] = math.MaxInt64
	}
	for range runs {
		w.floor(best)
	}
	var sum int64
	for _, t := range best {
		sum += t
	}
	return sum * 1000 / int64(len(w.Ops))
}

// floor runs the workload once and lowers best where a slice was faster.
func (w *Workload) floor(best []int64) {
	b := matching.New(w.Limits())
	defer b.Close()
	r := w.preloaded(b)
	for i := range best {
		ops := w.Ops[i*slice : min((i+1)*slice, len(w.Ops))]
		start := time.Now()
		r.run(ops)
		best[i] = min(best[i], time.Since(start).Nanoseconds())
	}
}

// preloaded opens and fills books as the workload says.
func (w *Workload) preloaded(b *matching.Books) *runner {
	open(b, w)
	r := newRunner(b, &matching.Matched{})
	for i := range w.Preload {
		r.apply(&w.Preload[i])
	}
	return r
}

// Run fills books as the workload says and measures its operations. With
// percentiles every operation is timed by itself, which makes PerOp larger.
func (w *Workload) Run(percentiles bool) Result {
	b := matching.New(w.Limits())
	defer b.Close()
	r := w.preloaded(b)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var res Result
	if percentiles {
		r.single(w.Ops, &res)
	} else {
		start := time.Now()
		r.run(w.Ops)
		res.PerOp = time.Since(start).Nanoseconds() * 1000 / int64(len(w.Ops))
	}
	runtime.ReadMemStats(&after)
	res.Allocs, res.Collections = after.Mallocs-before.Mallocs, uint64(after.NumGC-before.NumGC)
	res.Trades, res.Hash, res.Live = r.trades, r.hash, b.Live()
	if res.Live > 0 {
		res.BytesPerOrder = int64(b.Bytes()) / int64(res.Live)
	}
	return res
}

// run applies operations in groups.
func (r *runner) run(ops []Op) {
	for len(ops) > 0 {
		n := min(group, len(ops))
		if r.b.Deep() {
			r.touch(ops[:n])
		}
		for i := range ops[:n] {
			r.apply(&ops[i])
		}
		ops = ops[n:]
	}
}

// single times each operation.
func (r *runner) single(ops []Op, res *Result) {
	took := make([]int64, len(ops))
	start := time.Now()
	last := start
	for len(ops) > 0 {
		n := min(group, len(ops))
		r.touch(ops[:n])
		for i := range ops[:n] {
			r.apply(&ops[i])
			now := time.Now()
			took[len(took)-len(ops)+i] = now.Sub(last).Nanoseconds()
			last = now
		}
		ops = ops[n:]
	}
	res.PerOp = last.Sub(start).Nanoseconds() * 1000 / int64(len(took))
	slices.Sort(took)
	at := func(perMille int) int64 { return took[(len(took)-1)*perMille/1000] }
	res.P50, res.P99, res.P999, res.Max = at(500), at(990), at(999), took[len(took)-1]
}

func (r *runner) touch(ops []Op) {
	for i := range ops {
		op, h := &ops[i], &r.hints[i]
		h.Order = op.Target
		h.Price = venue.Price(op.Price)
		h.Holding = op.holding()
		h.Instrument = op.Instrument
		h.Side = op.Side
	}
	r.b.Touch(r.hints[:len(ops)])
}

// apply runs one operation and folds its trades into the hash.
func (r *runner) apply(op *Op) {
	r.m.Reset()
	switch op.Kind {
	case Cancel:
		r.b.Cancel(op.Target, venue.CanceledByUser, r.m)
		return
	case Replace:
		if !r.b.Cancel(op.Target, venue.CanceledByUser, r.m) {
			return
		}
	case Place, Immediate:
	}
	r.place(op)
}

func (r *runner) place(op *Op) {
	o := &r.order
	o.Instrument = op.Instrument
	o.Holding = op.holding()
	o.Owner = op.owner()
	o.Tag = op.Order
	o.Side = op.Side
	o.Price = venue.Price(op.Price)
	o.Qty = venue.Qty(op.Qty)
	o.TIF = venue.GTC
	if op.Kind == Immediate {
		o.TIF = venue.IOC
	}
	id, ok := r.b.Add(o)
	if !ok {
		return
	}
	r.last = id
	r.b.Match(id, r.m)
	r.trades += uint64(len(r.m.Fills))
	hash := r.hash
	for i := range r.m.Fills {
		f := &r.m.Fills[i]
		hash = (hash ^ uint64(f.MakerTag) ^ uint64(op.Order)<<32) * 1099511628211
		hash = (hash ^ uint64(f.Qty) ^ uint64(f.Price)<<32) * 1099511628211
	}
	r.hash = hash
}
