package engine

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/venue"
)

// drawParts is how many parts a window has.
const drawParts = 8

// draws remember what the insurance fund lost and its highest balance, in parts of
// a window: in the present part and as many before it as a window has. Any span of
// the length of a window that ends now lies inside them, so that what is drawn in
// such a span stays below the cap wherever the span begins (LIQ-05).
//
//	|     |     |     |     |     |     |     |     | now |
//	      ^ a window ago: its part counts whole
type draws struct {
	length venue.Time // Of a part; 0 until there are terms.
	part   venue.Time // The number of the present one.
	parts  [drawParts + 1]draw
}

// draw is what a part of a window remembers.
type draw struct{ drawn, most venue.Amount }

// roll goes on to the part of a time, for windows of a length. Where the length
// is another than before, all that is remembered counts as of now.
func (d *draws) roll(now, window venue.Time) {
	length := (window + drawParts - 1) / drawParts
	part := now / length
	if length != d.length {
		drawn, most := d.sum()
		*d = draws{length: length, part: part}
		*d.at(part) = draw{drawn, most}
		return
	}
	if part-d.part > drawParts {
		d.part = part - drawParts - 1
	}
	for d.part < part {
		d.part++
		*d.at(d.part) = draw{}
	}
}

// at returns the memory of a part.
func (d *draws) at(part venue.Time) *draw { return &d.parts[part%(drawParts+1)] }

// add counts what was drawn, saw a balance.
func (d *draws) add(drawn venue.Amount)   { d.at(d.part).drawn += drawn }
func (d *draws) saw(balance venue.Amount) { p := d.at(d.part); p.most = max(p.most, balance) }

// sum returns what was drawn and the highest balance in all that is remembered.
func (d *draws) sum() (drawn, most venue.Amount) {
	for i := range d.parts {
		drawn += d.parts[i].drawn
		most = max(most, d.parts[i].most)
	}
	return drawn, most
}

// append writes the length, the part and all parts as they lie.
func (d *draws) append(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint64(le.AppendUint64(dst, uint64(d.length)), uint64(d.part))
	for i := range d.parts {
		dst = le.AppendUint64(le.AppendUint64(dst, uint64(d.parts[i].drawn)), uint64(d.parts[i].most))
	}
	return dst
}

// load reads what append wrote and says whether it can be.
func (d *draws) load(r *cursor) bool {
	d.length, d.part = venue.Time(r.U64()), venue.Time(r.U64())
	good, sum := d.length >= 0 && d.part >= 0, venue.Amount(0)
	for i := range d.parts {
		p := &d.parts[i]
		p.drawn, p.most = venue.Amount(r.U64()), venue.Amount(r.U64())
		good = good && p.drawn >= 0 && p.drawn <= venue.MaxAmount-sum && p.most >= 0 && p.most <= venue.MaxAmount
		sum += p.drawn
	}
	return good
}
