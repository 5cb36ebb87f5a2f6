package venue

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// bigMulDiv is the slow twin of MulDiv.
func bigMulDiv(a, b, c int64, r Rounding) (int64, bool) {
	if c <= 0 {
		return 0, false
	}
	num := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	den := big.NewInt(c)
	floor, mod := new(big.Int).DivMod(num, den, new(big.Int)) // Euclidean: floor for c > 0.
	twice := new(big.Int).Lsh(mod, 1).Cmp(den)
	up := mod.Sign() != 0 && (r == Up || (r != Down && twice > 0) ||
		(twice == 0 && (r == HalfUp || (r == HalfEven && floor.Bit(0) == 1))))
	if up {
		floor.Add(floor, big.NewInt(1))
	}
	return floor.Int64(), floor.IsInt64()
}

func TestMulDivAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Int64Range(-20, 20)
		any := rapid.OneOf(rapid.Int64(), small, rapid.SampledFrom([]int64{1<<63 - 1, -1 << 63, 1 << 62}))
		a, b := any.Draw(t, "a"), any.Draw(t, "b")
		c := rapid.OneOf(rapid.Int64Range(1, 1<<63-1), rapid.Int64Range(-2, 20)).Draw(t, "c")
		r := Rounding(rapid.IntRange(1, 4).Draw(t, "r"))
		got, ok := MulDiv(a, b, c, r)
		want, wantOK := bigMulDiv(a, b, c, r)
		if ok != wantOK || (ok && got != want) {
			t.Fatalf("MulDiv(%d, %d, %d, %d) = %d, %v; want %d, %v", a, b, c, r, got, ok, want, wantOK)
		}
	})
}

func TestMulAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64Range(-1<<40, 1<<40).Draw(t, "b")
		want := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		// The one value that only two's complement has counts as too large.
		wantOK := want.IsInt64() && want.Int64() != -1<<63
		got, ok := Mul(a, b)
		if ok != wantOK || (ok && got != want.Int64()) {
			t.Fatalf("Mul(%d, %d) = %d, %v; want %v, %v", a, b, got, ok, want, wantOK)
		}
	})
}

func TestFeeRounding(t *testing.T) {
	for _, c := range []struct {
		a    Amount
		r    Rate
		want Amount
	}{
		{1_000_000, 500, 500},
		{1, 500, 1},
		{0, 500, 0},
		{1_000_001, 500, 501},
		{1_000_001, -500, -500},
		{1, -500, 0},
	} {
		if got := Fee(c.a, c.r); got != c.want {
			t.Errorf("Fee(%d, %d) = %d, want %d", c.a, c.r, got, c.want)
		}
	}
}

func TestClOrdID(t *testing.T) {
	for s, want := range map[string]bool{
		"a": true, "12345678901234567890": true, "123456789012345678901": false, "": false,
		"with space": false, "tab\t": false, "ünï": false, "~!": true,
	} {
		id, ok := ParseClOrdID(s)
		if ok != want || (ok && id.String() != s) {
			t.Errorf("ParseClOrdID(%q) = %q, %v; want %v", s, id, ok, want)
		}
	}
}

func TestTapeKeepsItsMemory(t *testing.T) {
	var tape Tape
	write := func() {
		tape.Reset()
		tape.Begin(&Envelope{Seq: 7, Time: 9, Session: 3})
		for i := range 200 {
			tape.Traded().Trade = TradeID(i)
			tape.LevelChanged().Price = Price(i)
		}
	}
	write()
	if n := testing.AllocsPerRun(10, write); n != 0 {
		t.Errorf("writing a warm tape allocates %v times, want 0", n)
	}
	for i, e := range tape.Entries {
		if e.Seq != 7 || e.Index != uint32(i) || e.Session != 3 || e.Time != 9 {
			t.Fatalf("entry %d = %+v, want seq 7, index %d, session 3, time 9", i, e, i)
		}
	}
	if got := tape.Entries[398].Event.(*Traded).Trade; got != 199 {
		t.Errorf("trade of entry 398 = %d, want 199", got)
	}
}
