package engine_test

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// TestSettlementInSlices closes many positions at a final price, over several
// Ticks and restarts: nothing is left, and nobody's money but what the price owes.
//
// rules: SET-03
func TestSettlementInSlices(t *testing.T) {
	const accounts = 700
	p := newPit(t, accounts)
	for i := 0; i < accounts; i += 2 {
		p.trade(i, i+1, 1+venue.Qty(i%5), 2000)
	}
	for i := 0; i+350 < accounts; i += 3 {
		p.trade(i+350, i, 2, 2000) // Some turn, some close.
	}
	before := viewOf(p.core)
	p.now = 20_011 * pitDay
	p.do(&venue.Tick{})
	hours := make([]venue.HourValue, 24)
	for i := range hours {
		hours[i].Value = 2_500_000
	}
	p.do(&venue.SettleInstrument{Instrument: 1, Values: hours})
	ticks := 0
	for due, ok := p.core.NextDeadline(); ok && due <= p.now; due, ok = p.core.NextDeadline() {
		p.restart()
		p.do(&venue.Tick{})
		if !p.core.Conserved() {
			t.Fatalf("not conserved after %d ticks", ticks)
		}
		if ticks++; ticks > 50 {
			t.Fatal("it does not end")
		}
	}
	after := viewOf(p.core)
	if len(after.positions) != 0 || ticks < 2 {
		t.Errorf("%d positions left after %d ticks, want none after several", len(after.positions), ticks)
	}
	for k, total := range before.totals {
		x := before.positions[seat{k.account, 1}]
		if want := total + venue.Amount(x.Qty)*2500*24_000 - x.Cost; k.asset == venue.USD && after.totals[k] != want {
			t.Errorf("account %d has %d, want %d", k.account, after.totals[k], want)
		}
	}
}
