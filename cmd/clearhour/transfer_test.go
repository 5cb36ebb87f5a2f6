package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestTransferBetweenAccounts funds the isolated account of a demo's visitor, trades
// there, and takes the money back.
//
// rules: ACC-01, MAR-14
func TestTransferBetweenAccounts(t *testing.T) {
	dir := t.TempDir()
	d := startDemo(t, dir)
	list := demoListings(time.Now())
	spot, future, other := list[0].Symbol, list[demoDays].Symbol, list[demoDays+1].Symbol
	cross, isolated := "16", fmt.Sprint(isolatedAccount)

	out := call(t, dir, "trade", "transfer", cross, isolated, "USD", "50000", "--id", "fund-1")
	if out != "50000 USD moved from account 16 to account 24 (fund-1)\n" {
		t.Errorf("transfer: %q", out)
	}
	if again := call(t, dir, "trade", "transfer", cross, isolated, "USD", "50000", "--id", "fund-1"); again != out {
		t.Errorf("the same transfer again: %q, want %q", again, out)
	}
	if out := call(t, dir, "trade", "--key", useIsolated, "balances"); !strings.Contains(out, "50000") {
		t.Errorf("balances of the isolated account: %q, want 50000", out)
	}
	for _, symbol := range []string{spot, other} {
		refused(t, dir, "it trades one instrument", "trade", "--key", useIsolated, "buy", symbol, "1", "1.000")
	}
	waitFor(t, "a fill in the future", func() bool {
		return fillLine.MatchString(call(t, dir, "trade", "--key", useIsolated, "buy", future, "1"))
	})
	refused(t, dir, "More than is free", "trade", "transfer", isolated, cross, "USD", "50000")
	refused(t, dir, "The account does not exist", "trade", "transfer", cross, "17", "USD", "1")
	refused(t, dir, "The account does not exist", "trade", "transfer", "17", cross, "USD", "1")
	if out := call(t, dir, "trade", "transfer", isolated, cross, "USD", "1000.5", "-o", "json"); !strings.Contains(out, `"amount":"1000.5"`) {
		t.Errorf("transfer back: %q", out)
	}
	d.interrupt(t)
}

// refused runs clearhour and wants it to fail with a sentence.
func refused(t *testing.T, dir, want string, args ...string) {
	t.Helper()
	p := program(dir, args...)
	out, err := p.CombinedOutput()
	if err == nil || p.ProcessState.ExitCode() != exitFailed || !strings.Contains(string(out), want) {
		t.Errorf("clearhour %s: %v, %q, want a refusal with %q", strings.Join(args, " "), err, out, want)
	}
}
