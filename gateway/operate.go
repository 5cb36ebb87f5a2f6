package gateway

import (
	"encoding/hex"
	"strconv"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/plain"
	"github.com/clearhour/clearhour/venue/scale"
	"github.com/clearhour/clearhour/views/marketdata"
)

// Listed returns what the symbols of a change are looked up in.
func Listed(market *marketdata.View) *plain.Listed {
	l := &plain.Listed{Instruments: market.Instruments()}
	for _, x := range market.Indices(nil) {
		l.Indices = append(l.Indices, plain.Named{ID: uint16(x.ID), Symbol: x.Symbol})
	}
	for _, a := range market.Assets() {
		l.Assets = append(l.Assets, plain.Named{ID: uint16(a.ID), Symbol: a.Symbol})
	}
	return l
}

// DigestText returns the digest of a change as operators see it: hexadecimal.
func DigestText(h venue.Hash) string { return hex.EncodeToString(h[:]) }

// ParseDigest reads what DigestText wrote.
func ParseDigest(text string) (h venue.Hash, ok bool) {
	b, err := hex.DecodeString(text)
	return h, err == nil && copy(h[:], b) == len(h) && len(b) == len(h)
}

// longest is beyond every span that a refusal names and before every time.
const longest = 100_000 * 3600 * int64(venue.Second)

// LimitText says in words which limit a refusal of a change names, empty when there
// is none: times as dates, other numbers in the unit of the core.
func LimitText(r venue.Refusal) string {
	switch {
	case r.Limit == 0:
		return ""
	case r.Field == venue.FieldEffective, r.Reason == venue.AlreadyApproved, r.Reason == venue.ChangePending,
		r.Reason == venue.PeriodClosed, r.Reason == venue.ReadingTooOld, r.Field == venue.FieldAge && r.Limit > longest:
		return "limit " + string(scale.AppendRFC3339(nil, venue.Time(r.Limit), 3))
	case r.Field == venue.FieldBand, r.Field == venue.FieldFee, r.Field == venue.FieldBrackets, r.Field == venue.FieldTarget, r.Field == venue.FieldRate:
		return "limit " + string(scale.AppendRate(nil, venue.Rate(r.Limit)))
	}
	if f := r.Field; f == venue.FieldContracted || f == venue.FieldDelivered || f == venue.FieldUnattested {
		return "limit " + strconv.FormatInt(r.Limit, 10) + " GPU-seconds"
	}
	return "limit " + strconv.FormatInt(r.Limit, 10)
}

// ParseReading reads the price, in dollars per GPU-hour, and the volume, in
// GPU-hours, of a reading.
func ParseReading(c *venue.PublishReading, price, volume string) (bad *scale.Error) {
	if c.Price, bad = scale.ParseAmount(price, scale.MoneyDecimals); bad != nil {
		bad.Field = venue.FieldPrice
		return bad
	}
	c.Volume, bad = scale.ParseQty(volume)
	return bad
}

// ParseMeter reads what was owed, delivered and not attested of a meter, in
// GPU-hours; empty is none of the last one.
func ParseMeter(c *venue.PublishMeter, contracted, delivered, unattested string) *scale.Error {
	if unattested == "" {
		unattested = "0"
	}
	for _, x := range []struct {
		text  string
		field venue.Field
		to    *venue.GPUTime
	}{
		{contracted, venue.FieldContracted, &c.Contracted},
		{delivered, venue.FieldDelivered, &c.Delivered},
		{unattested, venue.FieldUnattested, &c.Unattested},
	} {
		v, bad := scale.ParseGPUHours(x.text)
		if bad != nil {
			bad.Field = x.field
			return bad
		}
		*x.to = v
	}
	return nil
}
