package gateway

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/marketdata"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain":      "plain",
		`a"b\c`:      `a\"b\\c`,
		"line\nfeed": `line\u000afeed`,
		"grüße":      "grüße",
		"bad\xff":    "bad\uFFFD",
	} {
		if got := string(appendEscaped(nil, []byte(in))); got != want {
			t.Errorf("appendEscaped(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestStamp(t *testing.T) {
	var s stamper
	for _, at := range []venue.Time{1_796_040_000_000_001_999, 1_796_040_000_999_999_999, 1_796_040_001_000_000_000, 0} {
		if got, want := string(s.append(nil, at)), string(AppendStamp(nil, at)); got != want {
			t.Errorf("append(%d) = %s, want %s", at, got, want)
		}
	}
}

func TestStampReader(t *testing.T) {
	var r stampReader
	for _, in := range []string{
		"20261130-12:00:00.000001", "20261130-12:00:00.999999", "20261130-12:00:00", "20261130-12:00:00.123", "20261130-12:00:00.00000x",
		"20261130-12:00:00:000001", "20261130-12:00:01.000001", "19691231-23:59:59.500000", "19691231-23:59:59.600000", "20261330-12:00:01.000001",
	} {
		want, wantOK := ParseStamp([]byte(in))
		if got, ok := r.parse([]byte(in)); got != want || ok != wantOK {
			t.Errorf("parse(%s) = %d %v, want %d %v", in, got, ok, want, wantOK)
		}
	}
}

// reporter is a hub with one live order, for the cost of a report.
func reporter(tb testing.TB) (*Hub, *venue.Entry, *venue.OrderAccepted) {
	h, err := NewHub(HubConfig{Name: "CLEARHOUR", Market: marketdata.New(), Blotter: blotter.New(blotter.Limits{}), Store: &MemoryStore{}})
	if err != nil {
		tb.Fatal(err)
	}
	e := &venue.Entry{Seq: 1, Time: 1_796_040_000_123_456_789, Event: &venue.InstrumentListed{Terms: venue.Instrument{
		ID: 1, Symbol: "H100C.NAE.D.2026-12-01", Tick: 10_000, Hours: 24, Quote: venue.USD, Low: 1, High: 1000, MaxQty: 100,
	}}}
	h.learn(e)
	id, _ := venue.ParseClOrdID("a-000001234")
	ev := &venue.OrderAccepted{Session: 16, Account: 16, Instrument: 1, Order: 1 << 32, ClOrdID: id, Side: venue.Buy, Type: venue.Limit, TIF: venue.GTC, Price: 250, Qty: 5}
	return h, &venue.Entry{Seq: 2, Time: e.Time, Session: 16, Event: ev}, ev
}

func BenchmarkReportAccepted(b *testing.B) {
	h, e, ev := reporter(b)
	h.learn(e)
	o, _ := h.cfg.Blotter.Order(ev.Order)
	b.ReportAllocs()
	for b.Loop() {
		h.begin(e, &o, '0', 0, nil)
		h.end(e)
	}
	b.SetBytes(int64(h.w.Len()))
}

func TestReportAllocs(t *testing.T) {
	h, e, ev := reporter(t)
	h.learn(e)
	o, _ := h.cfg.Blotter.Order(ev.Order)
	if n := testing.AllocsPerRun(100, func() {
		h.begin(e, &o, '0', 0, nil)
		h.end(e)
	}); n != 0 {
		t.Errorf("a report allocates %v times, want 0", n)
	}
}
