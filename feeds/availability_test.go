package feeds

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// rules: IDX-02.
func TestAvailability(t *testing.T) {
	for _, c := range []struct {
		name       string
		deliveries []Delivery
		counted    venue.GPUTime
		want       Points
		ok         bool
	}{
		{"nothing contracted", nil, 0, 0, false},
		{"nothing owed", []Delivery{{0, 0, 0}}, 0, 0, false},
		{"all", []Delivery{{744, 744, 0}}, 744, FullAvailability, true},
		{"none", []Delivery{{744, 0, 0}}, 0, 0, true},
		{"unattested", []Delivery{{744, 744, 744}}, 0, 0, true},
		// 1481.75 of 1860 hours, in quarters: 79.6639 points.
		{"fleet", []Delivery{{2976, 2976, 6}, {2976, 2957, 0}, {1488, 0, 0}}, 5927, 7966, true},
		{"half to even, zero", []Delivery{{20_000, 1, 0}}, 1, 0, true}, // 0.005 points.
		{"half to even, up", []Delivery{{20_000, 3, 0}}, 3, 2, true},   // 0.015 points.
		{"half to even, down", []Delivery{{20_000, 5, 0}}, 5, 2, true}, // 0.025 points.
		{"largest", []Delivery{{MaxGPUTime, MaxGPUTime, 1}}, MaxGPUTime - 1, FullAvailability, true},
	} {
		var a Availability
		for _, d := range c.deliveries {
			if why := d.Check(); why.Refused() || !a.Add(d) {
				t.Fatalf("%s: %+v refused: %+v", c.name, d, why)
			}
		}
		if got, ok := a.Index(); a.Counted != c.counted || got != c.want || ok != c.ok {
			t.Errorf("%s: counted %d, index %d %v, want %d, %d %v", c.name, a.Counted, got, ok, c.counted, c.want, c.ok)
		}
	}
}

func TestDeliveryRefusals(t *testing.T) {
	for _, c := range []struct {
		d     Delivery
		field venue.Field
		limit int64
	}{
		{Delivery{-1, 0, 0}, venue.FieldContracted, 0},
		{Delivery{MaxGPUTime + 1, 0, 0}, venue.FieldContracted, int64(MaxGPUTime)},
		{Delivery{10, -1, 0}, venue.FieldDelivered, 0},
		{Delivery{10, 11, 0}, venue.FieldDelivered, 10},
		{Delivery{10, 9, -1}, venue.FieldUnattested, 0},
		{Delivery{10, 9, 10}, venue.FieldUnattested, 9},
	} {
		if why := c.d.Check(); why.Reason != venue.BadField || why.Field != c.field || why.Limit != c.limit {
			t.Errorf("%+v.Check() = %+v, want field %d limit %d", c.d, why, c.field, c.limit)
		}
	}
	a := Availability{Contracted: MaxGPUTime, Counted: 5}
	if a.Add(Delivery{1, 1, 0}) || a != (Availability{MaxGPUTime, 5}) {
		t.Errorf("a sum beyond the limit was taken: %+v", a)
	}
}
