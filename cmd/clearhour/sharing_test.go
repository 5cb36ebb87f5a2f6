package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// debtCommands let an account close far below the mark, with an empty fund: three
// others give of their gains, in parts that do not come out even.
func debtCommands() []venue.Command {
	all := slices.Clone(crashCommands()[2:5])
	id := func(s string) venue.ClOrdID {
		c, _ := venue.ParseClOrdID(s)
		return c
	}
	for n := range 4 {
		a := venue.FirstAccount + venue.AccountID(n)
		money := venue.Amount(1_000_000_000)
		if n == 0 {
			money = 20_000_000
		}
		all = append(all, &venue.OpenAccount{Account: a, Owner: venue.OwnerID(n + 1)}, &venue.Deposit{Account: a, Asset: venue.USD, Amount: money, Ref: id("d")})
	}
	order := func(n int, side venue.Side, p venue.Price, q venue.Qty, name string) {
		all = append(all, &venue.PlaceOrder{
			Account: venue.FirstAccount + venue.AccountID(n), Instrument: 1, Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
			Price: p, Qty: q, ClOrdID: id(name),
		})
	}
	order(1, venue.Sell, 2000, 33, "s1")
	order(2, venue.Sell, 2000, 67, "s2")
	order(0, venue.Buy, 2000, 100, "b1")
	all = append(all, &venue.SetMark{Instrument: 1, Price: 1900})
	order(3, venue.Buy, 1715, 100, "b2")
	order(0, venue.Sell, 1715, 100, "s3") // With terms of liquidation it would be refused (MAR-15).
	return append(all, crashCommands()[0], &venue.Deposit{Account: venue.FirstAccount, Asset: venue.USD, Amount: 1, Ref: id("d2")})
}

// receiptsOfDebt returns the receipts of those commands.
func receiptsOfDebt(t *testing.T) []venue.Receipt {
	t.Helper()
	core := engine.New(engine.Limits{Orders: 64, Accounts: 64, Holdings: 64, Instruments: 4, Requests: 64, RequestsPerAccount: 64})
	defer core.Close()
	var all []venue.Receipt
	for n, c := range debtCommands() {
		var tape venue.Tape
		core.Apply(&venue.Envelope{Seq: venue.Seq(n + 1), Time: venue.Time(1_790_000_000+n) * venue.Second, Command: c}, &tape)
		for i := range tape.Entries {
			if x, ok := tape.Entries[i].Event.(*venue.Receipt); ok {
				all = append(all, *x)
			}
		}
	}
	return all
}

// TestForgedSharing changes who gives what and seals the chain anew: every hash is
// right, each receipt derives, and the sharing as a whole is wrong.
//
// rules: LIQ-06, LIQ-09
func TestForgedSharing(t *testing.T) {
	type receipts = []venue.Receipt
	gain := func(r receipts, n int) *venue.Receipt {
		for i := range r {
			if r[i].Rule == venue.RuleGain && r[i].Inputs.At(7) == int64(n) {
				return &r[i]
			}
		}
		t.Fatalf("no gain %d in %+v", n, r)
		return nil
	}
	set := func(x *venue.Receipt, at int, v int64) {
		var all [venue.MaxInputs]int64
		for i := range all {
			all[i] = x.Inputs.At(i)
		}
		all[at] = v
		x.Inputs = venue.PackInputs(all[:]...)
	}
	for name, c := range map[string]struct {
		forge func(receipts) receipts
		want  string
	}{
		"nothing": {func(r receipts) receipts { return r }, ""},
		"one unit less": {func(r receipts) receipts {
			x := gain(r, 1)
			set(x, 6, x.Inputs.At(6)+1)
			return r
		}, "its part is"},
		"another gain": {func(r receipts) receipts {
			x := gain(r, 0)
			set(x, 0, x.Inputs.At(0)-1)
			return r
		}, "gains of"},
		"the last one left out": {func(r receipts) receipts {
			for i := range r {
				if &r[i] == gain(r, 2) {
					return append(append(receipts{}, r[:i]...), r[i+1:]...)
				}
			}
			return nil
		}, "among 2 of 3 accounts"},
		"another debt": {func(r receipts) receipts {
			for i := range r {
				if r[i].Rule == venue.RuleDebt {
					set(&r[i], 0, r[i].Inputs.At(0)-1)
				}
			}
			return r
		}, "share debts of"},
		"the order": {func(r receipts) receipts {
			a, b := gain(r, 0), gain(r, 1)
			a.Account, b.Account = b.Account, a.Account
			return r
		}, "after account"},
	} {
		forged := c.forge(receiptsOfDebt(t))
		err := checkAll(forged)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: the check says %v, want %q", name, err, c.want)
		}
	}
}

// checkAll numbers, derives and seals the receipts anew, and checks them.
func checkAll(all []venue.Receipt) error {
	c := newReceiptCheck()
	for _, e := range debtCommands() {
		switch e := e.(type) {
		case *venue.SetLiquidation:
			if err := c.event(&venue.LiquidationSet{Version: 1, Terms: e.Terms}); err != nil {
				return err
			}
		case *venue.ListInstrument:
			if err := c.event(&venue.InstrumentListed{Terms: e.Terms}); err != nil {
				return err
			}
		default:
		}
	}
	var last venue.Hash
	for i := range all {
		x := &all[i]
		x.Number = uint64(i + 1)
		x.Results = rederive(c, x)
		x.Hash = x.Seal(last)
		last = x.Hash
		if err := c.event(x); err != nil {
			return err
		}
	}
	return c.sharing.over()
}

func rederive(c *receiptCheck, x *venue.Receipt) venue.Results {
	return risk.Derive(x.Rule, c.terms[x.Instrument], &x.Inputs)
}
