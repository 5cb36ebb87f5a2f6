package rest

import (
	"context"

	"github.com/clearhour/clearhour/venue"
)

type protectionsAnswer struct {
	Body struct {
		Protections []quoteProtectionText `json:"protections" doc:"By rising set (MAT-07)."`
	}
}

type quoteProtectionText struct {
	Set      venue.QuoteSet `json:"set"`
	WindowMS int64          `json:"window_ms" doc:"How long a fill counts."`
	FrozenMS int64          `json:"frozen_ms" doc:"How long the set takes no quote after it was withdrawn."`
	Qty      string         `json:"qty" doc:"Lots that may fill within the window, bought and sold together."`
	Delta    string         `json:"delta" doc:"Lots by which bought and sold ones may differ within the window."`
	UntilMS  int64          `json:"until_ms,omitempty" doc:"The set was withdrawn, and takes no quote before this time."`
}

// quoteProtections tells the limits that an account set; a frozen time that is
// over is left out.
func (s *Server) quoteProtections(ctx context.Context, in *accountInput) (*protectionsAnswer, error) {
	acct, err := account(ctx, in.Whose)
	if err != nil {
		return nil, err
	}
	a := &protectionsAnswer{}
	a.Body.Protections = []quoteProtectionText{}
	_, now := s.config.Blotter.Position()
	for _, p := range s.config.Blotter.QuoteProtections(acct) {
		t := quoteProtectionText{
			Set: p.Set, WindowMS: int64(p.Limits.Window) / nanosPerMilli, FrozenMS: int64(p.Limits.Frozen) / nanosPerMilli,
			Qty: qtyText(p.Limits.Qty), Delta: qtyText(p.Limits.Delta),
		}
		if p.Until > now {
			t.UntilMS = millis(p.Until)
		}
		a.Body.Protections = append(a.Body.Protections, t)
	}
	return a, nil
}
