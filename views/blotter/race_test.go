package blotter

import (
	"sync"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// TestReadersBesideWriter is for the race detector: one goroutine applies, others
// read, and no order is ever seen half changed.
func TestReadersBesideWriter(t *testing.T) {
	v, events, seq, entry := New(Limits{Ended: 50, Fills: 50}), newLives(), venue.Seq(0), &venue.Entry{}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				for _, o := range v.Live(alice, Filter{}, Place{}, 10, nil) {
					if o.Qty != o.Filled+o.Leaves {
						t.Errorf("order %+v: Qty is not Filled + Leaves", o)
						return
					}
				}
				v.Ended(alice, Filter{}, 10, nil)
				v.Fills(alice, Filter{}, Place{}, 10, nil)
				v.Balances(alice)
				v.Order(5)
			}
		})
	}
	for range 3000 {
		lives(v, &seq, events, entry)
	}
	close(done)
	readers.Wait()
}
