package engine_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// setFeeTiers reads "fee-tiers 0:0.0002/0.0005 1000000:-0.0001/0.0003": from which
// volume, and the rates of maker and taker.
func (f *floor) setFeeTiers(d *script.Cmd) string {
	c := &venue.SetFeeTiers{}
	for _, w := range d.Words() {
		from, rates, _ := strings.Cut(w, ":")
		maker, taker, _ := strings.Cut(rates, "/")
		c.Tiers = append(c.Tiers, venue.FeeTier{
			Min: f.parseAmount(d, from, scale.MoneyDecimals), Maker: f.parseRate(d, maker), Taker: f.parseRate(d, taker),
		})
	}
	return f.apply(d, 0, c)
}

// settle reads "settle H100 2.1 - 2.2x22 from=0 carry=2": values of hours, "-" for
// an hour without one, and how many times.
func (f *floor) settle(d *script.Cmd) string {
	c := &venue.SettleInstrument{
		Instrument: f.instrument(d, d.Word(0)).ID, From: script.NumOr(d, "from", uint32(0)), MaxCarry: script.NumOr(d, "carry", uint32(0)),
	}
	for _, w := range d.Words()[1:] {
		text, times, many := strings.Cut(w, "x")
		n := 1
		if many {
			n, _ = strconv.Atoi(times)
		}
		v := venue.NoValue
		if text != "-" {
			v = f.parseAmount(d, text, scale.MoneyDecimals)
		}
		for range n {
			c.Values = append(c.Values, venue.HourValue{Value: v})
		}
	}
	return f.apply(d, 0, c)
}

// operatorLine prints the events of operators' commands.
func (f *floor) operatorLine(e venue.Event) (string, bool) {
	switch x := e.(type) {
	case *venue.FeeTiersSet:
		var b strings.Builder
		b.WriteString("fee tiers")
		for _, t := range x.Tiers {
			fmt.Fprintf(&b, ", from %s maker %s taker %s", money(t.Min), rateText(t.Maker), rateText(t.Taker))
		}
		return b.String(), true
	case *venue.InstrumentSettled:
		hours := fmt.Sprintf("settlement %s: %d hours, %d carried, %d dropped", f.symbol(x.Instrument), x.Known, x.Carried, x.Dropped)
		if x.Final {
			hours += ", final price " + f.price(x.Instrument, x.Price)
		}
		return hours, true
	case *venue.VariationPaid:
		return fmt.Sprintf("variation %s: %s for %+d %s at %s", f.name(x.Account), money(x.Amount), x.Qty, f.symbol(x.Instrument), f.price(x.Instrument, x.Price)), true
	}
	return "", false
}

func rateText(r venue.Rate) string { return money(venue.Amount(r)) }
