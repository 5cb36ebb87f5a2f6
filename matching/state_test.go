package matching

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// sampleState returns the state of books with something of everything in it.
func sampleState(tb testing.TB, seed uint64) []byte {
	tb.Helper()
	random := rand.New(rand.NewPCG(seed, 2))
	src := make([]byte, 3000)
	for i := range src {
		src[i] = byte(random.Uint32())
	}
	p := newPair(src, stateLimits)
	defer func() { p.fast.Close() }()
	for len(p.src) > 0 {
		if err := p.step(); err != nil {
			tb.Fatalf("seed %d: %v", seed, err)
		}
	}
	return p.fast.AppendState(nil)
}

var stateLimits = Limits{Orders: 300, Pages: 400}

// TestReplayAndRestoreGiveTheSameBytes runs one stream twice, once restoring in
// the middle of it, and compares the states at the end.
func TestReplayAndRestoreGiveTheSameBytes(t *testing.T) {
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 3))
		src := make([]byte, 4000)
		for i := range src {
			src[i] = byte(random.Uint32())
		}
		straight, broken := newPair(src, stateLimits), newPair(src, stateLimits)
		for len(straight.src) > 0 {
			if err := errors.Join(straight.step(), broken.step(), broken.restore()); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		a, b := straight.fast.AppendState(nil), broken.fast.AppendState(nil)
		straight.fast.Close()
		broken.fast.Close()
		if !bytes.Equal(a, b) {
			t.Fatalf("seed %d: %d bytes by replay, %d others by restoring", seed, len(a), len(b))
		}
	}
}

func TestCutStateIsRefused(t *testing.T) {
	state := sampleState(t, 1)
	for n := 0; n < len(state); n += 1 + n/64 {
		b := New(stateLimits)
		if _, err := b.LoadState(state[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are taken for a state", n, len(state))
		}
		b.Close()
	}
}

// TestStateIsBoundByLimits loads a state into books that are too small for it.
func TestStateIsBoundByLimits(t *testing.T) {
	state := sampleState(t, 2)
	for _, l := range []Limits{{Orders: 1, Pages: 400}, {Orders: 300, Pages: 1}} {
		b := New(l)
		if _, err := b.LoadState(state); err == nil {
			t.Errorf("state is loaded under %+v", l)
		}
		b.Close()
	}
}

// FuzzLoadState gives damaged states: they are refused, or they are sound and
// come back as the same bytes.
func FuzzLoadState(f *testing.F) {
	small := newPair([]byte("\x00\x01\x01\x01\x03\x03\x02\x02\x02\x05\x04\x00\x01\x01\x01\x03\x03"), stateLimits)
	for len(small.src) > 0 {
		if err := small.step(); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(small.fast.AppendState(nil), uint32(0), byte(0))
	small.fast.Close()
	for seed := range uint64(3) {
		f.Add(sampleState(f, seed), uint32(100), byte(seed))
	}
	f.Fuzz(func(t *testing.T, state []byte, at uint32, flip byte) {
		if len(state) > 0 {
			state = bytes.Clone(state)
			state[int(at)%len(state)] ^= flip
		}
		b := New(Limits{Orders: 400, Pages: 500})
		defer b.Close()
		rest, err := b.LoadState(state)
		if err != nil {
			return
		}
		if again := b.AppendState(nil); !bytes.Equal(again, state[:len(state)-len(rest)]) {
			t.Fatalf("state of %d bytes comes back as %d others", len(state)-len(rest), len(again))
		}
		useLoaded(b)
	})
}

// useLoaded trades and cancels all that was loaded, which must not stop on an
// assertion.
func useLoaded(b *Books) {
	var m Matched
	hints := []Hint{}
	for s := uint32(1); s <= b.lastSlot; s++ {
		hints = append(hints, Hint{Order: b.id(s)})
	}
	b.Touch(hints)
	for i, k := range b.books {
		if k.span == 0 {
			continue
		}
		o := Order{
			Instrument: venue.InstrumentID(i), Owner: 1 << 31, Side: venue.Buy, Type: venue.Limit, TIF: venue.IOC,
			STP: venue.Decrement, Price: k.low + venue.Price(k.span) - 1, Qty: 100,
		}
		if id, ok := b.Add(&o); ok {
			b.Match(id, &m)
		}
		b.Elect(venue.InstrumentID(i), k.low, nil)
	}
	for s := uint32(1); s <= b.lastSlot; s++ {
		b.Cancel(b.id(s), venue.CanceledByVenue, &m)
	}
}

// TestIdleOrderHasNoLeftovers writes the state while an order waits in a slot that
// was in a queue and in the list of a holding before.
func TestIdleOrderHasNoLeftovers(t *testing.T) {
	b := New(stateLimits)
	defer b.Close()
	d := newDesk(t, b)
	for range 3 {
		d.place(limit(1, venue.Sell, 1, 100))
	}
	d.cancel(2)
	restored := New(stateLimits)
	defer restored.Close()
	if _, err := restored.LoadState(b.AppendState(nil)); err != nil {
		t.Fatal(err)
	}
	o := limit(1, venue.Sell, 1, 100)
	b.Add(&o)
	restored.Add(&o)
	if !bytes.Equal(b.AppendState(nil), restored.AppendState(nil)) {
		t.Error("the state after Add depends on what was in the slot before")
	}
}
