package flow

import (
	"fmt"
	"testing"
)

func workloads() []func() *Workload { return []func() *Workload{W1, W2, W3} }

// TestGolden runs each workload and compares its trades with the golden ones.
func TestGolden(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 7 million operations")
	}
	for _, make := range workloads() {
		w := make()
		r := w.Run(false)
		if r.Trades != w.Trades || r.Hash != w.Hash {
			t.Errorf("%s: %d trades with hash %#x, want %d with %#x", w.Name, r.Trades, r.Hash, w.Trades, w.Hash)
		}
		t.Logf("%s: %d live after, %d B per order, %d ps/op", w.Name, r.Live, r.BytesPerOrder, r.PerOp)
	}
}

// BenchmarkWorkloads reports the best of the runs asked for, in ns/op, and the
// floor of as many.
func BenchmarkWorkloads(b *testing.B) {
	for _, make := range workloads() {
		w := make()
		b.Run(w.Name, func(b *testing.B) {
			best := Result{PerOp: 1 << 62}
			for range b.N {
				if r := w.Run(false); r.PerOp < best.PerOp {
					best = r
				}
			}
			b.ReportMetric(float64(best.PerOp)/1000, "min-ns/op")
			b.StopTimer()
			b.ReportMetric(float64(w.Floor(b.N))/1000, "floor-ns/op")
			b.ReportMetric(float64(best.Allocs)/float64(len(w.Ops)), "allocs/op")
			b.ReportMetric(float64(best.BytesPerOrder), "B/order")
		})
	}
}

func ExampleWorkload_Run() {
	w := build(&shape{name: "tiny", seed: 4, instruments: 3, levels: 10, perLevel: 2, ops: 1000})
	r := w.Run(true)
	fmt.Println(w.Name, r.Trades, r.Live > 0)
	// Output: tiny 196 true
}
