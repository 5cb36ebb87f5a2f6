package engine_test

import (
	"encoding/binary"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// TestQuoteAllocs moves quotes, fills them and has their protection withdraw them.
func TestQuoteAllocs(t *testing.T) {
	c := newCrowd(0)
	defer c.core.Close()
	c.apply(&venue.SetQuoteProtection{Account: venue.FirstAccount, Set: 1, ClOrdID: venue.ClOrdID{'p'}, Limits: venue.QuoteLimits{
		Window: venue.Second, Frozen: venue.Second, Qty: 6, Delta: 6,
	}})
	c.phase(venue.Continuous)
	entries := make([]venue.QuoteEntry, 1)
	var quote venue.MassQuote
	var off venue.CancelQuotes
	withdrawn := 0
	round := func() {
		c.env.Time += 2 * venue.Second
		for i := range venue.Price(4) {
			entries[0] = venue.QuoteEntry{Instrument: 1, Bid: 990 + i, BidQty: 4, Ask: 1010 + i, AskQty: 4}
			c.ids++
			quote = venue.MassQuote{Account: venue.FirstAccount, Set: 1, Entries: entries}
			quote.ClOrdID[0] = 'q'
			binary.BigEndian.PutUint64(quote.ClOrdID[1:], c.ids)
			c.apply(&quote)
		}
		c.order(venue.FirstAccount+1, venue.Sell, 993) // Half a side, then enough for the protection.
		c.order(venue.FirstAccount+1, venue.Buy, 1013)
		c.order(venue.FirstAccount+1, venue.Buy, 1013)
		for i := range c.tape.Entries {
			if _, ok := c.tape.Entries[i].Event.(*venue.QuoteProtectionTriggered); ok {
				withdrawn++
			}
		}
		off = venue.CancelQuotes{Account: venue.FirstAccount}
		c.apply(&off)
		c.off = venue.MassCancel{Account: venue.FirstAccount + 1}
		c.apply(&c.off)
	}
	for range 400 {
		round()
	}
	if withdrawn == 0 || c.trades == 0 {
		t.Fatalf("%d trades and %d withdrawals, want some of both", c.trades, withdrawn)
	}
	if n := testing.AllocsPerRun(20, round); n != 0 {
		t.Errorf("a round of quotes allocates %v times", n)
	}
}
