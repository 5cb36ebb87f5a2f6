package rest

import (
	"context"

	"github.com/clearhour/clearhour/views/marketdata"
)

func (s *Server) insuranceRoutes() {
	open := Access{Open: true}
	route(s, open, "/v1/insurance", "insurance", "What stands behind the markets: the insurance fund, and what it may lose", s.insurance)
	route(s, open, "/v1/indices", "indices", "The indices that marks follow, with their contributors", s.indices)
}

type insuranceAnswer struct {
	Body struct {
		On         bool      `json:"on" doc:"Whether accounts below their maintenance margin are liquidated."`
		Balance    string    `json:"balance" doc:"Money of the fund, in dollars."`
		Unrealised string    `json:"unrealised" doc:"What closing the positions that it has taken over would add, at the marks, in dollars."`
		Positions  int       `json:"positions" doc:"In how many instruments it has taken positions over."`
		Cap        string    `json:"cap" doc:"The part of its highest balance in a window that it may lose in that window; the rest is deleveraged (LIQ-05)."`
		WindowMS   int64     `json:"window_ms" doc:"Length of the window, which always ends now."`
		Last       *drawText `json:"last,omitempty" doc:"What the cap said when it was last asked; none since this gateway has been listening."`
	}
}

type drawText struct {
	TimeMS    int64  `json:"time_ms"`
	Highest   string `json:"highest" doc:"Highest balance in the window, in dollars."`
	Drawn     string `json:"drawn" doc:"What the fund had lost in the window, or set aside for losses, in dollars."`
	Remaining string `json:"remaining" doc:"What it could lose still, in dollars."`
}

func (s *Server) insurance(context.Context, *nothing) (*insuranceAnswer, error) {
	f := s.config.Margin.Fund()
	a := &insuranceAnswer{}
	b := &a.Body
	b.On, b.Balance, b.Unrealised, b.Positions = f.Terms.Step > 0, moneyText(f.Cash), moneyText(f.Unrealised), len(f.Positions)
	b.Cap, b.WindowMS = rateText(f.Terms.Cap), int64(f.Terms.Window)/nanosPerMilli
	if f.Decided != 0 {
		b.Last = &drawText{millis(f.Decided), moneyText(f.Most), moneyText(f.Drawn), moneyText(f.Remaining)}
	}
	return a, nil
}

type indicesAnswer struct {
	Body struct {
		Indices []indexText `json:"indices"`
	}
}

func (s *Server) indices(context.Context, *nothing) (*indicesAnswer, error) {
	a := &indicesAnswer{}
	a.Body.Indices = []indexText{}
	for _, x := range s.config.Market.Indices(nil) {
		a.Body.Indices = append(a.Body.Indices, *indexTextOf(&x))
	}
	return a, nil
}

func indexTextOf(x *marketdata.Index) *indexText {
	t := &indexText{Symbol: x.Symbol, Kind: x.Kind.String(), Contributors: x.Contributors, Stale: x.Stale}
	if x.At != 0 {
		t.Price, t.TimeMS = moneyText(x.Price), millis(x.At)
	}
	if m := &x.Metered; m.End != 0 {
		t.StartMS, t.EndMS = millis(m.Start), millis(m.End)
		t.Contracted, t.Counted = gpuTimeText(m.Contracted), gpuTimeText(m.Counted)
	}
	return t
}
