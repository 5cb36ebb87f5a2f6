package rest

import (
	"strconv"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
	"github.com/clearhour/clearhour/views/blotter"
)

// Decimal text: the only form in which numbers that count are shown.

func priceText(p venue.Price, terms *venue.Instrument) string {
	return string(scale.AppendPrice(nil, p, terms))
}

func qtyText(q venue.Qty) string { return string(scale.AppendQty(nil, q)) }

func moneyText(a venue.Amount) string { return string(appendAmount(nil, a, scale.MoneyDecimals)) }

// appendAmount appends an amount of an asset of the venue, which has at most 18
// decimals.
func appendAmount(dst []byte, a venue.Amount, decimals uint8) []byte {
	return scale.AppendAmount(dst, a, decimals)
}

func rateText(r venue.Rate) string { return string(scale.AppendRate(nil, r)) }

func fineText(r venue.FineRate) string { return string(scale.AppendFineRate(nil, r)) }

func gpuTimeText(t venue.GPUTime) string { return strconv.FormatInt(int64(t), 10) }

// millis returns a time in milliseconds since 1970, rounded down.
func millis(t venue.Time) int64 { return time.Unix(0, int64(t)).UnixMilli() }

// dateText returns a time as RFC 3339 in UTC, empty for 0.
func dateText(t venue.Time) string {
	if t == 0 {
		return ""
	}
	return string(scale.AppendRFC3339(nil, t, 3))
}

// averageText returns the average price in dollars with six decimals, a half
// rounded to the even digit, and empty when there is none.
func averageText(o *blotter.Order, terms *venue.Instrument) string {
	if o.Priced <= 0 {
		return ""
	}
	v, ok := venue.MulDiv(o.Value, int64(terms.Tick), int64(o.Priced), venue.HalfEven)
	if !ok {
		return ""
	}
	return moneyText(venue.Amount(v))
}

// Ids are text: they need all of their 64 bits.

func orderText(id venue.OrderID) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatUint(uint64(id), 10)
}

// parseOrder reads an order id. Whatever is none is the id of no order.
func parseOrder(s string) (venue.OrderID, bool) {
	v, err := strconv.ParseUint(s, 10, 64)
	return venue.OrderID(v), err == nil && v != 0 && orderText(venue.OrderID(v)) == s
}

func badCursor() *Problem {
	return refuse(gateway.BadFormat, "cursor", "the cursor is not one that this list gave")
}

// placeText and parsePlace write and read a place in a list as "seq-index".
func placeText(p blotter.Place) string {
	return strconv.FormatUint(uint64(p.Seq), 10) + "-" + strconv.FormatUint(uint64(p.Index), 10)
}

func parsePlace(s string) (blotter.Place, *Problem) {
	if s == "" {
		return blotter.Place{}, nil
	}
	for i := range len(s) {
		if s[i] != '-' {
			continue
		}
		seq, err := strconv.ParseUint(s[:i], 10, 64)
		index, err2 := strconv.ParseUint(s[i+1:], 10, 32)
		p := blotter.Place{Seq: venue.Seq(seq), Index: uint32(index)}
		if err == nil && err2 == nil && placeText(p) == s && p != (blotter.Place{}) {
			return p, nil
		}
	}
	return blotter.Place{}, badCursor()
}
