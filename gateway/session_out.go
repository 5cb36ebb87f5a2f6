package gateway

import (
	"strconv"

	"github.com/clearhour/clearhour/venue"
)

// post sends a message of the session itself: its number is not kept.
func (s *Session) post(now venue.Time, t MsgType, body []byte) {
	n := s.out.Skip()
	if s.live(n) {
		s.transmit(now, n, t, 0, body)
		s.cursor = n + 1
	}
}

// live says whether message n may go on the wire at once.
func (s *Session) live(n uint64) bool {
	return s.wire != nil && (s.on || s.joining) && s.until == 0 && s.cursor == n
}

// Send sends an application message that no event made, and keeps it.
func (s *Session) Send(now venue.Time, t MsgType, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(now, t, EventKey{}, body)
}

// Report sends the application message that an event made and keeps it, also
// when nobody is connected. It does nothing, and says so, when the session had
// that report before: the event was heard again after a restart.
func (s *Session) Report(now venue.Time, t MsgType, key EventKey, body []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !key.After(s.out.Last()) {
		return false
	}
	s.keep(now, t, key, body)
	return true
}

func (s *Session) keep(now venue.Time, t MsgType, key EventKey, body []byte) {
	s.stored = Stored{Event: key, Type: t, Time: now, Body: body}
	n := s.out.Append(&s.stored)
	if s.live(n) {
		s.transmit(now, n, t, 0, body)
		s.cursor = n + 1
	}
}

// Stream sends a message that is worthless later, as market data: it is not
// kept, and refused when nobody is connected or old messages are being sent
// again, because it would not be sent in its turn.
func (s *Session) Stream(now venue.Time, t MsgType, body []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on || !s.live(s.out.Next()) {
		return false
	}
	s.post(now, t, body)
	return true
}

// transmit puts message n on the wire. orig is when it was first made, or 0.
func (s *Session) transmit(now venue.Time, n uint64, t MsgType, orig venue.Time, body []byte) {
	h := append(s.head[:0], `{"Header":{"BeginString":"FIXT.1.1","MsgType":"`...)
	h = append(h, byte(t))
	if t > 255 {
		h = append(h, byte(t>>8))
	}
	h = append(h, `","SenderCompID":"`...)
	h = append(h, s.ours...)
	h = append(h, `","TargetCompID":"`...)
	h = append(h, s.theirs...)
	h = append(h, `","MsgSeqNum":"`...)
	h = strconv.AppendUint(h, n, 10)
	h = append(h, `","SendingTime":"`...)
	h = s.stamp.append(h, now)
	if n < s.sent {
		if orig == 0 {
			orig = now
		}
		h = append(h, `","PossDupFlag":"Y","OrigSendingTime":"`...)
		h = s.stamp.append(h, orig)
	}
	h = append(h, `"},"Body":`...)
	s.head = h
	if n >= s.sent {
		s.sent = n + 1
	}
	s.lastOut = now
	s.wire.Send(h, body, trailer)
}

// trailer ends every frame; it never changes.
var trailer = []byte(`,"Trailer":{}}`)

// resendRequested moves the cursor back to what the peer asks for. An end of 0,
// or one beyond what was sent, asks for everything.
func (s *Session) resendRequested(now venue.Time, m *Message) {
	from, _ := m.Int(TagBeginSeqNo)
	to, _ := m.Int(TagEndSeqNo)
	if from < 1 || uint64(from) >= s.out.Next() || to != 0 && to < from {
		s.reject(now, m, problem(rejOutOfRange, TagBeginSeqNo))
		return
	}
	if s.until == 0 {
		s.resume = s.cursor
	}
	s.cursor, s.until = uint64(from), 0
	if to != 0 && uint64(to)+1 < s.resume {
		s.until = uint64(to) + 1
	}
	s.pump(now)
}

// Pump goes on sending old messages, as far as the wire has room.
func (s *Session) Pump(now venue.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pump(now)
}

// Behind says whether there are old messages left to send.
func (s *Session) Behind() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.behind()
}

func (s *Session) behind() bool {
	return s.wire != nil && s.on && (s.until != 0 || s.cursor != s.out.Next())
}

func (s *Session) pump(now venue.Time) {
	for s.behind() && s.wire.Room() > 0 {
		stop := s.until
		if stop == 0 {
			stop = s.out.Next()
		}
		n := s.cursor
		if n >= stop {
			s.cursor, s.until = s.resume, 0
			continue
		}
		next := stop
		found := s.out.Find(n, &s.stored) && s.stored.Num < stop
		if found {
			next = s.stored.Num
		}
		if next > n {
			s.fillGap(now, n, next)
		}
		if found {
			s.transmit(now, s.stored.Num, s.stored.Type, s.stored.Time, s.stored.Body)
			next++
		}
		s.cursor = next
	}
}

// fillGap says that the numbers from n up to next were session messages.
func (s *Session) fillGap(now venue.Time, n, next uint64) {
	w := s.body.Begin().Flag(TagGapFillFlag, true).Uint(TagNewSeqNo, next)
	s.transmit(now, n, MsgSequenceReset, 0, w.End())
	s.sent = max(s.sent, next)
}

// Sent calls fn with the application message of a number, if it is kept. fn must
// not call the session.
func (s *Session) Sent(n uint64, fn func(*Stored)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out.Find(n, &s.stored) && s.stored.Num == n {
		fn(&s.stored)
	}
}

// Reject refuses the fields of a message.
func (s *Session) Reject(now venue.Time, m *Message, p Problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reject(now, m, p)
}

func (s *Session) reject(now venue.Time, m *Message, p Problem) {
	w := s.body.Begin()
	if n, ok := m.Int(TagMsgSeqNum); ok {
		w.Int(TagRefSeqNum, n)
	} else {
		w.Int(TagRefSeqNum, 0)
	}
	if p.Tag != 0 {
		w.Uint(TagRefTagID, uint64(p.Tag))
	}
	if v := m.Get(TagMsgType); len(v) != 0 {
		w.Bytes(TagRefMsgType, v[:min(len(v), 16)])
	}
	w.Int(TagSessionRejectReason, int64(p.Reason)-1).Text(TagText, p.Text()).Int(TagErrorCode, int64(p.Code))
	switch {
	case p.Tag != 0:
		w.Text(TagRefFieldName, dict.defs[dict.id(p.Tag)].Name)
	case len(p.Name) != 0:
		w.Bytes(TagRefFieldName, p.Name[:min(len(p.Name), 64)])
	}
	s.post(now, MsgReject, w.End())
}

// Business is a refusal of a well formed message that has no answer of its own.
type Business struct {
	Code Code
	// Text is for people; the catalogue's when empty.
	Text string
	// Ref is the client's id of the request, if it has one.
	Ref []byte
	// RetryAfter is when to try again, 0 when that is not known.
	RetryAfter venue.Time
}

// BusinessReject refuses a message.
func (s *Session) BusinessReject(now venue.Time, m *Message, b Business) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.business(now, m, b)
}

func (s *Session) business(now venue.Time, m *Message, b Business) {
	e := b.Code.Entry()
	if b.Text == "" {
		b.Text = e.Text
	}
	w := s.body.Begin()
	if n, ok := m.Int(TagMsgSeqNum); ok {
		w.Int(TagRefSeqNum, n)
	}
	w.Text(TagRefMsgType, m.Type.String())
	if len(b.Ref) != 0 {
		w.Bytes(TagBusinessRejectRefID, b.Ref)
	}
	w.Int(TagBusinessRejectReason, e.FIX.BusinessReason()).Text(TagText, b.Text).Int(TagErrorCode, int64(b.Code))
	if b.RetryAfter != 0 {
		w.Int(TagRetryAfterMs, int64((b.RetryAfter+999_999)/1_000_000))
	}
	s.keep(now, MsgBusinessReject, EventKey{}, w.End())
}
