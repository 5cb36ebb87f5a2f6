package gateway

import (
	"errors"
	"net/netip"
	"sync"

	"github.com/clearhour/clearhour/venue"
)

// Link is the conversation of one connection: from the Logon that names its
// session to the end. Frame and Release are for the goroutine that reads the
// connection; Tick, Pump and Drop may come from others.
type Link struct {
	hub    *Hub
	wire   Wire
	remote netip.Addr

	// What the reader alone touches.
	m                       Message
	w                       Writer
	grant                   Grant
	orders, cancels, others bucket
	strikes                 int
	window                  venue.Time // RecvWindow of the Logon.
	cod                     bool
	place                   venue.PlaceOrder
	amend                   venue.AmendOrder
	cancel                  venue.CancelOrder
	mass                    venue.MassCancel
	quotes                  venue.MassQuote

	mu      sync.Mutex
	session *Session
	grace   venue.Time
	key     string     // What KeyWatcher counted, empty for nothing.
	watched venue.Time // When the key was last asked about.

	// subs belongs to the Hub's lock.
	subs map[string]*subscription
}

// Session returns the session, nil before the Logon was accepted.
func (l *Link) Session() *Session {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.session
}

// Frame takes one frame that arrived at now. The memory of the frame is the
// caller's again when Frame returns.
func (l *Link) Frame(now venue.Time, frame []byte) {
	if err := Decode(frame, &l.m); err != nil {
		l.garbled(now, err)
		return
	}
	s := l.session // Written by this goroutine only.
	if s == nil {
		if l.m.Type != MsgLogon {
			l.wire.Close(CloseProtocol, "the first message must be a Logon")
			return
		}
		l.logon(now)
		return
	}
	switch s.Receive(now, &l.m) {
	case App:
		l.handle(now, s)
	case Relogon:
		l.logon(now)
	case Handled, LoggedOn, Refused:
	}
}

// garbled ends the connection: what is no FIX-JSON has no number that could be
// refused, and the transport has already ruled out damage.
func (l *Link) garbled(now venue.Time, err error) {
	code, text := CloseGarbled, Malformed.Entry().Text
	if errors.Is(err, ErrUTF8) {
		code, text = CloseUTF8, "The message is not UTF-8."
	}
	if s := l.session; s != nil {
		s.End(now, code, Malformed, text)
		return
	}
	l.wire.Close(code, text)
}

// Release lets the answers to the frames since the last Release be written. The
// error is that of the outbox: the venue must not go on then.
func (l *Link) Release() error {
	if s := l.session; s != nil {
		return s.Release()
	}
	l.wire.Release()
	return nil
}

// Tick does what is due at now.
func (l *Link) Tick(now venue.Time) error {
	s := l.Session()
	if s == nil {
		return nil
	}
	if !l.keyHolds(now) {
		s.End(now, CloseAuth, AuthInvalidKey, "")
	}
	s.Tick(now)
	return s.Release()
}

// watchEvery is how often a session asks whether its key is still good: half of
// the second within which a revoked key ends it.
const watchEvery = venue.Second / 2

// keyHolds says whether the key of the session may still be used.
func (l *Link) keyHolds(now venue.Time) bool {
	w, ok := l.hub.cfg.Auth.(KeyWatcher)
	l.mu.Lock()
	key, due := l.key, now >= l.watched+watchEvery
	if due {
		l.watched = now
	}
	l.mu.Unlock()
	return !ok || !due || key == "" || w.Active(key)
}

// count counts the session with its key.
func (l *Link) count(key string) *Failure {
	w, ok := l.hub.cfg.Auth.(KeyWatcher)
	if !ok {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.key != "" {
		return nil // The connection is counted already.
	}
	if d := w.Acquire(key); d != nil {
		return failure(d.Code, CloseAuth, d.Detail)
	}
	l.key = key
	return nil
}

// Pump goes on sending old messages when the wire has room again. It says
// whether there are any left.
func (l *Link) Pump(now venue.Time) (bool, error) {
	s := l.Session()
	if s == nil || !s.Behind() {
		return false, nil
	}
	s.Pump(now)
	return s.Behind(), s.Release()
}

// Logout asks the client to leave.
func (l *Link) Logout(now venue.Time, code Code, text string) error {
	s := l.Session()
	if s == nil {
		l.wire.Close(CloseGoingAway, text)
		return nil
	}
	s.Logout(now, code, text)
	return s.Release()
}

// Drop says that the connection is gone. It returns the session that may have
// orders to cancel after grace, or false.
func (l *Link) Drop() (id venue.SessionID, grace venue.Time, ok bool) {
	l.hub.mu.Lock()
	l.hub.feeds.forget(l)
	l.hub.mu.Unlock()
	l.mu.Lock()
	s, grace, key := l.session, l.grace, l.key
	l.key = ""
	l.mu.Unlock()
	if w, ok := l.hub.cfg.Auth.(KeyWatcher); ok && key != "" {
		w.Release(key)
	}
	if s == nil || !s.Detach(l.wire) {
		return 0, 0, false
	}
	return s.id, grace, true
}
