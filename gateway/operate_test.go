package gateway

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
)

func TestParseMeter(t *testing.T) {
	for _, x := range []struct {
		contracted, delivered, unattested string
		want                              venue.PublishMeter
		bad                               string
	}{
		{"744", "739.25", "1.5", venue.PublishMeter{Contracted: 744 * 3600, Delivered: 739*3600 + 900, Unattested: 5400}, ""},
		{"0.0025", "0", "", venue.PublishMeter{Contracted: 9}, ""},
		{"-1", "0", "0", venue.PublishMeter{Contracted: -3600}, ""}, // The core refuses it.
		{"744h", "0", "0", venue.PublishMeter{}, `contracted "744h" is not a decimal number of the form -?digits[.digits]`},
		{"744", "739.251", "0", venue.PublishMeter{}, `delivered "739.251" is not a whole number of GPU-seconds, which are multiples of 0.0025`},
		{"744", "739", "0.00001", venue.PublishMeter{}, `unattested "0.00001" is not a whole number of GPU-seconds, which are multiples of 0.0025`},
	} {
		var got venue.PublishMeter
		text := ""
		if bad := ParseMeter(&got, x.contracted, x.delivered, x.unattested); bad != nil {
			got, text = venue.PublishMeter{}, bad.Error()
		}
		if got != x.want || text != x.bad {
			t.Errorf("ParseMeter(%s, %s, %s) = %+v, %q, want %+v, %q", x.contracted, x.delivered, x.unattested, got, text, x.want, x.bad)
		}
	}
}

func TestLimitText(t *testing.T) {
	const day = venue.Time(1_798_761_600_000_000_000) // 2027-01-01.
	for _, x := range []struct {
		refusal venue.Refusal
		want    string
	}{
		{venue.Refusal{Reason: venue.PeriodClosed, Field: venue.FieldHour, Limit: int64(day)}, "limit 2027-01-01T00:00:00.000Z"},
		{venue.Refusal{Reason: venue.ReadingTooOld, Field: venue.FieldAge, Limit: int64(day)}, "limit 2027-01-01T00:00:00.000Z"},
		{venue.Refusal{Reason: venue.BadField, Field: venue.FieldAge, Limit: int64(day)}, "limit 2027-01-01T00:00:00.000Z"},
		{venue.Refusal{Reason: venue.BadField, Field: venue.FieldDelivered, Limit: 7200}, "limit 7200 GPU-seconds"},
		{venue.Refusal{Reason: venue.BadField, Field: venue.FieldBand, Limit: 200_000}, "limit 0.200000"},
		{venue.Refusal{Reason: venue.TooManySources, Field: venue.FieldSource, Limit: 256}, "limit 256"},
		{venue.Refusal{Reason: venue.NotOpen}, ""},
	} {
		if got := LimitText(x.refusal); got != x.want {
			t.Errorf("LimitText(%+v) = %q, want %q", x.refusal, got, x.want)
		}
	}
}
