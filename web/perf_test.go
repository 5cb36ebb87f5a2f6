package web_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/clearhour/clearhour/internal/testenv"
)

// BenchmarkFrames reports how smoothly the page draws while the book that it
// shows changes as fast as the venue can change it: frames per second, and the
// 99th percentile of the time between two frames.
func BenchmarkFrames(b *testing.B) {
	r := startRig(b, true)
	p := testenv.OpenTradePage(b, r.url+"/", desk)
	p.WaitForBook()
	p.Do("count frames", `(() => { let last = performance.now(); window.gaps = []; const f = (t) => { window.gaps.push(t - last); last = t; requestAnimationFrame(f); }; requestAnimationFrame(f); })()`)
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		defer func() { done <- n }()
		for {
			select {
			case <-stop:
				return
			case <-time.After(500 * time.Microsecond):
				r.step(0)
				n++
			}
		}
	}()
	const watched = 5 * time.Second
	time.Sleep(watched)
	close(stop)
	steps := <-done
	gaps, err := chromedp.Run(p.Tab, chromedp.Evaluate[[]float64](`window.gaps.slice(1).sort((a, b) => a - b)`))
	check(b, err)
	b.ReportMetric(float64(steps)/watched.Seconds(), "steps/s")
	b.ReportMetric(float64(len(gaps))/watched.Seconds(), "frames/s")
	b.ReportMetric(gaps[len(gaps)*99/100], "ms/frame-p99")
	b.ReportMetric(0, "ns/op")
}
