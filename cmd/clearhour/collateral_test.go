package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/gateway/auth"
	"github.com/clearhour/clearhour/venue"
)

// TestGenesisCollateral starts a venue in which an asset is collateral, and trades a
// future on nothing else, in an account that is isolated in it.
//
// rules: MAR-04, MAR-14
func TestGenesisCollateral(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "genesis.json")
	err := os.WriteFile(file, []byte(`{
	"instruments": [{
		"symbol": "H100C.NAE.D.2027-01-04", "kind": "future", "class": "H100-SXM-80", "region": "NA-E", "grade": "C", "window": "D",
		"start": "2027-01-04T00:00:00Z", "end": "2027-01-05T00:00:00Z", "tick": "0.001", "low": "0.100", "high": "16.000", "mark": "2.000",
		"max_qty": 5000, "band": "0.20", "maker": "0", "taker": "0", "brackets": [{"initial": "0.10", "maintenance": "0.05"}]
	}],
	"collateral": [{"asset": "BTC", "decimals": 8, "price": "50000", "rate": "0.8"}],
	"accounts": [{"owner": 1, "isolated": "H100C.NAE.D.2027-01-04", "collateral": {"BTC": "0.001"}}, {"owner": 1, "money": "10"}]
}`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	data, address := filepath.Join(dir, defaultData), freeAddress(t)
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	store, err := auth.Open(keysFile(data))
	if err != nil {
		t.Fatal(err)
	}
	creds := &credentials{URL: "http://" + address, Keys: map[string]keyEntry{}}
	v := &instance{keys: store}
	if creds.Keys[useTrade], err = v.keyOf(useTrade, 0, []venue.AccountID{16}); err != nil {
		t.Fatal(err)
	}
	if err := creds.write(clientFile(data)); err != nil {
		t.Fatal(err)
	}
	r := &running{address: address}
	r.Cmd = program(dir, "serve", "--listen", address, "--ops", "", "--genesis", file)
	r.Stdout, r.Stderr = &r.out, &r.out
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "answer of the venue", func() bool { return program(dir, "trade", "balances").Run() == nil })
	// 0.001 BTC count for 40 dollars: margin for 8 lots of 24 hours at 2 dollars, not for 9.
	refused(t, dir, "The limit is 40", "trade", "buy", "H100C", "9", "2.000")
	if out := call(t, dir, "trade", "buy", "H100C", "8", "2.000"); !strings.Contains(out, "open: 8 of 8") {
		t.Errorf("buy 8: %q, want it open", out)
	}
	if out := call(t, dir, "trade", "balances"); !strings.Contains(out, "0.00100000") {
		t.Errorf("balances %q, want 0.001 BTC", out)
	}
	r.interrupt(t)
}
