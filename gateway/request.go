package gateway

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/clearhour/clearhour/venue"
)

// Scope is a set of things that a key may do.
type Scope uint8

// Scopes.
const (
	// ReadMarket reads market data.
	ReadMarket Scope = 1 << iota
	// ReadAccount reads orders, fills, positions and balances.
	ReadAccount
	// WriteOrders places, amends and cancels orders.
	WriteOrders
	// WriteTransfers moves money out.
	WriteTransfers
	// Admin proposes, approves and cancels changes of how the venue runs.
	Admin
	// WriteReadings contributes to indices.
	WriteReadings

	// AllScopes is every scope that there is.
	AllScopes = ReadMarket | ReadAccount | WriteOrders | WriteTransfers | Admin | WriteReadings
)

// scopeNames are the names in the file of keys and in refusals, by bit.
var scopeNames = [...]string{"md:read", "acct:read", "orders:write", "transfer:write", "admin", "readings:write"}

// Has says whether all scopes of s are in the set.
func (c Scope) Has(s Scope) bool { return c&s == s }

// String returns the names with commas between them.
func (c Scope) String() string { return strings.Join(c.Names(), ",") }

// Names returns the name of each scope in the set, never nil.
func (c Scope) Names() []string {
	list := []string{}
	for i, name := range scopeNames {
		if c.Has(1 << i) {
			list = append(list, name)
		}
	}
	return list
}

// ParseScope returns the scope of a name: one of md:read, acct:read,
// orders:write, transfer:write, admin and readings:write.
func ParseScope(name string) (Scope, error) {
	for i, n := range scopeNames {
		if n == name {
			return 1 << i, nil
		}
	}
	return 0, fmt.Errorf("gateway: no scope is called %q", name)
}

// SignedRequest is a REST request with the text of its headers and what they
// sign.
type SignedRequest struct {
	// Key, Timestamp, RecvWindow and Signature are the CH- headers.
	Key, Timestamp, RecvWindow, Signature string
	// Method is in capitals, Target is the path with its query as sent.
	Method, Target string
	Body           []byte
	// Remote is the address of the peer.
	Remote netip.Addr
}

// Caller is who a signed request is from.
type Caller struct {
	// Key names the key, for limits and logs.
	Key string
	// Owner is who it belongs to; Accounts are those it may name, the first one
	// being meant when none is named.
	Owner    venue.OwnerID
	Accounts []venue.AccountID
	// Scopes are what it may do.
	Scopes Scope
	// Operator is whose word it is when it has the scope Admin, Source which
	// contributor's with WriteReadings; 0 for nobody's.
	Operator venue.OperatorID
	Source   venue.SourceID
}

// Owns says whether the caller may name the account.
func (c *Caller) Owns(a venue.AccountID) bool { return slices.Contains(c.Accounts, a) }

// Denial says why somebody was not let in.
type Denial struct {
	// Code is of the error catalogue.
	Code Code
	// Detail says more for people; it may be empty.
	Detail string
	// RetryAfter is how long to wait, 0 when waiting does not help.
	RetryAfter time.Duration
}

// Error returns the name of the code and the detail.
func (d *Denial) Error() string {
	if d.Detail == "" {
		return d.Code.String()
	}
	return d.Code.String() + ": " + d.Detail
}
