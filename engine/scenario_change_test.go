package engine_test

import (
	"fmt"

	"github.com/clearhour/clearhour/changes"
	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// A command of operators with change=NAME is not done but proposed: "phase H100
// halted change=halt by=1 reason=risk effective=2026-12-02T00:00:00Z".

// asProposal wraps a command when the line says so.
func (f *floor) asProposal(d *script.Cmd, c venue.Command) venue.Command {
	if !d.Has("change") {
		return c
	}
	p := &venue.ProposeChange{
		Operator: script.NumOr(d, "by", venue.OperatorID(1)), Change: f.id(d, "change"), Reason: f.changeReason(d), Content: wire.Content(c),
	}
	if at := d.ArgOr("effective", ""); at != "" {
		p.Effective = f.time(d, at)
	}
	return p
}

func (f *floor) changeReason(d *script.Cmd) venue.ChangeReason {
	r, _ := venue.ParseChangeReason(d.ArgOr("reason", "scheduled"))
	return r
}

// approve reads "approve halt by=2", for what the last proposal of that name said,
// or with the word unseen for something else.
func (f *floor) approve(d *script.Cmd) string {
	c := &venue.ApproveChange{Operator: script.NumOr(d, "by", venue.OperatorID(2))}
	c.Change, _ = venue.ParseClOrdID(d.Word(0))
	c.Digest = f.digests[c.Change]
	if d.Flag("unseen") {
		c.Digest = venue.Hash{1}
	}
	return f.apply(d, 0, c)
}

// cancelChange reads "cancel-change halt by=1 reason=correction".
func (f *floor) cancelChange(d *script.Cmd) string {
	c := &venue.CancelChange{Operator: script.NumOr(d, "by", venue.OperatorID(1)), Reason: f.changeReason(d)}
	c.Change, _ = venue.ParseClOrdID(d.Word(0))
	return f.apply(d, 0, c)
}

// malformed reads "malformed name=x": a proposal whose content is no command. With
// change=y as well, that is what another proposal wraps.
func (f *floor) malformed(d *script.Cmd) string {
	return f.apply(d, 0, &venue.ProposeChange{Operator: 1, Change: f.id(d, "name"), Reason: venue.ForRisk, Content: []byte("no command")})
}

// setOperator reads "operator 3", and "operator 3 off".
func (f *floor) setOperator(d *script.Cmd) string {
	n := venue.OperatorID(0)
	if _, err := fmt.Sscan(d.Word(0), &n); err != nil {
		d.Fatalf("%v", err)
	}
	return f.apply(d, 0, &venue.SetOperator{Operator: n, Enrolled: !d.Flag("off")})
}

// setTerms reads "terms H100 band=0.2 max=500 maker=0 taker=0.0005
// brackets=rest:0.2/0.1 interest-from=100 interest-to=300 max-position=50"; what is
// left out stays as it is.
func (f *floor) setTerms(d *script.Cmd) string {
	i := f.instrument(d, d.Word(0))
	c := &venue.SetTerms{
		Instrument: i.ID, MaxQty: script.NumOr(d, "max", i.MaxQty), Band: i.Band, Maker: i.Maker, Taker: i.Taker, Brackets: i.Brackets,
		Interest:    venue.Interest{Low: script.NumOr(d, "interest-from", i.Interest.Low), High: script.NumOr(d, "interest-to", i.Interest.High)},
		MaxPosition: script.NumOr(d, "max-position", i.MaxPosition),
	}
	for key, r := range map[string]*venue.Rate{"band": &c.Band, "maker": &c.Maker, "taker": &c.Taker} {
		if text := d.ArgOr(key, ""); text != "" {
			*r = f.parseRate(d, text)
		}
	}
	if d.Has("brackets") {
		c.Brackets = f.brackets(d)
	}
	return f.apply(d, 0, c)
}

// changeLine prints the events of changes.
func (f *floor) changeLine(e venue.Event) (string, bool) {
	switch x := e.(type) {
	case *venue.ChangeProposed:
		f.digests[x.Change] = x.Digest
		inner, err := wire.ParseContent(x.Content)
		if err != nil {
			f.t.Errorf("content of %v: %v", x.Change, err)
			return "", true
		}
		rule, _ := changes.RuleOf(inner.Kind())
		s := fmt.Sprintf("proposed %v by %d, %v: %s", x.Change, x.Operator, x.Reason, rule.Name)
		if x.Effective != 0 {
			s += ", effective " + clock(x.Effective)
		}
		return s + ", lapses " + clock(x.Lapses), true
	case *venue.ChangeApproved:
		return fmt.Sprintf("approved %v by %d, effective %s", x.Change, x.Operator, clock(x.Effective)), true
	case *venue.ChangeEnded:
		s := fmt.Sprintf("change %v %v", x.Change, x.Outcome)
		if x.Operator != 0 {
			s += fmt.Sprintf(" by %d, %v", x.Operator, x.Reason)
		}
		if x.Refusal.Refused() {
			s += ": " + f.refusal(0, x.Refusal)
		}
		return s, true
	case *venue.OperatorSet:
		if x.Enrolled {
			return fmt.Sprintf("operator %d enrolled", x.Operator), true
		}
		return fmt.Sprintf("operator %d out", x.Operator), true
	case *venue.TermsSet:
		i := *f.byID()[x.Instrument]
		(*venue.SetTerms)(x).ApplyTo(&i)
		f.instruments[i.Symbol] = &i
		s := fmt.Sprintf("terms %s: max %d, band %s, fees %s and %s", i.Symbol, x.MaxQty, rateText(x.Band), rateText(x.Maker), rateText(x.Taker))
		for _, b := range x.Brackets {
			s += fmt.Sprintf(", margin %s/%s", rateText(b.Initial), rateText(b.Maintenance))
		}
		if x.Interest.High != 0 {
			s += fmt.Sprintf(", grows from %d to %d", x.Interest.Low, x.Interest.High)
		}
		if x.MaxPosition != 0 {
			s += fmt.Sprintf(", positions to %d", x.MaxPosition)
		}
		return s, true
	}
	return "", false
}
