package gateway

import (
	"net/netip"

	"github.com/clearhour/clearhour/venue"
)

// Authenticator decides who a Logon is. It is called once per logon, outside
// of any lock of this package, from many goroutines.
type Authenticator interface {
	// Logon returns what the credentials may do, or the code of the refusal
	// (AuthMissing, AuthInvalidKey, AuthInvalidSignature, AuthTimestamp,
	// AuthReplay, AuthIPNotAllowed) and CodeNone otherwise.
	Logon(c *Credentials) (Grant, Code)
}

// KeyWatcher is what an Authenticator may also be: it bounds the sessions of a
// key and knows when one is no more.
type KeyWatcher interface {
	// Active says whether the key may still be used.
	Active(key string) bool
	// Acquire counts one more session of the key, or refuses it.
	Acquire(key string) *Denial
	// Release gives back what Acquire counted.
	Release(key string)
}

// Credentials are what a Logon carries, as text of the wire.
type Credentials struct {
	// KeyID is Username(553) when given, SenderCompID(49) otherwise.
	KeyID string
	// Password is Password(554): base64 of the HMAC-SHA256 of RawData. It is
	// empty in the Ed25519 form.
	Password string
	// RawData is RawData(96): "<unix_ms>.<base64 nonce>" in the HMAC form, the
	// base64 Ed25519 signature in the other.
	RawData string
	// Sender (49), Target (56), SeqNum (34) and SendingTime (52) are what the
	// Ed25519 form signs, exactly as sent; SignedText joins them.
	Sender, Target, SeqNum, SendingTime string
	// SentAt is SendingTime as a time.
	SentAt venue.Time
	// RecvWindow is RecvWindow(25000), 5 s when not given, at most 60 s.
	RecvWindow venue.Time
	// Remote is the address of the peer.
	Remote netip.Addr
	// Now is the time of arrival at the gateway.
	Now venue.Time
}

// SignedText returns what the Ed25519 form signs: "A", 49, 56, 34 and 52 with
// SOH (0x01) between them.
func (c *Credentials) SignedText() string {
	return "A\x01" + c.Sender + "\x01" + c.Target + "\x01" + c.SeqNum + "\x01" + c.SendingTime
}

// Grant is what a session may do.
type Grant struct {
	// Key names the key, for limits and logs.
	Key string
	// Account is whose commands the session sends.
	Account venue.AccountID
	// Accounts are those that the session may move money out of, Account among
	// them.
	Accounts []venue.AccountID
	// Trade allows order entry. Reading needs no more than a grant.
	Trade bool
	// Transfer allows to move money between accounts of one owner.
	Transfer bool
	// CancelOnDisconnect is the default of CancelOnDisconnect(9001) for the key.
	CancelOnDisconnect bool
}

// Submitter is the way into the sequencer. The command may be reused once
// Submit has returned. The only errors are that the venue is overloaded and
// that it is closed: nothing happened then.
type Submitter interface {
	Submit(session venue.SessionID, c venue.Command) error
}
