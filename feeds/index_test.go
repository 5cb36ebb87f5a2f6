package feeds

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

func is(q venue.Ratio, num, den int64) bool {
	return q.Cmp(venue.Ratio{Num: venue.ToWide(num), Den: venue.ToWide(den)}) == 0
}

// five contributors: shares .50 .25 .15 .06 .04 with a cap of .3. The first is
// capped and its .2 go to the others in proportion, which makes the second .35;
// it is capped too, and the last three share .4 as 15:6:4.
var five = []Contribution{{2_150_000, 500}, {2_100_000, 250}, {2_200_000, 150}, {3_000_000, 60}, {2_120_000, 40}}

// rules: IDX-01.
func TestCompute(t *testing.T) {
	v, ok := Compute(five, &Terms{Clamp: 100_000, Cap: 300_000, Contributors: 5})
	if !ok || !is(v.Median, 2_150_000, 1) {
		t.Fatalf("Compute = %v, median %+v", ok, v.Median)
	}
	for i, want := range []int64{300, 300, 240, 96, 64} {
		if !is(v.Weights[i], want, 1000) {
			t.Errorf("weight %d = %+v, want %d thousandths", i, v.Weights[i], want)
		}
	}
	// The price of 3.00 counts as 2.15 × 1.1 = 2.365.
	if !is(v.Raw, 2_165_720, 1) {
		t.Errorf("raw = %+v, want 2165720", v.Raw)
	}
	if p, ok := v.Publish(PublicationStep); !ok || p != 2_165_700 {
		t.Errorf("published %d %v, want 2165700", p, ok)
	}
	// Of 2.10, 2.12, 2.15 and 3.00 the two in the middle count; without room around
	// the median that is the index.
	four := []Contribution{five[4], five[0], five[1], five[3]}
	if v, ok := Compute(four, &Terms{Cap: venue.One, Contributors: 1}); !ok || !is(v.Median, 2_135_000, 1) || !is(v.Raw, 2_135_000, 1) {
		t.Errorf("median of four = %+v, raw %+v, want 2135000", v.Median, v.Raw)
	}
	if _, ok := Compute(five[:4], &Terms{Clamp: 100_000, Cap: 300_000, Contributors: 5}); ok {
		t.Errorf("an index of 4 contributors where 5 are needed")
	}
}

func TestPublishHalfUp(t *testing.T) {
	for _, c := range []struct{ num, den, want int64 }{
		{2_150_050, 1, 2_150_100}, {2_150_049, 1, 2_150_000}, {6_450_149, 3, 2_150_000}, {6_450_150, 3, 2_150_100}, {0, 1, 0},
	} {
		v := Value{Raw: venue.Ratio{Num: venue.ToWide(c.num), Den: venue.ToWide(c.den)}}
		if got, ok := v.Publish(PublicationStep); !ok || int64(got) != c.want {
			t.Errorf("Publish(%d/%d) = %d %v, want %d", c.num, c.den, got, ok, c.want)
		}
	}
}

// TestWeights: they sum to one, none is above the cap, those below keep the
// proportions of their volumes, and the index lies within the clamp.
func TestWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		least := int64((1_000_000 + n - 1) / n)
		terms := Terms{
			Clamp: venue.Rate(rapid.Int64Range(0, 1_000_000).Draw(t, "clamp")), Contributors: n,
			Cap: venue.Rate(rapid.OneOf(rapid.Just(least), rapid.Int64Range(least, 1_000_000)).Draw(t, "cap")),
		}
		amount := rapid.OneOf(rapid.Int64Range(1, 10), rapid.Int64Range(1, int64(venue.MaxAmount)))
		cs := make([]Contribution, n)
		for i := range cs {
			cs[i] = Contribution{venue.Amount(amount.Draw(t, "price")), venue.Qty(amount.Draw(t, "volume"))}
		}
		v, ok := Compute(cs, &terms)
		if !ok {
			t.Fatalf("no index of %v", cs)
		}
		limit := venue.Ratio{Num: venue.ToWide(terms.Cap), Den: venue.ToWide(venue.One)}
		var sum venue.Wide // All weights have one denominator.
		for i, w := range v.Weights {
			sum = sum.Add(w.Num)
			if w.Num.Sign() <= 0 || w.Cmp(limit) > 0 {
				t.Fatalf("weight %d of %v with cap %d is %+v", i, cs, terms.Cap, w)
			}
			for j, u := range v.Weights {
				below := w.Cmp(limit) < 0 && u.Cmp(limit) < 0
				if below && w.Num.Mul(venue.ToWide(cs[j].Volume)).Cmp(u.Num.Mul(venue.ToWide(cs[i].Volume))) != 0 {
					t.Fatalf("weights %d and %d of %v are out of proportion", i, j, cs)
				}
			}
		}
		if sum.Cmp(v.Weights[0].Den) != 0 {
			t.Fatalf("weights of %v with cap %d sum to %+v of %+v", cs, terms.Cap, sum, v.Weights[0].Den)
		}
		lower := venue.Ratio{Num: v.Median.Num.Mul(venue.ToWide(venue.One - terms.Clamp)), Den: v.Median.Den.Mul(venue.ToWide(venue.One))}
		if v.Raw.Num.Sign() < 0 || terms.Clamp == 0 && v.Raw.Num.Mul(lower.Den).Cmp(lower.Num.Mul(v.Raw.Den)) != 0 {
			t.Fatalf("index of %v out of the clamp", cs)
		}
	})
}

func TestTerms(t *testing.T) {
	for _, c := range []struct {
		terms Terms
		field venue.Field
		limit int64
	}{
		{Terms{100_000, 200_000, 5}, 0, 0},
		{Terms{0, venue.One, 1}, 0, 0},
		{Terms{-1, 200_000, 5}, venue.FieldBand, 1_000_000},
		{Terms{1_000_001, 200_000, 5}, venue.FieldBand, 1_000_000},
		{Terms{0, 199_999, 5}, venue.FieldRange, 200_000},
		{Terms{0, 333_333, 3}, venue.FieldRange, 333_334},
		{Terms{0, venue.One + 1, 5}, venue.FieldRange, 200_000},
		{Terms{0, venue.One, 0}, venue.FieldRange, MaxContributors},
		{Terms{0, venue.One, MaxContributors + 1}, venue.FieldRange, MaxContributors},
	} {
		if why := c.terms.Check(); why.Refused() != (c.field != 0) || why.Field != c.field || why.Limit != c.limit {
			t.Errorf("%+v.Check() = %+v, want field %d limit %d", c.terms, why, c.field, c.limit)
		}
	}
	for _, c := range []struct {
		of   Contribution
		want venue.Refusal
	}{
		{Contribution{1, 1}, venue.Refusal{}},
		{Contribution{0, 1}, venue.Refusal{Reason: venue.BadField, Field: venue.FieldPrice, Limit: 1}},
		{Contribution{1, 0}, venue.Refusal{Reason: venue.BadQty, Field: venue.FieldQty, Limit: 1}},
	} {
		if got := c.of.Check(); got != c.want {
			t.Errorf("%+v.Check() = %+v, want %+v", c.of, got, c.want)
		}
	}
}

// TestReading: too few contributors keep the last price and say that it is stale.
func TestReading(t *testing.T) {
	terms := Terms{Clamp: 100_000, Cap: 300_000, Contributors: 5}
	const age = 100
	r := Reading{}.Publish(five[:4], &terms, 10)
	if r.Valid || !r.Stale || r.Fresh(10, age) {
		t.Errorf("first reading of too few = %+v", r)
	}
	r = r.Publish(five, &terms, 20)
	if want := (Reading{Price: 2_165_700, At: 20, Valid: true}); r != want || !r.Fresh(120, age) || r.Fresh(121, age) {
		t.Errorf("reading = %+v, want %+v, fresh for %d", r, want, age)
	}
	r = r.Publish(five[:1], &terms, 30)
	if want := (Reading{Price: 2_165_700, At: 20, Valid: true, Stale: true}); r != want || r.Fresh(30, age) {
		t.Errorf("reading = %+v, want %+v", r, want)
	}
	if r = r.Publish(five, &terms, 40); r.Stale || r.At != 40 {
		t.Errorf("reading after it came back = %+v", r)
	}
}
