package auth

import (
	"crypto/ed25519"
	"strconv"
	"testing"

	"github.com/clearhour/clearhour/gateway"
)

// FuzzLogon shows that no text that was not signed lets anybody in, or stops the
// guard.
func FuzzLogon(f *testing.F) {
	b := newBench(f)
	s := b.key(Ed25519, nil)
	h := b.key(HMAC, nil)
	good := b.ed25519Logon(s)
	raw := b.hmacLogon(h)
	f.Add(s.ID, "", good.RawData, good.SendingTime, int64(0))
	f.Add(h.ID, raw.Password, raw.RawData, "", int64(0))
	f.Add("DESK1", raw.Password, "1.AAAA", "20261122-08:00:00.000", int64(1))
	f.Fuzz(func(t *testing.T, key, password, rawData, sendingTime string, window int64) {
		c := &gateway.Credentials{
			KeyID: key, Password: password, RawData: rawData, Sender: "DESK1", Target: "CLEARHOUR", SeqNum: "1", SendingTime: sendingTime, Remote: home,
		}
		c.RecvWindow = good.RecvWindow
		_, code := b.guard.Logon(c)
		genuine := rawData == good.RawData || rawData == raw.RawData
		if code == gateway.CodeNone && !genuine {
			t.Errorf("%+v is let in", c)
		}
	})
}

// FuzzRequest shows that any change of what is signed is noticed.
func FuzzRequest(f *testing.F) {
	b := newBench(f)
	s := b.key(Ed25519, nil)
	private := ed25519.NewKeyFromSeed(s.Private)
	stamp := strconv.FormatInt(b.now.UnixMilli(), 10)
	f.Add("GET", "/v1/orders?limit=5", []byte("{}"))
	f.Add("GET", "/v1/orders", []byte(""))
	f.Fuzz(func(t *testing.T, method, target string, body []byte) {
		signed := gateway.RequestPayload(stamp, "GET", "/v1/orders", nil)
		r := &gateway.SignedRequest{
			Key: s.ID, Timestamp: stamp, Signature: gateway.SignRequestEd25519(private, signed),
			Method: method, Target: target, Body: body, Remote: home,
		}
		_, d := b.guard.Request(r)
		if same := method+target+string(body) == "GET/v1/orders"; d == nil && !same {
			t.Errorf("%q %q %q is let in with the signature of another request", method, target, body)
		}
	})
}
