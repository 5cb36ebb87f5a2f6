package markets

import (
	"bytes"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// open returns markets with a future (1) with mark 2000, a spot instrument (2)
// without a mark, and a future (3) without one; all are continuous.
func open(t testing.TB) *Markets {
	t.Helper()
	s := New(4)
	s.ListAsset(&venue.ListAsset{Asset: 2, Symbol: "H100H"})
	a, b, c := month(), hourSpot(), month()
	b.ID, c.ID, c.Symbol = 2, 3, "unmarked"
	for _, i := range []venue.Instrument{a, b, c} {
		if why := s.List(&i); why.Refused() {
			t.Fatalf("List refused %+v", why)
		}
		s.SetPhase(i.ID, venue.Continuous)
	}
	if why := s.SetMark(1, 2000); why.Refused() {
		t.Fatalf("SetMark refused %+v", why)
	}
	return s
}

// order is a plain order that is admitted.
func order() venue.PlaceOrder {
	return venue.PlaceOrder{Account: 16, Instrument: 1, Side: venue.Buy, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker, Price: 2000, Qty: 10}
}

const now = 100 * hour

func TestAdmit(t *testing.T) {
	bad := func(f venue.Field, limit int64) venue.Refusal { return refuse(venue.BadField, f, limit) }
	combo := func(f venue.Field, limit int64) venue.Refusal {
		return refuse(venue.UnsupportedCombination, f, limit)
	}
	noPost, noReduce := int64(anyFlags&^venue.PostOnly), int64(anyFlags&^venue.ReduceOnly)
	for _, c := range []struct {
		name  string
		edit  func(*venue.PlaceOrder)
		price venue.Price
		want  venue.Refusal
	}{
		{"limit", func(o *venue.PlaceOrder) {}, 2000, venue.Refusal{}},
		{"instrument 0", func(o *venue.PlaceOrder) { o.Instrument = 0 }, 0, refuse(venue.UnknownInstrument, venue.FieldInstrument, 3)},
		{"instrument 4", func(o *venue.PlaceOrder) { o.Instrument = 4 }, 0, refuse(venue.UnknownInstrument, venue.FieldInstrument, 3)},
		{"side 0", func(o *venue.PlaceOrder) { o.Side = 0 }, 0, bad(venue.FieldSide, 2)},
		{"side 3", func(o *venue.PlaceOrder) { o.Side = 3 }, 0, bad(venue.FieldSide, 2)},
		{"type 0", func(o *venue.PlaceOrder) { o.Type = 0 }, 0, bad(venue.FieldType, 4)},
		{"type 5", func(o *venue.PlaceOrder) { o.Type = 5 }, 0, bad(venue.FieldType, 4)},
		{"tif 0", func(o *venue.PlaceOrder) { o.TIF = 0 }, 0, bad(venue.FieldTIF, 5)},
		{"tif 6", func(o *venue.PlaceOrder) { o.TIF = 6 }, 0, bad(venue.FieldTIF, 5)},
		{"stp 0", func(o *venue.PlaceOrder) { o.STP = 0 }, 0, bad(venue.FieldSTP, 4)},
		{"stp 5", func(o *venue.PlaceOrder) { o.STP = 5 }, 0, bad(venue.FieldSTP, 4)},
		{"unknown flag", func(o *venue.PlaceOrder) { o.Flags = 32 }, 0, bad(venue.FieldFlags, int64(anyFlags))},
		{"quote", func(o *venue.PlaceOrder) { o.Flags = venue.Quote }, 0, bad(venue.FieldFlags, int64(anyFlags))},
		{"by the mark and no stop", func(o *venue.PlaceOrder) { o.Flags = venue.ByMark }, 0, combo(venue.FieldFlags, int64(anyFlags&^venue.ByMark))},
		{"qty 0", func(o *venue.PlaceOrder) { o.Qty = 0 }, 0, refuse(venue.BadQty, venue.FieldQty, 1)},
		{"qty negative", func(o *venue.PlaceOrder) { o.Qty = -1 }, 0, refuse(venue.BadQty, venue.FieldQty, 1)},
		{"qty at its limit", func(o *venue.PlaceOrder) { o.Qty = 5000 }, 2000, venue.Refusal{}},
		{"qty above its limit", func(o *venue.PlaceOrder) { o.Qty = 5001 }, 0, refuse(venue.BadQty, venue.FieldQty, 5000)},
		{"price at the low end", func(o *venue.PlaceOrder) { o.Price = 100 }, 100, venue.Refusal{}},
		{"price below the range", func(o *venue.PlaceOrder) { o.Price = 99 }, 0, refuse(venue.PriceOutOfRange, venue.FieldPrice, 100)},
		{"price above the range", func(o *venue.PlaceOrder) { o.Price = 20_001 }, 0, refuse(venue.PriceOutOfRange, venue.FieldPrice, 20_000)},
		{"limit with a stop", func(o *venue.PlaceOrder) { o.Stop = 2100 }, 0, combo(venue.FieldStop, 0)},

		// MAT-03: band 10 % around 2000.
		{"buy at the band", func(o *venue.PlaceOrder) { o.Price = 2200 }, 2200, venue.Refusal{}},
		{"buy above the band", func(o *venue.PlaceOrder) { o.Price = 2201 }, 0, refuse(venue.PriceOutOfBand, venue.FieldPrice, 2200)},
		{"sell at the band", func(o *venue.PlaceOrder) { o.Side, o.Price = venue.Sell, 1800 }, 1800, venue.Refusal{}},
		{"sell below the band", func(o *venue.PlaceOrder) { o.Side, o.Price = venue.Sell, 1799 }, 0, refuse(venue.PriceOutOfBand, venue.FieldPrice, 1800)},
		{"passive sell above the band", func(o *venue.PlaceOrder) { o.Side, o.Price = venue.Sell, 20_000 }, 20_000, venue.Refusal{}},
		{"market buy", func(o *venue.PlaceOrder) { o.Type, o.TIF, o.Price = venue.Market, venue.IOC, 0 }, 2200, venue.Refusal{}},
		{"market sell", func(o *venue.PlaceOrder) { o.Side, o.Type, o.TIF, o.Price = venue.Sell, venue.Market, venue.Day, 0 }, 1800, venue.Refusal{}},
		{"market all or nothing", func(o *venue.PlaceOrder) { o.Type, o.TIF, o.Price = venue.Market, venue.FOK, 0 }, 2200, venue.Refusal{}},
		{"market with a price", func(o *venue.PlaceOrder) { o.Type, o.TIF = venue.Market, venue.IOC }, 0, combo(venue.FieldPrice, 0)},
		{"market until a time", func(o *venue.PlaceOrder) { o.Type, o.TIF, o.Price, o.Expire = venue.Market, venue.GTD, 0, now+1 }, 0, combo(venue.FieldTIF, int64(venue.IOC))},

		{"post-only", func(o *venue.PlaceOrder) { o.Flags = venue.PostOnly }, 2000, venue.Refusal{}},
		{"post-only at once", func(o *venue.PlaceOrder) { o.Flags, o.TIF = venue.PostOnly, venue.IOC }, 0, combo(venue.FieldFlags, noPost)},
		{"post-only all or nothing", func(o *venue.PlaceOrder) { o.Flags, o.TIF = venue.PostOnly, venue.FOK }, 0, combo(venue.FieldFlags, noPost)},
		{"post-only market", func(o *venue.PlaceOrder) { o.Flags, o.Type, o.Price = venue.PostOnly, venue.Market, 0 }, 0, combo(venue.FieldFlags, noPost)},
		{"post-only stop", func(o *venue.PlaceOrder) { o.Flags, o.Type, o.Price, o.Stop = venue.PostOnly, venue.Stop, 0, 2100 }, 0, combo(venue.FieldFlags, noPost)},
		{"post-only stop-limit", func(o *venue.PlaceOrder) { o.Flags, o.Type, o.Stop = venue.PostOnly, venue.StopLimit, 2100 }, 0, combo(venue.FieldFlags, noPost)},
		{"reduce-only future", func(o *venue.PlaceOrder) { o.Flags = venue.ReduceOnly }, 2000, venue.Refusal{}},
		{"reduce-only spot", func(o *venue.PlaceOrder) { o.Instrument, o.Flags = 2, venue.ReduceOnly }, 0, combo(venue.FieldFlags, noReduce)},
		{"all flags", func(o *venue.PlaceOrder) { o.Flags = anyFlags &^ venue.ByMark }, 2000, venue.Refusal{}},

		{"min qty at once", func(o *venue.PlaceOrder) { o.TIF, o.MinQty = venue.IOC, 10 }, 2000, venue.Refusal{}},
		{"min qty of a resting order", func(o *venue.PlaceOrder) { o.MinQty = 1 }, 0, combo(venue.FieldMinQty, 0)},
		{"min qty all or nothing", func(o *venue.PlaceOrder) { o.TIF, o.MinQty = venue.FOK, 1 }, 0, combo(venue.FieldMinQty, 0)},
		{"min qty above qty", func(o *venue.PlaceOrder) { o.TIF, o.MinQty = venue.IOC, 11 }, 0, refuse(venue.BadQty, venue.FieldMinQty, 10)},
		{"min qty negative", func(o *venue.PlaceOrder) { o.TIF, o.MinQty = venue.IOC, -1 }, 0, refuse(venue.BadQty, venue.FieldMinQty, 0)},
		{"display", func(o *venue.PlaceOrder) { o.Display = 10 }, 2000, venue.Refusal{}},
		{"display above qty", func(o *venue.PlaceOrder) { o.Display = 11 }, 0, refuse(venue.BadQty, venue.FieldDisplay, 10)},
		{"display negative", func(o *venue.PlaceOrder) { o.Display = -1 }, 0, refuse(venue.BadQty, venue.FieldDisplay, 0)},
		{"display at once", func(o *venue.PlaceOrder) { o.TIF, o.Display = venue.IOC, 1 }, 0, combo(venue.FieldDisplay, 0)},
		{"display all or nothing", func(o *venue.PlaceOrder) { o.TIF, o.Display = venue.FOK, 1 }, 0, combo(venue.FieldDisplay, 0)},
		{"display market", func(o *venue.PlaceOrder) { o.Type, o.Price, o.Display = venue.Market, 0, 1 }, 0, combo(venue.FieldDisplay, 0)},
		{"display stop", func(o *venue.PlaceOrder) { o.Type, o.Price, o.Stop, o.Display = venue.Stop, 0, 2100, 1 }, 0, combo(venue.FieldDisplay, 0)},
		{"display stop-limit", func(o *venue.PlaceOrder) { o.Type, o.Stop, o.Display = venue.StopLimit, 2100, 1 }, 2000, venue.Refusal{}},

		{"until a time", func(o *venue.PlaceOrder) { o.TIF, o.Expire = venue.GTD, now+1 }, 2000, venue.Refusal{}},
		{"until now", func(o *venue.PlaceOrder) { o.TIF, o.Expire = venue.GTD, now }, 0, refuse(venue.AlreadyExpired, venue.FieldExpire, int64(now))},
		{"until no time", func(o *venue.PlaceOrder) { o.TIF = venue.GTD }, 0, refuse(venue.AlreadyExpired, venue.FieldExpire, int64(now))},
		{"day with a time", func(o *venue.PlaceOrder) { o.TIF, o.Expire = venue.Day, now+1 }, 0, combo(venue.FieldExpire, 0)},

		// The band around the trigger: 2100·1.1 and 1900·0.9.
		{"stop buy", func(o *venue.PlaceOrder) { o.Type, o.Price, o.Stop = venue.Stop, 0, 2100 }, 2310, venue.Refusal{}},
		{"stop sell", func(o *venue.PlaceOrder) { o.Side, o.Type, o.Price, o.Stop = venue.Sell, venue.Stop, 0, 1900 }, 1710, venue.Refusal{}},
		{"stop with a price", func(o *venue.PlaceOrder) { o.Type, o.Stop = venue.Stop, 2100 }, 0, combo(venue.FieldPrice, 0)},
		{"stop without a trigger", func(o *venue.PlaceOrder) { o.Type, o.Price = venue.Stop, 0 }, 0, refuse(venue.PriceOutOfRange, venue.FieldStop, 100)},
		{"stop out of range", func(o *venue.PlaceOrder) { o.Type, o.Price, o.Stop = venue.Stop, 0, 20_001 }, 0, refuse(venue.PriceOutOfRange, venue.FieldStop, 20_000)},
		{"stop at once", func(o *venue.PlaceOrder) { o.Type, o.Price, o.Stop, o.TIF = venue.Stop, 0, 2100, venue.IOC }, 0, combo(venue.FieldTIF, int64(venue.GTC))},
		{"stop-limit beyond the band", func(o *venue.PlaceOrder) { o.Type, o.Price, o.Stop = venue.StopLimit, 2500, 2450 }, 2500, venue.Refusal{}},
		{"stop-limit all or nothing", func(o *venue.PlaceOrder) { o.Type, o.Stop, o.TIF = venue.StopLimit, 2100, venue.FOK }, 0, combo(venue.FieldTIF, int64(venue.GTC))},
		{"buy stop just above the last trade", func(o *venue.PlaceOrder) { o.Type, o.Stop = venue.StopLimit, 2021 }, 2000, venue.Refusal{}},
		{"buy stop at the last trade", func(o *venue.PlaceOrder) { o.Type, o.Stop = venue.StopLimit, 2020 }, 0, refuse(venue.StopAlreadyReached, venue.FieldStop, 2020)},
		{"buy stop below the last trade", func(o *venue.PlaceOrder) { o.Type, o.Stop = venue.StopLimit, 2000 }, 0, refuse(venue.StopAlreadyReached, venue.FieldStop, 2020)},
		{"sell stop just below the last trade", func(o *venue.PlaceOrder) { o.Side, o.Type, o.Stop = venue.Sell, venue.StopLimit, 2019 }, 2000, venue.Refusal{}},
		{"sell stop at the last trade", func(o *venue.PlaceOrder) { o.Side, o.Type, o.Stop = venue.Sell, venue.StopLimit, 2020 }, 0, refuse(venue.StopAlreadyReached, venue.FieldStop, 2020)},
		{"sell stop above the last trade", func(o *venue.PlaceOrder) { o.Side, o.Type, o.Stop = venue.Sell, venue.StopLimit, 2100 }, 0, refuse(venue.StopAlreadyReached, venue.FieldStop, 2020)},

		{"buy stop just above the mark", func(o *venue.PlaceOrder) { o.Type, o.Stop, o.Flags = venue.StopLimit, 2001, venue.ByMark }, 2000, venue.Refusal{}},
		{"buy stop at the mark", func(o *venue.PlaceOrder) { o.Type, o.Stop, o.Flags = venue.StopLimit, 2000, venue.ByMark }, 0, refuse(venue.StopAlreadyReached, venue.FieldStop, 2000)},
		{"sell stop at the mark", func(o *venue.PlaceOrder) {
			o.Side, o.Type, o.Stop, o.Flags = venue.Sell, venue.StopLimit, 2000, venue.ByMark
		}, 0, refuse(venue.StopAlreadyReached, venue.FieldStop, 2000)},
		{"sell stop below the mark", func(o *venue.PlaceOrder) {
			o.Side, o.Type, o.Stop, o.Flags = venue.Sell, venue.StopLimit, 1999, venue.ByMark
		}, 2000, venue.Refusal{}},

		// Before the first mark.
		{"spot limit without a mark", func(o *venue.PlaceOrder) { o.Instrument, o.Price = 2, 20_000 }, 20_000, venue.Refusal{}},
		{"spot market without a mark", func(o *venue.PlaceOrder) { o.Instrument, o.Type, o.Price = 2, venue.Market, 0 }, 0, refuse(venue.NoMark, venue.FieldMark, 0)},
		{"future limit without a mark", func(o *venue.PlaceOrder) { o.Instrument = 3 }, 0, refuse(venue.NoMark, venue.FieldMark, 0)},
	} {
		s := open(t)
		s.SetLast(1, 2020)
		o := order()
		c.edit(&o)
		m, price, why := s.Admit(&o, now)
		if price != c.price || why != c.want || (m == nil) != c.want.Refused() {
			t.Errorf("%s: %d, %+v; want %d, %+v (order %+v)", c.name, price, why, c.price, c.want, o)
		}
	}
}

// MAT-03: bounds are rounded inward and stay within the range of the terms.
func TestMAT03Band(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(1)
		i := month()
		i.Low = venue.Price(rapid.IntRange(1, 3000).Draw(t, "low"))
		i.High = i.Low + venue.Price(rapid.IntRange(0, 3000).Draw(t, "range"))
		i.Band = venue.Rate(rapid.IntRange(1, 1_000_000).Draw(t, "band"))
		if why := s.List(&i); why.Refused() {
			t.Fatalf("refused %+v", why)
		}
		mark := venue.Price(rapid.IntRange(int(i.Low), int(i.High)).Draw(t, "mark"))
		s.SetMark(1, mark)
		m := s.Get(1)
		b := big.NewRat(int64(i.Band), 1_000_000)
		within := func(p venue.Price) bool {
			d := new(big.Rat).Sub(big.NewRat(int64(p), int64(mark)), big.NewRat(1, 1))
			return p >= i.Low && p <= i.High && d.Abs(d).Cmp(b) <= 0
		}
		if !within(m.Lower) || !within(m.Upper) || within(m.Lower-1) || within(m.Upper+1) {
			t.Fatalf("band of %d by %d in %d..%d is %d..%d", mark, i.Band, i.Low, i.High, m.Lower, m.Upper)
		}
	})
}

func TestSetMark(t *testing.T) {
	s := open(t)
	for _, c := range []struct {
		id      venue.InstrumentID
		p       venue.Price
		want    venue.Refusal
		version uint32
	}{
		{1, 2000, venue.Refusal{}, 1}, // The same again.
		{1, 99, refuse(venue.PriceOutOfRange, venue.FieldPrice, 100), 1},
		{1, 20_001, refuse(venue.PriceOutOfRange, venue.FieldPrice, 20_000), 1},
		{1, 2001, venue.Refusal{}, 2},
		{9, 2001, refuse(venue.UnknownInstrument, venue.FieldInstrument, 3), 0},
	} {
		if got := s.SetMark(c.id, c.p); got != c.want {
			t.Errorf("SetMark(%d, %d) = %+v, want %+v", c.id, c.p, got, c.want)
		}
		if c.version != 0 && s.Marks()[c.id].Version != c.version {
			t.Errorf("after SetMark(%d, %d): version %d, want %d", c.id, c.p, s.Marks()[c.id].Version, c.version)
		}
	}
}

// The table of the package comment is the one that the code uses.
func TestPhaseTable(t *testing.T) {
	src, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	want.WriteString("//\tphase          ")
	for a := range actions {
		fmt.Fprintf(&want, " %-6s", a)
	}
	table := strings.TrimRight(want.String(), " ") + "\n"
	for p := venue.Continuous; p <= venue.ProtectAuction; p++ {
		row := fmt.Sprintf("//\t%-15s", p)
		for a := range actions {
			word := "no"
			if Allows(p, a) {
				word = "yes"
			}
			row += fmt.Sprintf(" %-6s", word)
		}
		table += strings.TrimRight(row, " ") + "\n"
	}
	if !bytes.Contains(src, []byte(table)) {
		t.Errorf("doc.go does not contain the table\n%s", table)
	}
}

func TestPhases(t *testing.T) {
	s := open(t)
	for _, c := range []struct {
		phase                 venue.Phase
		enter, amend, reduced venue.Reason
	}{
		{venue.Continuous, venue.OK, venue.OK, venue.OK},
		{venue.CancelOnly, venue.NotOpen, venue.NotOpen, venue.OK},
		{venue.Halted, venue.NotOpen, venue.NotOpen, venue.NotOpen},
		{venue.PreOpen, venue.OK, venue.OK, venue.OK},
		{venue.OpenAuction, venue.OK, venue.NotOpen, venue.NotOpen},
		{venue.ClosingAuction, venue.OK, venue.OK, venue.OK},
		{venue.ProtectAuction, venue.OK, venue.OK, venue.OK},
	} {
		s.SetPhase(1, c.phase)
		o := order()
		_, _, enter := s.Admit(&o, now)
		a := amended()
		amend := s.AdmitAmend(1, &a)
		a.NewPrice, a.NewQty = a.Price, 5
		reduced := s.AdmitAmend(1, &a)
		if enter.Reason != c.enter || amend.Reason != c.amend || reduced.Reason != c.reduced {
			t.Errorf("%s: enter %+v, amend %+v, reduce %+v; want %d, %d, %d", c.phase, enter, amend, reduced, c.enter, c.amend, c.reduced)
		}
	}
	for _, p := range []venue.Phase{0, 8} {
		if got, want := s.SetPhase(1, p), refuse(venue.BadField, venue.FieldPhase, 7); got != want {
			t.Errorf("SetPhase(1, %d) = %+v, want %+v", p, got, want)
		}
	}
	if got, want := s.SetPhase(9, venue.Halted), refuse(venue.UnknownInstrument, venue.FieldInstrument, 3); got != want {
		t.Errorf("SetPhase(9) = %+v, want %+v", got, want)
	}
}

// amended moves a buy of 10, 2 of them filled, from 2000 to 2100.
func amended() Amended {
	return Amended{Side: venue.Buy, Type: venue.Limit, Price: 2000, Qty: 10, Filled: 2, NewPrice: 2100, NewQty: 10}
}

func TestAdmitAmend(t *testing.T) {
	s := open(t)
	for _, c := range []struct {
		name string
		id   venue.InstrumentID
		edit func(*Amended)
		want venue.Refusal
	}{
		{"good", 1, func(a *Amended) {}, venue.Refusal{}},
		{"unknown", 9, func(a *Amended) {}, refuse(venue.UnknownInstrument, venue.FieldInstrument, 3)},
		{"qty 0", 1, func(a *Amended) { a.NewQty = 0 }, refuse(venue.BadQty, venue.FieldQty, 1)},
		{"qty too large", 1, func(a *Amended) { a.NewQty = 5001 }, refuse(venue.BadQty, venue.FieldQty, 5000)},
		{"qty filled", 1, func(a *Amended) { a.NewQty = 2 }, refuse(venue.QtyBelowFilled, venue.FieldQty, 3)},
		{"least qty", 1, func(a *Amended) { a.NewQty = 3 }, venue.Refusal{}},
		{"out of range", 1, func(a *Amended) { a.NewPrice = 99 }, refuse(venue.PriceOutOfRange, venue.FieldPrice, 100)},
		{"out of band", 1, func(a *Amended) { a.NewPrice = 2201 }, refuse(venue.PriceOutOfBand, venue.FieldPrice, 2200)},
		{"reduced out of band", 1, func(a *Amended) { a.Price, a.NewPrice, a.NewQty = 2201, 2201, 9 }, venue.Refusal{}},
		{"enlarged out of band", 1, func(a *Amended) { a.Price, a.NewPrice, a.NewQty = 2201, 2201, 11 }, refuse(venue.PriceOutOfBand, venue.FieldPrice, 2200)},
		{"dormant out of band", 1, func(a *Amended) { a.Type, a.Dormant, a.NewPrice = venue.StopLimit, true, 2201 }, venue.Refusal{}},
		{"stop given a price", 1, func(a *Amended) { a.Type, a.Dormant, a.Price = venue.Stop, true, 0 }, refuse(venue.UnsupportedCombination, venue.FieldPrice, 0)},
		{"stop enlarged", 1, func(a *Amended) { a.Type, a.Dormant, a.Price, a.NewPrice, a.NewQty = venue.Stop, true, 0, 0, 20 }, venue.Refusal{}},
		{"without a mark", 2, func(a *Amended) { a.NewPrice = 20_000 }, venue.Refusal{}},
	} {
		a := amended()
		c.edit(&a)
		if got := s.AdmitAmend(c.id, &a); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// FEE-01: each side's fee rounds up.
func TestFEE01(t *testing.T) {
	m := open(t).Get(1)
	// 2001·3·744_000 = 4_466_232_000: 446_623.2 and 2_233_116.
	if maker, taker := m.Fees(2001, 3); maker != 446_624 || taker != 2_233_116 {
		t.Errorf("Fees(2001, 3) = %d, %d; want 446624, 2233116", maker, taker)
	}
}

func TestEndOfDay(t *testing.T) {
	for _, c := range [][2]venue.Time{{0, day}, {1, day}, {day - 1, day}, {day, 2 * day}, {1_800_000_000 * venue.Second, 1_800_057_600 * venue.Second}} {
		if got := EndOfDay(c[0]); got != c[1] {
			t.Errorf("EndOfDay(%d) = %d, want %d", c[0], got, c[1])
		}
	}
}

func TestAllocs(t *testing.T) {
	s := open(t)
	good, refused := order(), order()
	refused.Price = 2201
	p := venue.Price(2000)
	if n := testing.AllocsPerRun(1000, func() {
		p ^= 1
		s.SetMark(1, p)
		s.Admit(&good, now)
		s.Admit(&refused, now)
		s.SetLast(1, p)
	}); n != 0 {
		t.Errorf("Admit and SetMark allocate %v times, want 0", n)
	}
}

func BenchmarkAdmit(b *testing.B) {
	s := open(b)
	o := order()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, why := s.Admit(&o, now); why.Refused() {
			b.Fatal(why)
		}
	}
}

func TestState(t *testing.T) {
	s := open(t)
	s.SetLast(1, 2020)
	s.SetMark(1, 2100)
	s.SetPhase(2, venue.CancelOnly)
	b := s.AppendState([]byte("before"))
	got := New(4)
	rest, err := got.LoadState(append(b[6:len(b):len(b)], "after"...))
	if err != nil || string(rest) != "after" {
		t.Fatalf("LoadState left %q, %v", rest, err)
	}
	if again := got.AppendState(nil); !bytes.Equal(again, b[6:]) {
		t.Errorf("restored state is\n%x, want\n%x", again, b[6:])
	}
	if g, w := got.Marks()[0], s.Marks()[0]; g != w || w.Price != 2 {
		t.Errorf("%+v changes of marks restored as %+v, want 2", w, g)
	}
	for i := venue.InstrumentID(1); i <= 3; i++ {
		if g, w := fmt.Sprintf("%+v %+v", *got.Get(i), got.Mark(i)), fmt.Sprintf("%+v %+v", *s.Get(i), s.Mark(i)); g != w {
			t.Errorf("market %d restored as\n%s, want\n%s", i, g, w)
		}
	}
	if _, err := got.LoadState(b[6:]); err == nil {
		t.Error("LoadState loaded over markets that are in use")
	}
	for n := range len(b) - 6 {
		if _, err := New(4).LoadState(b[6 : 6+n]); err == nil {
			t.Errorf("LoadState took %d of %d bytes", n, len(b)-6)
		}
	}
}

func FuzzLoadState(f *testing.F) {
	f.Add(open(f).AppendState(nil))
	f.Add(New(1).AppendState(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := New(4)
		rest, err := s.LoadState(b)
		if err != nil {
			return
		}
		if again := s.AppendState(nil); !bytes.Equal(again, b[:len(b)-len(rest)]) {
			t.Errorf("LoadState took %x and gives back %x", b, again)
		}
	})
}
