package marketdata

import (
	"bytes"
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// maxEnded is how many changes are remembered that have ended.
const maxEnded = 256

// Proposal is a change that operators want, and what became of it.
type Proposal struct {
	// Change is its name: unique among those that have not ended.
	Change venue.ClOrdID
	// Operator proposed, for a Reason; Approver approved, 0 while nobody has.
	Operator, Approver venue.OperatorID
	Reason             venue.ChangeReason
	// Proposed is when. Asked is the earliest time that was asked for, 0 for none;
	// Effective is when an approved change takes effect, Lapses until when another
	// one may be approved.
	Proposed, Asked, Effective, Lapses venue.Time
	// Digest is what an approval has to name.
	Digest venue.Hash
	// Content is the record of the command; it never changes.
	Content []byte
	// Outcome says how it ended, 0 while it has not; Ended is when.
	Outcome venue.ChangeOutcome
	Ended   venue.Time
	// Canceler took it back, for a CancelReason.
	Canceler     venue.OperatorID
	CancelReason venue.ChangeReason
	// Refusal says why it failed.
	Refusal venue.Refusal
}

// Proposals returns the changes that have not ended and those that lately did, the
// newest first.
func (v *View) Proposals() []Proposal {
	v.mu.RLock()
	defer v.mu.RUnlock()
	list := slices.Clone(v.proposals)
	slices.Reverse(list)
	return list
}

// Proposal returns the newest change of a name and whether there is one.
func (v *View) Proposal(id venue.ClOrdID) (Proposal, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, p := range slices.Backward(v.proposals) {
		if p.Change == id {
			return p, true
		}
	}
	return Proposal{}, false
}

// Operators returns who may propose, approve and cancel changes.
func (v *View) Operators() []venue.OperatorID {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return slices.Clone(v.operators)
}

// operate takes what operators do.
func (v *View) operate(e *venue.Entry) Change {
	switch x := any(e.Event).(type) {
	case *venue.ChangeProposed:
		v.proposals = append(v.proposals, Proposal{
			Change: x.Change, Operator: x.Operator, Reason: x.Reason, Proposed: e.Time, Asked: x.Effective, Lapses: x.Lapses,
			Digest: x.Digest, Content: bytes.Clone(x.Content),
		})
	case *venue.ChangeApproved:
		if p := v.open(x.Change); p != nil {
			p.Approver, p.Effective = x.Operator, x.Effective
		}
	case *venue.ChangeEnded:
		if p := v.open(x.Change); p != nil {
			p.Outcome, p.Ended, p.Refusal, p.Canceler, p.CancelReason = x.Outcome, e.Time, x.Refusal, x.Operator, x.Reason
			v.forget()
		}
	case *venue.OperatorSet:
		at, is := slices.BinarySearch(v.operators, x.Operator)
		switch {
		case x.Enrolled && !is:
			v.operators = slices.Insert(v.operators, at, x.Operator)
		case !x.Enrolled && is:
			v.operators = slices.Delete(v.operators, at, at+1)
		}
	case *venue.TermsSet:
		return v.setTerms(x)
	}
	return Change{}
}

// open returns the change of a name that has not ended.
func (v *View) open(id venue.ClOrdID) *Proposal {
	i := slices.IndexFunc(v.proposals, func(p Proposal) bool { return p.Change == id && p.Outcome == 0 })
	if i < 0 {
		return nil
	}
	return &v.proposals[i]
}

// forget drops the oldest change that has ended when there are too many of them.
func (v *View) forget() {
	ended, oldest := 0, 0
	for i := range slices.Backward(v.proposals) {
		if v.proposals[i].Outcome != 0 {
			ended++
			oldest = i
		}
	}
	if ended > maxEnded {
		v.proposals = slices.Delete(v.proposals, oldest, oldest+1)
	}
}

// setTerms gives an instrument other terms: readers keep the old ones.
func (v *View) setTerms(x *venue.TermsSet) Change {
	m := v.market(x.Instrument)
	if m == nil {
		return Change{}
	}
	own := *m.terms
	(*venue.SetTerms)(x).ApplyTo(&own)
	own.Brackets = slices.Clone(x.Brackets)
	v.listed = slices.Clone(v.listed)
	v.listed[slices.Index(v.listed, m.terms)] = &own
	m.terms = &own
	return Change{Instrument: own.ID, Feed: FeedState}
}
