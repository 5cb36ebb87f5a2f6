package rule

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The slow twins of the rules are written from their words, in rationals, and
// share nothing with the code: they read the same JSON and answer in decimals.

type obj = map[string]any

// num reads a decimal, an int or a rational.
func num(v any) *big.Rat {
	switch v := v.(type) {
	case *big.Rat:
		return v
	case int:
		return big.NewRat(int64(v), 1)
	case int64:
		return big.NewRat(v, 1)
	case string:
		r, ok := new(big.Rat).SetString(v)
		if ok {
			return r
		}
	}
	panic(fmt.Sprintf("%v is no number", v))
}

func times(all ...any) *big.Rat {
	p := big.NewRat(1, 1)
	for _, v := range all {
		p.Mul(p, num(v))
	}
	return p
}

func plus(all ...any) *big.Rat {
	p := new(big.Rat)
	for _, v := range all {
		p.Add(p, num(v))
	}
	return p
}

func minus(a, b any) *big.Rat { return new(big.Rat).Sub(num(a), num(b)) }
func over(a, b any) *big.Rat  { return new(big.Rat).Quo(num(a), num(b)) }
func least(a, b any) *big.Rat {
	if num(a).Cmp(num(b)) < 0 {
		return num(a)
	}
	return num(b)
}

func most(a, b any) *big.Rat { return new(big.Rat).Neg(least(minus(0, a), minus(0, b))) }
func size(v any) *big.Rat    { return new(big.Rat).Abs(num(v)) }

// The roundings of the conventions: requirements up, credits down, quotients
// half-even to 12 decimals.
func roundUp(r *big.Rat) string   { return plain(rounded(r, 6, 1), 6) }
func roundDown(r *big.Rat) string { return plain(rounded(r, 6, -1), 6) }
func twelve(r *big.Rat) string    { return plain(rounded(r, 12, 0), 12) }

// ratUp is roundUp as a number.
func ratUp(r *big.Rat) *big.Rat { return num(roundUp(r)) }

// rounded returns units of 10^-places: up, down or, for 0, half-even.
func rounded(r *big.Rat, places int64, mode int) *big.Int {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(places), nil)
	s := new(big.Rat).Mul(r, new(big.Rat).SetInt(scale))
	q, rem := new(big.Int).DivMod(s.Num(), s.Denom(), new(big.Int))
	twice := new(big.Int).Lsh(rem, 1).Cmp(s.Denom())
	if mode > 0 && rem.Sign() != 0 || mode == 0 && (twice > 0 || twice == 0 && q.Bit(0) == 1) {
		q.Add(q, big.NewInt(1))
	}
	return q
}

// plain writes units of 10^-places without zeros at the end.
func plain(v *big.Int, places int64) string {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(places), nil)
	s := new(big.Rat).SetFrac(v, scale).FloatString(int(places))
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// exactly writes a rational that ends.
func exactly(r *big.Rat) string { return plain(rounded(r, 18, 0), 18) }

// decimals draws a decimal with some places between two numbers of units.
func decimals(t *rapid.T, label string, low, high int64, places int) string {
	v := rapid.Int64Range(low, high).Draw(t, label)
	n := rapid.IntRange(0, places).Draw(t, label+" places")
	return plain(big.NewInt(v), int64(n))
}

// rate draws a rate in parts per million from 0 to high.
func rate(t *rapid.T, label string, high int64) string {
	return plain(big.NewInt(rapid.Int64Range(0, high).Draw(t, label)), 6)
}

// compare runs a rule and compares its output with the twin's, as JSON.
func compare(t interface{ Fatalf(string, ...any) }, id string, in, want any) {
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatalf("%v", err)
	}
	out, err := Run(id, raw)
	if err != nil {
		t.Fatalf("Run(%s, %s): %v", id, raw, err)
	}
	var got, expected any
	wanted, err := json.Marshal(want)
	if err != nil || json.Unmarshal(out, &got) != nil || json.Unmarshal(wanted, &expected) != nil {
		t.Fatalf("no JSON: %v %s", err, out)
	}
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(expected)
	if string(g) != string(w) {
		t.Fatalf("Run(%s, %s)\n got %s\nwant %s", id, raw, g, w)
	}
}

// refused runs the example of a rule with one change and wants a refusal.
func refused(t *testing.T, id, old, new, want string) {
	t.Helper()
	raw := example(t, id)
	in := strings.Replace(raw, old, new, 1)
	if in == raw {
		t.Fatalf("%s: the example has no %s", id, old)
	}
	if out, err := Run(id, []byte(in)); err == nil || err.Error() != want {
		t.Errorf("Run(%s) with %s = %s %v, want %q", id, new, out, err, want)
	}
}

// example is the input of a rule's example, on one line per value.
func example(t *testing.T, id string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", id+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var x struct{ In json.RawMessage }
	if err := json.Unmarshal(raw, &x); err != nil {
		t.Fatal(err)
	}
	return string(x.In)
}
