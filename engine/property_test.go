package engine_test

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/sim/orders"
	"github.com/clearhour/clearhour/sim/rng"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/marketdata"
)

// tight are limits that the stream reaches.
func tight() engine.Limits {
	return engine.Limits{
		Orders: 1 << 12, OrdersPerAccount: 90, OrdersPerHolding: 30, Accounts: 64, Holdings: 512, Instruments: 16,
		FillsPerOrder: 6, Requests: 1 << 13, RequestsPerAccount: 200,
	}
}

// seeds are those of a short test run; each failure names its own.
func seeds(t *testing.T, n int) []uint64 {
	if testing.Short() {
		n = 1
	}
	all := make([]uint64, n)
	for i := range all {
		all[i] = uint64(i + 1)
	}
	t.Logf("seeds %v", all)
	return all
}

// run is a venue under a stream, with everybody who listens.
type run struct {
	core    *engine.Engine
	stream  *orders.Stream
	tape    venue.Tape
	audit   *auditor
	books   *marketdata.View
	blotter *blotter.View
	env     venue.Envelope
}

func newRun(seed uint64) *run {
	return &run{
		core: engine.New(tight()), stream: orders.New(seed, orders.Mixed()), audit: newAuditor(),
		books: marketdata.New(), blotter: blotter.New(blotter.Limits{}),
	}
}

// step applies one command and checks what costs little.
func (r *run) step() error {
	r.stream.Next(&r.env)
	r.tape.Reset()
	r.core.Apply(&r.env, &r.tape)
	r.stream.Observe(r.tape.Entries)
	r.books.ApplyAll(r.tape.Entries)
	r.blotter.ApplyAll(r.tape.Entries)
	if err := r.audit.apply(r.tape.Entries); err != nil {
		return err
	}
	for i := range r.tape.Entries {
		if l, ok := r.tape.Entries[i].Event.(*venue.LevelChanged); ok {
			if err := r.uncrossed(l.Instrument); err != nil {
				return err
			}
		}
	}
	return nil
}

// uncrossed says whether the best bid is below the best ask.
func (r *run) uncrossed(id venue.InstrumentID) error {
	var b marketdata.Book
	r.books.Book(id, 1, &b)
	if len(b.Bids) > 0 && len(b.Asks) > 0 && b.Bids[0].Price >= b.Asks[0].Price {
		return fmt.Errorf("instrument %d is crossed: bid %+v, ask %+v", id, b.Bids[0], b.Asks[0])
	}
	return nil
}

// whole checks what walks everything.
func (r *run) whole() error {
	if !r.core.Conserved() {
		return fmt.Errorf("money or positions are not conserved")
	}
	for id := range r.audit.terms {
		var b marketdata.Book
		r.books.Book(id, 0, &b)
		for side, shown := range map[venue.Side][]marketdata.Level{venue.Buy: b.Bids, venue.Sell: b.Asks} {
			want := r.audit.levels(id, side)
			if len(want) != len(shown) {
				return fmt.Errorf("instrument %d shows %d levels to %s, want %d", id, len(shown), side, len(want))
			}
			for _, l := range shown {
				w := want[l.Price]
				if l.Orders != w.orders || l.Qty > w.leaves || l.Qty != w.leaves && !w.hidden {
					return fmt.Errorf("instrument %d %s level %+v, want %+v", id, side, l, w)
				}
			}
		}
	}
	return r.image()
}

// image checks that views made from an image show what those show that heard
// everything.
func (r *run) image() error {
	var tape venue.Tape
	r.core.Image(&tape)
	books, blot := marketdata.New(), blotter.New(blotter.Limits{})
	books.ApplyAll(tape.Entries)
	blot.ApplyAll(tape.Entries)
	for id := range r.audit.terms {
		var got, want marketdata.Book
		books.Book(id, 0, &got)
		r.books.Book(id, 0, &want)
		if !slices.Equal(got.Bids, want.Bids) || !slices.Equal(got.Asks, want.Asks) || got.Phase != want.Phase {
			return fmt.Errorf("book %d of the image is %+v, want %+v", id, got, want)
		}
		gotPhase, gotMark, gotMarked := books.State(id)
		wantPhase, wantMark, wantMarked := r.books.State(id)
		if gotPhase != wantPhase || gotMark != wantMark || gotMarked != wantMarked {
			return fmt.Errorf("state %d of the image is %v %v %v, want %v %v %v", id, gotPhase, gotMark, gotMarked, wantPhase, wantMark, wantMarked)
		}
	}
	live := 0
	for a := venue.FirstAccount; ; a++ {
		if _, ok := r.blotter.Owner(a); !ok {
			break
		}
		if err := sameAccount(a, blot, r.blotter); err != nil {
			return err
		}
		live += r.blotter.LiveCount(a)
	}
	if live != len(r.audit.orders) {
		return fmt.Errorf("%d live orders in the blotter, want %d", live, len(r.audit.orders))
	}
	return nil
}

func sameAccount(a venue.AccountID, image, heard *blotter.View) error {
	got, want := ofAccount(a, image), ofAccount(a, heard)
	if !slices.Equal(got, want) {
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				return fmt.Errorf("account %d of the image:\n%q\nwant:\n%q", a, got[i:min(i+1, len(got))], want[i:min(i+1, len(want))])
			}
		}
	}
	return nil
}

// ofAccount writes down what an image can know: not what depends on history, and
// not needs, which follow the mark without being told.
func ofAccount(a venue.AccountID, v *blotter.View) []string {
	var lines []string
	for _, o := range v.Live(a, blotter.Filter{}, blotter.Place{}, 1<<20, nil) {
		if o.Triggered {
			o.Stop = 0
		}
		lines = append(lines, fmt.Sprint("order ", o.ID, o.Account, o.Session, o.ClOrdID, o.Instrument, o.Side, o.Type, o.TIF, o.STP,
			o.Flags, o.Price, o.Stop, o.Qty, o.Filled, o.Leaves, o.MinQty, o.Display, o.Expire))
	}
	slices.Sort(lines)
	for _, p := range v.Positions(a) {
		if p.Qty != 0 {
			lines = append(lines, fmt.Sprint("position ", p.Instrument, p.Qty, p.Cost))
		}
	}
	for _, b := range v.Balances(a) {
		if b.Asset == venue.USD {
			b.Held = 0
		}
		if b.Total != 0 || b.Held != 0 {
			lines = append(lines, fmt.Sprint("balance ", b.Asset, b.Total, b.Held))
		}
	}
	return lines
}

// TestProperties runs mixed streams and checks after every command that what is
// told is true, and every so often that everything adds up.
func TestProperties(t *testing.T) {
	for _, seed := range seeds(t, 4) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			r := newRun(seed)
			defer r.core.Close()
			for n := 1; n <= 15_000; n++ {
				err := r.step()
				if err == nil && n%500 == 0 {
					err = r.whole()
				}
				if err != nil {
					t.Fatalf("seed %d, after command %d %T%+v: %v", seed, n, r.env.Command, r.env.Command, err)
				}
			}
			for k := venue.EventAssetListed; k <= venue.EventPositionChanged; k++ {
				if r.audit.kinds[k] == 0 {
					t.Errorf("seed %d: no event of kind %d in 15000 commands; the stream does not reach it", seed, k)
				}
			}
		})
	}
}

// tale is a run written down: the batches as the journal would have them, the
// hash of events and of the state, and snapshots taken on the way.
type tale struct {
	frames    [][]byte
	events    uint64
	state     engine.Hash
	snapshots []snapshot
}

type snapshot struct {
	frame  int // How many frames came before.
	events uint64
	state  []byte
}

// tell runs a stream in batches of random sizes.
func tell(seed uint64, commands int) *tale {
	core, stream := engine.New(tight()), orders.New(seed, orders.Mixed())
	defer core.Close()
	var env venue.Envelope
	var tape venue.Tape
	var hash wire.EventHash
	out, sizes := &tale{}, rng.New(seed, "batches")
	for n := 0; n < commands; {
		frame := make([]byte, wire.BatchHeaderSize)
		first, count := core.Seq()+1, uint32(0)
		var now venue.Time
		for left := 1 + sizes.Below(64); left > 0; left-- {
			stream.Next(&env)
			if count == 0 {
				now = env.Time
			}
			env.Time = now
			frame = wire.AppendCommand(frame, env.Session, env.Command)
			tape.Reset()
			core.Apply(&env, &tape)
			stream.Observe(tape.Entries)
			for i := range tape.Entries {
				hash.Add(&tape.Entries[i])
			}
			count++
			n++
		}
		wire.PutBatchHeader(frame, first, now, count)
		out.frames = append(out.frames, frame)
		if sizes.OneIn(60) {
			out.snapshots = append(out.snapshots, snapshot{len(out.frames), hash.Sum(), core.AppendState(nil)})
		}
	}
	out.events, out.state = hash.Sum(), core.StateHash()
	return out
}

// replay applies frames to a core and returns the hash of events that began as
// given.
func replay(core *engine.Engine, frames [][]byte, began uint64) (uint64, error) {
	hash := wire.ResumeEventHash(began)
	var dec wire.Decoder
	var env venue.Envelope
	var tape venue.Tape
	for _, frame := range frames {
		if err := dec.Reset(frame); err != nil {
			return 0, err
		}
		for {
			more, err := dec.Next(&env)
			if err != nil {
				return 0, err
			}
			if !more {
				break
			}
			tape.Reset()
			core.Apply(&env, &tape)
			for i := range tape.Entries {
				hash.Add(&tape.Entries[i])
			}
		}
	}
	return hash.Sum(), nil
}

// TestReplay replays what was written down, from genesis and from every
// snapshot, and wants the same events and the same state.
func TestReplay(t *testing.T) {
	for _, seed := range seeds(t, 3) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			was := tell(seed, 20_000)
			check := func(name string, core *engine.Engine, from snapshot) {
				defer core.Close()
				events, err := replay(core, was.frames[from.frame:], from.events)
				if err != nil {
					t.Fatalf("seed %d, %s: %v", seed, name, err)
				}
				if events != was.events || core.StateHash() != was.state {
					t.Errorf("seed %d, %s: events %x state %s, want %x %s", seed, name, events, core.StateHash(), was.events, was.state)
				}
			}
			check("from genesis", engine.New(tight()), snapshot{})
			for _, s := range was.snapshots {
				name := fmt.Sprintf("from the snapshot after frame %d", s.frame)
				core := engine.New(tight())
				if err := core.LoadState(s.state); err != nil {
					t.Fatalf("seed %d, %s: %v", seed, name, err)
				}
				if again := core.AppendState(nil); !bytes.Equal(again, s.state) {
					t.Fatalf("seed %d, %s: the state is %d bytes after loading, %d before, and not the same", seed, name, len(again), len(s.state))
				}
				check(name, core, s)
			}
			t.Logf("%d snapshots", len(was.snapshots))
		})
	}
}

// TestProcessors runs one stream on one processor and on two at the same time.
func TestProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := tell(7, 8_000)
	runtime.GOMAXPROCS(2)
	tales := make(chan *tale)
	for range 2 {
		go func() { tales <- tell(7, 8_000) }()
	}
	for range 2 {
		if got := <-tales; got.events != want.events || got.state != want.state {
			t.Errorf("seed 7 on two processors: events %x state %s, want %x %s", got.events, got.state, want.events, want.state)
		}
	}
}

// TestTouch wants a core that touches every group of commands first, whatever they
// name, to tell and to be the same as one that does not.
func TestTouch(t *testing.T) {
	want := tell(9, 6_000)
	core := engine.New(tight())
	defer core.Close()
	var hash wire.EventHash
	var dec wire.Decoder
	for _, frame := range want.frames {
		if err := dec.Reset(frame); err != nil {
			t.Fatal(err)
		}
		for {
			group, err := dec.NextGroup()
			if err != nil {
				t.Fatal(err)
			}
			if len(group) == 0 {
				break
			}
			core.TouchAlways(group)
			applyAll(core, group, &hash)
		}
	}
	if got := core.StateHash(); got != want.state || hash.Sum() != want.events {
		t.Errorf("seed 9 touched: events %x state %s, want %x %s", hash.Sum(), got, want.events, want.state)
	}
}

func applyAll(core *engine.Engine, group []venue.Envelope, hash *wire.EventHash) {
	var tape venue.Tape
	for i := range group {
		core.Apply(&group[i], &tape)
	}
	for i := range tape.Entries {
		hash.Add(&tape.Entries[i])
	}
}

// TestApplyAllocs applies a steady stream and counts every allocation of it.
func TestApplyAllocs(t *testing.T) {
	for name, mix := range map[string]orders.Mix{
		"futures": orders.Trading(60, 5, 10), "spot": orders.SpotTrading(60, 5, 10),
	} {
		t.Run(name, func(t *testing.T) {
			core := engine.New(engine.Limits{Orders: 1 << 12, Accounts: 128, Holdings: 1024, Instruments: 16, Requests: 1 << 14, RequestsPerAccount: 1 << 8})
			defer core.Close()
			stream := orders.New(1, mix)
			var env venue.Envelope
			var tape venue.Tape
			step := func(n int) {
				for range n {
					stream.Next(&env)
					tape.Reset()
					core.Apply(&env, &tape)
					stream.Observe(tape.Entries)
				}
			}
			step(stream.Setup() + 150_000)
			if n := testing.AllocsPerRun(1, func() { step(20_000) }); n != 0 {
				t.Errorf("seed 1: 20000 commands allocate %v times, want 0", n)
			}
		})
	}
}

// small is a core for states made of anything.
func small() *engine.Engine {
	return engine.New(engine.Limits{
		Orders: 512, OrdersPerAccount: 90, OrdersPerHolding: 30, Accounts: 64, Holdings: 512, Instruments: 16, Requests: 1024, RequestsPerAccount: 100,
	})
}

// smallState is the state of a small core after a stream.
func smallState(tb testing.TB, commands int) []byte {
	mix := orders.Mixed()
	mix.Accounts, mix.Open = 6, 4
	core, stream := small(), orders.New(3, mix)
	defer core.Close()
	var env venue.Envelope
	var tape venue.Tape
	for range commands {
		stream.Next(&env)
		tape.Reset()
		core.Apply(&env, &tape)
		stream.Observe(tape.Entries)
	}
	if !core.Conserved() {
		tb.Fatal("not conserved")
	}
	return core.AppendState(nil)
}

// load wants an error or a state that writes itself again.
func load(tb testing.TB, src []byte) {
	core := small()
	defer core.Close()
	if err := core.LoadState(src); err != nil {
		return
	}
	again := core.AppendState(nil)
	if bytes.Equal(again, src) {
		return
	}
	at := 0
	for at < min(len(again), len(src)) && again[at] == src[at] {
		at++
	}
	tb.Errorf("accepted a state of %d bytes and writes another of %d, from byte %d on: %x, want %x", len(src), len(again), at, again[at:min(at+32, len(again))], src[at:min(at+32, len(src))])
}

// TestLoadDamagedState changes and cuts a real state in many places.
func TestLoadDamagedState(t *testing.T) {
	state := smallState(t, 1500)
	r := rng.New(1, "damage")
	for range 600 {
		bad := bytes.Clone(state)
		at := r.Below(uint64(len(bad)))
		bad[at] ^= byte(1 << r.Below(8))
		switch r.Below(4) {
		case 0:
			bad = bad[:at]
		case 1:
			copy(bad[at:], bytes.Repeat([]byte{0xff}, 8))
		}
		func() {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("seed 1: a change at byte %d of %d panics: %v", at, len(state), p)
				}
			}()
			load(t, bad)
		}()
	}
}

func FuzzLoadState(f *testing.F) {
	f.Add([]byte{})
	f.Add(smallState(f, 0))
	f.Add(smallState(f, 100))
	f.Add(smallState(f, 600))
	f.Fuzz(func(t *testing.T, src []byte) { load(t, src) })
}
