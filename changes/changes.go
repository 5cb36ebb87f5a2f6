package changes

import (
	"bytes"
	"slices"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// Bounds.
const (
	// MaxPending is how many changes may be pending.
	MaxPending = 64
	// MaxOperators is how many operators may be enrolled.
	MaxOperators = 64
	// Life is how long a proposal waits for its approval at least.
	Life = 60 * minute
	// MaxAhead bounds how far ahead a change may be planned.
	MaxAhead = 366 * day
)

// Pending is a change that has not ended.
type Pending struct {
	// Proposal is what was proposed; its content belongs to the Pending.
	Proposal venue.ProposeChange
	// Digest is that of the proposal.
	Digest venue.Hash
	// Command is the content, decoded.
	Command venue.Command
	// Approver is who approved, 0 while nobody has.
	Approver venue.OperatorID
	// At is when something happens by itself: the change takes effect, or lapses
	// when it was not approved.
	At venue.Time
}

// Book keeps operators and pending changes. The zero value has none.
type Book struct {
	operators []venue.OperatorID // Rising.
	pending   []Pending          // By At, and of equals the one that was there first.
}

// Due returns when the next change takes effect or lapses, and whether one does.
func (b *Book) Due() (venue.Time, bool) {
	if len(b.pending) == 0 {
		return 0, false
	}
	return b.pending[0].At, true
}

// IsDue says whether a change takes effect or lapses by now.
func (b *Book) IsDue(now venue.Time) bool { return len(b.pending) > 0 && b.pending[0].At <= now }

// Operators returns those who are enrolled, rising, to be read only.
func (b *Book) Operators() []venue.OperatorID { return b.operators }

// Pending returns the changes that have not ended, the next one first, to be read
// only.
func (b *Book) Pending() []Pending { return b.pending }

// Enrolled says whether somebody is an operator.
func (b *Book) Enrolled(o venue.OperatorID) bool {
	_, ok := slices.BinarySearch(b.operators, o)
	return ok
}

// Enrol makes somebody an operator or ends that. It refuses nobody (BadField), one
// who is enrolled already (DuplicateID) or is not (UnknownOperator), more than
// MaxOperators (TooManyChanges), and to leave fewer than two (BadField): two keys
// could never come together again.
func (b *Book) Enrol(o venue.OperatorID, enrolled bool) venue.Refusal {
	if why := b.CheckEnrol(o, enrolled); why.Refused() {
		return why
	}
	at, _ := slices.BinarySearch(b.operators, o)
	if enrolled {
		b.operators = slices.Insert(b.operators, at, o)
	} else {
		b.operators = slices.Delete(b.operators, at, at+1)
	}
	return venue.Refusal{}
}

// CheckEnrol says what Enrol would refuse.
func (b *Book) CheckEnrol(o venue.OperatorID, enrolled bool) venue.Refusal {
	is := b.Enrolled(o)
	switch {
	case o == 0:
		return refuse(venue.BadField, venue.FieldOperator, 1)
	case enrolled && is:
		return refuse(venue.DuplicateID, venue.FieldOperator, 0)
	case enrolled && len(b.operators) == MaxOperators:
		return refuse(venue.TooManyChanges, venue.FieldOperator, MaxOperators)
	case !enrolled && !is:
		return refuse(venue.UnknownOperator, venue.FieldOperator, 0)
	case !enrolled && len(b.operators) <= 2:
		return refuse(venue.BadField, venue.FieldOperator, 2)
	}
	return venue.Refusal{}
}

// Check says whether a proposal may be made, and what it wraps. It refuses
// UnknownOperator; a name, a reason or a time that is none (BadField); a content
// that is no record or wraps what no operator may change, a proposal for one
// (BadField, UnsupportedCombination); TooManyChanges; a name that is taken
// (DuplicateID); and ChangePending while another change is pending for the same
// thing.
func (b *Book) Check(c *venue.ProposeChange, now venue.Time) (venue.Command, venue.Refusal) {
	switch {
	case !b.Enrolled(c.Operator):
		return nil, refuse(venue.UnknownOperator, venue.FieldOperator, 0)
	case !isName(c.Change):
		return nil, refuse(venue.BadField, venue.FieldChange, int64(len(c.Change)))
	case !isReason(c.Reason):
		return nil, refuse(venue.BadField, venue.FieldReason, int64(venue.ForOther))
	case c.Effective < 0 || c.Effective > now+MaxAhead:
		return nil, refuse(venue.BadField, venue.FieldEffective, int64(now+MaxAhead))
	case len(b.pending) == MaxPending:
		return nil, refuse(venue.TooManyChanges, venue.FieldChange, MaxPending)
	case b.find(c.Change) >= 0:
		return nil, refuse(venue.DuplicateID, venue.FieldChange, 0)
	}
	inner, err := wire.ParseContent(c.Content)
	if err != nil {
		return nil, refuse(venue.BadField, venue.FieldContent, 0)
	}
	if _, ok := RuleOf(inner.Kind()); !ok {
		return nil, refuse(venue.UnsupportedCombination, venue.FieldContent, int64(inner.Kind()))
	}
	for i := range b.pending {
		if p := &b.pending[i]; p.Command.Kind() == inner.Kind() && subject(p.Command) == subject(inner) {
			return nil, refuse(venue.ChangePending, venue.FieldContent, int64(p.At))
		}
	}
	return inner, venue.Refusal{}
}

func isReason(r venue.ChangeReason) bool { return r >= venue.ForSchedule && r <= venue.ForOther }

// isName says whether all bytes before the padding are visible ASCII.
func isName(id venue.ClOrdID) bool {
	_, ok := venue.ParseClOrdID(id.String())
	return ok
}

// Add keeps a proposal that Check let pass, with what it wraps. It lapses at its
// time or after Life, whichever is later.
func (b *Book) Add(c *venue.ProposeChange, inner venue.Command, now venue.Time) *Pending {
	p := Pending{Proposal: *c, Digest: c.Digest(), Command: inner, At: max(c.Effective, now+Life)}
	p.Proposal.Content = bytes.Clone(c.Content)
	return b.insert(p)
}

// insert puts a change in its place.
func (b *Book) insert(p Pending) *Pending {
	at := len(b.pending)
	for at > 0 && b.pending[at-1].At > p.At {
		at--
	}
	b.pending = slices.Insert(b.pending, at, p)
	return &b.pending[at]
}

// Approve turns the second key and returns the change. It takes effect at its time
// or when its notice has run from now, whichever is later. It refuses
// UnknownOperator, UnknownChange, SameOperator for the proposer, AlreadyApproved,
// and BadField for another digest.
func (b *Book) Approve(c *venue.ApproveChange, now venue.Time) (*Pending, venue.Refusal) {
	i, why := b.named(c.Operator, c.Change)
	if why.Refused() {
		return nil, why
	}
	p := b.pending[i]
	switch {
	case p.Digest != c.Digest:
		return nil, refuse(venue.BadField, venue.FieldDigest, 0)
	case p.Proposal.Operator == c.Operator:
		return nil, refuse(venue.SameOperator, venue.FieldOperator, 0)
	case p.Approver != 0:
		return nil, refuse(venue.AlreadyApproved, venue.FieldChange, int64(p.At))
	}
	b.pending = slices.Delete(b.pending, i, i+1)
	p.Approver = c.Operator
	p.At = max(p.Proposal.Effective, now+notice(p.Command))
	return b.insert(p), venue.Refusal{}
}

// Cancel takes a change back. It refuses UnknownOperator, UnknownChange, and a
// reason that is none (BadField).
func (b *Book) Cancel(c *venue.CancelChange) venue.Refusal {
	i, why := b.named(c.Operator, c.Change)
	if why.Refused() {
		return why
	}
	if !isReason(c.Reason) {
		return refuse(venue.BadField, venue.FieldReason, int64(venue.ForOther))
	}
	b.pending = slices.Delete(b.pending, i, i+1)
	return venue.Refusal{}
}

// named finds the change of a name for an operator.
func (b *Book) named(o venue.OperatorID, id venue.ClOrdID) (int, venue.Refusal) {
	if !b.Enrolled(o) {
		return 0, refuse(venue.UnknownOperator, venue.FieldOperator, 0)
	}
	i := b.find(id)
	if i < 0 {
		return 0, refuse(venue.UnknownChange, venue.FieldChange, 0)
	}
	return i, venue.Refusal{}
}

func (b *Book) find(id venue.ClOrdID) int {
	return slices.IndexFunc(b.pending, func(p Pending) bool { return p.Proposal.Change == id })
}

// Take takes the change out that is due. Its two operators are asked again: an
// approved one whose proposer or approver is no operator any more fails with
// UnknownOperator.
func (b *Book) Take(now venue.Time) (Pending, venue.Refusal) {
	assert.That(b.IsDue(now), "no change is due")
	p := b.pending[0]
	b.pending = slices.Delete(b.pending, 0, 1)
	if p.Approver != 0 && !(b.Enrolled(p.Proposal.Operator) && b.Enrolled(p.Approver)) {
		return p, refuse(venue.UnknownOperator, venue.FieldOperator, 0)
	}
	return p, venue.Refusal{}
}
