package check

import (
	"errors"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// apply lets a checker hear some events of a tick and returns the property that
// broke.
func apply(t *testing.T, c *Checker, events ...venue.Event) Property {
	t.Helper()
	var entries []venue.Entry
	for i, e := range events {
		entries = append(entries, venue.Entry{Seq: c.seq() + 1, Index: uint32(i), Event: e})
	}
	err := c.Apply(&venue.Envelope{Seq: c.seq() + 1, Time: 1, Command: &venue.Tick{}}, entries)
	if v, ok := errors.AsType[*Violation](err); ok {
		return v.Property
	}
	if err != nil {
		t.Fatal(err)
	}
	return ""
}

func (c *Checker) seq() venue.Seq {
	if c.env == nil {
		return 0
	}
	return c.env.Seq
}

// TestFundEndures wants a fund that takes collateral to be worth what it was: it may
// owe money, but no more than what it took counts for. A price may change that.
func TestFundEndures(t *testing.T) {
	begin := func() *Checker {
		c := New()
		if p := apply(t, c, &venue.AssetListed{Asset: 2, Decimals: 0}, &venue.CollateralSet{Asset: 2, Price: 100, Rate: 900_000},
			&venue.AccountOpened{Account: venue.FirstAccount, Owner: 1}, &venue.Deposited{Account: venue.FirstAccount, Asset: 2, Amount: 10}); p != "" {
			t.Fatalf("setting up broke %s", p)
		}
		return c
	}
	for _, v := range []struct {
		value venue.Amount
		want  Property
	}{{180, ""}, {181, FundWorth}} {
		seized := &venue.CollateralSeized{Account: venue.FirstAccount, Asset: 2, Amount: 2, Value: v.value}
		if got := apply(t, begin(), seized); got != v.want {
			t.Errorf("2 units that count for 90 each pay %d: broke %q, want %q", v.value, got, v.want)
		}
	}
	c := begin()
	if got := apply(t, c, &venue.CollateralSeized{Account: venue.FirstAccount, Asset: 2, Amount: 2, Value: 180}, &venue.CollateralSet{Asset: 2, Price: 50, Rate: 900_000}); got != "" {
		t.Errorf("a collateral that falls breaks %q", got)
	}
	if got := apply(t, c); got != "" {
		t.Errorf("a fund that owes already breaks %q", got)
	}
	if c.Tally().WorthLowest != -90 {
		t.Errorf("the fund was worth %d at its lowest, want -90", c.Tally().WorthLowest)
	}
}
