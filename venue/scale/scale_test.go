package scale

import (
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

func TestParsePrice(t *testing.T) {
	tests := []struct {
		text string
		tick venue.Amount
		want venue.Price
		err  string
	}{
		{"2.150", 1000, 2150, ""},
		{"2.15", 1000, 2150, ""},
		{"2.1500000", 1000, 2150, ""},
		{"2", 1000, 2000, ""},
		{"0", 1000, 0, ""},
		{"-0.001", 1000, -1, ""},
		{"-0", 1000, 0, ""},
		{"0.0075", 2500, 3, ""},
		{"7", 1_000_000, 7, ""},
		{"14", 7_000_000, 2, ""},
		{"9223372036854.775807", 1, math.MaxInt64, ""},
		{"-9223372036854.775808", 1, math.MinInt64, ""},
		{"2.1505", 1000, 0, `price "2.1505" is not a multiple of the tick 0.001`},
		{"2.151", 2500, 0, `price "2.151" is not a multiple of the tick 0.0025`},
		{"2.0000001", 1, 0, `price "2.0000001" is not a multiple of the tick 0.000001`},
		{"15", 7_000_000, 0, `price "15" is not a multiple of the tick 7`},
		{"9223372036854.775808", 1, 0, `price "9223372036854.775808" is further from zero than 9223372036854.775807`},
		{"-9223372036854.775809", 1, 0, `price "-9223372036854.775809" is further from zero than 9223372036854.775807`},
		{"99999999999999999999", 1, 0, `price "99999999999999999999" is further from zero than 9223372036854.775807`},
		{"999999999999999999999", 1, 0, `price "999999999999999999999" has more than 20 digits`},
		{"0.00000000000000000000", 1, 0, `price "0.00000000000000000000" has more than 20 digits`},
		{strings.Repeat("1", 50), 1, 0, `price "` + strings.Repeat("1", 40) + `" has more than 20 digits`},
		{"", 1000, 0, `price "" is not a decimal number of the form -?digits[.digits]`},
		{"1e5", 1000, 0, `price "1e5" is not a decimal number of the form -?digits[.digits]`},
	}
	for _, tt := range tests {
		got, err := ParsePrice(tt.text, &venue.Instrument{Tick: tt.tick})
		if message(err) != tt.err || got != tt.want {
			t.Errorf("ParsePrice(%q, tick %d) = %d, %s, want %d, %s", tt.text, tt.tick, got, message(err), tt.want, tt.err)
		}
	}
}

func message(err *Error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestNotANumber(t *testing.T) {
	for _, text := range []string{
		"", "-", ".", "-.", ".5", "5.", "-5.", "-.5", "01", "00", "-01", "00.5", "+1", "--1", "1-", "1.2.3", "1..2", " 1", "1 ",
		"1,5", "1_000", "1e5", "1E5", "0x10", "Inf", "NaN", "１", "1\x00", "1.5x", "/", ":", "1.:", "1./",
	} {
		if _, p := parse(text, 6); p != NotANumber {
			t.Errorf("parse(%q) gives problem %d, want %d", text, p, NotANumber)
		}
		if _, p := parse([]byte(text), 6); p != NotANumber {
			t.Errorf("parse([]byte(%q)) gives problem %d, want %d", text, p, NotANumber)
		}
	}
}

func TestErrorFields(t *testing.T) {
	terms := &venue.Instrument{Tick: 1000}
	price := func(s string) *Error { _, err := ParsePrice(s, terms); return err }
	qty := func(s string) *Error { _, err := ParseQty(s); return err }
	amount := func(s string) *Error { _, err := ParseAmount(s, 2); return err }
	rate := func(s string) *Error { _, err := ParseRate(s); return err }
	tests := []struct{ got, want *Error }{
		{price("x"), &Error{venue.FieldPrice, venue.BadField, NotANumber, "-?digits[.digits]", "x"}},
		{price("0.0001"), &Error{venue.FieldPrice, venue.BadTick, OffTick, "0.001", "0.0001"}},
		{price("0.0000001"), &Error{venue.FieldPrice, venue.BadTick, OffTick, "0.001", "0.0000001"}},
		{price("9000000000000"), nil},
		{price("99999999999999"), &Error{venue.FieldPrice, venue.PriceOutOfRange, Overflow, "9223372036854.775807", "99999999999999"}},
		{qty("1.0"), nil},
		{qty("1.5"), &Error{venue.FieldQty, venue.BadQty, TooManyDecimals, "0", "1.5"}},
		{qty("9223372036854775808"), &Error{venue.FieldQty, venue.BadQty, Overflow, "9223372036854775807", "9223372036854775808"}},
		{amount("0.01"), nil},
		{amount("0.001"), &Error{venue.FieldAmount, venue.BadField, TooManyDecimals, "2", "0.001"}},
		{amount("-"), &Error{venue.FieldAmount, venue.BadField, NotANumber, "-?digits[.digits]", "-"}},
		{rate("-0.000001"), nil},
		{rate("0.0000001"), &Error{venue.NoField, venue.BadField, TooManyDecimals, "6", "0.0000001"}},
	}
	for i, tt := range tests {
		if (tt.got == nil) != (tt.want == nil) || tt.got != nil && *tt.got != *tt.want {
			t.Errorf("%d: got %+v, want %+v", i, tt.got, tt.want)
		}
	}
}

func TestErrorsSpeak(t *testing.T) {
	for p := NotANumber; p <= TimeOutOfRange; p++ {
		if got := (&Error{Problem: p, Limit: "LIMIT"}).Error(); !strings.Contains(got, "LIMIT") {
			t.Errorf("problem %d says %q, without the limit", p, got)
		}
	}
	names := map[string]bool{}
	fields := []venue.Field{
		venue.FieldPrice, venue.FieldStop, venue.FieldQty, venue.FieldMinQty, venue.FieldDisplay, venue.FieldExpire,
		venue.FieldAmount, venue.FieldTick, venue.FieldBand, venue.FieldFee, venue.FieldMark, venue.NoField,
	}
	for _, f := range fields {
		names[fieldName(f)] = true
	}
	if len(names) != len(fields) {
		t.Errorf("%d fields have the names %v", len(fields), names)
	}
	_, err := ParseQty("x")
	var e *Error
	if !errors.As(error(err), &e) || e.Text != "x" {
		t.Errorf("the error is %v", err)
	}
}

func TestAppendPrice(t *testing.T) {
	tests := []struct {
		price venue.Price
		tick  venue.Amount
		want  string
	}{
		{2150, 1000, "2.150"},
		{0, 1000, "0.000"},
		{-1, 1000, "-0.001"},
		{1000, 1000, "1.000"},
		{3, 2500, "0.0075"},
		{2, 500_000, "1.0"},
		{7, 1_000_000, "7"},
		{0, 1_000_000, "0"},
		{2, 7_000_000, "14"},
		{1, 10_000_000, "10"},
		{math.MaxInt64, 1, "9223372036854.775807"},
		{math.MinInt64, 1, "-9223372036854.775808"},
		{math.MinInt64, 1_000_000, "-9223372036854775808"},
		{math.MinInt64, math.MaxInt64, "-85070591730234615856620279821087.277056"},
	}
	for _, tt := range tests {
		if got := string(AppendPrice(nil, tt.price, &venue.Instrument{Tick: tt.tick})); got != tt.want {
			t.Errorf("AppendPrice(%d, tick %d) = %s, want %s", tt.price, tt.tick, got, tt.want)
		}
	}
}

func TestAppendOthers(t *testing.T) {
	tests := []struct{ got, want string }{
		{string(AppendAmount(nil, -12_340_000, MoneyDecimals)), "-12.340000"},
		{string(AppendAmount([]byte("x"), 5, 0)), "x5"},
		{string(AppendAmount(nil, math.MinInt64, 18)), "-9.223372036854775808"},
		{string(AppendRate(nil, 500)), "0.000500"},
		{string(AppendRate(nil, venue.One)), "1.000000"},
		{string(AppendQty(nil, -7)), "-7"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

// form is the slow twin's idea of a number.
var form = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// slowParse reads a number with arbitrary precision.
func slowParse(s string, decimals int32) (int64, Problem) {
	if len(s) > maxNumber {
		return 0, TooLong
	}
	if !form.MatchString(s) {
		return 0, NotANumber
	}
	if len(strings.Trim(strings.Replace(s, ".", "", 1), "-")) > maxDigits {
		return 0, TooLong
	}
	d := decimal.RequireFromString(s).Shift(decimals)
	if !d.IsInteger() {
		return 0, TooManyDecimals
	}
	if !d.BigInt().IsInt64() {
		return 0, Overflow
	}
	return d.BigInt().Int64(), 0
}

// numbers draws texts that are numbers, or nearly so.
func numbers() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,21})(\.[0-9]{1,20})?`),
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,5})(\.[0-9]{1,6}0{0,5})?`),
		rapid.StringMatching(`-?922337203685477580[0-9]`),
		rapid.StringMatching(`-?9223372036854\.77580[0-9]`),
		rapid.StringMatching(`[-+.0-9eE ]{0,8}`),
	)
}

func TestParseAgainstDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := numbers().Draw(t, "text")
		decimals := rapid.IntRange(0, maxDecimals).Draw(t, "decimals")
		compareParse(t, s, decimals)
		tick := venue.Amount(rapid.Int64Range(1, 1<<40).Draw(t, "tick"))
		comparePrice(t, s, tick)
		comparePrice(t, s, 1000)
	})
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func compareParse(t failer, s string, decimals int) {
	t.Helper()
	want, problem := slowParse(s, int32(decimals))
	if got, p := parse(s, decimals); got != want || p != problem {
		t.Fatalf("parse(%q, %d) = %d, problem %d, want %d, problem %d", s, decimals, got, p, want, problem)
	}
	if got, p := parse([]byte(s), decimals); got != want || p != problem {
		t.Fatalf("parse([]byte(%q), %d) = %d, problem %d, want %d, problem %d", s, decimals, got, p, want, problem)
	}
}

func comparePrice(t failer, s string, tick venue.Amount) {
	t.Helper()
	want, problem := slowParse(s, MoneyDecimals)
	if problem == TooManyDecimals || problem == 0 && want%int64(tick) != 0 {
		want, problem = 0, OffTick
	}
	got, err := ParsePrice(s, &venue.Instrument{Tick: tick})
	if problem == 0 && err == nil && int64(got)*int64(tick) == want {
		return
	}
	if err == nil || err.Problem != problem || got != 0 {
		t.Fatalf("ParsePrice(%q, tick %d) = %d, %v, want %d micro-dollars, problem %d", s, tick, got, err, want, problem)
	}
}

func TestAppendAgainstDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64().Draw(t, "value")
		decimals := uint8(rapid.IntRange(0, maxDecimals).Draw(t, "decimals"))
		text := AppendAmount(nil, venue.Amount(v), decimals)
		if want := decimal.New(v, -int32(decimals)).StringFixed(int32(decimals)); string(text) != want {
			t.Fatalf("AppendAmount(%d, %d) = %s, want %s", v, decimals, text, want)
		}
		if got, err := ParseAmount(text, decimals); err != nil || int64(got) != v {
			t.Fatalf("ParseAmount(%s, %d) = %d, %v, want %d", text, decimals, got, err, v)
		}
		terms := &venue.Instrument{Tick: venue.Amount(rapid.Int64Range(1, math.MaxInt64).Draw(t, "tick"))}
		text = AppendPrice(nil, venue.Price(v), terms)
		exact := PriceToDecimal(venue.Price(v), terms)
		if want := exact.StringFixed(int32(PriceDecimals(terms.Tick))); string(text) != want || !exact.Equal(decimal.RequireFromString(want)) {
			t.Fatalf("AppendPrice(%d, tick %d) = %s, want %s", v, terms.Tick, text, exact)
		}
		if got, err := ParseRate(AppendRate(nil, venue.Rate(v))); err != nil || int64(got) != v {
			t.Fatalf("rate %d comes back as %d, %v", v, got, err)
		}
		if got, err := ParseQty(AppendQty(nil, venue.Qty(v))); err != nil || int64(got) != v {
			t.Fatalf("quantity %d comes back as %d, %v", v, got, err)
		}
	})
}

// TestPriceRoundTrip appends and parses prices over all ticks that fit.
func TestPriceRoundTrip(t *testing.T) {
	check := func(t failer, p venue.Price, tick venue.Amount) {
		terms := &venue.Instrument{Tick: tick}
		text := AppendPrice(nil, p, terms)
		if got, err := ParsePrice(text, terms); err != nil || got != p {
			t.Fatalf("price %d of tick %d is %s and comes back as %d, %v", p, tick, text, got, err)
		}
		d := PriceToDecimal(p, terms)
		if got, err := PriceFromDecimal(d, terms); err != nil || got != p {
			t.Fatalf("price %d of tick %d is %s and comes back as %d, %v", p, tick, d, got, err)
		}
	}
	for _, tick := range []venue.Amount{1, 5, 10, 25, 100, 250, 1000, 2500, 5000, 10_000, 50_000, 1_000_000, 3_000_000} {
		for p := venue.Price(-3000); p <= 3000; p++ {
			check(t, p, tick)
		}
		check(t, venue.MaxPrice, tick)
		check(t, -venue.MaxPrice, tick)
	}
	rapid.Check(t, func(t *rapid.T) {
		tick := rapid.Int64Range(1, 1<<32).Draw(t, "tick")
		most := math.MaxInt64 / tick
		check(t, venue.Price(rapid.Int64Range(-most, most).Draw(t, "price")), venue.Amount(tick))
	})
}

func TestDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := venue.Amount(rapid.Int64().Draw(t, "value"))
		decimals := uint8(rapid.IntRange(0, maxDecimals).Draw(t, "decimals"))
		if got, err := AmountFromDecimal(AmountToDecimal(v, decimals), decimals); err != nil || got != v {
			t.Fatalf("amount %d of %d decimals comes back as %d, %v", v, decimals, got, err)
		}
	})
	tests := []struct {
		d    decimal.Decimal
		want venue.Amount
		p    Problem
	}{
		{decimal.New(15, -1), 1_500_000, 0},
		{decimal.New(15, 3), 15_000_000_000, 0},
		{decimal.New(1_500_000_000, -15), 2, TooManyDecimals},
		{decimal.New(1, -7), 0, TooManyDecimals},
		{decimal.New(1, 14), 0, Overflow},
		{decimal.New(1, 1_000_000_000), 0, TooLong},
		{decimal.New(1, -1_000_000_000), 0, TooLong},
		{decimal.New(1, 20), 0, TooLong},
	}
	for _, tt := range tests {
		got, err := AmountFromDecimal(tt.d, MoneyDecimals)
		if tt.p == 0 && (err != nil || got != tt.want) || tt.p != 0 && (err == nil || err.Problem != tt.p) {
			t.Errorf("AmountFromDecimal(%d e%d) = %d, %v, want %d, problem %d", tt.d.Coefficient(), tt.d.Exponent(), got, err, tt.want, tt.p)
		}
	}
	if _, err := PriceFromDecimal(decimal.New(1, 1_000_000_000), &venue.Instrument{Tick: 1}); err == nil || err.Field != venue.FieldPrice {
		t.Errorf("a price of 1e1000000000 gives %v", err)
	}
}

// TestParseGPUHours takes every decimal fraction of an hour that is whole seconds,
// and no other.
func TestParseGPUHours(t *testing.T) {
	for n := range int64(100_000) {
		text := string(appendFixed(nil, n, 5))
		got, bad := ParseGPUHours(text)
		whole := n*3600%100_000 == 0
		if (bad == nil) != whole || whole && int64(got) != n*3600/100_000 {
			t.Fatalf("ParseGPUHours(%s) = %d, %v", text, got, bad)
		}
		if bad != nil && (bad.Problem != NotWholeSeconds || bad.Limit != "0.0025") {
			t.Fatalf("ParseGPUHours(%s): %+v", text, bad)
		}
	}
	if got, bad := ParseGPUHours("922337203685477"); bad != nil || got != 922_337_203_685_477*3600 {
		t.Errorf("the most hours are %d seconds, %v", got, bad)
	}
	if _, bad := ParseGPUHours("922337203685478"); bad == nil || bad.Problem != Overflow {
		t.Errorf("more than the most hours: %v", bad)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2.150", "-0.001", "01", "1e5", "9223372036854.775808", "0.000000000000000001"} {
		f.Add(s, uint8(6), int64(1000))
	}
	f.Fuzz(func(t *testing.T, s string, decimals uint8, tick int64) {
		compareParse(t, s, int(decimals%(maxDecimals+1)))
		if tick > 0 {
			comparePrice(t, s, venue.Amount(tick))
		}
	})
}
