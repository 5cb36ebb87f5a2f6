package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/sequencer"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// cleared is what came of a model: GPU-hours and their money.
type cleared struct {
	hours int64
	money venue.Amount
	fees  venue.Amount
}

// outcome is what the journal of a run says.
type outcome struct {
	models  map[venue.InstrumentID]string
	cleared map[string]*cleared // By model.
	refused map[gateway.Code]int
}

// take reads an event. What else happened is of no interest here.
func (o *outcome) take(event venue.Event) {
	if e, ok := event.(*venue.InstrumentListed); ok {
		o.models[e.Terms.ID] = e.Terms.Class
		o.cleared[e.Terms.Class] = &cleared{}
	}
	if e, ok := event.(*venue.OrderRejected); ok {
		o.refused[gateway.CodeOf(e.Refusal.Reason)]++
	}
	if e, ok := event.(*venue.Traded); ok {
		c := o.cleared[o.models[e.Instrument]]
		c.hours += int64(e.Qty)
		c.money += venue.Amount(e.Price) * venue.Amount(e.Qty) * clearingTick
		c.fees += e.Maker.Fee + e.Taker.Fee
	}
}

// report replays the journal of the run and prints what was matched by model.
// What it says is what the journal says, not what the run believes.
func (m *clearingRun) report() error {
	core := engine.New(m.settings.core)
	defer core.Close()
	o := outcome{models: map[venue.InstrumentID]string{}, cleared: map[string]*cleared{}, refused: map[gateway.Code]int{}}
	err := sequencer.Replay(core, m.journal, func(b *sequencer.Batch) error {
		for i := range b.Entries {
			o.take(b.Entries[i].Event)
		}
		return nil
	})
	if err != nil {
		return err
	}
	m.table(o.cleared)
	for _, code := range slices.Sorted(maps.Keys(o.refused)) {
		fmt.Fprintf(m.out, "%d orders refused: %v\n", o.refused[code], code)
	}
	if !core.Conserved() {
		return errors.New("ledger: money or capacity does not add up")
	}
	_, err = fmt.Fprintln(m.out, "ledger check: difference 0 over all accounts, assets and positions")
	return err
}

func (m *clearingRun) table(byModel map[string]*cleared) {
	w := tabwriter.NewWriter(m.out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "CLASS\tOFFERED\tWANTED\tMATCHED\tAVERAGE\tMEDIAN-ASK\tUNSOLD\tUNFILLED\t")
	var all cleared
	line := func(name string, offered, wanted int, c *cleared, median string) {
		average := "-"
		if c.hours > 0 {
			average = dollars(c.money / venue.Amount(c.hours))
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%s\t%d\t%d\t\n", name, offered, wanted, c.hours, average, median,
			int64(offered)-c.hours, int64(wanted)-c.hours)
	}
	for _, model := range m.plan.models {
		c := byModel[classOf(model)]
		line(model, m.plan.offered(model), m.plan.wanted(model), c, dollars(m.plan.median[model]))
		all.hours, all.money, all.fees = all.hours+c.hours, all.money+c.money, all.fees+c.fees
	}
	line("all", m.plan.offered(""), m.plan.wanted(""), &all, "-")
	_ = w.Flush() // To the same place as what follows, whose error counts.
	fmt.Fprintf(m.out, "GPU-hours; prices in dollars per GPU-hour; turnover %s, fees %s\n", money(all.money), money(all.fees))
	fmt.Fprintln(m.out, "(jobs name no price and no class: both are drawn by seed, the class by what is offered, the price from 0.5 to 2 times the median)")
}
