package bench_test

import (
	"testing"
	"time"

	"github.com/clearhour/clearhour/sim/bench"
	"github.com/clearhour/clearhour/sim/orders"
)

// The clock of the test goes a microsecond at each look.
func TestResults(t *testing.T) {
	r := bench.Record(1, orders.Trading(20, 3, 5), 2000, 500)
	now := time.Duration(0)
	clock := func() time.Duration { now += time.Microsecond; return now }
	if r.Trades == 0 || r.Events < 2000 || len(r.Commands) != 2000 || len(r.Frames) != 8 {
		t.Errorf("recording has %d trades, %d events, %d commands, %d frames", r.Trades, r.Events, len(r.Commands), len(r.Frames))
	}
	if out := r.Apply(clock); out.Commands != 2000 || out.PerCommand != 8*time.Microsecond/2000 || out.P50 != 0 {
		t.Errorf("apply: %+v, want 2000 commands in 8 rounds of a microsecond", out)
	}
	if out := r.Replay(clock); out.Commands != 2000 || out.PerCommand != time.Microsecond/2000 || out.P50 != 0 {
		t.Errorf("replay: %+v, want 2000 commands in a microsecond", out)
	}
	if out := r.Latencies(clock); out.P50 != time.Microsecond || out.Max != time.Microsecond || out.PerCommand.Truncate(10*time.Nanosecond) != time.Microsecond {
		t.Errorf("latencies: %+v, want a microsecond each", out)
	}
}
