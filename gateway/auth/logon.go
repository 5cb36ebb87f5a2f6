package auth

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/clearhour/clearhour/gateway"
)

// Lengths of the nonce of an HMAC logon, in bytes.
const (
	minNonce = 16
	maxNonce = 64
)

// Logon decides who a FIX logon is: it implements gateway.Authenticator. A
// logon with a Password is of the HMAC form, one without is of the Ed25519
// form. The key must have the SenderCompID as its CompID.
func (g *Guard) Logon(c *gateway.Credentials) (gateway.Grant, gateway.Code) {
	e, d := g.logon(c)
	if d != nil {
		return gateway.Grant{}, d.Code
	}
	return gateway.Grant{
		Key: e.ID, Account: e.Account(), Trade: e.May(gateway.WriteOrders),
		Accounts: e.Accounts, Transfer: e.May(gateway.WriteTransfers),
		CancelOnDisconnect: e.CancelOnDisconnect,
	}, gateway.CodeNone
}

func (g *Guard) logon(c *gateway.Credentials) (*entry, *gateway.Denial) {
	if c.KeyID == "" || c.RawData == "" {
		return nil, deny(gateway.AuthMissing, "")
	}
	a := attempt{key: c.KeyID, from: c.Remote, window: time.Duration(c.RecvWindow), comp: true}
	if a.window == 0 {
		a.window = DefaultRecvWindow
	}
	form := ed25519Logon
	if c.Password != "" {
		form = hmacLogon
	}
	if d := form(c, &a); d != nil {
		return nil, d
	}
	e, d := g.admit(&a)
	switch {
	case d != nil:
		return nil, d
	case e.CompID != c.Sender:
		return nil, deny(gateway.AuthInvalidKey, "the key has another CompID")
	case e.Account() == 0, e.Scopes&(gateway.ReadMarket|gateway.ReadAccount|gateway.WriteOrders) == 0:
		return nil, deny(gateway.AuthScope, "the key opens no session")
	}
	return e, nil
}

// hmacLogon reads RawData "<unix_ms>.<base64 nonce>" and Password.
func hmacLogon(c *gateway.Credentials, a *attempt) *gateway.Denial {
	ms, nonce, ok := strings.Cut(c.RawData, ".")
	at, good := parseMillis(ms)
	if !ok || !good {
		return deny(gateway.BadFormat, "RawData is <unix_ms>.<base64 nonce>")
	}
	n, err := base64.StdEncoding.Strict().DecodeString(nonce)
	if err != nil || len(n) < minNonce || len(n) > maxNonce {
		return deny(gateway.BadFormat, "the nonce is the base64 of 16 to 64 bytes")
	}
	a.signature, good = decodeSignature(c.Password)
	if !good {
		return deny(gateway.AuthInvalidSignature, "Password is the base64 of an HMAC-SHA256")
	}
	a.at = at
	a.verify = verifyHMAC([]byte(c.RawData), a.signature)
	return nil
}

// ed25519Logon reads RawData as a signature over the fields of the message.
func ed25519Logon(c *gateway.Credentials, a *attempt) *gateway.Denial {
	at, ok := parseUTC(c.SendingTime)
	if !ok {
		return deny(gateway.BadFormat, "SendingTime is YYYYMMDD-HH:MM:SS with an optional fraction")
	}
	a.signature, ok = decodeSignature(c.RawData)
	if !ok {
		return deny(gateway.AuthInvalidSignature, "RawData is the base64 of an Ed25519 signature")
	}
	a.at = at
	a.verify = verifyEd25519([]byte(c.SignedText()), a.signature)
	return nil
}

// parseMillis reads milliseconds since 1970: digits only, within 1970 to 2286.
func parseMillis(s string) (time.Time, bool) {
	if len(s) == 0 || len(s) > 13 {
		return time.Time{}, false
	}
	ms, err := strconv.ParseUint(s, 10, 63)
	return time.UnixMilli(int64(ms)).UTC(), err == nil
}

// parseUTC reads a FIX UTCTimestamp.
func parseUTC(s string) (time.Time, bool) {
	t, err := time.ParseInLocation("20060102-15:04:05", s, time.UTC) // Takes a fraction too.
	return t, err == nil && len(s) <= len("20060102-15:04:05.000000000")
}
