package markets

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// FeeBook is the fee schedule of the venue and what accounts traded under it
// (FEE-01). It counts volumes from the first schedule on. Use NewFeeBook.
type FeeBook struct {
	tiers   []Tier
	volumes []Volume // By account; nil while there is no schedule.
	used    int      // Accounts from here on never traded.
	limit   int
}

// NewFeeBook returns a book without a schedule for accounts below the limit.
func NewFeeBook(accounts int) *FeeBook { return &FeeBook{limit: accounts} }

// Set gives the venue another schedule and keeps the volumes; no tiers end it and
// forget them. It refuses what CheckTiers refuses.
func (b *FeeBook) Set(steps []venue.FeeTier) venue.Refusal {
	if len(steps) == 0 {
		*b = FeeBook{limit: b.limit}
		return venue.Refusal{}
	}
	tiers := make([]Tier, len(steps))
	for i := range steps {
		tiers[i] = Tier(steps[i])
	}
	if why := CheckTiers(tiers); why.Refused() {
		return why
	}
	b.tiers = tiers
	if b.volumes == nil {
		b.volumes = make([]Volume, b.limit)
	}
	return venue.Refusal{}
}

// Tiers returns the schedule, to be read only; none while every instrument
// charges the rates of its terms.
func (b *FeeBook) Tiers() []Tier { return b.tiers }

// AppendTiers appends the schedule to dst.
func (b *FeeBook) AppendTiers(dst []venue.FeeTier) []venue.FeeTier {
	for _, t := range b.tiers {
		dst = append(dst, venue.FeeTier(t))
	}
	return dst
}

// Trailing returns the volume that decides the tier of an account now, in
// micro-dollars.
func (b *FeeBook) Trailing(a venue.AccountID, now venue.Time) venue.Amount {
	if len(b.tiers) == 0 {
		return 0
	}
	return b.volumes[a].Trailing(now)
}

// Parties are the two accounts of a trade.
type Parties struct{ Maker, Taker venue.AccountID }

// Charge returns what the parties of a trade pay and then counts it. The rates
// are those of their tiers before it, and at most those of the terms: what open
// orders hold for fees at the rates of the terms is always enough (MAR-02).
func (b *FeeBook) Charge(m *Market, by Parties, p venue.Price, q venue.Qty, now venue.Time) (maker, taker venue.Amount) {
	if len(b.tiers) == 0 {
		return m.Fees(p, q)
	}
	value := venue.Amount(p) * venue.Amount(q) * m.TickValue // In range because List bounds it.
	makes, takes := b.tierOf(by.Maker, now), b.tierOf(by.Taker, now)
	maker, taker = TradeFees(value, min(makes.Maker, m.Terms.Maker), min(takes.Taker, m.Terms.Taker))
	b.add(by.Maker, now, value)
	b.add(by.Taker, now, value)
	return maker, taker
}

func (b *FeeBook) tierOf(a venue.AccountID, now venue.Time) Tier {
	return TierOf(b.tiers, b.volumes[a].Trailing(now))
}

func (b *FeeBook) add(a venue.AccountID, now venue.Time, value venue.Amount) {
	assert.That(int(a) < b.limit, "volume of an account beyond the limit")
	b.volumes[a].Add(now, value)
	b.used = max(b.used, int(a)+1)
}

// AppendState appends the state to dst: the tiers after their number in a byte
// and, when there are any, the volumes up to the last account that traded, after
// their number in 4 bytes.
func (b *FeeBook) AppendState(dst []byte) []byte {
	dst = append(dst, byte(len(b.tiers)))
	for _, t := range b.tiers {
		dst = appendInts(dst, int64(t.Min), int64(t.Maker), int64(t.Taker))
	}
	if len(b.tiers) == 0 {
		return dst
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(b.used))
	for i := range b.volumes[:b.used] {
		dst = b.volumes[i].AppendState(dst)
	}
	return dst
}

// LoadState reads what AppendState wrote at that time or before into a new book
// and returns what follows. After an error, which is ErrState, the book must not
// be used.
func (b *FeeBook) LoadState(src []byte, now venue.Time) ([]byte, error) {
	r := newReader(src)
	n := int(r.U8())
	if n == 0 || n > MaxTiers {
		r.OK = r.OK && n == 0
		return r.end()
	}
	tiers := make([]venue.FeeTier, n)
	for i := range tiers {
		tiers[i] = venue.FeeTier{Min: venue.Amount(r.I64()), Maker: venue.Rate(r.I64()), Taker: venue.Rate(r.I64())}
	}
	used := r.U32()
	r.OK = r.OK && int64(used) <= int64(b.limit) && !b.Set(tiers).Refused()
	for i := 0; i < int(used) && r.OK; i++ {
		v := &b.volumes[i]
		rest, err := v.LoadState(r.Src)
		r.Src, r.OK = rest, err == nil && v.today <= int64(now/day)
	}
	b.used = int(used)
	r.OK = r.OK && (used == 0 || b.volumes[used-1].today != 0)
	return r.end()
}
