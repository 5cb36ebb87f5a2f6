package rest

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/plain"
	"github.com/clearhour/clearhour/venue/wire"
)

// Impact says what a change would do to accounts, found out on a copy of the state
// and never in the venue. It answers within a bound, and the same for a while.
type Impact interface {
	Impact(ctx context.Context, c venue.Command) (*Replay, error)
}

// Replay is what became of a copy of the state under a change.
type Replay struct {
	// Seq and Time are of the copy.
	Seq  venue.Seq
	Time venue.Time
	// Accounts is how many there are.
	Accounts int
	// Refusal says why the change could not be made now.
	Refusal venue.Refusal
	// Complete says that the copy came to rest before its work was cut off.
	Complete bool
	// Moved are the accounts whose state became another one, rising.
	Moved []Moved
}

// Moved is an account and what became of it.
type Moved struct {
	Account venue.AccountID
	// From is the state before the change, To the worst one after it.
	From, To venue.AccountState
	// Instruments are those in which it had a position before.
	Instruments []venue.InstrumentID
}

type impactAnswer struct{ Body impactText }

type impactText struct {
	Seq         uint64       `json:"seq" doc:"Sequence of the state that the change was tried on."`
	TimeMS      int64        `json:"time_ms" doc:"Time of that state."`
	Accounts    int          `json:"accounts" doc:"How many accounts there are."`
	Complete    bool         `json:"complete" doc:"False when there were more consequences than are looked at."`
	Refusal     string       `json:"refusal,omitempty" doc:"Why the change could not be made now: a code of the error catalogue."`
	Field       string       `json:"field,omitempty" doc:"What the refusal is about."`
	States      []stateCount `json:"states" doc:"How many accounts would be in another state."`
	Instruments []stateCount `json:"instruments" doc:"The same by the instruments in which they have positions."`
	Moved       []movedText  `json:"moved,omitempty" doc:"The accounts, for operators."`
}

type stateCount struct {
	Symbol   string `json:"symbol,omitempty"`
	From     string `json:"from"`
	To       string `json:"to" doc:"The worst state that the account would be in."`
	Accounts int    `json:"accounts"`
}

type movedText struct {
	Account uint32   `json:"account"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Symbols []string `json:"symbols"`
}

func (s *Server) impactRoutes() {
	admin := Access{Scope: gateway.Admin}
	route(s, Access{Open: true}, "/v1/changes/{id}/impact", "change-impact", "How many accounts would be in another state under a pending change", s.changeImpact)
	route(s, admin, "/v1/admin/changes/{id}/impact", "change-impact-accounts", "Which accounts would be in another state under a pending change", s.changeImpactAccounts)
	write(s, http.MethodPost, admin, "/v1/admin/impact", "impact", "Which accounts would be in another state under a change that nobody has proposed", s.impactOf)
}

type impactInput struct {
	ID string `path:"id" maxLength:"20"`
}

func (s *Server) changeImpact(ctx context.Context, in *impactInput) (*impactAnswer, error) {
	return s.pendingImpact(ctx, in.ID, false)
}

func (s *Server) changeImpactAccounts(ctx context.Context, in *impactInput) (*impactAnswer, error) {
	return s.pendingImpact(ctx, in.ID, true)
}

// pendingImpact answers for what is pending only: what anybody may have computed is
// bounded by what operators have proposed.
func (s *Server) pendingImpact(ctx context.Context, name string, accounts bool) (*impactAnswer, error) {
	id, _ := venue.ParseClOrdID(name)
	p, ok := s.config.Market.Proposal(id)
	if !ok || p.Outcome != 0 {
		return nil, refuse(gateway.UnknownChange, "id", "")
	}
	c, err := wire.ParseContent(p.Content)
	if err != nil {
		return nil, refuse(gateway.Internal, "", "")
	}
	return s.impact(ctx, c, accounts)
}

type impactOfInput struct {
	Body struct {
		Change plain.Change `json:"change"`
	}
}

func (s *Server) impactOf(ctx context.Context, in *impactOfInput) (*impactAnswer, error) {
	c, err := in.Body.Change.Command(gateway.Listed(s.config.Market))
	if err != nil {
		return nil, refuse(gateway.BadValue, "change", err.Error())
	}
	if why := wire.Fits(c); why.Refused() {
		return nil, refuse(gateway.BadValue, why.Field.String(), "too long")
	}
	return s.impact(ctx, c, true)
}

func (s *Server) impact(ctx context.Context, c venue.Command, accounts bool) (*impactAnswer, error) {
	if s.config.Impact == nil {
		return nil, refuse(gateway.UnsupportedMessage, "", "this venue replays no changes")
	}
	r, err := s.config.Impact.Impact(ctx, c)
	if err != nil {
		s.config.Log.Error("change not replayed", "error", err)
		return nil, refuse(gateway.Overloaded, "", "")
	}
	t := impactText{Seq: uint64(r.Seq), TimeMS: millis(r.Time), Accounts: r.Accounts, Complete: r.Complete, States: []stateCount{}, Instruments: []stateCount{}}
	if r.Refusal.Refused() {
		t.Refusal, t.Field = gateway.CodeOf(r.Refusal.Reason).String(), r.Refusal.Field.String()
	}
	for i := range r.Moved {
		s.addMoved(&t, &r.Moved[i], accounts)
	}
	return &impactAnswer{t}, nil
}

// addMoved counts an account, and names it for operators.
func (s *Server) addMoved(t *impactText, m *Moved, named bool) {
	from, to := m.From.String(), m.To.String()
	t.States = count(t.States, stateCount{From: from, To: to})
	x := movedText{Account: uint32(m.Account), From: from, To: to, Symbols: []string{}}
	for _, id := range m.Instruments {
		if terms, ok := s.config.Market.Instrument(id); ok {
			t.Instruments = count(t.Instruments, stateCount{Symbol: terms.Symbol, From: from, To: to})
			x.Symbols = append(x.Symbols, terms.Symbol)
		}
	}
	if named {
		t.Moved = append(t.Moved, x)
	}
}

// count counts one more of what is alike; the list stays sorted.
func count(list []stateCount, one stateCount) []stateCount {
	at, found := slices.BinarySearchFunc(list, one, func(a, b stateCount) int {
		return cmp.Or(cmp.Compare(a.Symbol, b.Symbol), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	if !found {
		list = slices.Insert(list, at, one)
	}
	list[at].Accounts++
	return list
}
