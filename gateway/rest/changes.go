package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/plain"
	"github.com/clearhour/clearhour/venue/wire"
	"github.com/clearhour/clearhour/views/marketdata"
)

// Operate is the way of operators and contributors into the venue: it has a command
// sequenced, waits until the views show what came of it, and returns the refusal.
type Operate interface {
	Ask(ctx context.Context, c venue.Command) (venue.Refusal, error)
}

func (s *Server) changeRoutes() {
	admin := Access{Scope: gateway.Admin}
	route(s, Access{Open: true}, "/v1/changes", "changes", "Changes of how the venue runs: pending ones and those that lately ended, newest first", s.changes)
	write(s, http.MethodPost, admin, "/v1/admin/changes", "propose-change", "Propose a change; another operator has to approve it", s.propose)
	write(s, http.MethodPost, admin, "/v1/admin/changes/{id}/approve", "approve-change", "Approve a change that another operator proposed", s.approve)
	write(s, http.MethodDelete, admin, "/v1/admin/changes/{id}", "cancel-change", "Cancel a change that has not taken effect", s.cancelChange)
}

type changesAnswer struct {
	Body struct {
		Operators []uint32     `json:"operators" doc:"Who may propose, approve and cancel."`
		Changes   []changeText `json:"changes"`
	}
}

type changeAnswer struct{ Body changeText }

type changeText struct {
	ID           string        `json:"id"`
	State        string        `json:"state" enum:"proposed,approved,canceled,lapsed,applied,failed"`
	Operator     uint32        `json:"operator" doc:"Who proposed it."`
	Approver     uint32        `json:"approver,omitempty" doc:"Who approved it."`
	Reason       string        `json:"reason"`
	ProposedMS   int64         `json:"proposed_ms"`
	AskedMS      int64         `json:"asked_ms,omitempty" doc:"The earliest time that was asked for."`
	EffectiveMS  int64         `json:"effective_ms,omitempty" doc:"When an approved change takes effect."`
	LapsesMS     int64         `json:"lapses_ms,omitempty" doc:"Until when it may be approved."`
	EndedMS      int64         `json:"ended_ms,omitempty"`
	Digest       string        `json:"digest" doc:"SHA-256 of the proposal, which an approval has to name."`
	Change       *plain.Change `json:"change,omitempty" doc:"What is to be done."`
	CanceledBy   uint32        `json:"canceled_by,omitempty"`
	CancelReason string        `json:"cancel_reason,omitempty"`
	Refusal      string        `json:"refusal,omitempty" doc:"Why it failed: a code of the error catalogue."`
	Field        string        `json:"field,omitempty" doc:"What the refusal is about."`
}

func (s *Server) changeText(p *marketdata.Proposal, l *plain.Listed) changeText {
	t := changeText{
		ID: p.Change.String(), State: "proposed", Operator: uint32(p.Operator), Approver: uint32(p.Approver), Reason: p.Reason.String(),
		ProposedMS: millis(p.Proposed), Digest: gateway.DigestText(p.Digest),
	}
	for _, x := range []struct {
		at venue.Time
		to *int64
	}{{p.Asked, &t.AskedMS}, {p.Effective, &t.EffectiveMS}, {p.Lapses, &t.LapsesMS}, {p.Ended, &t.EndedMS}} {
		if x.at != 0 {
			*x.to = millis(x.at)
		}
	}
	if p.Approver != 0 {
		t.State, t.LapsesMS = "approved", 0
	}
	if p.Outcome != 0 {
		t.State = p.Outcome.String()
	}
	if p.Canceler != 0 {
		t.CanceledBy, t.CancelReason = uint32(p.Canceler), p.CancelReason.String()
	}
	if p.Refusal.Refused() {
		t.Refusal, t.Field = gateway.CodeOf(p.Refusal.Reason).String(), p.Refusal.Field.String()
	}
	if c, err := wire.ParseContent(p.Content); err == nil {
		if words, ok := plain.Of(c, l); ok {
			t.Change = &words
		}
	}
	return t
}

func (s *Server) changes(context.Context, *nothing) (*changesAnswer, error) {
	a := &changesAnswer{}
	a.Body.Operators, a.Body.Changes = []uint32{}, []changeText{}
	for _, o := range s.config.Market.Operators() {
		a.Body.Operators = append(a.Body.Operators, uint32(o))
	}
	l := gateway.Listed(s.config.Market)
	list := s.config.Market.Proposals()
	for i := range list {
		a.Body.Changes = append(a.Body.Changes, s.changeText(&list[i], l))
	}
	return a, nil
}

type proposeInput struct {
	Body struct {
		ID          string       `json:"id" minLength:"1" maxLength:"20" doc:"Its name, unique among pending changes."`
		Reason      string       `json:"reason" enum:"scheduled,risk,market-integrity,outage,correction,delisting,other"`
		EffectiveMS int64        `json:"effective_ms,omitempty" minimum:"0" maximum:"9000000000000" doc:"The earliest time; as soon as its notice allows when not given."`
		Change      plain.Change `json:"change"`
	}
}

func (s *Server) propose(ctx context.Context, in *proposeInput) (*changeAnswer, error) {
	b := &in.Body
	id, ok := venue.ParseClOrdID(b.ID)
	if !ok {
		return nil, refuse(gateway.BadValue, "id", "1 to 20 visible ASCII characters")
	}
	reason, _ := venue.ParseChangeReason(b.Reason)
	inner, err := b.Change.Command(gateway.Listed(s.config.Market))
	if err != nil {
		return nil, refuse(gateway.BadValue, "change", err.Error())
	}
	if why := wire.Fits(inner); why.Refused() {
		return nil, refuse(gateway.BadValue, why.Field.String(), "too long")
	}
	return s.ask(ctx, id, &venue.ProposeChange{
		Operator: caller(ctx).Operator, Change: id, Reason: reason, Effective: venue.Time(b.EffectiveMS) * 1_000_000, Content: wire.Content(inner),
	})
}

type approveInput struct {
	ID   string `path:"id" maxLength:"20"`
	Body struct {
		Digest string `json:"digest" doc:"The digest of the proposal, as the list of changes shows it."`
	}
}

func (s *Server) approve(ctx context.Context, in *approveInput) (*changeAnswer, error) {
	id, _ := venue.ParseClOrdID(in.ID)
	digest, ok := gateway.ParseDigest(in.Body.Digest)
	if !ok {
		return nil, refuse(gateway.BadFormat, "digest", "64 hexadecimal digits")
	}
	return s.ask(ctx, id, &venue.ApproveChange{Operator: caller(ctx).Operator, Change: id, Digest: digest})
}

type cancelChangeInput struct {
	ID     string `path:"id" maxLength:"20"`
	Reason string `query:"reason" enum:"scheduled,risk,market-integrity,outage,correction,delisting,other" default:"correction"`
}

func (s *Server) cancelChange(ctx context.Context, in *cancelChangeInput) (*changeAnswer, error) {
	id, _ := venue.ParseClOrdID(in.ID)
	reason, _ := venue.ParseChangeReason(in.Reason)
	return s.ask(ctx, id, &venue.CancelChange{Operator: caller(ctx).Operator, Change: id, Reason: reason})
}

// ask has a command about a change done and answers with what the change is then.
func (s *Server) ask(ctx context.Context, id venue.ClOrdID, c venue.Command) (*changeAnswer, error) {
	if err := s.have(ctx, c, "see /v1/changes"); err != nil {
		return nil, err
	}
	p, ok := s.config.Market.Proposal(id)
	if !ok {
		return nil, refuse(gateway.UnknownChange, "id", "")
	}
	return &changeAnswer{s.changeText(&p, gateway.Listed(s.config.Market))}, nil
}

// have has a command of an operator or a contributor done. Where it is not known in
// time what came of it, the error says where that is seen.
func (s *Server) have(ctx context.Context, c venue.Command, where string) error {
	if s.config.Operate == nil {
		return refuse(gateway.UnsupportedMessage, "", "this venue takes no such commands")
	}
	why, err := s.config.Operate.Ask(ctx, c)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return refuse(gateway.StatusUnknown, "", where)
	case err != nil:
		return refuse(gateway.Overloaded, "", "")
	case why.Refused():
		return refuse(gateway.CodeOf(why.Reason), why.Field.String(), gateway.LimitText(why))
	}
	return nil
}
