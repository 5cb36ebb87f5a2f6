package engine_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/venue"
)

var queries = map[string]action{
	"book":      (*floor).book,
	"orders":    (*floor).ordersOf,
	"balance":   (*floor).balanceOf,
	"positions": (*floor).positionsOf,
	"conserved": (*floor).conserved,
}

// book shows the levels of an instrument, the highest price first.
func (f *floor) book(d *script.Cmd) string {
	inst := f.instrument(d, d.Word(0)).ID
	var levels []venue.LevelChanged
	for _, l := range viewOf(f.core).levels {
		if l.Instrument == inst {
			levels = append(levels, l)
		}
	}
	slices.SortFunc(levels, func(a, b venue.LevelChanged) int { return cmp.Compare(b.Price, a.Price) })
	var lines []string
	for i := range levels {
		lines = append(lines, f.level(&levels[i]))
	}
	return orNothing(lines)
}

// ordersOf shows the live orders of an account, by their ids.
func (f *floor) ordersOf(d *script.Cmd) string {
	account := f.account(d)
	var lines []string
	for id, o := range viewOf(f.core).orders {
		if o.account != account {
			continue
		}
		line := f.orders[id] + ": " + f.terms(&o.accepted)
		if o.leaves != o.accepted.Qty {
			line += fmt.Sprintf(", open %d", o.leaves)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return orNothing(lines)
}

// balanceOf shows what an account has, all of it or of one asset; "fees",
// "residue" and "world" are accounts of the venue.
func (f *floor) balanceOf(d *script.Cmd) string {
	switch d.Word(0) {
	case "fees":
		return money(f.core.Cash(venue.Fees)) + " USD"
	case "residue":
		return money(f.core.Cash(venue.Residue)) + " USD"
	case "world":
		return money(f.core.Cash(venue.World)) + " USD"
	}
	v, account := viewOf(f.core), f.account(d)
	var lines []string
	for k, total := range v.totals {
		if k.account == account {
			lines = append(lines, f.balance(&venue.BalanceChanged{Account: k.account, Asset: k.asset, Total: total, Held: v.held[k]}))
		}
	}
	slices.Sort(lines)
	return orNothing(lines)
}

func (f *floor) positionsOf(d *script.Cmd) string {
	v, account := viewOf(f.core), f.account(d)
	var lines []string
	for k, p := range v.positions {
		if k.account == account {
			lines = append(lines, f.position(&venue.PositionChanged{Account: k.account, Instrument: k.inst, Qty: p.Qty, Cost: p.Cost, Margin: v.margin[k]}))
		}
	}
	slices.Sort(lines)
	return orNothing(lines)
}

func (f *floor) conserved(*script.Cmd) string { return fmt.Sprint(f.core.Conserved()) }

func orNothing(lines []string) string {
	if len(lines) == 0 {
		return "nothing"
	}
	return strings.Join(lines, "\n")
}
