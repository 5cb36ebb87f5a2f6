package wire

import (
	"bytes"
	"encoding/binary"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Lengths of bodies about changes by operators, and what precedes their lists.
const (
	setTermsFixedSize       = 58
	proposeChangeFixedSize  = 33
	approveChangeSize       = 56
	cancelChangeSize        = 25
	setOperatorSize         = 5
	changeProposedFixedSize = 73
	changeApprovedSize      = 32
	changeEndedSize         = 36
)

// Content returns the record of a command as a proposal holds it.
func Content(c venue.Command) []byte { return AppendCommand(nil, 0, c) }

// ParseContent reads a command that Content wrote. Nothing else uses its memory.
// It returns an *Error for bytes that are no record of session 0, or more than one.
func ParseContent(b []byte) (venue.Command, error) {
	if len(b) < recordHeaderSize {
		return nil, &Error{Problem: Short}
	}
	n, kind := int(binary.LittleEndian.Uint16(b)), b[2]
	switch {
	case n > len(b):
		return nil, &Error{Problem: Short, Kind: kind}
	case n < len(b) && n >= recordHeaderSize:
		return nil, &Error{Problem: Trailing, Kind: kind}
	case n < recordHeaderSize:
		return nil, &Error{Problem: WrongLength, Kind: kind}
	case b[3] != recordVersion:
		return nil, &Error{Problem: UnknownVersion, Kind: kind}
	case binary.LittleEndian.Uint32(b[4:]) != 0:
		return nil, &Error{Problem: ReservedNotZero, Kind: kind}
	}
	var d Decoder
	c, problem := d.command(venue.CommandKind(kind), b[recordHeaderSize:])
	if problem != 0 {
		return nil, &Error{Problem: problem, Kind: kind}
	}
	return c, nil
}

// changeFits is the part of Fits for the commands about changes.
func changeFits(c venue.Command) venue.Refusal {
	if c, ok := c.(*venue.ProposeChange); ok && len(c.Content) > venue.MaxContent {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldContent, Limit: venue.MaxContent}
	}
	if c, ok := c.(*venue.SetTerms); ok && len(c.Brackets) > MaxList {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldBrackets, Limit: MaxList}
	}
	return venue.Refusal{}
}

// appendChange appends the commands about changes.
func appendChange(dst []byte, session venue.SessionID, c venue.Command) []byte {
	var b []byte
	switch c := c.(type) {
	case *venue.SetTerms:
		dst, b = record(dst, session, venue.KindSetTerms, setTermsFixedSize+listSize(len(c.Brackets), bracketSize))
		setTerms(put, b, c)
	case *venue.ProposeChange:
		dst, b = record(dst, session, venue.KindProposeChange, proposeChangeFixedSize+contentSize(c.Content))
		proposeChange(put, b, c)
	case *venue.ApproveChange:
		dst, b = record(dst, session, venue.KindApproveChange, approveChangeSize)
		approveChange(put, b, c)
	case *venue.CancelChange:
		dst, b = record(dst, session, venue.KindCancelChange, cancelChangeSize)
		cancelChange(put, b, c)
	case *venue.SetOperator:
		dst, b = record(dst, session, venue.KindSetOperator, setOperatorSize)
		setOperator(put, b, c)
	}
	assert.That(b != nil, "command without a layout")
	return dst
}

// changes holds a struct of each kind for a Decoder.
type changes struct {
	setTerms      venue.SetTerms
	proposeChange venue.ProposeChange
	approveChange venue.ApproveChange
	cancelChange  venue.CancelChange
	setOperator   venue.SetOperator
}

// command is the part of Decoder.command for those commands.
func (d *changes) command(kind venue.CommandKind, b []byte) (venue.Command, Problem) {
	switch kind {
	case venue.KindSetTerms:
		return &d.setTerms, setTerms(get, b, &d.setTerms)
	case venue.KindProposeChange:
		return &d.proposeChange, proposeChange(get, b, &d.proposeChange)
	case venue.KindApproveChange:
		approveChange(get, b, &d.approveChange)
		return &d.approveChange, 0
	case venue.KindCancelChange:
		cancelChange(get, b, &d.cancelChange)
		return &d.cancelChange, 0
	case venue.KindSetOperator:
		return &d.setOperator, setOperator(get, b, &d.setOperator)
	}
	return nil, UnknownKind
}

// changeSize is the part of commandSize for those commands.
func changeSize(k venue.CommandKind) int {
	switch k {
	case venue.KindSetTerms, venue.KindProposeChange:
		return variable
	case venue.KindApproveChange:
		return approveChangeSize
	case venue.KindCancelChange:
		return cancelChangeSize
	case venue.KindSetOperator:
		return setOperatorSize
	}
	return unknown
}

func contentSize(content []byte) int {
	assert.That(len(content) <= venue.MaxContent, "content longer than a record holds")
	return 2 + len(content)
}

// content moves a record inside a record, which fills b: its length in two bytes
// and its bytes. What is read is fresh. What the bytes mean is for the core to ask.
func content(w way, b []byte, p *[]byte) Problem {
	if w == put {
		binary.LittleEndian.PutUint16(b, uint16(len(*p)))
		copy(b[2:], *p)
		return 0
	}
	if len(b) < 2 || len(b)-2 != int(binary.LittleEndian.Uint16(b)) || len(b)-2 > venue.MaxContent {
		return WrongLength
	}
	*p = nil
	if len(b) > 2 {
		*p = bytes.Clone(b[2:])
	}
	return 0
}

// digest moves the bytes of a hash.
func digest(w way, b []byte, p *venue.Hash) {
	if w == put {
		*(*venue.Hash)(b) = *p
		return
	}
	*p = *(*venue.Hash)(b)
}

// setTerms moves the terms that may change; the length of b is right when they are
// written.
func setTerms(w way, b []byte, m *venue.SetTerms) Problem {
	if len(b) < setTermsFixedSize {
		return WrongLength
	}
	num16(w, b[0:], &m.Instrument)
	num64(w, b[2:], &m.MaxQty)
	num64(w, b[10:], &m.Band)
	num64(w, b[18:], &m.Maker)
	num64(w, b[26:], &m.Taker)
	num64(w, b[34:], &m.Interest.Low)
	num64(w, b[42:], &m.Interest.High)
	num64(w, b[50:], &m.MaxPosition)
	return list(w, b[setTermsFixedSize:], &m.Brackets, bracketSize, func(b []byte, x *venue.Bracket) { bracket(w, b, x) })
}

// proposeChange moves a proposal; the length of b is right when it is written.
func proposeChange(w way, b []byte, m *venue.ProposeChange) Problem {
	if len(b) < proposeChangeFixedSize {
		return WrongLength
	}
	num32(w, b[0:], &m.Operator)
	clOrdID(w, b[4:], &m.Change)
	num8(w, b[24:], &m.Reason)
	num64(w, b[25:], &m.Effective)
	return content(w, b[proposeChangeFixedSize:], &m.Content)
}

func approveChange(w way, b []byte, m *venue.ApproveChange) {
	b = b[:approveChangeSize]
	num32(w, b[0:], &m.Operator)
	clOrdID(w, b[4:], &m.Change)
	digest(w, b[24:], &m.Digest)
}

func cancelChange(w way, b []byte, m *venue.CancelChange) {
	b = b[:cancelChangeSize]
	num32(w, b[0:], &m.Operator)
	clOrdID(w, b[4:], &m.Change)
	num8(w, b[24:], &m.Reason)
}

func setOperator(w way, b []byte, m *venue.SetOperator) Problem {
	b = b[:setOperatorSize]
	num32(w, b[0:], &m.Operator)
	return boolean(w, b[4:], &m.Enrolled)
}

// changeEvents holds a struct of each kind for an EventDecoder.
type changeEvents struct {
	changeProposed venue.ChangeProposed
	changeApproved venue.ChangeApproved
	changeEnded    venue.ChangeEnded
	termsSet       venue.TermsSet
	operatorSet    venue.OperatorSet
}

// event is the part of EventDecoder.event for the events of changes.
func (d *changeEvents) event(kind venue.EventKind) venue.Event {
	switch kind {
	case venue.EventChangeProposed:
		return &d.changeProposed
	case venue.EventChangeApproved:
		return &d.changeApproved
	case venue.EventChangeEnded:
		return &d.changeEnded
	case venue.EventTermsSet:
		return &d.termsSet
	case venue.EventOperatorSet:
		return &d.operatorSet
	}
	return nil
}

// changeEventSize is the part of eventSize for those events.
func changeEventSize(k venue.EventKind) int {
	switch k {
	case venue.EventChangeProposed, venue.EventTermsSet:
		return variable
	case venue.EventChangeApproved:
		return changeApprovedSize
	case venue.EventChangeEnded:
		return changeEndedSize
	case venue.EventOperatorSet:
		return setOperatorSize
	}
	return unknown
}

// changeListSize is the part of listingSize for those events.
func changeListSize(e venue.Event) int {
	if e, ok := e.(*venue.ChangeProposed); ok {
		return changeProposedFixedSize + contentSize(e.Content)
	}
	if e, ok := e.(*venue.TermsSet); ok {
		return setTermsFixedSize + listSize(len(e.Brackets), bracketSize)
	}
	return unknown
}

// changeBody is the part of eventBody for those events.
func changeBody(w way, b []byte, e venue.Event) Problem {
	switch e := e.(type) {
	case *venue.ChangeProposed:
		return changeProposed(w, b, e)
	case *venue.ChangeApproved:
		changeApproved(w, b, e)
	case *venue.ChangeEnded:
		changeEnded(w, b, e)
	case *venue.TermsSet:
		return setTerms(w, b, (*venue.SetTerms)(e))
	case *venue.OperatorSet:
		return setOperator(w, b, (*venue.SetOperator)(e))
	}
	return 0
}

func changeProposed(w way, b []byte, m *venue.ChangeProposed) Problem {
	if len(b) < changeProposedFixedSize {
		return WrongLength
	}
	num32(w, b[0:], &m.Operator)
	clOrdID(w, b[4:], &m.Change)
	num8(w, b[24:], &m.Reason)
	num64(w, b[25:], &m.Effective)
	num64(w, b[33:], &m.Lapses)
	digest(w, b[41:], &m.Digest)
	return content(w, b[changeProposedFixedSize:], &m.Content)
}

func changeApproved(w way, b []byte, m *venue.ChangeApproved) {
	b = b[:changeApprovedSize]
	num32(w, b[0:], &m.Operator)
	clOrdID(w, b[4:], &m.Change)
	num64(w, b[24:], &m.Effective)
}

func changeEnded(w way, b []byte, m *venue.ChangeEnded) {
	b = b[:changeEndedSize]
	clOrdID(w, b[0:], &m.Change)
	num8(w, b[20:], &m.Outcome)
	num32(w, b[21:], &m.Operator)
	num8(w, b[25:], &m.Reason)
	refusal(w, b[26:], &m.Refusal)
}
