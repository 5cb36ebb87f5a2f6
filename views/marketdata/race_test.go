package marketdata

import (
	"sync"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// TestReadersBesideWriter is for the race detector: one goroutine applies, others
// read, and a book is never seen crossed or out of order.
func TestReadersBesideWriter(t *testing.T) {
	f := newFeed(t, oneTerms)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			var b Book
			for {
				select {
				case <-done:
					return
				default:
				}
				f.view.Book(1, 20, &b)
				for i := 1; i < len(b.Bids); i++ {
					if b.Bids[i-1].Price <= b.Bids[i].Price {
						t.Errorf("bids %v are out of order", b.Bids)
						return
					}
				}
				f.view.Ticker(1, 0)
				f.view.Trades(1, 0, 10, nil)
				f.view.Candles(1, Minute, 0, 0, 10, nil)
				f.view.Instruments()
			}
		})
	}
	for i := range venue.Price(3000) {
		f.level(venue.Buy, i%97, venue.Qty(i%3), 1)
		f.trade(i%97, 1)
	}
	close(done)
	readers.Wait()
}
