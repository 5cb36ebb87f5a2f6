package journal_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/clearhour/clearhour/engine/journal"
)

// BenchmarkAppend appends frames of 64-byte commands, one call at a time, and reports
// the latency of a call. The name says what has happened when the call returns.
func BenchmarkAppend(b *testing.B) {
	for _, mode := range []journal.Mode{journal.Synced, journal.Written} {
		for _, size := range []int{64, 4 << 10, 64 << 10} {
			b.Run(fmt.Sprintf("%v/%dB", mode, size), func(b *testing.B) { benchAppend(b, mode, size) })
		}
	}
}

func benchAppend(b *testing.B, mode journal.Mode, size int) {
	dir, err := journal.OS(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer dir.Close()
	j, _ := open(b, dir, journal.Options{Mode: mode})
	payload := make([]byte, size)
	seq, count := uint64(1), size/64
	took := make([]time.Duration, 0, 1<<16)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		start := time.Now()
		if err := j.Append(seq, count, payload); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
		seq += uint64(count)
	}
	b.StopTimer()
	slices.Sort(took)
	us := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Nanoseconds()) / 1e3 }
	b.ReportMetric(us(0.50), "p50-µs")
	b.ReportMetric(us(0.99), "p99-µs")
	b.ReportMetric(float64(seq-1)/b.Elapsed().Seconds(), "commands/s")
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkReplay reads 64-byte commands back from the page cache, verifying every
// frame. Open does the same work once more when a process starts.
func BenchmarkReplay(b *testing.B) {
	for _, count := range []int{1, 64, 1024} {
		b.Run(fmt.Sprintf("%d-commands-per-frame", count), func(b *testing.B) {
			dir, err := journal.OS(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer dir.Close()
			j, _ := open(b, dir, journal.Options{Mode: journal.Written})
			const commands = 1 << 20
			payload := make([]byte, 64*count)
			for seq := 1; seq <= commands; seq += count {
				if err := j.Append(uint64(seq), count, payload); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(commands * 64)
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				if err := j.Read(0, func(f journal.Frame) error { n += f.Count; return nil }); err != nil || n != commands {
					b.Fatalf("%d commands, %v, want %d", n, err, commands)
				}
			}
			b.ReportMetric(commands*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mcommands/s")
			if err := j.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkOpen verifies a journal of 2^20 commands of 64 bytes in frames of 64, and
// the prepared zeros behind them, from the page cache.
func BenchmarkOpen(b *testing.B) {
	dir, err := journal.OS(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer dir.Close()
	j, _ := open(b, dir, journal.Options{Mode: journal.Written})
	for seq := uint64(1); seq <= 1<<20; seq += 64 {
		if err := j.Append(seq, 64, make([]byte, 64*64)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if err := j.Close(); err != nil {
			b.Fatal(err)
		}
		j, _ = open(b, dir, journal.Options{})
	}
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOpenNew is how long a new venue waits for its first segment.
func BenchmarkOpenNew(b *testing.B) {
	for b.Loop() {
		dir, err := journal.OS(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		j, _ := open(b, dir, journal.Options{})
		b.StopTimer()
		if err := j.Close(); err != nil {
			b.Fatal(err)
		}
		if err := dir.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
