package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// positionRow is a position as REST answers it.
type positionRow struct {
	Symbol, Qty, Cost, Margin, Unrealised, Mark string
	Stale                                       bool     `json:"mark_stale"`
	Sources                                     []string `json:"mark_sources"`
	Liquidation                                 string   `json:"liquidation_price"`
	Rank                                        int      `json:"adl_rank"`
	Of                                          int      `json:"adl_of"`
	Lamps                                       int      `json:"adl_lamps"`
	Funding                                     *struct {
		NextMS int64  `json:"next_ms"`
		Rate   string `json:"last_rate"`
		Paid   string `json:"paid"`
	}
}

// positionsTable prints positions within 120 columns. Money is in whole cents: the
// exact numbers are in the JSON.
func positionsTable(out io.Writer, body []byte) error {
	var a struct{ Positions []positionRow }
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	head := "SYMBOL LOTS MARK FROM LIQUIDATION MARGIN UNREALISED FUNDING NEXT ADL"
	return rows(out, "no positions (capacity bought spot is among the balances)", len(a.Positions), head, func(i int) []any {
		p := &a.Positions[i]
		funding, next := "-", "-"
		if f := p.Funding; f != nil {
			funding = cents(negated(f.Paid))
			if f.NextMS != 0 {
				next = time.Until(time.UnixMilli(f.NextMS)).Round(time.Second).String()
			}
		}
		return []any{
			p.Symbol, p.Qty, dash(p.Mark), p.from(), dash(p.liquidation()), cents(p.Margin), cents(p.Unrealised), funding, next, p.adl(),
		}
	})
}

// from says what the mark was made of, and loudly when it is stale.
func (p *positionRow) from() string {
	from := strings.Join(p.Sources, "+")
	if from == "" {
		from = "operator"
	}
	if p.Stale {
		return "STALE!"
	}
	return from
}

// liquidation is the price with the decimals of the mark, and two more.
func (p *positionRow) liquidation() string {
	point := strings.IndexByte(p.Mark, '.')
	at := strings.IndexByte(p.Liquidation, '.')
	if point < 0 || at < 0 {
		return p.Liquidation
	}
	return p.Liquidation[:min(len(p.Liquidation), at+len(p.Mark)-point)]
}

// adl shows the place for deleveraging with five lamps.
func (p *positionRow) adl() string {
	if p.Rank == 0 {
		return "-"
	}
	return fmt.Sprintf("%s%s %d/%d", strings.Repeat("#", p.Lamps), strings.Repeat(".", 5-p.Lamps), p.Rank, p.Of)
}

// cents cuts dollars to two decimals.
func cents(s string) string {
	if at := strings.IndexByte(s, '.'); at >= 0 && len(s) > at+3 {
		return s[:at+3]
	}
	return s
}

// negated is a decimal with the other sign: what was paid as what was received.
func negated(s string) string {
	if positive, ok := strings.CutPrefix(s, "-"); ok {
		return positive
	}
	if strings.Trim(s, "0.") == "" {
		return s
	}
	return "-" + s
}

func accountTable(out io.Writer, body []byte) error {
	var a struct {
		Account                                                 uint32
		State, Equity, Cash, Unrealised, Collateral, Held, Free string
		Initial                                                 string `json:"initial_margin"`
		Maintenance                                             string `json:"maintenance_margin"`
		Stale                                                   bool   `json:"mark_stale"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	state := a.State
	if a.Stale {
		state += " (a mark is STALE: nothing is liquidated until it is fresh)"
	}
	fmt.Fprintf(out, "account %d is %s\n", a.Account, state)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	for _, line := range [...]struct{ name, value string }{
		{"cash", a.Cash},
		{"collateral", a.Collateral},
		{"unrealised", a.Unrealised},
		{"equity", a.Equity},
		{"held for spot buys", a.Held},
		{"initial margin", a.Initial},
		{"maintenance margin", a.Maintenance},
		{"free", a.Free},
	} {
		fmt.Fprintf(w, "%s\t%s\tUSD\t\n", line.name, line.value)
	}
	return w.Flush()
}
