package changes

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

func name(n int) venue.ClOrdID {
	id, _ := venue.ParseClOrdID(fmt.Sprintf("change-%d", n))
	return id
}

func proposal(n int, by venue.OperatorID, c venue.Command) *venue.ProposeChange {
	return &venue.ProposeChange{Operator: by, Change: name(n), Reason: venue.ForRisk, Content: wire.Content(c)}
}

func add(t *testing.T, b *Book, c *venue.ProposeChange, now venue.Time) *Pending {
	t.Helper()
	inner, why := b.Check(c, now)
	if why.Refused() {
		t.Fatalf("Check(%v) refuses %+v", c.Change, why)
	}
	return b.Add(c, inner, now)
}

func enrolled(n venue.OperatorID) *Book {
	b := &Book{}
	for o := venue.OperatorID(1); o <= n; o++ {
		b.Enrol(o, true)
	}
	return b
}

func TestLimits(t *testing.T) {
	// rules: ADM-07, ADM-09
	b := enrolled(MaxOperators)
	if why := b.Enrol(MaxOperators+1, true); why.Reason != venue.TooManyChanges {
		t.Errorf("operator %d: %+v", MaxOperators+1, why)
	}
	for n := range MaxPending {
		add(t, b, proposal(n, 1, &venue.SetPhase{Instrument: venue.InstrumentID(n + 1), Phase: venue.Halted}), 0)
	}
	if _, why := b.Check(proposal(99, 1, &venue.SetPhase{Instrument: 99}), 0); why.Reason != venue.TooManyChanges || why.Limit != MaxPending {
		t.Errorf("one change too many: %+v", why)
	}
}

// TestOrder takes changes of random times and wants them in the order of those,
// and of the same time in the order in which they came to have it; and every state
// between, loaded, has the same bytes.
func TestOrder(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		b := enrolled(3)
		now := venue.Time(0)
		for n := range MaxPending {
			now += venue.Time(r.IntN(int(minute)))
			c := proposal(n, 1, &venue.SetPhase{Instrument: venue.InstrumentID(n + 1), Phase: venue.Halted})
			c.Effective = now + venue.Time(r.IntN(4))*60*minute
			p := add(t, b, c, now)
			if r.IntN(2) == 0 {
				if _, why := b.Approve(&venue.ApproveChange{Operator: 2, Change: c.Change, Digest: p.Digest}, now); why.Refused() {
					t.Fatalf("seed %d: %+v", seed, why)
				}
			}
			reload(t, b, seed)
		}
		was := venue.Time(0)
		for b.IsDue(1 << 62) {
			p, why := b.Take(1 << 62)
			if why.Refused() || p.At < was {
				t.Fatalf("seed %d: took %d after %d, %+v", seed, p.At, was, why)
			}
			if want := p.Proposal.Effective; p.Approver != 0 && p.At != want || p.Approver == 0 && p.At < want {
				t.Fatalf("seed %d: at %d, asked for %d", seed, p.At, want)
			}
			was = p.At
			reload(t, b, seed)
		}
	}
}

func reload(t *testing.T, b *Book, seed uint64) {
	t.Helper()
	var c Book
	state := b.AppendState(nil)
	rest, err := c.LoadState(append(bytes.Clone(state), 7))
	if err != nil || !bytes.Equal(rest, []byte{7}) || !bytes.Equal(c.AppendState(nil), state) {
		t.Fatalf("seed %d: state %x loads with %v and %x left", seed, state, err, rest)
	}
}

// FuzzLoadState wants bytes that load to be the state of what they load.
func FuzzLoadState(f *testing.F) {
	b := enrolled(3)
	c := proposal(1, 1, &venue.SetMark{Instrument: 1, Price: 5})
	inner, _ := b.Check(c, 0)
	b.Add(c, inner, 0)
	f.Add(b.AppendState(nil))
	f.Fuzz(func(t *testing.T, src []byte) {
		var b Book
		rest, err := b.LoadState(src)
		if err != nil {
			return
		}
		if got := append(b.AppendState(nil), rest...); !bytes.Equal(got, src) {
			t.Errorf("%x loads as %x", src, got)
		}
	})
}

// TestMarginsAreComparedEverywhere compares schedules of different brackets with a
// slow twin that looks at notionals on both sides of every end.
func TestMarginsAreComparedEverywhere(t *testing.T) {
	// rules: ADM-08
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 2))
		from := &venue.SetTerms{Band: 1000, MaxQty: 10, Brackets: drawn(r)}
		to := &venue.SetTerms{Band: 1000, MaxQty: 10, Brackets: drawn(r)}
		got, want := !CheckTerms(from, to).Refused(), slowWithin(from.Brackets, to.Brackets)
		if got != want {
			t.Fatalf("seed %d: from %v to %v is within: %v, want %v", seed, from.Brackets, to.Brackets, got, want)
		}
	}
}

func drawn(r *rand.Rand) []venue.Bracket {
	var list []venue.Bracket
	upto := venue.Amount(0)
	for range 1 + r.IntN(4) {
		upto += venue.Amount(1 + r.IntN(3))
		maintenance := venue.Rate(20 + r.IntN(22))
		list = append(list, venue.Bracket{Upto: upto, Initial: maintenance + 20, Maintenance: maintenance})
	}
	list[len(list)-1].Upto = venue.MaxAmount
	return list
}

func slowWithin(from, to []venue.Bracket) bool {
	at := func(list []venue.Bracket, n venue.Amount) venue.Bracket {
		return list[slices.IndexFunc(list, func(b venue.Bracket) bool { return n <= b.Upto })]
	}
	near := func(a, b venue.Rate) bool { return b <= 2*a && 2*b >= a }
	for n := venue.Amount(1); n < 20; n++ {
		a, b := at(from, n), at(to, n)
		if !near(a.Initial, b.Initial) || !near(a.Maintenance, b.Maintenance) {
			return false
		}
	}
	return true
}

func TestWithin(t *testing.T) {
	for _, tt := range []struct {
		from, to int64
		want     venue.Reason
	}{
		{100, 200, venue.OK},
		{100, 201, venue.ChangeTooLarge},
		{100, 50, venue.OK},
		{100, 49, venue.ChangeTooLarge},
		{5, 3, venue.OK},
		{5, 2, venue.ChangeTooLarge},
		{0, 7, venue.OK},
		{1 << 62, 1<<63 - 1, venue.OK},
		{1, 0, venue.ChangeTooLarge},
	} {
		if got := within(tt.from, tt.to, 2, venue.FieldBand).Reason; got != tt.want {
			t.Errorf("from %d to %d: %v, want %v", tt.from, tt.to, got, tt.want)
		}
	}
}
