package main

import (
	"context"
	"time"

	"github.com/clearhour/clearhour/venue"
)

// liquidationRules are the terms of liquidation in the words of a genesis file,
// with the money that the insurance fund begins with. Rates are fractions.
type liquidationRules struct {
	Fund        string `json:"fund"` // Dollars.
	Target      string `json:"target"`
	Fee         string `json:"fee"`
	Spread      string `json:"spread"`
	Fraction    string `json:"fraction"`
	MaxConsumed string `json:"max_consumed"`
	FullSize    int64  `json:"full_size"` // Lots.
	Cap         string `json:"cap"`
	WindowHours int64  `json:"window_hours"`
	StepSeconds int64  `json:"step_seconds"`
}

// usualLiquidation returns the terms of the demo.
func usualLiquidation() *liquidationRules {
	return &liquidationRules{
		Fund: "1000000", Target: "1.2", Fee: "0.005", Spread: "1.5", Fraction: "0.1", MaxConsumed: "0.25", FullSize: 10,
		Cap: "0.25", WindowHours: 8, StepSeconds: 5,
	}
}

// terms turns the rules into integers.
func (r *liquidationRules) terms() (t venue.LiquidationTerms, fund venue.Amount, err error) {
	p := parser{what: "liquidation"}
	t = venue.LiquidationTerms{
		Target: p.rate("target", r.Target), Fee: p.rate("fee", r.Fee), Spread: p.rate("spread", r.Spread),
		Fraction: p.rate("fraction", r.Fraction), MaxConsumed: p.rate("max_consumed", r.MaxConsumed), FullSize: venue.Qty(r.FullSize),
		Cap:    p.rate("cap", r.Cap),
		Window: venue.Time(r.WindowHours * int64(time.Hour)), Step: venue.Time(r.StepSeconds * int64(time.Second)),
	}
	fund = p.money("fund", r.Fund)
	return t, fund, p.err
}

// setLiquidation switches liquidation on in a venue that has just begun.
func (v *instance) setLiquidation(ctx context.Context, r *liquidationRules) error {
	t, fund, err := r.terms()
	if err != nil {
		return err
	}
	commands := []venue.Command{&venue.SetLiquidation{Terms: t}}
	if fund > 0 {
		commands = append(commands, &venue.FundInsurance{Amount: fund})
	}
	return v.do(ctx, commands...)
}
