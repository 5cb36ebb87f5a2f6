package gateway

import (
	"github.com/clearhour/clearhour/venue"
)

// logon deals with a Logon: who it is, and whether the session takes it. It is
// always answered.
func (l *Link) logon(now venue.Time) {
	terms, f := l.logonTerms(now)
	if f == nil {
		f = l.identify(now, terms)
	}
	if f == nil {
		return
	}
	if s := l.session; s != nil {
		s.End(now, f.Close, f.Code, f.Text)
		return
	}
	RefuseLogon(now, l.hub.cfg.Name, safeCompID(l.m.Get(TagSenderCompID)), f, l.wire)
}

// safeCompID returns a CompID that may be written into a header.
func safeCompID(b []byte) string {
	if !isCompID(b) {
		return "UNKNOWN"
	}
	return string(b)
}

// isCompID says whether b is 1 to 32 letters, digits, underscores and dashes.
func isCompID(b []byte) bool {
	if len(b) == 0 || len(b) > 32 {
		return false
	}
	for _, c := range b {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// logonTerms checks what a Logon says about the session.
func (l *Link) logonTerms(now venue.Time) (*LogonTerms, *Failure) {
	m := &l.m
	if p := m.Problem(); p.Is() {
		name := string(p.Name)
		if p.Tag != 0 {
			name = dict.defs[dict.id(p.Tag)].Name
		}
		return nil, failure(p.Code, CloseProtocol, p.Text()+": "+name)
	}
	seq, ok1 := m.Int(TagMsgSeqNum)
	beat, ok2 := m.Int(TagHeartBtInt)
	at, ok3 := m.Time(TagSendingTime)
	switch {
	case string(m.Get(TagBeginString)) != BeginString:
		return nil, failure(BadValue, CloseProtocol, "Incorrect BeginString")
	case string(m.Get(TagTargetCompID)) != l.hub.cfg.Name || !isCompID(m.Get(TagSenderCompID)):
		return nil, failure(BadValue, CloseProtocol, "CompID problem")
	case !ok1 || seq < 1:
		return nil, failure(BadValue, CloseProtocol, "MsgSeqNum is no number from 1")
	case !ok2 || beat < 1 || beat > maxHeartbeat:
		return nil, failure(BadValue, CloseProtocol, "HeartBtInt must be 1 to 300")
	case m.Has(TagEncryptMethod) && string(m.Get(TagEncryptMethod)) != "0":
		return nil, failure(BadValue, CloseProtocol, "EncryptMethod must be 0")
	case m.Has(TagDefaultApplVerID) && string(m.Get(TagDefaultApplVerID)) != "9":
		return nil, failure(BadValue, CloseProtocol, "DefaultApplVerID must be 9")
	case !ok3 || at > now+clockSlack || at < now-clockSlack:
		return nil, failure(AuthTimestamp, CloseAuth, "SendingTime accuracy problem")
	}
	next, ok := m.Int(TagNextExpectedMsgSeqNum)
	if m.Has(TagNextExpectedMsgSeqNum) && (!ok || next < 1) {
		return nil, failure(BadValue, CloseProtocol, "NextExpectedMsgSeqNum is no number from 1")
	}
	return &LogonTerms{
		Seq: uint64(seq), Heartbeat: venue.Time(beat) * venue.Second, Reset: m.Flag(TagResetSeqNumFlag),
		NextExpected: uint64(next), PossDup: m.Flag(TagPossDupFlag),
	}, nil
}

// identify asks who the key belongs to and logs its session on.
func (l *Link) identify(now venue.Time, terms *LogonTerms) *Failure {
	c, f := l.credentials(now)
	if f != nil {
		return f
	}
	grant, code := l.hub.cfg.Auth.Logon(c)
	if code != CodeNone {
		return failure(code, CloseAuth, "")
	}
	who := Identity{Account: grant.Account, CompID: c.Sender}
	if l.session != nil && l.session.who != who {
		return failure(AuthInvalidKey, CloseAuth, "the session belongs to another key")
	}
	s := l.session
	if s == nil {
		opened, err := l.hub.open(who)
		if err != nil {
			return failure(Internal, CloseMaintenance, "")
		}
		s = opened
	}
	if f := l.count(grant.Key); f != nil {
		return f
	}
	if f := s.Accept(now, terms, l.wire); f != nil {
		return f // Drop gives the count back.
	}
	l.granted(s, grant, c)
	return nil
}

func (l *Link) granted(s *Session, grant Grant, c *Credentials) {
	l.grant, l.window = grant, c.RecvWindow
	l.cod = grant.CancelOnDisconnect
	if l.m.Has(TagCancelOnDisconnect) {
		l.cod = l.m.Flag(TagCancelOnDisconnect)
	}
	grace, _ := l.m.Int(TagCoDGrace)
	l.mu.Lock()
	l.session = s
	l.grace = venue.Time(min(max(grace, 0), 60_000)) * millisecond
	l.mu.Unlock()
}

// credentials collects what the key store decides by.
func (l *Link) credentials(now venue.Time) (*Credentials, *Failure) {
	m, limits := &l.m, &l.hub.cfg.Limits
	if !m.Has(TagRawData) {
		return nil, failure(AuthMissing, CloseAuth, "")
	}
	window, f := l.recvWindow(limits.RecvWindow)
	if f != nil {
		return nil, f
	}
	at, _ := m.Time(TagSendingTime)
	c := &Credentials{
		KeyID: m.Text(TagUsername), Password: m.Text(TagPassword), RawData: m.Text(TagRawData),
		Sender: m.Text(TagSenderCompID), Target: m.Text(TagTargetCompID),
		SeqNum: m.Text(TagMsgSeqNum), SendingTime: m.Text(TagSendingTime),
		SentAt: at, RecvWindow: window, Remote: l.remote, Now: now,
	}
	if c.KeyID == "" {
		c.KeyID = c.Sender
	}
	return c, nil
}

// recvWindow returns RecvWindow(25000) of the message, or the default.
func (l *Link) recvWindow(def venue.Time) (venue.Time, *Failure) {
	if !l.m.Has(TagRecvWindow) {
		return def, nil
	}
	ms, ok := l.m.Int(TagRecvWindow)
	if !ok || ms < 1 || ms > int64(l.hub.cfg.Limits.MaxRecvWindow/millisecond) {
		return 0, failure(BadValue, CloseProtocol, "RecvWindow is out of range")
	}
	return venue.Time(ms) * millisecond, nil
}
