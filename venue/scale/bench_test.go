package scale

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
)

var terms = &venue.Instrument{Tick: 1000}

func TestAllocs(t *testing.T) {
	buf := make([]byte, 0, 256)
	price, stamp := []byte("2.150"), []byte("20261201-09:05:03.120045")
	n := testing.AllocsPerRun(100, func() {
		p, _ := ParsePrice(price, terms)
		p2, _ := ParsePrice("2.150", terms)
		q, _ := ParseQty("25")
		a, _ := ParseAmount("1000000.25", MoneyDecimals)
		r, _ := ParseRate("0.0005")
		at, _ := ParseUTCTimestamp(stamp)
		at2, _ := ParseRFC3339("2026-12-01T09:05:03.5Z")
		buf = AppendPrice(buf[:0], p+p2, terms)
		buf = AppendQty(buf, q)
		buf = AppendAmount(buf, a, MoneyDecimals)
		buf = AppendRate(buf, r)
		buf = AppendUTCTimestamp(buf, at, 6)
		buf = AppendRFC3339(buf, at2, 9)
	})
	if n != 0 {
		t.Errorf("conversions allocate %v times", n)
	}
}

func BenchmarkParsePrice(b *testing.B) {
	text := []byte("2.150")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParsePrice(text, terms); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendPrice(b *testing.B) {
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendPrice(buf[:0], 2150, terms)
	}
}

func BenchmarkParseQty(b *testing.B) {
	text := []byte("250")
	for b.Loop() {
		if _, err := ParseQty(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseAmount(b *testing.B) {
	text := []byte("1000000.250000")
	for b.Loop() {
		if _, err := ParseAmount(text, MoneyDecimals); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendAmount(b *testing.B) {
	buf := make([]byte, 0, 64)
	for b.Loop() {
		buf = AppendAmount(buf[:0], 1_000_000_250_000, MoneyDecimals)
	}
}

func BenchmarkParseUTCTimestamp(b *testing.B) {
	text := []byte("20261201-09:05:03.120045")
	for b.Loop() {
		if _, err := ParseUTCTimestamp(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendUTCTimestamp(b *testing.B) {
	buf := make([]byte, 0, 64)
	for b.Loop() {
		buf = AppendUTCTimestamp(buf[:0], 1_800_000_000_123_456_789, 6)
	}
}
