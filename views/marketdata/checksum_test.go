package marketdata

import (
	"hash/crc32"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// row is a level as text: price and quantity.
type row struct{ price, qty string }

// krakenV2 is the example of Kraken's page on the checksum of its second
// WebSocket API.
var krakenV2 = struct {
	asks, bids []row
	sum        uint32
}{
	asks: []row{
		{"45285.2", "0.00100000"},
		{"45286.4", "1.54571953"},
		{"45286.6", "1.54571109"},
		{"45289.6", "1.54560911"},
		{"45290.2", "0.15890660"},
		{"45291.8", "1.54553491"},
		{"45294.7", "0.04454749"},
		{"45296.1", "0.35380000"},
		{"45297.5", "0.09945542"},
		{"45299.5", "0.18772827"},
	},
	bids: []row{
		{"45283.5", "0.10000000"},
		{"45283.4", "1.54582015"},
		{"45282.1", "0.10000000"},
		{"45281.0", "0.10000000"},
		{"45280.3", "1.54592586"},
		{"45279.0", "0.07990000"},
		{"45277.6", "0.03310103"},
		{"45277.5", "0.30000000"},
		{"45277.3", "1.54602737"},
		{"45276.6", "0.15445238"},
	},
	sum: 3310070434,
}

// krakenV1 is the example of the page on the first WebSocket API: levels five
// steps of 0.00001 apart, 0.00000500 each. The bid of 0.04985 is missing there.
func krakenV1() (asks, bids []row) {
	for p := 5005; p <= 5050; p += 5 {
		asks = append(asks, row{"0.0" + strconv.Itoa(p), "0.00000500"})
	}
	for _, p := range []string{"5000", "4995", "4990", "4980", "4975", "4970", "4965", "4960", "4955", "4950"} {
		bids = append(bids, row{"0.0" + p, "0.00000500"})
	}
	return asks, bids
}

// integer reads decimal text as a number of its last places.
func integer(t *testing.T, text string) int64 {
	t.Helper()
	v, err := strconv.ParseInt(strings.Replace(text, ".", "", 1), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// sumOf puts rows into a view whose tick is one unit of their last place.
func sumOf(t *testing.T, tick venue.Amount, asks, bids []row) uint32 {
	t.Helper()
	f := newFeed(t, venue.Instrument{ID: 1, Symbol: "A", Tick: tick})
	for _, side := range []struct {
		side venue.Side
		rows []row
	}{{venue.Sell, asks}, {venue.Buy, bids}} {
		for _, r := range side.rows {
			f.level(side.side, venue.Price(integer(t, r.price)), venue.Qty(integer(t, r.qty)), 1)
		}
	}
	sum, _ := f.view.Checksum(1)
	return sum
}

func TestChecksumKraken(t *testing.T) {
	if got, want := sumOf(t, 100_000, krakenV2.asks, krakenV2.bids), krakenV2.sum; got != want {
		t.Errorf("second API: checksum = %d, want %d", got, want)
	}
	asks, bids := krakenV1()
	if got, want := sumOf(t, 10, asks, bids), uint32(974947235); got != want {
		t.Errorf("first API: checksum = %d, want %d", got, want)
	}
}

// TestChecksumVectors shows the vectors of docs/spec/marketdata.md.
//
// rules: MD-03
func TestChecksumVectors(t *testing.T) {
	for _, c := range []struct {
		name       string
		tick       venue.Amount
		asks, bids []Level
		text       string
	}{
		{"empty", 10_000, nil, nil, ""},
		{"one side", 10_000, []Level{{250, 3, 1}}, nil, "2503"},
		{"tick of a cent", 10_000, []Level{{251, 12, 1}, {260, 5, 2}}, []Level{{250, 7, 1}}, "2511226052507"},
		{"tick of a quarter", 250_000, []Level{{9, 1, 1}}, []Level{{8, 40, 3}}, "225120040"},
		{"tick of five dollars", 5_000_000, []Level{{3, 1, 1}}, []Level{{2, 1, 1}}, "151101"},
		{"tick of ten dollars", 10_000_000, []Level{{3, 1, 1}}, []Level{{2, 1, 1}}, "301201"},
		{"below one", 10_000, []Level{{5, 1, 1}}, []Level{{4, 1, 1}}, "5141"},
		{"zero and negative", 10_000, []Level{{0, 6, 1}}, []Level{{-50, 2, 1}}, "6-502"},
	} {
		f := newFeed(t, venue.Instrument{ID: 1, Symbol: "A", Tick: c.tick})
		for _, l := range c.asks {
			f.level(venue.Sell, l.Price, l.Qty, l.Orders)
		}
		for _, l := range c.bids {
			f.level(venue.Buy, l.Price, l.Qty, l.Orders)
		}
		got, _ := f.view.Checksum(1)
		if want := crc32.ChecksumIEEE([]byte(c.text)); got != want {
			t.Errorf("%s: checksum = %d, want %d of %q", c.name, got, want, c.text)
		}
	}
}

// TestChecksumDepth shows that the eleventh level does not count.
func TestChecksumDepth(t *testing.T) {
	before := sumOf(t, 100_000, krakenV2.asks, krakenV2.bids)
	asks := append([]row{{"45300.0", "1.00000000"}}, krakenV2.asks...)
	if got := sumOf(t, 100_000, asks, krakenV2.bids); got != before {
		t.Errorf("with an eleventh level: checksum = %d, want %d", got, before)
	}
}

// slowText is the rule as a person would follow it: decimal text, without the
// dot and leading zeros.
func slowText(ticks int64, tick venue.Amount) string {
	places := 6
	for unit := int64(tick); places > 0 && unit%10 == 0; unit /= 10 {
		places--
	}
	micro := ticks * int64(tick)
	sign := ""
	if micro < 0 {
		sign, micro = "-", -micro
	}
	text := strconv.FormatInt(micro/1_000_000, 10)
	fraction := strconv.FormatInt(1_000_000+micro%1_000_000, 10)[1:]
	digits := strings.TrimLeft(text+fraction[:places], "0")
	if digits == "" {
		return ""
	}
	return sign + digits
}

func TestChecksumSlowTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tick := venue.Amount(rapid.SampledFrom([]int64{1, 5, 10, 25, 1000, 10_000, 125_000, 250_000, 500_000, 1_000_000, 10_000_000}).Draw(t, "tick"))
		price := rapid.Int64Range(-1<<31, 1<<31).Draw(t, "price")
		got := string(appendNumber(nil, price*priceStep(tick)))
		if want := slowText(price, tick); got != want {
			t.Fatalf("price of %d ticks of %d = %q, want %q", price, tick, got, want)
		}
	})
}
