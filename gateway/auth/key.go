package auth

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// Kind says how a key signs.
type Kind string

// Kinds.
const (
	Ed25519 Kind = "ed25519"
	HMAC    Kind = "hmac"
)

// Key is what the venue knows of a key, without its secret.
type Key struct {
	// ID is the name that its user sends: 1 to 32 letters, digits, - and _.
	ID string
	// Kind says how it signs; Public is the public half of an Ed25519 key.
	Kind   Kind
	Public ed25519.PublicKey
	// Owner is who it belongs to; Accounts are those it may name, the first one
	// being meant when none is named.
	Owner    venue.OwnerID
	Accounts []venue.AccountID
	// Scopes are what it may do.
	Scopes gateway.Scope
	// Operator is whose key it is, with the scope admin; Source is which contributor
	// it belongs to, with readings:write. Both are 0 for a trader's key.
	Operator venue.OperatorID
	Source   venue.SourceID
	// From are the networks it may come from; empty for any.
	From []netip.Prefix
	// Expires is when it ends; zero for never.
	Expires time.Time
	// MaxSessions is how many sessions may be open with it, at least 1.
	MaxSessions int
	// CompID is the SenderCompID(49) of its sessions; empty for a key that opens
	// no FIX session. Keys of one owner may share it, so that one can follow
	// another.
	CompID string
	// CancelOnDisconnect is what a session does that says nothing about it.
	CancelOnDisconnect bool
	// Disabled says that it was revoked.
	Disabled bool
}

// May says whether the key has all scopes of s.
func (k *Key) May(s gateway.Scope) bool { return k.Scopes.Has(s) }

// Owns says whether the key may name the account.
func (k *Key) Owns(a venue.AccountID) bool { return slices.Contains(k.Accounts, a) }

// Account returns the account that is meant when none is named, NoAccount when
// the key has none.
func (k *Key) Account() venue.AccountID {
	if len(k.Accounts) == 0 {
		return venue.NoAccount
	}
	return k.Accounts[0]
}

// allows says whether the key may be used from the address.
func (k *Key) allows(ip netip.Addr) bool {
	return len(k.From) == 0 || slices.ContainsFunc(k.From, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
}

// over says whether the key is of no use any more.
func (k *Key) over(now time.Time) bool {
	return k.Disabled || !k.Expires.IsZero() && !now.Before(k.Expires)
}

// clone returns a copy that shares nothing.
func (k *Key) clone() Key {
	c := *k
	c.Public = slices.Clone(k.Public)
	c.Accounts = slices.Clone(k.Accounts)
	c.From = slices.Clone(k.From)
	return c
}

// idPattern is also that of SenderCompID(49).
var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// Limits of a key.
const (
	maxKeyAccounts = 64
	maxKeyFrom     = 64
	maxKeySessions = 16
)

// check says what is wrong with a key.
func (k *Key) check() error {
	switch {
	case !idPattern.MatchString(k.ID):
		return errors.New("auth: a key id is 1 to 32 letters, digits, - and _")
	case k.Kind != Ed25519 && k.Kind != HMAC:
		return fmt.Errorf("auth: key %s: kind %q is neither ed25519 nor hmac", k.ID, k.Kind)
	case k.Kind == Ed25519 && len(k.Public) != ed25519.PublicKeySize:
		return fmt.Errorf("auth: key %s: a public key has %d bytes, this one %d", k.ID, ed25519.PublicKeySize, len(k.Public))
	case k.Scopes&^gateway.AllScopes != 0:
		return fmt.Errorf("auth: key %s: unknown scopes", k.ID)
	case k.May(gateway.Admin) != (k.Operator != 0):
		return fmt.Errorf("auth: key %s: an operator and the scope admin go together", k.ID)
	case k.May(gateway.WriteReadings) != (k.Source != 0):
		return fmt.Errorf("auth: key %s: a source and the scope readings:write go together", k.ID)
	case len(k.Accounts) > maxKeyAccounts:
		return fmt.Errorf("auth: key %s: at most %d accounts", k.ID, maxKeyAccounts)
	case len(k.From) > maxKeyFrom:
		return fmt.Errorf("auth: key %s: at most %d networks", k.ID, maxKeyFrom)
	case k.MaxSessions < 1 || k.MaxSessions > maxKeySessions:
		return fmt.Errorf("auth: key %s: sessions are 1 to %d", k.ID, maxKeySessions)
	case k.CompID != "" && !idPattern.MatchString(k.CompID):
		return fmt.Errorf("auth: key %s: a CompID is 1 to 32 letters, digits, - and _", k.ID)
	}
	return nil
}
