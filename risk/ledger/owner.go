package ledger

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/internal/table"
	"github.com/clearhour/clearhour/venue"
)

// MaxPerOwner bounds the accounts of one owner, so that whoever asks for what an
// owner has in all of them walks that many at most.
const MaxPerOwner = 64

// owners links the accounts of each owner, the newest first. The links follow
// from the accounts: they are no state.
type owners struct {
	newest *table.Table      // By owner.
	older  []venue.AccountID // By account, 0 for none.
}

func newOwners(accounts int) owners {
	return owners{newest: table.New(accounts), older: make([]venue.AccountID, accounts)}
}

// link adds an account that was opened.
func (s *owners) link(o venue.OwnerID, a venue.AccountID) {
	s.older[a] = venue.AccountID(s.newest.Get(uint64(o)))
	assert.That(s.newest.Put(uint64(o), uint32(a)), "owner table is full")
}

// NewestOf returns the newest account of an owner, 0 when there is none. With
// Older it visits all accounts of the owner:
//
//	for a := l.NewestOf(o); a != 0; a = l.Older(a) {
func (l *Ledger) NewestOf(o venue.OwnerID) venue.AccountID {
	return venue.AccountID(l.owners.newest.Get(uint64(o)))
}

// Older returns the account that the owner of an account opened before it, 0
// when it was the first one.
func (l *Ledger) Older(a venue.AccountID) venue.AccountID { return l.owners.older[a] }

// AccountsOf returns how many accounts an owner has, at most MaxPerOwner.
func (l *Ledger) AccountsOf(o venue.OwnerID) (n int) {
	for a := l.NewestOf(o); a != 0; a = l.Older(a) {
		n++
	}
	return n
}
