package auth

import (
	"strconv"
	"time"

	"github.com/clearhour/clearhour/gateway"
)

// Request decides who a REST request is from. Two requests that are equal in
// everything that is signed need different timestamps, because a signature is
// good for one use.
func (g *Guard) Request(r *gateway.SignedRequest) (gateway.Caller, *gateway.Denial) {
	if r.Key == "" || r.Timestamp == "" || r.Signature == "" {
		return gateway.Caller{}, deny(gateway.AuthMissing, "CH-KEY, CH-TIMESTAMP and CH-SIGNATURE are required")
	}
	at, ok := parseMillis(r.Timestamp)
	if !ok {
		return gateway.Caller{}, deny(gateway.BadFormat, "CH-TIMESTAMP is milliseconds since 1970")
	}
	a := attempt{key: r.Key, from: r.Remote, at: at, window: DefaultRecvWindow}
	if r.RecvWindow != "" {
		ms, err := strconv.ParseUint(r.RecvWindow, 10, 31)
		if err != nil {
			return gateway.Caller{}, deny(gateway.BadFormat, "CH-RECV-WINDOW is milliseconds")
		}
		a.window = time.Duration(ms) * time.Millisecond
	}
	a.signature, ok = decodeSignature(r.Signature)
	if !ok {
		return gateway.Caller{}, deny(gateway.AuthInvalidSignature, "CH-SIGNATURE is the hexadecimal HMAC-SHA256 or the base64 Ed25519 signature")
	}
	payload := gateway.RequestPayload(r.Timestamp, r.Method, r.Target, r.Body)
	a.verify = verifyHMAC(payload, a.signature)
	if !isHMAC(a.signature) {
		a.verify = verifyEd25519(payload, a.signature)
	}
	e, d := g.admit(&a)
	if d != nil {
		return gateway.Caller{}, d
	}
	return gateway.Caller{Key: e.ID, Owner: e.Owner, Accounts: e.Accounts, Scopes: e.Scopes, Operator: e.Operator, Source: e.Source}, nil
}
