package venue

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestSumAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Sum
		want := new(big.Int)
		for range rapid.IntRange(0, 20).Draw(t, "n") {
			// Below 2^58 each, so that 20 products stay below 2^127.
			a := rapid.Int64Range(-1<<58, 1<<58).Draw(t, "a")
			b := rapid.Int64Range(-1<<58, 1<<58).Draw(t, "b")
			s = s.AddProduct(a, b)
			want.Add(want, new(big.Int).Mul(big.NewInt(a), big.NewInt(b)))
			if got := toBig(s.Wide()); got.Cmp(want) != 0 {
				t.Fatalf("sum after %d*%d = %v, want %v", a, b, got, want)
			}
		}
	})
}
