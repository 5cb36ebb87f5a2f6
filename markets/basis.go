package markets

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// basisBits is how many bits below the unit a Basis keeps, so that small steps
// are not lost one by one.
const basisBits = 20

// MaxBasis bounds the size of a sample: in micro-dollars 2.2 million dollars per
// GPU-hour. The difference of two samples in fractions fits an int64.
const MaxBasis venue.Amount = 1 << 41

// Basis smooths how far a market trades from its index, for FromIndex of a mark:
// at every sample it moves towards it by dt/(dt+span), where dt is the time
// since the sample before. So its memory is about span, and a price that stands
// for a moment moves it little, however often it is sampled. Only samples of a
// fresh book and a fresh index are given to it (R-STALE). The zero value has no
// sample.
type Basis struct {
	scaled  int64 // In units of 2^-basisBits.
	at      venue.Time
	started bool
}

// Observe takes a sample, market less index, of at most MaxBasis in size. The
// first one is taken whole. span is above 0 and times do not go back.
func (b *Basis) Observe(now venue.Time, sample venue.Amount, span venue.Time) {
	assert.That(sample <= MaxBasis && sample >= -MaxBasis, "sample of a basis out of range")
	assert.That(span > 0 && now >= b.at, "time of a basis out of range")
	target := int64(sample) << basisBits
	if !b.started {
		*b = Basis{scaled: target, at: now, started: true}
		return
	}
	dt := now - b.at
	step, ok := venue.MulDiv(target-b.scaled, int64(dt), int64(dt+span), venue.HalfEven)
	assert.That(ok, "step of a basis out of range")
	b.scaled += step
	b.at = now
}

// Value returns the smoothed basis, rounded half-even, 0 before the first sample.
func (b *Basis) Value() venue.Amount {
	v, _ := venue.MulDiv(b.scaled, 1, 1<<basisBits, venue.HalfEven)
	return venue.Amount(v)
}

// AppendState appends the state to dst: the value in fractions and the time of
// the last sample in 8 bytes each, and a byte that says whether there was one.
func (b *Basis) AppendState(dst []byte) []byte {
	started := byte(0)
	if b.started {
		started = 1
	}
	dst = binary.LittleEndian.AppendUint64(dst, uint64(b.scaled))
	return append(binary.LittleEndian.AppendUint64(dst, uint64(b.at)), started)
}

// LoadState reads what AppendState wrote. After an error b is unchanged.
func (b *Basis) LoadState(src []byte) ([]byte, error) {
	r := newReader(src)
	x := Basis{scaled: r.I64(), at: venue.Time(r.I64())}
	started := r.U8()
	x.started = started == 1
	limit := int64(MaxBasis) << basisBits
	r.OK = r.OK && started <= 1 && (x.started || x == Basis{}) && x.scaled <= limit && x.scaled >= -limit
	if r.OK {
		*b = x
	}
	return r.end()
}
