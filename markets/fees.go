package markets

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Tier is a step of a fee schedule.
type Tier venue.FeeTier

// MaxTiers bounds a fee schedule.
const MaxTiers = venue.MaxFeeTiers

// CheckTiers says whether a schedule is well formed: 1 to MaxTiers tiers, the
// first from 0, Min rising, Taker from 0 to MaxFee, Maker from -MaxFee to MaxFee.
func CheckTiers(tiers []Tier) venue.Refusal {
	if n := len(tiers); n == 0 || n > MaxTiers {
		return refuse(venue.BadField, venue.FieldFee, MaxTiers)
	}
	for i, t := range tiers {
		switch {
		case i == 0 && t.Min != 0:
			return refuse(venue.BadField, venue.FieldAmount, 0)
		case i > 0 && t.Min <= tiers[i-1].Min:
			return refuse(venue.BadField, venue.FieldAmount, int64(tiers[i-1].Min)+1)
		case t.Taker < 0:
			return refuse(venue.BadField, venue.FieldFee, 0)
		case t.Taker > MaxFee || t.Maker > MaxFee:
			return refuse(venue.BadField, venue.FieldFee, int64(MaxFee))
		case t.Maker < -MaxFee:
			return refuse(venue.BadField, venue.FieldFee, -int64(MaxFee))
		}
	}
	return venue.Refusal{}
}

// TierOf returns the highest tier whose Min is at most the volume (FEE-01). The
// schedule is well formed and the volume at least 0.
func TierOf(tiers []Tier, volume venue.Amount) Tier {
	assert.That(volume >= 0, "trailing volume is negative")
	i := len(tiers) - 1
	for i > 0 && tiers[i].Min > volume {
		i--
	}
	return tiers[i]
}

// TradeFees returns what maker and taker of a trade pay, in micro-dollars: each
// rounded up; a rebate, which is a negative fee, rounds down and is at most the
// fee of the taker, so that the venue never pays for a trade (FEE-01, R-ROUND).
// The notional is at least 0.
func TradeFees(notional venue.Amount, makerRate, takerRate venue.Rate) (maker, taker venue.Amount) {
	taker = venue.Fee(notional, takerRate)
	return max(venue.Fee(notional, makerRate), -taker), taker
}

// volumeDays is how many days of UTC a Volume keeps: today and 30 before.
const volumeDays = 31

// Volume is what an account traded in the last 30 days, by days of UTC, in
// constant memory. The window begins at 00:00 UTC 30 days ago: it holds every
// trade of the last 30 times 24 hours and at most a day more. The zero value
// has no trades.
type Volume struct {
	days  [volumeDays]venue.Amount // By day modulo volumeDays.
	total venue.Amount
	today int64 // Days since 1970.
}

// Trailing returns the volume of the window in micro-dollars, at most
// venue.MaxAmount. It does not count what is added later: the tier of a trade is
// asked before the trade is added. Times must not go back.
func (v *Volume) Trailing(now venue.Time) venue.Amount {
	v.roll(int64(now / day))
	return min(v.total, venue.MaxAmount)
}

// Add counts the notional of a trade, from 0 to venue.MaxAmount. A day counts at
// most venue.MaxAmount/volumeDays, about 3.7e10 dollars, beyond every schedule.
func (v *Volume) Add(now venue.Time, notional venue.Amount) {
	assert.That(notional >= 0 && notional <= venue.MaxAmount, "volume of a trade out of range")
	v.roll(int64(now / day))
	d := &v.days[v.today%volumeDays]
	n := min(notional, venue.MaxAmount/volumeDays-*d)
	*d += n
	v.total += n
}

// roll forgets the days that have left the window.
func (v *Volume) roll(today int64) {
	assert.That(today >= v.today, "volume: time went back")
	for n := min(today-v.today, volumeDays); n > 0; n-- {
		d := &v.days[(today-n+1)%volumeDays]
		v.total -= *d
		*d = 0
	}
	v.today = today
}
