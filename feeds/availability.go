package feeds

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Points counts hundredths of a point of an availability index: 10,000 is 100
// percent.
type Points int64

// FullAvailability is the index of a fleet that delivered everything.
const FullAvailability Points = 10_000

// MaxGPUTime bounds what one index adds up: 3.6e10 GPU-years in seconds.
const MaxGPUTime venue.GPUTime = 1<<60 - 1

// Delivery is what one provider owed and delivered in a period.
type Delivery struct {
	// Contracted is what was owed, at least 0.
	Contracted venue.GPUTime
	// Delivered is what its meters say, from 0 to Contracted. Time beyond what
	// was owed is nobody's, and the caller leaves it out.
	Delivered venue.GPUTime
	// Unattested is the part of Delivered without an attested reading, from 0 to
	// Delivered. It does not count.
	Unattested venue.GPUTime
}

// Check refuses values out of range: BadField with the field and the limit.
func (d *Delivery) Check() venue.Refusal {
	bad := func(f venue.Field, limit venue.GPUTime) venue.Refusal {
		return venue.Refusal{Reason: venue.BadField, Field: f, Limit: int64(limit)}
	}
	switch {
	case d.Contracted < 0:
		return bad(venue.FieldContracted, 0)
	case d.Contracted > MaxGPUTime:
		return bad(venue.FieldContracted, MaxGPUTime)
	case d.Delivered < 0:
		return bad(venue.FieldDelivered, 0)
	case d.Delivered > d.Contracted:
		return bad(venue.FieldDelivered, d.Contracted)
	case d.Unattested < 0:
		return bad(venue.FieldUnattested, 0)
	case d.Unattested > d.Delivered:
		return bad(venue.FieldUnattested, d.Delivered)
	}
	return venue.Refusal{}
}

// Availability adds up a fleet over a period (IDX-02). The zero value is empty.
type Availability struct {
	// Contracted is what all providers owed, Counted what they delivered with an
	// attested reading.
	Contracted, Counted venue.GPUTime
}

// Add counts a delivery that passes Check. It is false, and adds nothing, when
// the sum would be beyond MaxGPUTime.
func (a *Availability) Add(d Delivery) bool {
	assert.That(!d.Check().Refused(), "delivery out of range")
	if d.Contracted > MaxGPUTime-a.Contracted {
		return false
	}
	a.Contracted += d.Contracted
	a.Counted += d.Delivered - d.Unattested
	return true
}

// Index returns 100 × counted / contracted points, rounded half-even to
// hundredths; false when nothing was contracted, so that there is no index and
// settlement waits.
func (a *Availability) Index() (Points, bool) {
	v, ok := venue.MulDiv(int64(a.Counted), int64(FullAvailability), int64(a.Contracted), venue.HalfEven)
	return Points(v), ok
}
