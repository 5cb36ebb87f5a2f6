package ledger

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// fresh returns a ledger into which a state can be loaded.
func fresh(t testing.TB) *Ledger { return newTest(t, 0) }

// restored loads the state of the ledger and compares everything that is not a
// cache of risk.
func restored(t *rapid.T, l *Ledger) {
	b := l.AppendState([]byte("before"))
	got := fresh(nopTB{})
	rest, err := got.LoadState(append(b[6:len(b):len(b)], "after"...))
	if err != nil || string(rest) != "after" {
		t.Fatalf("LoadState left %q, %v", rest, err)
	}
	if again := got.AppendState(nil); !bytes.Equal(again, b[6:]) {
		t.Fatalf("restored state is\n%x, want\n%x", again, b[6:])
	}
	for i := range l.accounts {
		if got.accounts[i] != l.accounts[i] {
			t.Fatalf("account %d restored as %+v, want %+v", i, got.accounts[i], l.accounts[i])
		}
	}
	for i := range l.balances {
		if got.balances[i] != l.balances[i] {
			t.Fatalf("balance %d restored as %+v, want %+v", i, got.balances[i], l.balances[i])
		}
	}
	for i := 1; i < len(l.holdings); i++ {
		g, w := got.holdings[i], l.holdings[i]
		g.HighBuy, g.LowSell, g.Stale = w.HighBuy, w.LowSell, w.Stale
		if g != w {
			t.Fatalf("holding %d restored as %+v, want %+v", i, g, w)
		}
		if h, ok := got.Find(w.Account, w.Instrument); !ok || int(h) != i {
			t.Fatalf("holding %d is found as %d", i, h)
		}
	}
}

// sample is a ledger with a bit of everything.
func sample(t testing.TB) *Ledger {
	l := newTest(t, 3)
	l.Deposit(alice, venue.USD, 1_000_000_000)
	l.Deposit(bob, window, 50)
	var h [2][2]venue.HoldingID
	for i, a := range []venue.AccountID{alice, bob} {
		h[i] = [2]venue.HoldingID{hold(t, l, a, future), hold(t, l, a, spot)}
	}
	trade(l, h[0][0], h[1][0], 20, 5, 1)
	l.Opened(h[0][0], Open{Side: venue.Sell, Price: 21, Qty: 3, ReduceOnly: true})
	l.Opened(h[1][0], Open{Side: venue.Buy, Price: 19, Qty: 2})
	l.Opened(h[0][1], Open{Side: venue.Buy, Price: 30, Qty: 2})
	l.Opened(h[1][1], Open{Side: venue.Sell, Price: 40, Qty: 20})
	hold(t, l, alice, other)
	return l
}

// Every state that is cut off is refused, and whatever loads despite a changed
// byte is a ledger whose books balance.
func TestLoadStateGarbage(t *testing.T) {
	good := sample(t).AppendState(nil)
	for n := range good {
		if _, err := fresh(t).LoadState(good[:n:n]); err == nil {
			t.Errorf("LoadState took %d of %d bytes", n, len(good))
		}
	}
	for i := range good {
		for _, x := range []byte{1, 0x80, 0xff} {
			bad := bytes.Clone(good)
			bad[i] ^= x
			tryState(t, bad)
		}
	}
	if _, err := sample(t).LoadState(good); err == nil {
		t.Error("LoadState loaded over a ledger that is in use")
	}
}

// The margined list must name every future that is in use, once, by account.
func TestLoadStateMarginedList(t *testing.T) {
	good := sample(t).AppendState(nil) // Ends with 2, the future of alice, that of bob.
	n := len(good)
	with := func(list ...byte) []byte {
		b := append(bytes.Clone(good[:n-12]), byte(len(list)), 0, 0, 0)
		for _, h := range list {
			b = append(b, h, 0, 0, 0)
		}
		return b
	}
	a, b := good[n-8], good[n-4]
	if !bytes.Equal(with(a, b), good) {
		t.Fatalf("the state ends with %x, want a list of two", good[n-12:])
	}
	for name, bad := range map[string][]byte{
		"one missing":        with(a),
		"all missing":        with(),
		"other order":        with(b, a),
		"twice":              with(a, b, b),
		"a spot holding":     with(a, a+1, b),
		"an idle future":     with(a, 5, b),
		"no holding":         with(a, 0, b),
		"one that is beyond": with(a, 99, b),
	} {
		if _, err := fresh(t).LoadState(bad); err == nil {
			t.Errorf("LoadState took a margined list with %s", name)
		}
	}
}

func tryState(t *testing.T, b []byte) {
	l := fresh(t)
	rest, err := l.LoadState(b)
	if err != nil {
		return
	}
	if !l.Conserved() {
		t.Errorf("LoadState took books that do not balance: %x", b)
	}
	if again := l.AppendState(nil); !bytes.Equal(again, b[:len(b)-len(rest)]) {
		t.Errorf("LoadState took %x and gives back %x", b, again)
	}
}

func FuzzLoadState(f *testing.F) {
	f.Add(sample(f).AppendState(nil))
	f.Add(newTest(f, 0).AppendState(nil))
	f.Fuzz(tryState)
}
