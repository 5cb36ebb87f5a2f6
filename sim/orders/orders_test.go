package orders_test

import (
	"hash/fnv"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/sim/orders"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// run makes n commands, applied to a core and observed when core is not nil, and
// returns the hash of their bytes.
func run(t *testing.T, s *orders.Stream, core *engine.Engine, n int) (sum uint64, kinds [32]int) {
	t.Helper()
	var env venue.Envelope
	var tape venue.Tape
	var buf []byte
	hash := fnv.New64a()
	last := venue.Time(0)
	for i := range n {
		s.Next(&env)
		if env.Seq != venue.Seq(i+1) || env.Time < last {
			t.Fatalf("command %d has sequence %d and time %d after %d", i+1, env.Seq, env.Time, last)
		}
		last = env.Time
		if why := wire.Fits(env.Command); why.Refused() {
			t.Fatalf("command %d %T%+v does not fit the wire: %+v", i+1, env.Command, env.Command, why)
		}
		buf = wire.AppendCommand(buf[:0], env.Session, env.Command)
		hash.Write(buf)
		kinds[env.Command.Kind()]++
		if core != nil {
			tape.Reset()
			core.Apply(&env, &tape)
			s.Observe(tape.Entries)
		}
	}
	return hash.Sum64(), kinds
}

func core(t *testing.T) *engine.Engine {
	e := engine.New(engine.Limits{Orders: 1 << 14, Accounts: 256, Holdings: 4096, Instruments: 32, Requests: 1 << 16})
	t.Cleanup(e.Close)
	return e
}

func TestSameSeedSameCommands(t *testing.T) {
	const n = 20_000
	blind, kinds := run(t, orders.New(5, orders.Mixed()), nil, n)
	if again, _ := run(t, orders.New(5, orders.Mixed()), nil, n); again != blind {
		t.Errorf("seed 5 unobserved: commands %x, then %x", blind, again)
	}
	if other, _ := run(t, orders.New(6, orders.Mixed()), nil, n); other == blind {
		t.Errorf("seeds 5 and 6 give the same commands")
	}
	seen, _ := run(t, orders.New(5, orders.Mixed()), core(t), n)
	if again, _ := run(t, orders.New(5, orders.Mixed()), core(t), n); again != seen {
		t.Errorf("seed 5 observed: commands %x, then %x", seen, again)
	}
	for k := venue.KindTick; k <= venue.KindMassCancel; k++ {
		if kinds[k] == 0 {
			t.Errorf("seed 5: no command of kind %d in %d", k, n)
		}
	}
}

// After the set-up of a trading mix every account has its positions and about its
// open orders, and stays there.
func TestTradingIsSteady(t *testing.T) {
	for name, mix := range map[string]orders.Mix{"futures": orders.Trading(50, 5, 10), "spot": orders.SpotTrading(50, 3, 10)} {
		s, e := orders.New(1, mix), core(t)
		run(t, s, e, s.Setup())
		var tape venue.Tape
		e.Image(&tape)
		positions := 0
		for i := range tape.Entries {
			if p, ok := tape.Entries[i].Event.(*venue.PositionChanged); ok && p.Qty != 0 {
				positions++
			}
		}
		if positions < mix.Accounts*mix.Positions {
			t.Errorf("%s: %d positions after the set-up, want at least %d", name, positions, mix.Accounts*mix.Positions)
		}
		if open := s.Open(); open < 450 || open > 550 {
			t.Errorf("%s: %d open orders after the set-up, want about 500", name, open)
		}
		var env venue.Envelope
		for range 30_000 {
			s.Next(&env)
			tape.Reset()
			e.Apply(&env, &tape)
			s.Observe(tape.Entries)
		}
		if open := s.Open(); open < 400 || open > 600 {
			t.Errorf("%s: %d open orders after 30000 commands, want about 500", name, open)
		}
	}
}

func TestSteadyStreamAllocatesNothing(t *testing.T) {
	s := orders.New(1, orders.Mixed())
	var env venue.Envelope
	for range 5000 {
		s.Next(&env)
	}
	if n := testing.AllocsPerRun(1, func() {
		for range 10_000 {
			s.Next(&env)
		}
	}); n != 0 {
		t.Errorf("10000 commands allocate %v times, want 0", n)
	}
}

func BenchmarkNext(b *testing.B) {
	s := orders.New(1, orders.Mixed())
	var env venue.Envelope
	b.ReportAllocs()
	for b.Loop() {
		s.Next(&env)
	}
}
