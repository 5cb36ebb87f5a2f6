package markets

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Pause is a set of reasons for which time does not count towards funding.
type Pause uint8

// Reasons of a pause.
const (
	// InAuction is the time of an auction.
	InAuction Pause = 1 << iota
	// StaleMark is the time without a fresh mark (R-STALE).
	StaleMark
	// StaleIndex is the time without a fresh index (R-STALE).
	StaleIndex
)

// Funding observes mark and index over a period and keeps their time-weighted
// sums, at constant cost per observation (FUN-01). Both are in micro-dollars per
// GPU-hour, or in another unit that they share. Between observations the last
// one holds. While there is a reason to pause, time counts for neither; an
// observation that comes meanwhile is in force when counting resumes.
//
// Times must not go back. Start it with StartFunding.
type Funding struct {
	start, at   venue.Time
	counted     venue.Time
	mark, index venue.Amount
	sumMark     venue.Sum
	sumIndex    venue.Sum
	paused      Pause
}

// StartFunding begins a period at a time, with the mark and the index then in
// force.
func StartFunding(at venue.Time, mark, index venue.Amount) Funding {
	return Funding{start: at, at: at, mark: mark, index: index}
}

// advance counts the time until now.
func (f *Funding) advance(now venue.Time) {
	assert.That(now >= f.at, "funding: time went back")
	dt := now - f.at
	f.at = now
	if f.paused != 0 {
		return
	}
	f.counted += dt
	f.sumMark = f.sumMark.AddProduct(int64(f.mark), int64(dt))
	f.sumIndex = f.sumIndex.AddProduct(int64(f.index), int64(dt))
}

// Mark observes a mark.
func (f *Funding) Mark(now venue.Time, v venue.Amount) {
	f.advance(now)
	f.mark = v
}

// Index observes an index.
func (f *Funding) Index(now venue.Time, v venue.Amount) {
	f.advance(now)
	f.index = v
}

// Pause stops counting for a reason, Resume ends the reason. Time counts while
// there is none.
func (f *Funding) Pause(now venue.Time, why Pause) {
	f.advance(now)
	f.paused |= why
}

// Resume ends a reason to pause.
func (f *Funding) Resume(now venue.Time, why Pause) {
	f.advance(now)
	f.paused &^= why
}

// Close ends the period and begins the next one with what is in force.
func (f *Funding) Close(now venue.Time) FundingPeriod {
	f.advance(now)
	p := FundingPeriod{Period: now - f.start, Counted: f.counted, sumMark: f.sumMark, sumIndex: f.sumIndex}
	paused := f.paused
	*f = StartFunding(now, f.mark, f.index)
	f.paused = paused
	return p
}

// FundingPeriod is what a period came to.
type FundingPeriod struct {
	// Period is its length and Counted the part of it that counted.
	Period, Counted venue.Time
	// Method says how it is paid.
	Method venue.FundingMethod

	sumMark, sumIndex venue.Sum
	// What ImpactPremium needs: samples, rates, and the index at the end.
	premiums Premiums
	terms    PremiumTerms
	index    venue.Amount
}

// Premium returns the number of samples, their exact mean, and the rate for eight
// hours that ImpactPremium makes of them; false when there are none.
func (p *FundingPeriod) Premium() (samples int64, mean venue.Ratio, rate PremiumRate, ok bool) {
	mean, ok = p.premiums.Mean()
	if !ok {
		return 0, mean, PremiumRate{}, false
	}
	rate, _ = p.premiums.Rate(p.terms)
	return p.premiums.Samples(), mean, rate, true
}

// Last returns the index at the end of the period.
func (p *FundingPeriod) Last() venue.Amount { return p.index }

// Idle says that nobody pays anything.
func (p *FundingPeriod) Idle() bool {
	pays := p.Pays(1, 1)
	return pays.Num.Sign() == 0
}

// Means returns the time-weighted means of mark and index, exact; false when no
// time counted, so that there are none.
func (p *FundingPeriod) Means() (mark, index venue.Ratio, ok bool) {
	d := venue.ToWide(p.Counted)
	return venue.Ratio{Num: p.sumMark.Wide(), Den: d}, venue.Ratio{Num: p.sumIndex.Wide(), Den: d}, p.Counted > 0
}

// PerUnit returns what a long position pays for each GPU-hour by TimeWeighted,
// exact: the difference of the means times the share of the period that counted
// (FUN-01).
// It is 0 when no time counted: without a fresh mark nobody pays.
func (p *FundingPeriod) PerUnit() venue.Ratio {
	if p.Counted == 0 {
		return whole(venue.Wide{})
	}
	return venue.Ratio{Num: p.sumMark.Wide().Sub(p.sumIndex.Wide()), Den: venue.ToWide(p.Period)}
}

// Pays returns what a signed position of lots of so many GPU-hours pays, exact,
// negative when it receives. Book FundingAmount of it. By ImpactPremium that is
// its value at the index in force at the end, times the rate for the time that
// counted (FUN-02).
func (p *FundingPeriod) Pays(q venue.Qty, hours int64) venue.Ratio {
	if p.Method == venue.ImpactPremium {
		rate, ok := p.premiums.Rate(p.terms)
		if !ok {
			return whole(venue.Wide{})
		}
		return rate.Pays(q, hours, p.index, p.Counted, FundingPeriodOfRate)
	}
	unit := p.PerUnit()
	return venue.Ratio{Num: unit.Num.Mul(venue.WideProduct(int64(q), hours)), Den: unit.Den}
}

// FundingAmount returns an exact payment as money: what is paid rounds up and
// what is received rounds down, so that over positions that sum to zero the
// payments sum to a residue of at least 0 and below one unit per position, which
// goes to venue.Residue (R-ROUND). It is false when the payment is beyond
// venue.MaxAmount.
func FundingAmount(pays venue.Ratio) (venue.Amount, bool) {
	v, ok := pays.At(1, venue.Up)
	a := venue.Amount(v)
	return a, ok && a <= venue.MaxAmount && a >= -venue.MaxAmount
}

// Premium returns how far the impact prices are above (or, negative, below) the
// index as a share of it, exact (FUN-02). The index is above 0. A side that is
// too thin says nothing: its bid is 0, its ask venue.MaxAmount.
func Premium(bid, ask, index venue.Amount) venue.Ratio {
	return venue.Ratio{Num: venue.ToWide(excess(bid, ask, index)), Den: venue.ToWide(index)}
}

func excess(bid, ask, index venue.Amount) venue.Amount {
	assert.That(index > 0 && index <= venue.MaxAmount, "index out of range")
	assert.That(bid >= 0 && bid <= venue.MaxAmount && ask >= 0 && ask <= venue.MaxAmount, "impact price out of range")
	return max(0, bid-index) - max(0, index-ask)
}

// Premiums keeps samples of the premium at constant memory. While the index
// stays the same its mean is the mean of the samples, as FUN-02 says; where the
// index moves, each sample weighs by its index, which keeps the mean exact.
// A sample of a stale mark or index is not added (R-STALE).
type Premiums struct {
	excess, index venue.Sum
	samples       int64
}

// Add takes a sample; see Premium for the arguments.
func (p *Premiums) Add(bid, ask, index venue.Amount) {
	p.excess = p.excess.AddProduct(int64(excess(bid, ask, index)), 1)
	p.index = p.index.AddProduct(int64(index), 1)
	p.samples++
}

// Samples returns how many there are.
func (p *Premiums) Samples() int64 { return p.samples }

// Mean returns the mean premium, exact; false without a sample.
func (p *Premiums) Mean() (venue.Ratio, bool) {
	return venue.Ratio{Num: p.excess.Wide(), Den: p.index.Wide()}, p.samples > 0
}

// PremiumTerms is how a premium becomes a rate.
type PremiumTerms struct {
	// Default is added to the mean premium.
	Default venue.Rate
	// Factor times (Initial - Maintenance) is the largest size of the rate.
	// Factor is at least 0 and Initial at least Maintenance.
	Factor, Initial, Maintenance venue.Rate
}

// PremiumRate is a funding rate for eight hours, exact.
type PremiumRate struct {
	// Unclamped is the mean premium plus the default, Rate that within its bound.
	Unclamped, Rate venue.Ratio
}

// FundingPeriodOfRate is the time for which a PremiumRate is.
const FundingPeriodOfRate = 8 * 3600 * venue.Second

// Rate returns the rate of the samples (FUN-02); false when there are none, and
// then nobody pays.
func (p *Premiums) Rate(t PremiumTerms) (PremiumRate, bool) {
	assert.That(t.Factor >= 0 && t.Initial >= t.Maintenance, "bound of the funding rate is negative")
	if p.samples == 0 {
		return PremiumRate{}, false
	}
	one := venue.ToWide(venue.One)
	index := p.index.Wide()
	r := PremiumRate{Unclamped: venue.Ratio{
		Num: p.excess.Wide().Mul(one).Add(index.Mul(venue.ToWide(t.Default))),
		Den: index.Mul(one),
	}}
	bound := venue.Ratio{Num: venue.WideProduct(int64(t.Factor), int64(t.Initial-t.Maintenance)), Den: one.Mul(one)}
	r.Rate = r.Unclamped
	if r.Rate.Cmp(bound) > 0 {
		r.Rate = bound
	}
	bound.Num = bound.Num.Neg()
	if r.Rate.Cmp(bound) < 0 {
		r.Rate = bound
	}
	return r, true
}

// Pays returns what a signed position of lots of so many GPU-hours pays for the
// elapsed part of the time that the rate is for, at an index in micro-dollars,
// exact and negative when it receives. Book FundingAmount of it. full is
// FundingPeriodOfRate in the unit of elapsed.
func (r *PremiumRate) Pays(q venue.Qty, hours int64, index venue.Amount, elapsed, full venue.Time) venue.Ratio {
	assert.That(full > 0 && elapsed >= 0, "time of a funding rate out of range")
	value := venue.WideProduct(int64(q), hours, int64(index))
	return venue.Ratio{
		Num: value.Mul(r.Rate.Num).Mul(venue.ToWide(elapsed)),
		Den: r.Rate.Den.Mul(venue.ToWide(full)),
	}
}
