package ledger

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// The accounts of an owner are found, newest first, also after a restart, and
// they are bounded.
func TestAccountsOfOwner(t *testing.T) {
	m := DefaultLimits()
	m.Accounts, m.Holdings, m.Balances = 256, 16, 16
	l := New(m)
	for n := range 2 * MaxPerOwner {
		if why := l.OpenAccount(l.NextAccount(), venue.OwnerID(n%2+7)); why.Refused() {
			t.Fatalf("account %d is refused: %+v", n, why)
		}
	}
	want := venue.Refusal{Reason: venue.TooManyAccountsOfOwner, Field: venue.FieldOwner, Limit: MaxPerOwner}
	if got := l.OpenAccount(l.NextAccount(), 7); got != want {
		t.Errorf("one account too many gets %+v, want %+v", got, want)
	}
	loaded := New(m)
	if _, err := loaded.LoadState(l.AppendState(nil)); err != nil {
		t.Fatal(err)
	}
	for _, l := range []*Ledger{l, loaded} {
		for owner := venue.OwnerID(6); owner < 10; owner++ {
			walk(t, l, owner)
		}
	}
}

// walk compares what the links say with a look at every account.
func walk(t *testing.T, l *Ledger, owner venue.OwnerID) {
	a, n := l.NewestOf(owner), 0
	for want := l.NextAccount() - 1; want >= venue.FirstAccount; want-- {
		if l.Owner(want) != owner {
			continue
		}
		if a != want {
			t.Fatalf("account %d of owner %d is %d, want %d", n, owner, a, want)
		}
		a = l.Older(a)
		n++
	}
	if a != 0 || l.AccountsOf(owner) != n {
		t.Errorf("owner %d has account %d after all, and %d of them, want none and %d", owner, a, l.AccountsOf(owner), n)
	}
}
