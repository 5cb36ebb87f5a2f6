package risk

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// Assets of the tests that may be collateral, by their decimals.
var pledgeable = map[venue.AssetID]uint8{3: 8, 4: 0, 5: 12}

// slowPledged is MAR-04 in rationals: what the assets of an account count for,
// that of one of them with another balance.
func (w *world) slowPledged(a venue.AccountID, other venue.AssetID, balance venue.Amount) venue.Amount {
	sum := venue.Amount(0)
	for s, p := range w.pledges {
		total, _ := w.l.Balance(a, s)
		if s == other {
			total = balance
		}
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(pledgeable[s])), nil)
		value := mul(rat(int64(total)), rat(int64(p.Price)), ppm(p.Rate), new(big.Rat).SetFrac(big.NewInt(1), unit))
		down := new(big.Int).Div(value.Num(), value.Denom())
		if most := big.NewInt(int64(ledger.MaxExposure)); down.Cmp(most) > 0 {
			down = most
		}
		sum += venue.Amount(down.Int64())
	}
	return sum
}

// slowRemovable is the most units of an asset that may leave, found by halving.
func (w *world) slowRemovable(a venue.AccountID, s venue.AssetID) venue.Amount {
	total, _ := w.l.Balance(a, s)
	if _, ok := w.pledges[s]; !ok {
		return total
	}
	t := w.slow(a, 0)
	covered := func(rest venue.Amount) bool {
		return t.cash-t.held+t.losses-t.needs+w.slowPledged(a, s, rest) >= 0
	}
	if !covered(total) {
		return 0
	}
	low, high := venue.Amount(0), total // high is covered, what is below low is not.
	for low < high {
		if mid := low + (high-low)/2; covered(mid) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return total - high
}

// stepPledge sets a price, brings an asset, or takes as much of one as may leave.
func (w *world) stepPledge(t *rapid.T, a venue.AccountID) {
	s := venue.AssetID(rapid.IntRange(3, 5).Draw(t, "asset"))
	switch rapid.IntRange(0, 3).Draw(t, "pledge") {
	case 0:
		p := Pledge{
			Asset: s, Decimals: pledgeable[s], Rate: venue.Rate(rapid.IntRange(0, 1_000_000).Draw(t, "rate")),
			Price: venue.Amount(rapid.Int64Range(0, int64(venue.MaxCollateralPrice)>>rapid.IntRange(0, 49).Draw(t, "shift")).Draw(t, "price")),
		}
		w.r.SetPledge(p)
		if delete(w.pledges, s); p.Price > 0 {
			w.pledges[s] = p
		}
	case 1:
		n := venue.Amount(rapid.Int64Range(1, 1<<rapid.IntRange(1, 50).Draw(t, "bits")).Draw(t, "units"))
		w.l.Deposit(a, s, n)
		w.r.Revalue(a)
	default:
		most := w.slowRemovable(a, s)
		if got := w.r.Withdrawable(a, s, w.marks); got != most {
			t.Fatalf("account %d: withdrawable %d of asset %d, want %d", a, got, s, most)
		}
		if most > 0 {
			w.l.Withdraw(a, s, venue.Amount(rapid.Int64Range(1, int64(most)).Draw(t, "leaves")))
			w.r.Revalue(a)
		}
	}
}

// Seizures take the least units that are worth the debt, or all.
//
// rules: MAR-13
func TestSeizeAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := int64(1)
		for range rapid.IntRange(0, MaxPledgeDecimals).Draw(t, "decimals") {
			unit *= 10
		}
		c := Collateral{
			Balance: venue.Amount(rapid.Int64Range(0, 1<<rapid.IntRange(1, 50).Draw(t, "bits")).Draw(t, "balance")),
			Price:   rapid.Int64Range(1, int64(venue.MaxCollateralPrice)>>rapid.IntRange(0, 49).Draw(t, "shift")).Draw(t, "price"),
			Unit:    unit, Rate: venue.Rate(rapid.IntRange(0, 1_000_000).Draw(t, "rate")),
		}
		owed := venue.Amount(rapid.Int64Range(1, 1<<rapid.IntRange(1, 50).Draw(t, "debt")).Draw(t, "owed"))
		value := func(units venue.Amount) *big.Int {
			v := mul(rat(int64(units)), rat(c.Price), ppm(c.Rate), big.NewRat(1, unit))
			return new(big.Int).Div(v.Num(), v.Denom())
		}
		units, pays := c.Seize(owed)
		all, debt := value(c.Balance), big.NewInt(int64(owed))
		switch {
		case all.Sign() == 0:
			if units != 0 || pays != 0 {
				t.Fatalf("%+v, owed %d: took %d for %d of what is worth nothing", c, owed, units, pays)
			}
		case all.Cmp(debt) < 0:
			if units != c.Balance || int64(pays) != all.Int64() {
				t.Fatalf("%+v, owed %d: took %d for %d, want all for %v", c, owed, units, pays, all)
			}
		case pays != owed || value(units).Cmp(debt) < 0 || value(units-1).Cmp(debt) >= 0:
			t.Fatalf("%+v, owed %d: took %d for %d", c, owed, units, pays)
		}
	})
}
