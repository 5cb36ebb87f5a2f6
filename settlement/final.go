package settlement

import (
	"encoding/binary"
	"errors"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Mean is the final settlement price of a contract while its hours come in
// (SET-03): the mean of the hourly index, at constant cost per hour. An hour
// without a value, which one with a stale index is (R-STALE), takes the value of
// the last hour that had one, for at most MaxCarry hours on end; the others are
// dropped from the mean.
type Mean struct {
	// MaxCarry is how many hours on end may be carried, at least 0.
	MaxCarry int
	// Known, Carried and Dropped count the hours so far.
	Known, Carried, Dropped int

	sum  venue.Sum
	last venue.Amount
	run  int // Hours without a value since the last one.
}

// Add counts the next hour, with its value in micro-dollars per GPU-hour.
func (m *Mean) Add(value venue.Amount) {
	m.Known++
	m.last, m.run = value, 0
	m.sum = m.sum.AddProduct(int64(value), 1)
}

// AddMissing counts the next hour, which has no value.
func (m *Mean) AddMissing() {
	assert.That(m.MaxCarry >= 0, "carried hours out of range")
	m.run++
	if m.Known == 0 || m.run > m.MaxCarry {
		m.Dropped++
		return
	}
	m.Carried++
	m.sum = m.sum.AddProduct(int64(m.last), 1)
}

// Price returns the mean in ticks of that size, rounded half up; false when no
// hour counted or the price is out of range, and then settlement waits.
func (m *Mean) Price(tick venue.Amount) (venue.Price, bool) {
	assert.That(tick > 0, "tick is not positive")
	n := m.Known + m.Carried
	if n == 0 {
		return 0, false
	}
	v, ok := m.sum.Wide().Quo(venue.WideProduct(int64(n), int64(tick)), venue.HalfUp).Int64()
	return venue.Price(v), ok && v <= int64(venue.MaxPrice) && v >= -int64(venue.MaxPrice)
}

// ErrState says that bytes are not a state of this package.
var ErrState = errors.New("settlement: not a state")

// meanState is the number of bytes of the state of a Mean.
const meanState = 8 * 8

// AppendState appends the state to dst, eight little-endian values of 8 bytes:
// MaxCarry, Known, Carried, Dropped, the hours on end without a value, the last
// value and the sum.
func (m *Mean) AppendState(dst []byte) []byte {
	for _, v := range [...]int64{
		int64(m.MaxCarry), int64(m.Known), int64(m.Carried), int64(m.Dropped), int64(m.run), int64(m.last), m.sum.Hi, int64(m.sum.Lo),
	} {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
	}
	return dst
}

// LoadState reads what AppendState wrote and returns what follows. It is ErrState,
// and m unchanged, for bytes that it could not have written.
func (m *Mean) LoadState(src []byte) ([]byte, error) {
	if len(src) < meanState {
		return nil, ErrState
	}
	var v [meanState / 8]int64
	for i := range v {
		v[i] = int64(binary.LittleEndian.Uint64(src[8*i:]))
	}
	for _, n := range v[:5] {
		if n < 0 || n > maxHours {
			return nil, ErrState
		}
	}
	x := Mean{
		MaxCarry: int(v[0]), Known: int(v[1]), Carried: int(v[2]), Dropped: int(v[3]), run: int(v[4]),
		last: venue.Amount(v[5]), sum: venue.Sum{Hi: v[6], Lo: uint64(v[7])},
	}
	if x.Known == 0 && (x.Carried != 0 || x.last != 0 || x.sum != venue.Sum{}) || x.run > x.Carried+x.Dropped {
		return nil, ErrState
	}
	*m = x
	return src[meanState:], nil
}

// maxHours bounds what a Mean counts: far more than the hours of any contract.
const maxHours = 1 << 40

// Remaining is the part of a contract that is still to be delivered.
type Remaining struct {
	// Contracts is signed.
	Contracts venue.Qty
	// Left and Total are its hours, Left from 0 to Total.
	Left, Total int64
	// Floor is the least share of Total that counts, from 0 to one.
	Floor venue.Rate
}

// Delta returns the GPU-hours for which the position is at risk during delivery,
// exact and signed: contracts × max(left, floor × total). The floor keeps a
// margin for the last hours, whose cover is the dearest (SET-03).
func (r Remaining) Delta() venue.Ratio {
	assert.That(r.Left >= 0 && r.Left <= r.Total, "hours left out of range")
	assert.That(r.Floor >= 0 && r.Floor <= venue.One, "floor out of range")
	one := venue.ToWide(venue.One)
	hours := venue.ToWide(r.Left).Mul(one)
	if floor := venue.WideProduct(r.Total, int64(r.Floor)); floor.Cmp(hours) > 0 {
		hours = floor
	}
	return venue.Ratio{Num: hours.Mul(venue.ToWide(r.Contracts)), Den: one}
}
