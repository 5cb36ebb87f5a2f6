package rest

import (
	"context"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
)

func (s *Server) marginRoutes() {
	read := Access{Scope: gateway.ReadAccount}
	route(s, read, "/v1/account", "account", "What an account is worth at the marks, what it must have, and what it may do", s.accountSummary)
	route(s, read, "/v1/positions", "positions", "Positions with their margins, marks, liquidation prices and places for deleveraging", s.positions)
}

type accountAnswer struct{ Body accountText }

type accountText struct {
	Account     uint32 `json:"account"`
	State       string `json:"state" enum:"healthy,reduce-only,liquidating,takeover,deleveraging" doc:"What the account may do, or what is done to it (LIQ-01): reduce-only has less than its initial margin, liquidating less than its maintenance margin."`
	Equity      string `json:"equity" doc:"Cash, collateral and unrealised result, in dollars, without capped futures and what they lock (MAR-08)."`
	Cash        string `json:"cash" doc:"Dollars, without what positions in capped futures lock."`
	Unrealised  string `json:"unrealised" doc:"What closing all positions at the marks would add to the cash, in dollars."`
	Collateral  string `json:"collateral" doc:"What assets other than money count for, in dollars (MAR-04)."`
	Held        string `json:"held" doc:"Cash that buys of spot instruments hold, in dollars."`
	Initial     string `json:"initial_margin" doc:"What positions and open orders need, in dollars (MAR-02)."`
	Maintenance string `json:"maintenance_margin" doc:"What positions need not to be liquidated, in dollars (MAR-01)."`
	Free        string `json:"free" doc:"What is left for new orders, in dollars; negative when the needs are not covered."`
	MarkStale   bool   `json:"mark_stale" doc:"A mark that values one of the positions is stale: nothing is liquidated and the state stays what it is."`
}

func (s *Server) accountSummary(ctx context.Context, in *accountInput) (*accountAnswer, error) {
	acct, err := account(ctx, in.Whose)
	if err != nil {
		return nil, err
	}
	a, _ := s.config.Margin.Account(acct) // An account that nothing was heard of has nothing.
	return &accountAnswer{Body: accountText{
		Account: uint32(acct), State: max(a.State, venue.StateHealthy).String(),
		Equity: moneyText(a.Equity()), Cash: moneyText(a.Cash), Unrealised: moneyText(a.Unrealised), Collateral: moneyText(a.Collateral), Held: moneyText(a.Held),
		Initial: moneyText(a.Initial), Maintenance: moneyText(a.Maintenance), Free: moneyText(a.Free), MarkStale: a.Stale,
	}}, nil
}

type positionsAnswer struct {
	Body struct {
		Positions []positionText `json:"positions"`
	}
}

type positionText struct {
	Symbol      string `json:"symbol"`
	Kind        string `json:"kind" enum:"spot,future,perpetual,capped"`
	Qty         string `json:"qty" doc:"Lots, negative when short."`
	Cost        string `json:"cost" doc:"Dollars, signed like qty."`
	Margin      string `json:"margin" doc:"Initial margin of the position and of the open orders of the instrument at the mark, in dollars (MAR-02), or what both lock of a capped future (MAR-08)."`
	Maintenance string `json:"maintenance_margin" doc:"Maintenance margin of the position at the mark, in dollars (MAR-01)."`
	Unrealised  string `json:"unrealised" doc:"What closing at the mark would add to the cash, in dollars."`
	Mark        string `json:"mark,omitempty" doc:"Dollars per GPU-hour."`
	positionMark
	Liquidation string               `json:"liquidation_price,omitempty" doc:"Mark at which the account would have no more than its maintenance margin if no other mark moved, in dollars per GPU-hour with six decimals, rounded towards the mark (LIQ-01). None when no positive price does."`
	Funding     *positionFundingText `json:"funding,omitempty" doc:"Funding of a perpetual (FUN-01)."`
	ADLRank     int                  `json:"adl_rank,omitempty" doc:"Place among the positions of the side in the instrument, 1 for the first that would be deleveraged (LIQ-05); at most a second old. None while a mark of the account is stale."`
	ADLOf       int                  `json:"adl_of,omitempty" doc:"How many positions are ranked."`
	ADLLamps    int                  `json:"adl_lamps,omitempty" doc:"The same as lamps: 5 for the first fifth of the places, 1 for the last."`
	Sequence    uint64               `json:"sequence" doc:"Number of the last command that changed the position."`
}

type positionMark struct {
	Stale   bool     `json:"mark_stale" doc:"No fresh source stands behind the mark: it is held, nothing is liquidated by it and margins are larger (R-STALE)."`
	Sources []string `json:"mark_sources" doc:"What the mark was made of: index, book, last; nothing for a mark that the operator set."`
}

type positionFundingText struct {
	NextMS   int64  `json:"next_ms,omitempty" doc:"When the present period ends."`
	LastRate string `json:"last_rate" doc:"What a long paid in the last period as a share of the index, negative when it received."`
	Paid     string `json:"paid" doc:"What the position paid since it was opened, as far as this gateway heard of it, in dollars, negative when it received."`
	LastPaid string `json:"last_paid" doc:"What it paid the last time, in dollars."`
	LastMS   int64  `json:"last_ms,omitempty" doc:"When that was."`
}

func (s *Server) positions(ctx context.Context, in *accountInput) (*positionsAnswer, error) {
	acct, err := account(ctx, in.Whose)
	if err != nil {
		return nil, err
	}
	a := &positionsAnswer{}
	a.Body.Positions = []positionText{}
	view, _ := s.config.Margin.Account(acct)
	for i := range view.Positions {
		a.Body.Positions = append(a.Body.Positions, positionTextOf(&view.Positions[i]))
	}
	return a, nil
}

func positionTextOf(p *margin.Position) positionText {
	t := positionText{
		Symbol: p.Terms.Symbol, Kind: p.Terms.Kind.String(), Qty: qtyText(p.Qty), Cost: moneyText(p.Cost),
		Margin: moneyText(p.Initial), Maintenance: moneyText(p.Maintenance), Unrealised: moneyText(p.Unrealised),
		positionMark: positionMark{Stale: p.Mark.Stale, Sources: sourceTexts(p.Mark.Sources)},
		Liquidation:  liquidationText(p), ADLRank: p.Rank, ADLOf: p.Of, ADLLamps: p.Lamps(), Sequence: uint64(p.Seq),
	}
	if p.Mark.Marked {
		t.Mark = priceText(p.Mark.Price, p.Terms)
	}
	if p.Terms.Kind == venue.Perpetual {
		t.Funding = fundingOf(&p.Funding, &p.Mark)
	}
	return t
}

func fundingOf(f *blotter.Funding, m *marketdata.Marking) *positionFundingText {
	t := &positionFundingText{LastRate: rateText(m.Funding.Rate()), Paid: moneyText(f.Paid), LastPaid: moneyText(f.Last)}
	if m.NextFunding != 0 {
		t.NextMS = millis(m.NextFunding)
	}
	if f.At != 0 {
		t.LastMS = millis(f.At)
	}
	return t
}

// sourceTexts names what a mark was made of.
func sourceTexts(from venue.MarkSources) []string {
	list := []string{}
	for i, word := range [...]string{"index", "book", "last"} {
		if from.Has(1 << i) {
			list = append(list, word)
		}
	}
	return list
}

// liquidationText is the liquidation price in dollars, rounded towards the mark,
// so that what is shown is never safer than what is so: up for a long, down for
// a short. It is empty where no positive price is one.
func liquidationText(p *margin.Position) string {
	if !p.HasLiquidation || p.Liquidation.Num.Sign() <= 0 {
		return ""
	}
	round := venue.Up
	if p.Qty < 0 {
		round = venue.Down
	}
	v, ok := p.Liquidation.At(int64(p.Terms.Tick), round)
	if !ok || venue.Amount(v) > venue.MaxAmount {
		return ""
	}
	return moneyText(venue.Amount(v))
}
