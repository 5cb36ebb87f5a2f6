package gateway

import (
	"errors"
	"strconv"
	"sync"

	"github.com/clearhour/clearhour/venue"
)

// BeginString is the version of the session protocol on the wire.
const BeginString = "FIXT.1.1"

// MaxFrame is the largest message that either side may send, in bytes.
const MaxFrame = 64 << 10

// Times of the session protocol.
const (
	// clockSlack is how far SendingTime may be from the own clock.
	clockSlack = 120 * venue.Second
	// askAgain is after how long an unanswered ResendRequest is repeated.
	askAgain = 10 * venue.Second
	// logoutWait is how long the answer to a Logout may take.
	logoutWait = 2 * venue.Second
	// maxHeartbeat bounds HeartBtInt(108), in seconds.
	maxHeartbeat = 300
)

// Verdict says what Receive made of a message.
type Verdict uint8

// Verdicts.
const (
	// Handled says that nothing is left to do.
	Handled Verdict = iota
	// App says that the message is in sequence and for the application.
	App
	// Relogon says that a Logon arrived on a session that is logged on.
	Relogon
	// LoggedOn says that the venue answered the Logon of a client.
	LoggedOn
	// Refused says that the venue answered the Logon of a client with Logout.
	Refused
)

// Session is one side of a FIX session: sequence numbers, timers and what is
// owed to the peer. It outlives its connections. Time comes with each call;
// messages leave through the Wire. All methods are safe for concurrent use.
//
//	received number   < expected: Logout, or ignored when PossDupFlag is Y
//	                  = expected: taken
//	                  > expected: ResendRequest, and the message is dropped: the
//	                              peer sends it again behind those missing
//
// Messages out have a number from the moment they are made. The cursor is the
// number that goes on the wire next. It is that of the next message made, but
// while old messages are sent again: then new ones wait their turn in the
// outbox, so that numbers on the wire only jump back when the peer asked.
type Session struct {
	mu sync.Mutex

	id           venue.SessionID
	who          Identity
	ours, theirs string
	client       bool

	out      Outbox
	expected uint64 // Of the next message in.
	settled  uint64 // What the outbox was told: all below is dealt with.

	wire     Wire
	on       bool // Logged on.
	joining  bool // A client's Logon waits for its answer.
	leaving  venue.Time
	interval venue.Time
	lastIn   venue.Time
	lastOut  venue.Time
	testing  bool
	asked    uint64 // The number that made us send a ResendRequest.
	askedAt  venue.Time

	cursor uint64
	until  uint64 // Where a bounded resend ends, 0 when there is none.
	resume uint64 // The cursor after a bounded resend.
	sent   uint64 // All numbers below were on a wire: sent again they are PossDup.

	failed   error // What the outbox said when the session was closed.
	reported bool  // The Hub has it in its list of sessions to release.

	stored Stored
	head   []byte
	body   Writer
	stamp  stamper
}

// NewSession returns the venue's side of the session of a client.
func NewSession(id venue.SessionID, who Identity, name string, out Outbox) *Session {
	s := &Session{id: id, who: who, ours: name, theirs: who.CompID, out: out}
	s.begin()
	return s
}

// NewClientSession returns the client's side of its session.
func NewClientSession(compID, venueName string, out Outbox) *Session {
	s := &Session{ours: compID, theirs: venueName, client: true, out: out}
	s.begin()
	return s
}

func (s *Session) begin() {
	s.expected = s.out.Expected()
	s.settled = s.expected
	s.sent = s.out.Next()
	s.cursor = s.sent
}

// ID returns the number that the venue knows the session by.
func (s *Session) ID() venue.SessionID { return s.id }

// Identity returns whose session it is.
func (s *Session) Identity() Identity { return s.who }

// On says whether the peer is logged on.
func (s *Session) On() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on
}

// Release hands the outbox to the operating system and then lets the wire
// write: so nothing is on the wire that the end of the process could forget.
func (s *Session) Release() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.release()
}

func (s *Session) release() error {
	err := errors.Join(s.failed, s.out.Flush())
	if s.wire != nil {
		s.wire.Release()
	}
	return err
}

// Receive takes a decoded message that arrived at now. When the verdict is App,
// the caller deals with it before the next Receive.
func (s *Session) Receive(now venue.Time, m *Message) Verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	if s.joining {
		return s.answered(now, m)
	}
	if !s.on {
		return Handled
	}
	s.lastIn, s.testing = now, false
	if !s.headerOK(now, m) {
		return Handled
	}
	n, ok := m.Int(TagMsgSeqNum)
	if !ok || n < 1 {
		s.end(now, CloseProtocol, MissingField, "MsgSeqNum is no number")
		return Handled
	}
	if m.Type == MsgSequenceReset && !m.Flag(TagGapFillFlag) {
		s.hardReset(now, m)
		return Handled
	}
	if m.Type == MsgLogon && m.Flag(TagResetSeqNumFlag) {
		return Relogon // It brings its own numbers.
	}
	switch {
	case uint64(n) > s.expected:
		s.tooHigh(now, uint64(n), m)
		return Handled
	case uint64(n) < s.expected:
		s.tooLow(now, uint64(n), m)
		return Handled
	}
	if m.Flag(TagPossDupFlag) && !s.possDupOK(now, m) {
		return Handled
	}
	s.expected++
	return s.dispatch(now, m)
}

// settle tells the outbox that everything received before was dealt with.
func (s *Session) settle() {
	if s.settled != s.expected {
		s.settled = s.expected
		s.out.SetExpected(s.expected)
	}
}

// headerOK checks what every message carries, before its number.
func (s *Session) headerOK(now venue.Time, m *Message) bool {
	if string(m.Get(TagBeginString)) != BeginString {
		s.end(now, CloseProtocol, BadValue, "Incorrect BeginString")
		return false
	}
	if !m.Has(TagMsgSeqNum) {
		s.end(now, CloseProtocol, MissingField, "Required tag missing: MsgSeqNum")
		return false
	}
	if string(m.Get(TagSenderCompID)) != s.theirs || string(m.Get(TagTargetCompID)) != s.ours {
		s.reject(now, m, problem(rejCompID, 0))
		s.end(now, CloseProtocol, BadValue, "CompID problem")
		return false
	}
	at, ok := m.Time(TagSendingTime)
	if ok && (at > now+clockSlack || at < now-clockSlack) {
		s.reject(now, m, problem(rejSendingTime, TagSendingTime))
		s.end(now, CloseProtocol, AuthTimestamp, "SendingTime accuracy problem")
		return false
	}
	return true
}

// tooHigh asks for what is missing. Messages about the session itself are
// answered out of turn, or both sides could wait for each other.
func (s *Session) tooHigh(now venue.Time, n uint64, m *Message) {
	switch m.Type {
	case MsgLogout:
		s.loggedOut(now)
		return
	case MsgResendRequest:
		if p := m.Problem(); !p.Is() {
			s.resendRequested(now, m)
		}
	}
	if s.asked >= s.expected && now < s.askedAt+askAgain {
		return
	}
	s.asked, s.askedAt = n, now
	w := s.body.Begin().Uint(TagBeginSeqNo, s.expected).Int(TagEndSeqNo, 0)
	s.post(now, MsgResendRequest, w.End())
}

// tooLow ends the session, unless the message says that it may be a repetition.
func (s *Session) tooLow(now venue.Time, n uint64, m *Message) {
	if m.Flag(TagPossDupFlag) {
		s.possDupOK(now, m)
		return
	}
	s.end(now, CloseProtocol, BadValue, "MsgSeqNum too low, expecting "+strconv.FormatUint(s.expected, 10)+
		" but received "+strconv.FormatUint(n, 10))
}

// possDupOK checks the times of a message that may be a repetition.
func (s *Session) possDupOK(now venue.Time, m *Message) bool {
	if m.Type == MsgSequenceReset {
		return true // Gap fills have no original.
	}
	if !m.Has(TagOrigSendingTime) {
		s.reject(now, m, problem(rejMissing, TagOrigSendingTime))
		s.passed(m)
		return false
	}
	orig, ok1 := m.Time(TagOrigSendingTime)
	at, ok2 := m.Time(TagSendingTime)
	if ok1 && ok2 && orig > at {
		s.reject(now, m, problem(rejSendingTime, TagOrigSendingTime))
		s.passed(m)
		s.end(now, CloseProtocol, AuthTimestamp, "SendingTime accuracy problem")
		return false
	}
	return true
}

// passed counts a message that was refused, if it was the expected one.
func (s *Session) passed(m *Message) {
	if n, _ := m.Int(TagMsgSeqNum); uint64(n) == s.expected {
		s.expected++
	}
}

// dispatch deals with a message in sequence.
func (s *Session) dispatch(now venue.Time, m *Message) Verdict {
	k := kindOf(m.Type)
	if k == nil || s.client && !k.out || !s.client && !k.in {
		s.unsupported(now, m)
		return Handled
	}
	if p := m.Problem(); p.Is() && !(s.client && k.app) {
		s.reject(now, m, p)
		return Handled
	}
	switch m.Type {
	case MsgHeartbeat, MsgReject:
	case MsgTestRequest:
		s.post(now, MsgHeartbeat, s.body.Begin().Bytes(TagTestReqID, m.Get(TagTestReqID)).End())
	case MsgResendRequest:
		s.resendRequested(now, m)
	case MsgSequenceReset:
		s.gapFilled(now, m)
	case MsgLogout:
		s.loggedOut(now)
	case MsgLogon:
		return Relogon
	default:
		return App
	}
	if k.typ == MsgReject && s.client {
		return App // The caller of a client wants to know.
	}
	return Handled
}

// unsupported answers a type that the side does not take.
func (s *Session) unsupported(now venue.Time, m *Message) {
	if m.Type == 0 || !isFIXType(m.Type) {
		s.reject(now, m, problem(rejMsgType, TagMsgType))
		return
	}
	s.business(now, m, Business{Code: UnsupportedMessage, Text: "Unsupported Message Type"})
}

// hardReset is SequenceReset without GapFillFlag: its own number is ignored.
func (s *Session) hardReset(now venue.Time, m *Message) {
	if p := m.Problem(); p.Is() {
		s.reject(now, m, p)
		return
	}
	to, ok := m.Int(TagNewSeqNo)
	if !ok || to < 1 || uint64(to) < s.expected {
		s.reject(now, m, problem(rejOutOfRange, TagNewSeqNo))
		return
	}
	s.expected = uint64(to)
}

// gapFilled skips numbers that the peer does not send again.
func (s *Session) gapFilled(now venue.Time, m *Message) {
	to, ok := m.Int(TagNewSeqNo)
	if !ok || to < 1 || uint64(to) < s.expected {
		s.reject(now, m, problem(rejOutOfRange, TagNewSeqNo))
		return
	}
	s.expected = uint64(to)
}

// loggedOut answers a Logout, or takes the answer to ours, and closes.
func (s *Session) loggedOut(now venue.Time) {
	if s.leaving == 0 {
		s.post(now, MsgLogout, s.body.Begin().End())
	}
	s.close(CloseNormal, "logout")
}

// Tick does what is due at now: heartbeats, tests of a silent peer, the end of
// one that stays silent.
func (s *Session) Tick(now venue.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on {
		return
	}
	if s.leaving != 0 && now >= s.leaving+logoutWait {
		s.close(CloseNormal, "logout")
		return
	}
	idle := now - s.lastIn
	switch {
	case idle*10 >= s.interval*24:
		s.end(now, CloseProtocol, StatusUnknown, "no message within 2.4 heartbeat intervals")
		return
	case idle*10 >= s.interval*12 && !s.testing:
		s.testing = true
		s.post(now, MsgTestRequest, s.body.Begin().Text(TagTestReqID, "TEST").End())
	}
	if now >= s.lastOut+s.interval {
		s.post(now, MsgHeartbeat, s.body.Begin().End())
	}
	s.pump(now)
}

// Logout asks the peer to leave: the connection closes with its answer, or
// after two seconds.
func (s *Session) Logout(now venue.Time, code Code, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on || s.leaving != 0 {
		return
	}
	s.leaving = now
	s.post(now, MsgLogout, s.logoutBody(code, text))
}

func (s *Session) logoutBody(code Code, text string) []byte {
	w := s.body.Begin()
	if text != "" {
		w.Text(TagText, text)
	}
	if code != CodeNone {
		w.Int(TagErrorCode, int64(code))
	}
	return w.End()
}

// End sends a Logout and closes without waiting for the answer.
func (s *Session) End(now venue.Time, close CloseCode, code Code, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(now, close, code, text)
}

func (s *Session) end(now venue.Time, close CloseCode, code Code, text string) {
	if !s.on {
		return
	}
	if text == "" {
		text = code.Entry().Text
	}
	s.post(now, MsgLogout, s.logoutBody(code, text))
	s.close(close, text)
}

// close ends the connection; the session goes on without one.
func (s *Session) close(code CloseCode, reason string) {
	s.on, s.joining = false, false
	s.failed = s.out.Flush()
	if s.wire != nil {
		s.wire.Close(code, reason)
	}
}

// Detach says that the wire is gone. It reports whether the session was using
// it. Messages made from now on wait in the outbox.
func (s *Session) Detach(w Wire) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wire != w {
		return false
	}
	s.settle()
	s.on, s.joining, s.wire, s.leaving, s.until = false, false, nil, 0, 0
	return true
}
