package sequencer

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/venue"
)

// benchShell is a sequencer over real files.
func benchShell(b *testing.B, mode journal.Mode) (*Sequencer, func()) {
	dir, err := journal.OS(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	j, _, err := journal.Open(dir, journal.Options{Mode: mode})
	if err != nil {
		b.Fatal(err)
	}
	core := engine.New(engine.Limits{})
	s := New(core, j, Config{})
	return s, func() {
		if err := s.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
		if err := j.Close(); err != nil {
			b.Fatal(err)
		}
		core.Close()
		_ = dir.Close()
	}
}

// BenchmarkOneOutstanding measures from Submit to the event in a reader's hands.
func BenchmarkOneOutstanding(b *testing.B) {
	for _, mode := range []journal.Mode{journal.Synced, journal.Written} {
		b.Run(mode.String(), func(b *testing.B) {
			s, done := benchShell(b, mode)
			defer done()
			r := s.NewReader(true)
			if _, err := s.Start(); err != nil {
				b.Fatal(err)
			}
			cancel := &venue.CancelOrder{Account: alice, Order: 1, ClOrdID: ref("c1")}
			took := make([]time.Duration, 0, b.N)
			for b.Loop() {
				start := time.Now()
				if err := s.Submit(7, cancel); err != nil {
					b.Fatal(err)
				}
				batch, err := r.Next(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				batch.Release()
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
		})
	}
}

// BenchmarkSubmit measures what a gateway pays to hand over a command.
func BenchmarkSubmit(b *testing.B) {
	s, done := benchShell(b, journal.Written)
	defer done()
	r := s.NewReader(false)
	if _, err := s.Start(); err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	cancel := &venue.CancelOrder{Account: alice, Order: 1, ClOrdID: ref("c1")}
	b.ReportAllocs()
	for b.Loop() {
		for s.Submit(7, cancel) != nil {
			time.Sleep(50 * time.Microsecond)
		}
	}
}
