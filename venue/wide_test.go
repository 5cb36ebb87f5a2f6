package venue

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// toBig is w as a big.Int.
func toBig(w Wide) *big.Int {
	v := new(big.Int)
	for i := 3; i >= 0; i-- {
		v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(w.mag[i]))
	}
	if w.neg {
		v.Neg(v)
	}
	return v
}

// drawWide draws a product of up to n factors and the same as a big.Int.
func drawWide(t *rapid.T, n int, label string) (Wide, *big.Int) {
	factors := rapid.SliceOfN(rapid.Int64(), 1, n).Draw(t, label)
	v := big.NewInt(1)
	for _, f := range factors {
		v.Mul(v, big.NewInt(f))
	}
	return WideProduct(factors...), v
}

func TestWideAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, x := drawWide(t, 3, "a")
		b, y := drawWide(t, 3, "b")
		for _, c := range []struct {
			what string
			got  Wide
			want *big.Int
		}{
			{"a", a, x},
			{"-a", a.Neg(), new(big.Int).Neg(x)},
			{"a+b", a.Add(b), new(big.Int).Add(x, y)},
			{"a-b", a.Sub(b), new(big.Int).Sub(x, y)},
		} {
			if toBig(c.got).Cmp(c.want) != 0 || c.got.neg && c.got.Sign() != -1 {
				t.Fatalf("%s = %v, want %v", c.what, toBig(c.got), c.want)
			}
		}
		if a.Cmp(b) != x.Cmp(y) || a.Sign() != x.Sign() {
			t.Fatalf("Cmp(%v, %v) = %d, Sign %d", x, y, a.Cmp(b), a.Sign())
		}
		v, ok := a.Int64()
		if ok != x.IsInt64() || ok && v != x.Int64() {
			t.Fatalf("Int64(%v) = %d %v", x, v, ok)
		}
	})
}

// slowQuo rounds a quotient from floor and the rest, by the definitions.
func slowQuo(x, y *big.Int, r Rounding) *big.Int {
	if y.Sign() < 0 {
		x, y = new(big.Int).Neg(x), new(big.Int).Neg(y)
	}
	q, rem := new(big.Int).DivMod(x, y, new(big.Int)) // Floor, because y > 0.
	twice := rem.Lsh(rem, 1).Cmp(y)
	up := rem.Sign() != 0 && r == Up || rem.Sign() != 0 && r == HalfUp && twice >= 0 ||
		r == HalfEven && (twice > 0 || twice == 0 && q.Bit(0) == 1)
	if up {
		q.Add(q, big.NewInt(1))
	}
	return q
}

func TestWideQuoAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, x := drawWide(t, 4, "a")
		b, y := drawWide(t, 3, "b")
		if rapid.Bool().Draw(t, "small") { // Exact halves want small numbers.
			n, d := rapid.Int64Range(-50, 50).Draw(t, "n"), rapid.Int64Range(-10, 10).Draw(t, "d")
			a, x, b, y = ToWide(n), big.NewInt(n), ToWide(d), big.NewInt(d)
		}
		if y.Sign() == 0 {
			return
		}
		for _, r := range []Rounding{Down, Up, HalfUp, HalfEven} {
			if got, want := toBig(a.Quo(b, r)), slowQuo(x, y, r); got.Cmp(want) != 0 {
				t.Fatalf("%v / %v rounded %d = %v, want %v", x, y, r, got, want)
			}
		}
	})
}

func TestWideBeyond256Bits(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a product of 5 int64 beyond 256 bits was not caught")
		}
	}()
	const m = -1 << 63
	WideProduct(m, m, m, m, m)
}

func TestRatio(t *testing.T) {
	third := Ratio{ToWide(int64(1)), ToWide(int64(3))}
	if v, ok := third.At(1_000_000_000_000, HalfEven); v != 333_333_333_333 || !ok {
		t.Errorf("1/3 to 12 decimals = %d %v", v, ok)
	}
	if third.Cmp(Ratio{ToWide(int64(2)), ToWide(int64(6))}) != 0 || third.Cmp(Ratio{ToWide(int64(1)), ToWide(int64(2))}) != -1 {
		t.Error("1/3 does not compare as 2/6 and below 1/2")
	}
}
