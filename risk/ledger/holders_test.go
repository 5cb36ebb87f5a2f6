package ledger

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// TestHolders compares the lists with a walk over all holdings, after trades and
// transfers and after a restart, which keeps their order.
func TestHolders(t *testing.T) {
	limits := Limits{Accounts: 32, Holdings: 64, Balances: 8, Instruments: 2, PerAccount: 4, Orders: 10}
	listed := func() *Ledger {
		l := New(limits)
		for i := venue.InstrumentID(1); i <= 2; i++ {
			l.List(&venue.Instrument{ID: i, Kind: venue.Future, Tick: 1000, Hours: 1, Low: 1, High: 1000})
		}
		return l
	}
	rapid.Check(t, func(t *rapid.T) {
		l := listed()
		for a := venue.FirstAccount; a < venue.FirstAccount+6; a++ {
			l.OpenAccount(a, venue.OwnerID(a))
		}
		account := rapid.Custom(func(t *rapid.T) venue.AccountID {
			if rapid.IntRange(0, 6).Draw(t, "fund") == 0 {
				return venue.Insurance
			}
			return venue.FirstAccount + venue.AccountID(rapid.IntRange(0, 5).Draw(t, "account"))
		})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			i := venue.InstrumentID(rapid.IntRange(1, 2).Draw(t, "instrument"))
			a, b := account.Draw(t, "a"), account.Draw(t, "b")
			if a == b {
				continue
			}
			ha, _ := l.Hold(a, i)
			hb, _ := l.Hold(b, i)
			qty := venue.Qty(rapid.IntRange(1, 3).Draw(t, "qty"))
			price := venue.Price(rapid.IntRange(1, 1000).Draw(t, "price"))
			if rapid.Bool().Draw(t, "trade") {
				l.Trade(ha, venue.Buy, price, qty, 0)
				l.Trade(hb, venue.Sell, price, qty, 0)
			} else {
				l.Transfer(ha, hb, qty, venue.Amount(price)*venue.Amount(qty)*1000)
			}
		}
		if !l.Conserved() {
			t.Fatal("not conserved")
		}
		again := listed()
		if _, err := again.LoadState(l.AppendState(nil)); err != nil {
			t.Fatalf("the state does not load: %v", err)
		}
		for i := venue.InstrumentID(1); i <= 2; i++ {
			var want []venue.HoldingID
			for h := venue.HoldingID(1); h <= l.Holdings(); h++ {
				if x := l.Holding(h); x.Instrument == i && x.Qty != 0 {
					want = append(want, h)
				}
			}
			got := slices.Clone(l.Holders(i))
			if loaded := again.Holders(i); !slices.Equal(loaded, got) {
				t.Fatalf("holders of %d after a restart are %v, want %v", i, loaded, got)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("holders of %d are %v, want %v", i, got, want)
			}
		}
	})
}
