package gateway

import (
	"encoding/hex"
	"fmt"
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

// LimitText says in words which limit a refusal of a change names, empty when there
// is none: times as dates, other numbers in the unit of the core.
func LimitText(r venue.Refusal) string {
	switch {
	case r.Limit == 0:
		return ""
	case r.Field == venue.FieldEffective, r.Field == venue.FieldAge, r.Reason == venue.AlreadyApproved, r.Reason == venue.ChangePending:
		return "limit " + string(scale.AppendRFC3339(nil, venue.Time(r.Limit), 3))
	case r.Field == venue.FieldBand, r.Field == venue.FieldFee, r.Field == venue.FieldBrackets, r.Field == venue.FieldTarget, r.Field == venue.FieldRate:
		return "limit " + string(scale.AppendRate(nil, venue.Rate(r.Limit)))
	}
	return "limit " + strconv.FormatInt(r.Limit, 10)
}

// ParseReading reads the price, in dollars per GPU-hour, and the volume, in
// GPU-hours, of a reading.
func ParseReading(c *venue.PublishReading, price, volume string) error {
	p, bad := scale.ParseAmount(price, scale.MoneyDecimals)
	if bad != nil {
		return fmt.Errorf("price %q: %w", price, bad)
	}
	n, bad := scale.ParseQty(volume)
	if bad != nil {
		return fmt.Errorf("volume %q: %w", volume, bad)
	}
	c.Price, c.Volume = p, n
	return nil
}
