package auth

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

var (
	home   = netip.MustParseAddr("192.0.2.7")
	abroad = netip.MustParseAddr("198.51.100.9")
	epoch  = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
)

// bench is a guard with a clock that tests move.
type bench struct {
	t     testing.TB
	store *Store
	guard *Guard
	now   time.Time
	nonce byte
}

func newBench(t testing.TB) *bench {
	t.Helper()
	store, err := Open(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, store: store, now: epoch}
	b.guard = NewGuard(store, func() time.Time { return b.now })
	return b
}

// key makes a key that may do everything an account may.
func (b *bench) key(kind Kind, change func(*Key)) Secret {
	b.t.Helper()
	k := Key{
		Kind: kind, Owner: 1, Accounts: []venue.AccountID{16}, MaxSessions: 1, CompID: "DESK1",
		Scopes: gateway.ReadMarket | gateway.ReadAccount | gateway.WriteOrders,
	}
	if change != nil {
		change(&k)
	}
	_, secret, err := b.store.Create(k)
	if err != nil {
		b.t.Fatal(err)
	}
	return secret
}

// hmacLogon is a valid logon of the HMAC form, made now.
func (b *bench) hmacLogon(s Secret) *gateway.Credentials {
	b.nonce++
	raw := gateway.LogonRawData(b.now.UnixMilli(), bytes.Repeat([]byte{b.nonce}, 16))
	return &gateway.Credentials{
		KeyID: s.ID, RawData: raw, Password: gateway.SignLogonHMAC(s.Private, raw),
		Sender: "DESK1", Target: "CLEARHOUR", SeqNum: "1", Remote: home,
	}
}

// ed25519Logon is a valid logon of the Ed25519 form, made now.
func (b *bench) ed25519Logon(s Secret) *gateway.Credentials {
	c := &gateway.Credentials{
		KeyID: s.ID, Sender: "DESK1", Target: "CLEARHOUR", SeqNum: "1",
		SendingTime: b.now.Format("20060102-15:04:05.000"), Remote: home,
	}
	c.RawData = gateway.SignLogonEd25519(ed25519.NewKeyFromSeed(s.Private), c.SignedText())
	return c
}

func (b *bench) wantLogon(what string, c *gateway.Credentials, want gateway.Code) {
	b.t.Helper()
	if _, got := b.guard.Logon(c); got != want {
		b.t.Errorf("%s: code %v, want %v", what, got, want)
	}
}

// rules: AUTH-01, AUTH-02
func TestLogonForms(t *testing.T) {
	b := newBench(t)
	for _, kind := range []Kind{HMAC, Ed25519} {
		s := b.key(kind, nil)
		c := b.hmacLogon(s)
		if kind == Ed25519 {
			c = b.ed25519Logon(s)
		}
		g, code := b.guard.Logon(c)
		if code != gateway.CodeNone || g.Key != s.ID || g.Account != 16 || !g.Trade {
			t.Errorf("%s: grant %+v, code %v, want trading for 16", kind, g, code)
		}
		b.wantLogon(string(kind)+" again", c, gateway.AuthReplay)
	}
}

func TestLogonRefusals(t *testing.T) {
	b := newBench(t)
	s, other := b.key(HMAC, nil), b.key(HMAC, nil)
	e := b.key(Ed25519, nil)
	for _, c := range []struct {
		what   string
		change func(*gateway.Credentials)
		want   gateway.Code
	}{
		{"no key", func(c *gateway.Credentials) { c.KeyID = "" }, gateway.AuthMissing},
		{"no raw data", func(c *gateway.Credentials) { c.RawData = "" }, gateway.AuthMissing},
		{"unknown key", func(c *gateway.Credentials) { c.KeyID = "ch_nobody" }, gateway.AuthInvalidKey},
		{"key of another", func(c *gateway.Credentials) { c.KeyID = other.ID }, gateway.AuthInvalidSignature},
		{"an Ed25519 key with an HMAC", func(c *gateway.Credentials) { c.KeyID = e.ID }, gateway.AuthInvalidSignature},
		{"signed with nothing", func(c *gateway.Credentials) { c.KeyID, c.Password = e.ID, gateway.SignLogonHMAC(nil, c.RawData) }, gateway.AuthInvalidSignature},
		{"other raw data", func(c *gateway.Credentials) {
			c.RawData = c.RawData[:14] + base64.StdEncoding.EncodeToString(make([]byte, 16))
		}, gateway.AuthInvalidSignature},
		{"password that is no base64", func(c *gateway.Credentials) { c.Password = "?" }, gateway.AuthInvalidSignature},
		{"no dot", func(c *gateway.Credentials) { c.RawData = "1234" }, gateway.BadFormat},
		{"signed time", func(c *gateway.Credentials) { c.RawData = "-1" + c.RawData[2:] }, gateway.BadFormat},
		{"nonce of 15 bytes", func(c *gateway.Credentials) { c.RawData = gateway.LogonRawData(b.now.UnixMilli(), make([]byte, 15)) }, gateway.BadFormat},
		{"nonce of 65 bytes", func(c *gateway.Credentials) { c.RawData = gateway.LogonRawData(b.now.UnixMilli(), make([]byte, 65)) }, gateway.BadFormat},
		{"other CompID", func(c *gateway.Credentials) { c.Sender = "DESK2" }, gateway.AuthInvalidKey},
		{"window of 61 s", func(c *gateway.Credentials) { c.RecvWindow = 61 * venue.Second }, gateway.BadValue},
		{"window below 0", func(c *gateway.Credentials) { c.RecvWindow = -1 }, gateway.BadValue},
	} {
		logon := b.hmacLogon(s)
		c.change(logon)
		b.wantLogon(c.what, logon, c.want)
	}
	for field, change := range map[string]func(*gateway.Credentials){
		"sender": func(c *gateway.Credentials) { c.Sender = "DESK2" },
		"target": func(c *gateway.Credentials) { c.Target = "X" },
		"seqnum": func(c *gateway.Credentials) { c.SeqNum = "2" },
		"time": func(c *gateway.Credentials) {
			c.SendingTime = b.now.Add(time.Millisecond).Format("20060102-15:04:05.000")
		},
	} {
		b.now = b.now.Add(time.Second)
		logon := b.ed25519Logon(e)
		change(logon)
		b.wantLogon("changed "+field, logon, gateway.AuthInvalidSignature)
	}
	logon := b.ed25519Logon(e)
	logon.SendingTime = "yesterday"
	b.wantLogon("time in words", logon, gateway.BadFormat)
}

// TestWindow shows the rule at its limits: t < now + 1 s and now - t <= window.
//
// rules: AUTH-04
func TestWindow(t *testing.T) {
	b := newBench(t)
	s := b.key(HMAC, nil)
	for _, c := range []struct {
		off    time.Duration
		window venue.Time
		want   gateway.Code
	}{
		{999 * time.Millisecond, 0, gateway.CodeNone},
		{1000 * time.Millisecond, 0, gateway.AuthTimestamp},
		{-5000 * time.Millisecond, 0, gateway.CodeNone},
		{-5001 * time.Millisecond, 0, gateway.AuthTimestamp},
		{-10 * time.Millisecond, 10_000_000, gateway.CodeNone},
		{-11 * time.Millisecond, 10_000_000, gateway.AuthTimestamp},
		{-60_000 * time.Millisecond, 60 * venue.Second, gateway.CodeNone},
		{-60_001 * time.Millisecond, 60 * venue.Second, gateway.AuthTimestamp},
	} {
		at := b.now
		b.now = at.Add(c.off)
		logon := b.hmacLogon(s)
		b.now = at
		logon.RecvWindow = c.window
		b.wantLogon(fmt.Sprintf("%v off in a window of %v", c.off, time.Duration(c.window)), logon, c.want)
	}
}

// TestReplayInWiderWindow shows that a captured proof cannot be used again by
// asking for a wider window, which is not signed.
//
// rules: AUTH-05
func TestReplayInWiderWindow(t *testing.T) {
	b := newBench(t)
	logon := b.hmacLogon(b.key(HMAC, nil))
	b.wantLogon("first", logon, gateway.CodeNone)
	logon.RecvWindow = 60 * venue.Second
	for range 60 {
		b.now = b.now.Add(time.Second)
		b.wantLogon("again", logon, gateway.AuthReplay)
	}
	b.now = b.now.Add(time.Second)
	b.wantLogon("after all windows", logon, gateway.AuthTimestamp)
}

// TestClockSetBack shows that an old proof stays old when the clock goes back.
func TestClockSetBack(t *testing.T) {
	b := newBench(t)
	s := b.key(HMAC, nil)
	logon := b.hmacLogon(s)
	b.wantLogon("first", logon, gateway.CodeNone)
	b.now = b.now.Add(time.Hour)
	b.wantLogon("an hour later", b.hmacLogon(s), gateway.CodeNone)
	b.now = epoch
	b.wantLogon("the first one after the clock was set back", logon, gateway.AuthTimestamp)
}

func TestReplayMemoryIsBounded(t *testing.T) {
	var s seen
	for i := range 10 {
		if got := s.take(digest{byte(i)}, epoch, 10); got != fresh {
			t.Fatalf("signature %d: %v, want fresh", i, got)
		}
	}
	if got := s.take(digest{99}, epoch.Add(keepSeen), 10); got != full {
		t.Errorf("one more: %v, want full", got)
	}
	if got := s.take(digest{3}, epoch.Add(keepSeen), 10); got != replayed {
		t.Errorf("a known one: %v, want replayed", got)
	}
	if got := s.take(digest{99}, epoch.Add(keepSeen+1), 10); got != fresh || len(s.at) != 1 {
		t.Errorf("when all expired: %v with %d known, want fresh with 1", got, len(s.at))
	}
}

// rules: AUTH-07
func TestKeyStates(t *testing.T) {
	b := newBench(t)
	cidr := b.key(HMAC, func(k *Key) { k.From = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
	logon := b.hmacLogon(cidr)
	logon.Remote = abroad
	b.wantLogon("from elsewhere", logon, gateway.AuthIPNotAllowed)
	logon = b.hmacLogon(cidr)
	logon.Remote = netip.MustParseAddr("::ffff:192.0.2.9")
	b.wantLogon("from the network in its IPv6 form", logon, gateway.CodeNone)

	ends := b.key(HMAC, func(k *Key) { k.Expires = b.now.Add(time.Minute) })
	b.wantLogon("before its end", b.hmacLogon(ends), gateway.CodeNone)
	if !b.guard.Active(ends.ID) {
		t.Error("a key is not active before its end")
	}
	b.now = b.now.Add(time.Minute)
	b.wantLogon("at its end", b.hmacLogon(ends), gateway.AuthInvalidKey)
	if b.guard.Active(ends.ID) {
		t.Error("a key is active at its end")
	}

	if err := b.store.Revoke(cidr.ID); err != nil {
		t.Fatal(err)
	}
	b.wantLogon("revoked", b.hmacLogon(cidr), gateway.AuthInvalidKey)

	reader := b.key(HMAC, func(k *Key) { k.Scopes = gateway.ReadAccount })
	if g, code := b.guard.Logon(b.hmacLogon(reader)); code != gateway.CodeNone || g.Trade {
		t.Errorf("a reader: grant %+v, code %v, want no trading", g, code)
	}
	mover := b.key(HMAC, func(k *Key) { k.Scopes = gateway.WriteTransfers })
	b.wantLogon("a key for transfers", b.hmacLogon(mover), gateway.AuthScope)
	homeless := b.key(HMAC, func(k *Key) { k.Accounts = nil })
	b.wantLogon("a key without account", b.hmacLogon(homeless), gateway.AuthScope)
}

// TestByCompID shows that a key may be named by its CompID, also while one key
// follows another.
func TestByCompID(t *testing.T) {
	b := newBench(t)
	old, next := b.key(Ed25519, nil), b.key(Ed25519, nil)
	for _, s := range []Secret{old, next} {
		b.now = b.now.Add(time.Second)
		logon := b.ed25519Logon(s)
		logon.KeyID = logon.Sender
		g, code := b.guard.Logon(logon)
		if code != gateway.CodeNone || g.Key != s.ID {
			t.Errorf("grant %+v, code %v, want key %s", g, code, s.ID)
		}
	}
}

func TestSessions(t *testing.T) {
	b := newBench(t)
	s := b.key(HMAC, func(k *Key) { k.MaxSessions = 2 })
	for i, want := range []bool{true, true, false} {
		if d := b.guard.Acquire(s.ID); (d == nil) != want {
			t.Errorf("session %d: %v, want taken %v", i+1, d, want)
		}
	}
	b.guard.Release(s.ID)
	if d := b.guard.Acquire(s.ID); d != nil {
		t.Errorf("after a release: %v", d)
	}
	if d := b.guard.Acquire("ch_nobody"); d == nil || d.Code != gateway.AuthInvalidKey {
		t.Errorf("unknown key: %v, want AUTH_INVALID_KEY", d)
	}
}

// TestBruteForce tries 10,000 wrong signatures from one network and shows that
// the owner is let in from his own at any time.
//
// rules: AUTH-06
func TestBruteForce(t *testing.T) {
	b := newBench(t)
	s := b.key(HMAC, nil)
	waits := 0
	for i := range 10_000 {
		logon := b.hmacLogon(s)
		logon.Remote = abroad
		logon.Password = gateway.SignLogonHMAC([]byte("guess"+strconv.Itoa(i)), logon.RawData)
		_, code := b.guard.Logon(logon)
		if code == gateway.RateLimited {
			waits++
		} else if code != gateway.AuthInvalidSignature {
			t.Fatalf("guess %d: code %v", i, code)
		}
		if i%1000 == 0 {
			b.wantLogon("the owner", b.hmacLogon(s), gateway.CodeNone)
		}
		b.now = b.now.Add(10 * time.Millisecond)
	}
	if waits < 9_900 {
		t.Errorf("%d of 10,000 guesses were refused without a look, want at least 9,900", waits)
	}
}

// TestOwnerBesideStranger shows the same when both share a network and the
// owner was let in before.
func TestOwnerBesideStranger(t *testing.T) {
	b := newBench(t)
	s := b.key(HMAC, nil)
	b.wantLogon("the owner first", b.hmacLogon(s), gateway.CodeNone)
	for i := range 1000 {
		logon := b.hmacLogon(s)
		logon.KeyID = []string{s.ID, "ch_nobody"}[i%2]
		logon.Password = gateway.SignLogonHMAC([]byte("guess"), logon.RawData)
		b.guard.Logon(logon)
		b.now = b.now.Add(10 * time.Millisecond)
	}
	b.wantLogon("the owner", b.hmacLogon(s), gateway.CodeNone)
}

func TestTriedIsBounded(t *testing.T) {
	b := newBackoff()
	for i := range maxTried + 1000 {
		ip := netip.AddrFrom4([4]byte{byte(i >> 16), byte(i >> 8), byte(i), 1})
		b.failed(pair{"k", network(ip)}, true, epoch)
	}
	if len(b.networks) > maxTried || len(b.pairs) > maxTried {
		t.Errorf("%d networks and %d pairs are kept, want at most %d", len(b.networks), len(b.pairs), maxTried)
	}
}

// rules: AUTH-03
func TestRequest(t *testing.T) {
	b := newBench(t)
	for _, kind := range []Kind{HMAC, Ed25519} {
		s := b.key(kind, nil)
		signed := func(change func(*gateway.SignedRequest)) *gateway.SignedRequest {
			b.now = b.now.Add(10 * time.Second) // No two of them are the same.
			r := &gateway.SignedRequest{
				Key: s.ID, Timestamp: strconv.FormatInt(b.now.UnixMilli(), 10), Method: "GET",
				Target: "/v1/orders?symbol=A&limit=5", Body: []byte("{}"), Remote: home,
			}
			p := gateway.RequestPayload(r.Timestamp, r.Method, r.Target, r.Body)
			if kind == HMAC {
				r.Signature = gateway.SignRequestHMAC(s.Private, p)
			} else {
				r.Signature = gateway.SignRequestEd25519(ed25519.NewKeyFromSeed(s.Private), p)
			}
			if change != nil {
				change(r)
			}
			return r
		}
		r := signed(nil)
		if c, d := b.guard.Request(r); d != nil || c.Key != s.ID || !c.Owns(16) || c.Owns(17) || !c.Scopes.Has(gateway.ReadAccount) {
			t.Errorf("%s: caller %+v, %v", kind, c, d)
		}
		if _, d := b.guard.Request(r); d == nil || d.Code != gateway.AuthReplay {
			t.Errorf("%s again: %v, want AUTH_REPLAY", kind, d)
		}
		for _, c := range []struct {
			what   string
			change func(*gateway.SignedRequest)
			want   gateway.Code
		}{
			{"method", func(r *gateway.SignedRequest) { r.Method = "DELETE" }, gateway.AuthInvalidSignature},
			{"path", func(r *gateway.SignedRequest) { r.Target = "/v1/orders?symbol=B&limit=5" }, gateway.AuthInvalidSignature},
			{"body", func(r *gateway.SignedRequest) { r.Body = nil }, gateway.AuthInvalidSignature},
			{"time", func(r *gateway.SignedRequest) { r.Timestamp = r.Timestamp[:12] + "1" }, gateway.AuthInvalidSignature},
			{"no key", func(r *gateway.SignedRequest) { r.Key = "" }, gateway.AuthMissing},
			{"no signature", func(r *gateway.SignedRequest) { r.Signature = "" }, gateway.AuthMissing},
			{"time in words", func(r *gateway.SignedRequest) { r.Timestamp = "now" }, gateway.BadFormat},
			{"window in words", func(r *gateway.SignedRequest) { r.RecvWindow = "5s" }, gateway.BadFormat},
			{"window of 0", func(r *gateway.SignedRequest) { r.RecvWindow = "0" }, gateway.BadValue},
			{"window too wide", func(r *gateway.SignedRequest) { r.RecvWindow = "60001" }, gateway.BadValue},
		} {
			if _, d := b.guard.Request(signed(c.change)); d == nil || d.Code != c.want {
				t.Errorf("%s, changed %s: %v, want %v", kind, c.what, d, c.want)
			}
		}
		upper := signed(nil)
		if kind == HMAC {
			if _, d := b.guard.Request(upper); d != nil {
				t.Errorf("before: %v", d)
			}
			upper.Signature = strings.ToUpper(upper.Signature)
			if _, d := b.guard.Request(upper); d == nil || d.Code != gateway.AuthReplay {
				t.Errorf("the same in capitals: %v, want AUTH_REPLAY", d)
			}
		}
	}
}

// TestKnownAnswers fixes the bytes of signatures: the seed and the message of
// RFC 8032, 7.1, TEST 1 and the key of RFC 4231, 4.2 (HMAC-SHA256, case 1).
func TestKnownAnswers(t *testing.T) {
	seed, _ := hex.DecodeString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
	want := "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
	raw, _ := base64.StdEncoding.DecodeString(gateway.SignRequestEd25519(ed25519.NewKeyFromSeed(seed), nil))
	if got := hex.EncodeToString(raw); got != want {
		t.Errorf("Ed25519 of nothing = %s, want %s", got, want)
	}
	key := bytes.Repeat([]byte{0x0b}, 20)
	if got, want := gateway.SignRequestHMAC(key, []byte("Hi There")), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"; got != want {
		t.Errorf("HMAC = %s, want %s", got, want)
	}
	if got, want := gateway.LogonRawData(1700000000123, make([]byte, 16)), "1700000000123.AAAAAAAAAAAAAAAAAAAAAA=="; got != want {
		t.Errorf("RawData = %s, want %s", got, want)
	}
	c := gateway.Credentials{Sender: "S", Target: "T", SeqNum: "1", SendingTime: "20260101-00:00:00"}
	if got, want := c.SignedText(), "A\x01S\x01T\x011\x0120260101-00:00:00"; got != want {
		t.Errorf("signed text = %q, want %q", got, want)
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	store, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	k, s, err := store.Create(Key{
		Kind: HMAC, Owner: 3, Accounts: []venue.AccountID{16, 17}, Scopes: gateway.AllScopes, Operator: 5, Source: 6, CompID: "DESK1", MaxSessions: 2,
		From: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Expires: epoch, CancelOnDisconnect: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, path + ".master"} {
		info, err := os.Stat(p)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v, want 0600", p, info.Mode(), err)
		}
	}
	data, _ := os.ReadFile(path)
	if bytes.Contains(data, []byte(base64.StdEncoding.EncodeToString(s.Private))) || bytes.Contains(data, s.Private) {
		t.Error("the secret stands in the file")
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if e := again.find(k.ID); e == nil || !bytes.Equal(e.secret, s.Private) || fmt.Sprint(e.Key) != fmt.Sprint(k) {
		t.Errorf("read again: %+v, want %+v", e, k)
	}
	if err := again.Revoke(k.ID); err != nil {
		t.Fatal(err)
	}
	if err := store.Reload(); err != nil || !store.Keys()[0].Disabled {
		t.Errorf("after a reload: %v, %+v, want disabled", err, store.Keys())
	}
	if left, _ := filepath.Glob(filepath.Dir(path) + "/*.tmp"); len(left) != 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

func TestFileRefused(t *testing.T) {
	for what, damage := range map[string]func(path string, data []byte) []byte{
		"readable by others": func(path string, data []byte) []byte { os.Chmod(path, 0o644); return data },
		"no JSON":            func(_ string, data []byte) []byte { return data[:len(data)/2] },
		"unknown field": func(_ string, data []byte) []byte {
			return bytes.Replace(data, []byte(`"owner"`), []byte(`"owned"`), 1)
		},
		"unknown version": func(_ string, data []byte) []byte {
			return bytes.Replace(data, []byte(`"version": 1`), []byte(`"version": 2`), 1)
		},
		"unknown scope": func(_ string, data []byte) []byte {
			return bytes.Replace(data, []byte(`md:read`), []byte(`md:rule`), 1)
		},
		"secret moved": func(_ string, data []byte) []byte {
			return bytes.Replace(data, []byte(`"id": "moved`), []byte(`"id": "taken`), 1)
		},
		"other master": func(path string, data []byte) []byte {
			os.WriteFile(path+".master", []byte(strings.Repeat("00", 32)), 0o600)
			return data
		},
	} {
		path := filepath.Join(t.TempDir(), "keys.json")
		store, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.Create(Key{ID: "moved", Kind: HMAC, Scopes: gateway.ReadMarket}); err != nil {
			t.Fatal(err)
		}
		data, _ := os.ReadFile(path)
		if err := os.WriteFile(path, damage(path, data), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); err == nil {
			t.Errorf("%s: opened", what)
		} else if reload := store.Reload(); what != "other master" && (reload == nil || len(store.Keys()) != 1) {
			t.Errorf("%s: reload %v with %d keys, want an error and the keys as they were", what, reload, len(store.Keys()))
		}
	}
}

func TestCreateRefused(t *testing.T) {
	b := newBench(t)
	b.key(HMAC, func(k *Key) { k.ID = "first" })
	for what, k := range map[string]Key{
		"no kind":         {Scopes: gateway.ReadMarket},
		"id with a blank": {ID: "a b", Kind: HMAC},
		"id taken":        {ID: "first", Kind: HMAC},
		"short public":    {Kind: Ed25519, Public: []byte{1}},
		"CompID taken":    {Kind: HMAC, CompID: "DESK1", Owner: 2},
		"sessions":        {Kind: HMAC, MaxSessions: 17},
		"unknown scope":   {Kind: HMAC, Scopes: 128},
		"accounts":        {Kind: HMAC, Accounts: make([]venue.AccountID, 65)},
	} {
		if _, _, err := b.store.Create(k); err == nil {
			t.Errorf("%s: created", what)
		}
	}
	if n := len(b.store.Keys()); n != 1 {
		t.Errorf("%d keys, want 1", n)
	}
}

func FuzzDecodeSignature(f *testing.F) {
	f.Add("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")
	f.Add(base64.StdEncoding.EncodeToString(make([]byte, 64)))
	f.Fuzz(func(t *testing.T, s string) {
		b, ok := decodeSignature(s)
		if !ok {
			return
		}
		if s != base64.StdEncoding.EncodeToString(b) && strings.ToLower(s) != hex.EncodeToString(b) {
			t.Errorf("%q is taken for %x, whose text it is not", s, b)
		}
	})
}

func BenchmarkRequest(bench *testing.B) {
	for _, kind := range []Kind{HMAC, Ed25519} {
		bench.Run(string(kind), func(bench *testing.B) {
			b := newBench(bench)
			s := b.key(kind, nil)
			r := &gateway.SignedRequest{Key: s.ID, Method: "GET", Target: "/v1/orders", Remote: home}
			for i := 0; bench.Loop(); i++ {
				b.now = b.now.Add(10 * time.Millisecond)
				r.Timestamp = strconv.FormatInt(b.now.UnixMilli(), 10)
				p := gateway.RequestPayload(r.Timestamp, r.Method, r.Target, nil)
				if kind == HMAC {
					r.Signature = gateway.SignRequestHMAC(s.Private, p)
				} else {
					r.Signature = gateway.SignRequestEd25519(ed25519.NewKeyFromSeed(s.Private), p)
				}
				if _, d := b.guard.Request(r); d != nil {
					bench.Fatal(d)
				}
			}
		})
	}
}
