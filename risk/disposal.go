package risk

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Disposal says how the venue gets rid of a position that it took over, a step
// at a time (LIQ-04).
type Disposal struct {
	// Fraction is the part of what is left that one step wants, from 0 to One.
	Fraction venue.Rate
	// FullSize is the size up to which one step wants all of it.
	FullSize venue.Qty
	// MaxConsumed is the part of the available depth that one step may take, from
	// 0 to One.
	MaxConsumed venue.Rate
}

// Next returns how many lots the next step disposes of: what it wants, at most
// its part of the lots available in the book, both rounded up. It is 0 when
// nothing is left or available.
func (d *Disposal) Next(position, available venue.Qty) venue.Qty {
	size := max(position, -position)
	want := size
	if size > d.FullSize {
		want = part(size, d.Fraction)
	}
	return min(want, part(available, d.MaxConsumed))
}

// part is a rate of some lots, rounded up.
func part(q venue.Qty, r venue.Rate) venue.Qty {
	v, ok := venue.MulDiv(int64(q), int64(r), int64(venue.One), venue.Up)
	assert.That(ok, "part of a size out of range")
	return venue.Qty(v)
}
