package auth

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clearhour/clearhour/gateway"
)

// Windows of time within which a signature counts.
const (
	DefaultRecvWindow = 5 * time.Second
	MaxRecvWindow     = 60 * time.Second
	// maxAhead is how far a client's clock may be ahead: less than this.
	maxAhead = time.Second
)

// maxSeen bounds the signatures remembered per key: 100 requests a second for
// longer than they are kept.
const maxSeen = 1 << 14

func deny(c gateway.Code, detail string) *gateway.Denial {
	return &gateway.Denial{Code: c, Detail: detail}
}

// Guard decides who is let in. Use NewGuard.
type Guard struct {
	store *Store
	clock func() time.Time

	mu       sync.Mutex
	latest   time.Time
	seen     map[string]*seen // By id of an existing key.
	backoff  backoff
	sessions map[string]int
	used     map[string]time.Time
}

// NewGuard returns a guard for the keys of a store, with the time from clock.
func NewGuard(store *Store, clock func() time.Time) *Guard {
	return &Guard{
		store: store, clock: clock, seen: map[string]*seen{}, backoff: newBackoff(),
		sessions: map[string]int{}, used: map[string]time.Time{},
	}
}

// now returns the time, never earlier than before: a clock that is set back
// must not open the window of a signature whose memory has expired. The caller
// holds the lock. Wall time is what signatures are compared with, so the
// monotonic reading goes.
func (g *Guard) now() time.Time {
	if t := g.clock().Round(0); t.After(g.latest) {
		g.latest = t
	}
	return g.latest
}

// attempt is a proof of identity in one form, whatever the transport.
type attempt struct {
	key       string
	from      netip.Addr
	at        time.Time
	window    time.Duration
	signature []byte
	// verify says whether the signature fits the key, in constant time.
	verify func(*entry) bool
	// comp says that key may be a CompID too.
	comp bool
}

// admit runs an attempt through every check. Cheap checks come first, but what
// a stranger could learn from or fill up comes after the signature.
func (g *Guard) admit(a *attempt) (*entry, *gateway.Denial) {
	g.mu.Lock()
	now := g.now()
	p := pair{a.key, network(a.from)}
	wait := g.backoff.wait(p, now)
	g.mu.Unlock()
	if wait > 0 {
		return nil, &gateway.Denial{Code: gateway.RateLimited, Detail: "too many failed attempts", RetryAfter: wait}
	}
	if d := checkWindow(a.at, a.window, now); d != nil {
		return nil, d
	}
	e, known := g.verified(a) // Outside of the lock: an Ed25519 signature takes 0.1 ms.
	g.mu.Lock()
	defer g.mu.Unlock()
	if e == nil {
		g.backoff.failed(p, known, now)
		if known {
			return nil, deny(gateway.AuthInvalidSignature, "")
		}
		return nil, deny(gateway.AuthInvalidKey, "")
	}
	if d := g.usable(e, a, now); d != nil {
		g.backoff.failed(p, true, now) // Whoever replays what was captured waits like any other.
		return nil, d
	}
	g.backoff.succeeded(p, now)
	g.used[e.ID] = now
	return e, nil
}

// checkWindow applies the rule t < now + 1 s and now - t <= window.
func checkWindow(at time.Time, window time.Duration, now time.Time) *gateway.Denial {
	switch {
	case window <= 0 || window > MaxRecvWindow:
		return deny(gateway.BadValue, "the receive window is 1 to 60000 ms")
	case !at.Before(now.Add(maxAhead)):
		return deny(gateway.AuthTimestamp, "the time is in the future")
	case now.Sub(at) > window:
		return deny(gateway.AuthTimestamp, "the time is older than the receive window")
	}
	return nil
}

// verified returns the key that made the signature, or nil, and whether there
// was a key to try. An unknown name costs as much as a wrong signature.
func (g *Guard) verified(a *attempt) (e *entry, known bool) {
	candidates := g.candidates(a)
	for _, c := range candidates {
		if a.verify(c) {
			return c, true
		}
	}
	if len(candidates) == 0 {
		a.verify(nobody)
	}
	return nil, len(candidates) > 0
}

// nobody is a key that exists for the time that it takes to verify with it.
var nobody = &entry{
	Key:    Key{Public: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)},
	secret: make([]byte, 32),
}

// maxCandidates bounds how many keys of a CompID are tried: one that goes out
// of use and one that comes, twice.
const maxCandidates = 4

// candidates returns the key with the name, or those of the CompID.
func (g *Guard) candidates(a *attempt) []*entry {
	if e := g.store.find(a.key); e != nil {
		return []*entry{e}
	}
	if !a.comp {
		return nil
	}
	return g.store.ofComp(a.key, maxCandidates)
}

// usable applies what a key itself says, and remembers the signature.
func (g *Guard) usable(e *entry, a *attempt, now time.Time) *gateway.Denial {
	if e.over(now) {
		return deny(gateway.AuthInvalidKey, "the key expired or was revoked")
	}
	if !e.allows(a.from) {
		return deny(gateway.AuthIPNotAllowed, "")
	}
	s := g.seen[e.ID]
	if s == nil {
		s = &seen{}
		g.seen[e.ID] = s
	}
	switch s.take(digestOf(a.signature), now, maxSeen) {
	case replayed:
		return deny(gateway.AuthReplay, "")
	case full:
		return &gateway.Denial{Code: gateway.RateLimited, Detail: "too many signed requests", RetryAfter: time.Second}
	case fresh:
	}
	return nil
}

// Active says whether the key may still be used: sessions that were opened with
// it end when it is not. Keys are read again by Store.Reload.
func (g *Guard) Active(id string) bool {
	e := g.store.find(id)
	g.mu.Lock()
	defer g.mu.Unlock()
	return e != nil && !e.over(g.now())
}

// LastUsed returns when a key was last let in since the process began, zero
// when it was not.
func (g *Guard) LastUsed(id string) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.used[id]
}

// Acquire counts one more session of the key, unless it has as many as it may.
// Each session that was counted is given back with Release.
func (g *Guard) Acquire(id string) *gateway.Denial {
	e := g.store.find(id)
	if e == nil {
		return deny(gateway.AuthInvalidKey, "")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.sessions[id] >= e.MaxSessions {
		return deny(gateway.TooManyConnections, "the key has as many sessions as it may")
	}
	g.sessions[id]++
	return nil
}

// Release gives back what Acquire counted.
func (g *Guard) Release(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.sessions[id]--; g.sessions[id] <= 0 {
		delete(g.sessions, id)
	}
}

// verifyEd25519 returns the check of a signature over a payload.
func verifyEd25519(payload, signature []byte) func(*entry) bool {
	return func(e *entry) bool {
		return len(e.Public) == ed25519.PublicKeySize && ed25519.Verify(e.Public, payload, signature)
	}
}

// verifyHMAC returns the check of an HMAC-SHA256 over a payload. A key without
// a secret fits nothing.
func verifyHMAC(payload, signature []byte) func(*entry) bool {
	return func(e *entry) bool {
		h := hmac.New(sha256.New, e.secret)
		h.Write(payload)
		return hmac.Equal(h.Sum(nil), signature) && len(e.secret) > 0
	}
}

// decodeSignature reads base64 or, with the length of an HMAC-SHA256,
// hexadecimal.
func decodeSignature(text string) ([]byte, bool) {
	if len(text) == hex.EncodedLen(sha256.Size) {
		b, err := hex.DecodeString(strings.ToLower(text))
		return b, err == nil
	}
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	return b, err == nil && slices.Contains([]int{sha256.Size, ed25519.SignatureSize}, len(b))
}

// isHMAC says which of the two kinds of signature it is.
func isHMAC(signature []byte) bool { return len(signature) == sha256.Size }
