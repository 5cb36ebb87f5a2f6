package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// crashCommands are a small market that falls: one account is reduced in the book,
// then taken over in part, and deleveraged against two others. Another account with
// nothing but collateral loses some of it for a debt.
func crashCommands() []venue.Command {
	id := func(s string) venue.ClOrdID {
		c, _ := venue.ParseClOrdID(s)
		return c
	}
	terms := venue.Instrument{
		ID: 1, Symbol: "H100C.EUN.D.2027-01-01", Kind: venue.Future, Class: "H100-SXM-80", Region: "EU-N", Grade: "C",
		Window: venue.WindowDay, Start: 1_798_761_600 * venue.Second, End: 1_798_848_000 * venue.Second, Quote: venue.USD, Tick: 1000, Hours: 1,
		Low: 1, High: 20_000, MaxQty: 1000, Band: 100_000,
		Brackets: []venue.Bracket{{Upto: venue.MaxAmount, Initial: 100_000, Maintenance: 50_000}},
	}
	limits := venue.LiquidationTerms{
		Target: 1_200_000, Fee: 5000, Spread: 1_500_000, Fraction: 500_000, MaxConsumed: 500_000, FullSize: 5, Cap: 250_000,
		Window: 8 * 3600 * venue.Second, Step: 10 * venue.Second,
	}
	all := []venue.Command{
		&venue.SetLiquidation{Terms: limits}, &venue.FundInsurance{Amount: 3_000_000}, &venue.ListInstrument{Terms: terms},
		&venue.SetMark{Instrument: 1, Price: 2000}, &venue.SetPhase{Instrument: 1, Phase: venue.Continuous},
	}
	for n, money := range []venue.Amount{29_000_000, 1_000_000_000, 30_000_000} {
		a := venue.FirstAccount + venue.AccountID(n)
		all = append(all, &venue.OpenAccount{Account: a, Owner: venue.OwnerID(n + 1)}, &venue.Deposit{Account: a, Asset: venue.USD, Amount: money, Ref: id("d")})
	}
	order := func(n int, side venue.Side, p venue.Price, q venue.Qty, name string) {
		all = append(all, &venue.PlaceOrder{
			Account: venue.FirstAccount + venue.AccountID(n), Instrument: 1, Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
			Price: p, Qty: q, ClOrdID: id(name),
		})
	}
	order(1, venue.Sell, 2000, 60, "s1")
	order(2, venue.Sell, 2000, 40, "s2")
	order(0, venue.Buy, 2000, 100, "b1")
	order(1, venue.Buy, 1795, 20, "b2")
	all = append(all, &venue.SetMark{Instrument: 1, Price: 1799}, &venue.SetMark{Instrument: 1, Price: 1650}, &venue.Tick{}, &venue.Tick{},
		&venue.ListAsset{Asset: 2, Symbol: "BTC", Decimals: 8}, &venue.SetCollateral{Asset: 2, Price: 50_000_000_000, Rate: 800_000},
		&venue.OpenAccount{Account: 19, Owner: 4}, &venue.Deposit{Account: 19, Asset: 2, Amount: 100_000, Ref: id("d")})
	order(1, venue.Sell, 1650, 10, "s3")
	order(3, venue.Buy, 1650, 10, "b3")
	order(1, venue.Buy, 1600, 10, "b4")
	order(3, venue.Sell, 1600, 10, "s4")
	return all
}

// crashDir writes a journal of those commands.
func crashDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(journalDir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	disk, err := journal.OS(journalDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	j, _, err := journal.Open(disk, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for n, c := range crashCommands() {
		frame := wire.AppendBatchHeader(nil, venue.Seq(n+1), venue.Time(1_790_000_000+n)*venue.Second, 1)
		if err := j.Append(uint64(n+1), 1, wire.AppendCommand(frame, 0, c)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestVerifyReceipts checks a journal, exports it, and checks the file alone.
//
// rules: LIQ-09
func TestVerifyReceipts(t *testing.T) {
	dir, file := crashDir(t), filepath.Join(t.TempDir(), "receipts")
	var first, second bytes.Buffer
	if err := verifyReceipts(&first, dir, file); err != nil {
		t.Fatal(err)
	}
	if err := verifyReceipts(&second, file, ""); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Errorf("the file gives\n%swant\n%s", second.String(), first.String())
	}
	for _, word := range []string{"LIQ-01", "LIQ-02", "LIQ-03", "LIQ-05", "R-LIQ-LIMIT", "MAR-13", "all derived again"} {
		if !strings.Contains(first.String(), word) {
			t.Errorf("no %s in\n%s", word, first.String())
		}
	}
}

// TestTamperedReceipts changes every byte of every receipt, and leaves each out.
func TestTamperedReceipts(t *testing.T) {
	core := engine.New(engine.Limits{Orders: 64, Accounts: 64, Holdings: 64, Instruments: 4, Requests: 64, RequestsPerAccount: 64})
	defer core.Close()
	var tape venue.Tape
	for n, c := range crashCommands() {
		core.Apply(&venue.Envelope{Seq: venue.Seq(n + 1), Time: venue.Time(1_790_000_000+n) * venue.Second, Command: c}, &tape)
	}
	var records []byte
	var spans [][2]int
	for i := range tape.Entries {
		from := len(records)
		records = appendChecked(records, &tape.Entries[i])
		if tape.Entries[i].Event.Kind() == venue.EventReceipt {
			spans = append(spans, [2]int{from, len(records)})
		}
	}
	if err := newReceiptCheck().all(records); err != nil || len(spans) < 10 {
		t.Fatalf("%d receipts: %v", len(spans), err)
	}
	const header = 28
	for n, s := range spans {
		for at := s[0] + header; at < s[1]; at++ {
			bad := bytes.Clone(records)
			bad[at] ^= 1
			if newReceiptCheck().all(bad) == nil {
				t.Errorf("receipt %d passes with byte %d changed", n+1, at-s[0])
			}
		}
		if without := append(bytes.Clone(records[:s[0]]), records[s[1]:]...); n < len(spans)-1 && newReceiptCheck().all(without) == nil {
			t.Errorf("the chain passes without receipt %d", n+1)
		}
	}
}

// TestForgedReceipt seals a wrong result: the hash is right, the rule is not.
func TestForgedReceipt(t *testing.T) {
	x := venue.Receipt{Number: 1, Rule: venue.RuleTrigger, Account: 16, Inputs: venue.PackInputs(10, 0, 5, 4), Results: venue.PackResults(3)}
	x.Hash = x.Seal(venue.Hash{})
	if err := newReceiptCheck().receipt(&x); err == nil || !strings.Contains(err.Error(), "derives [1 0 0], the receipt says [3 0 0]") {
		t.Errorf("a forged state gives %v", err)
	}
	x.Results = venue.PackResults(1)
	x.Hash = x.Seal(venue.Hash{})
	if err := newReceiptCheck().receipt(&x); err != nil {
		t.Errorf("the right state gives %v", err)
	}
}
