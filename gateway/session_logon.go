package gateway

import (
	"strconv"

	"github.com/clearhour/clearhour/venue"
)

// LogonTerms are what a Logon asks of the session, checked.
type LogonTerms struct {
	// Seq is its MsgSeqNum.
	Seq uint64
	// Heartbeat is HeartBtInt(108).
	Heartbeat venue.Time
	// Reset is ResetSeqNumFlag(141).
	Reset bool
	// NextExpected is NextExpectedMsgSeqNum(789), 0 when not given.
	NextExpected uint64
	// PossDup is PossDupFlag(43).
	PossDup bool
}

// Failure says why a logon was refused.
type Failure struct {
	// Code is the number of the catalogue.
	Code Code
	// Text is for people.
	Text string
	// Close is the status of the close frame.
	Close CloseCode
}

func failure(code Code, close CloseCode, text string) *Failure {
	if text == "" {
		text = code.Entry().Text
	}
	return &Failure{Code: code, Text: text, Close: close}
}

// sessionStatus is SessionStatus(1409) of a refused logon.
func sessionStatus(c Code) int64 {
	switch c {
	case AuthMissing, AuthInvalidKey, AuthInvalidSignature, AuthReplay, AuthTimestamp:
		return 5 // Invalid username or password.
	case AuthIPNotAllowed, AuthScope:
		return 6 // Account locked.
	}
	return 7 // Logons are not allowed at this time.
}

// Accept logs the peer on over w, or returns why not: then nothing changed, but
// for a number that is too low, where the Failure is already answered and the
// returned Close is all that is left.
func (s *Session) Accept(now venue.Time, t *LogonTerms, w Wire) *Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wire != nil && s.on && s.wire != w && !s.wire.Closed() {
		return failure(CompIDInUse, CloseDuplicate, "")
	}
	again := s.on && s.wire == w
	switch {
	case t.Reset && t.Seq != 1:
		return failure(BadValue, CloseProtocol, "ResetSeqNumFlag asks for MsgSeqNum 1")
	case again && !t.Reset:
		return failure(BadValue, CloseProtocol, "the session is logged on")
	case !t.Reset && t.Seq < s.expected && !t.PossDup:
		return failure(BadValue, CloseProtocol, "MsgSeqNum too low, expecting "+strconv.FormatUint(s.expected, 10)+
			" but received "+strconv.FormatUint(t.Seq, 10))
	case !t.Reset && t.NextExpected > s.out.Next():
		return failure(BadValue, CloseProtocol, "NextExpectedMsgSeqNum too high, next is "+
			strconv.FormatUint(s.out.Next(), 10)+" but received "+strconv.FormatUint(t.NextExpected, 10))
	}
	if t.Reset {
		s.out.Reset()
		s.expected, s.settled, s.sent = 1, 1, 1
	}
	s.attach(now, w, t.Heartbeat)
	missed := s.out.Next()
	if t.Seq == s.expected {
		s.expected++
	}
	s.post(now, MsgLogon, s.logonAnswer(t))
	if t.Seq > s.expected {
		s.asked, s.askedAt = t.Seq, now
		if t.NextExpected == 0 {
			s.post(now, MsgResendRequest, s.body.Begin().Uint(TagBeginSeqNo, s.expected).Int(TagEndSeqNo, 0).End())
		}
	}
	if t.NextExpected != 0 && t.NextExpected < missed {
		s.cursor = t.NextExpected
		s.pump(now)
	}
	return nil
}

// attach takes the wire; the next message made is the next one on it.
func (s *Session) attach(now venue.Time, w Wire, heartbeat venue.Time) {
	s.wire, s.on, s.joining, s.leaving = w, true, false, 0
	s.interval = heartbeat
	s.lastIn, s.lastOut, s.testing = now, now, false
	s.cursor, s.until, s.asked = s.out.Next(), 0, 0
}

func (s *Session) logonAnswer(t *LogonTerms) []byte {
	w := s.body.Begin()
	w.Int(TagEncryptMethod, 0).Int(TagHeartBtInt, int64(t.Heartbeat/venue.Second))
	if t.Reset {
		w.Flag(TagResetSeqNumFlag, true)
	}
	if t.NextExpected != 0 {
		w.Uint(TagNextExpectedMsgSeqNum, s.expected)
	}
	return w.Int(TagMaxMessageSize, MaxFrame).Text(TagDefaultApplVerID, "9").Int(TagSessionStatus, 0).End()
}

// RefuseLogon answers a Logon that is refused: Logout with SessionStatus, Text
// and ErrorCode, then the end. The answer has MsgSeqNum 1 because who is refused
// has no session.
func RefuseLogon(now venue.Time, name, peer string, f *Failure, w Wire) {
	s := Session{ours: name, theirs: peer, out: &MemoryOutbox{}, wire: w, on: true, sent: 1, cursor: 1}
	b := s.body.Begin().Int(TagSessionStatus, sessionStatus(f.Code)).Text(TagText, f.Text).Int(TagErrorCode, int64(f.Code))
	s.post(now, MsgLogout, b.End())
	w.Close(f.Close, f.Text)
}

// Join sends the Logon of a client over w. fields writes the credentials, which
// may sign the header: seq and sent are its MsgSeqNum and SendingTime.
func (s *Session) Join(now venue.Time, w Wire, heartbeat venue.Time, reset bool, fields func(w *Writer, seq uint64, sent []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reset {
		s.out.Reset()
		s.expected, s.settled, s.sent = 1, 1, 1
	}
	s.attach(now, w, heartbeat)
	s.on, s.joining = false, true
	b := s.body.Begin().Int(TagEncryptMethod, 0).Int(TagHeartBtInt, int64(heartbeat/venue.Second))
	if reset {
		b.Flag(TagResetSeqNumFlag, true)
	}
	b.Uint(TagNextExpectedMsgSeqNum, s.expected).Text(TagDefaultApplVerID, "9")
	fields(b, s.out.Next(), AppendStamp(nil, now))
	s.post(now, MsgLogon, b.End())
}

// answered takes the venue's answer to the Logon of a client.
func (s *Session) answered(now venue.Time, m *Message) Verdict {
	s.lastIn = now
	if m.Type != MsgLogon {
		s.close(CloseNormal, "logon refused")
		return Refused
	}
	n, _ := m.Int(TagMsgSeqNum)
	s.joining, s.on = false, true
	switch {
	case m.Flag(TagResetSeqNumFlag) && n == 1, uint64(n) == s.expected:
		s.expected = uint64(n) + 1
	case uint64(n) < s.expected:
		s.end(now, CloseProtocol, BadValue, "MsgSeqNum too low, expecting "+strconv.FormatUint(s.expected, 10)+
			" but received "+strconv.FormatInt(n, 10))
		return Refused
	default: // The venue sends the rest: it knows what is expected here.
		s.asked, s.askedAt = uint64(n), now
	}
	if next, ok := m.Int(TagNextExpectedMsgSeqNum); ok && uint64(next) < s.cursor {
		s.cursor = max(uint64(next), 1)
		s.pump(now)
	}
	return LoggedOn
}
