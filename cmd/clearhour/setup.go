package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
	"github.com/clearhour/clearhour/views/marketdata"
)

// setUp lists what the venue does not list yet and opens the accounts that are
// missing. Doing it again changes nothing.
func (v *instance) setUp(ctx context.Context, g *genesis) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	first := len(v.market.Instruments()) == 0
	if g.Liquidation != nil && first {
		if err := v.setLiquidation(ctx, g.Liquidation); err != nil {
			return err
		}
	}
	listed := map[string]bool{}
	for i := range g.Instruments {
		l := &g.Instruments[i]
		if _, ok := v.market.BySymbol(l.Symbol); ok {
			continue
		}
		if err := v.list(ctx, l); err != nil {
			return err
		}
		listed[l.Symbol] = true
	}
	if first {
		if err := v.operate(ctx, g); err != nil {
			return err
		}
	}
	if err := v.pledgeAssets(ctx, g.Collateral, listed); err != nil {
		return err
	}
	for i := range g.Accounts {
		if err := v.openAccount(ctx, venue.FirstAccount+venue.AccountID(i), &g.Accounts[i], listed); err != nil {
			return err
		}
	}
	return nil
}

// operate enrols the first operators and makes the changes of a genesis file.
func (v *instance) operate(ctx context.Context, g *genesis) error {
	if len(g.Operators) == 1 {
		return errors.New("genesis: one operator can change nothing: enrol at least two, or none")
	}
	for _, o := range g.Operators {
		if err := v.do(ctx, &venue.SetOperator{Operator: o, Enrolled: true}); err != nil {
			return err
		}
	}
	for i := range g.Changes {
		c, err := g.Changes[i].Command(gateway.Listed(v.market))
		if err != nil {
			return fmt.Errorf("genesis: change %d: %w", i+1, err)
		}
		if err := v.do(ctx, halting(c)...); err != nil {
			return fmt.Errorf("genesis: change %d: %w", i+1, err)
		}
	}
	return nil
}

// halting puts a halt around what is for halted markets only.
func halting(c venue.Command) []venue.Command {
	var inst venue.InstrumentID
	if p, ok := c.(*venue.SetProtections); ok {
		inst = p.Instrument
	}
	if r, ok := c.(*venue.SetReference); ok {
		inst = r.Instrument
	}
	if inst == 0 {
		return []venue.Command{c}
	}
	return []venue.Command{
		&venue.SetPhase{Instrument: inst, Phase: venue.Halted}, c, &venue.SetPhase{Instrument: inst, Phase: venue.Continuous},
	}
}

// list lists one instrument with its asset, mark and phase.
func (v *instance) list(ctx context.Context, l *listing) error {
	if l.Kind == "spot" && l.Base == "" {
		if err := v.asset(ctx, l.Symbol); err != nil {
			return err
		}
	}
	terms, err := l.Terms(gateway.Listed(v.market))
	if err != nil {
		return fmt.Errorf("genesis: %s: %w", l.Symbol, err)
	}
	mark, bad := scale.ParsePrice(l.Mark, &terms)
	if bad != nil {
		return fmt.Errorf("genesis: %s: mark %q: %w", l.Symbol, l.Mark, bad)
	}
	id := terms.ID
	err = v.do(ctx, &venue.ListInstrument{Terms: terms}, &venue.SetMark{Instrument: id, Price: mark})
	if err == nil && l.Reference != nil {
		err = v.follow(ctx, id, l)
	}
	if err == nil {
		err = v.do(ctx, &venue.SetPhase{Instrument: id, Phase: venue.Continuous})
	}
	if err != nil {
		return fmt.Errorf("list %s: %w", l.Symbol, err)
	}
	return nil
}

// asset lists the capacity of a window as an asset, in lots.
func (v *instance) asset(ctx context.Context, symbol string) error {
	if findAsset(v.market.Assets(), symbol) != 0 {
		return nil
	}
	return v.do(ctx, &venue.ListAsset{Asset: venue.AssetID(len(v.market.Assets()) + 1), Symbol: symbol})
}

// openAccount opens an account with its money when it is missing, and credits
// capacity and collateral of what was listed just now.
func (v *instance) openAccount(ctx context.Context, id venue.AccountID, o *opening, listed map[string]bool) error {
	if _, ok := v.blotter.Owner(id); !ok {
		if err := v.openNew(ctx, id, o); err != nil {
			return fmt.Errorf("open account %d: %w", id, err)
		}
	}
	if err := v.creditCollateral(ctx, id, o, listed); err != nil {
		return err
	}
	for symbol, lots := range o.Capacity {
		if !listed[symbol] {
			continue
		}
		asset := findAsset(v.market.Assets(), symbol)
		if asset == 0 || lots <= 0 {
			return fmt.Errorf("account %d: capacity of %q: no spot instrument of that name, or not above 0", id, symbol)
		}
		err := v.do(ctx, &venue.Deposit{Account: id, Asset: asset, Amount: venue.Amount(lots), Ref: reference(fmt.Sprintf("capacity-%d", asset))})
		if err != nil {
			return err
		}
	}
	return nil
}

// openNew opens an account and credits its money.
func (v *instance) openNew(ctx context.Context, id venue.AccountID, o *opening) error {
	open := &venue.OpenAccount{Account: id, Owner: o.Owner}
	if o.Isolated != "" {
		terms, ok := v.market.BySymbol(o.Isolated)
		if !ok {
			return fmt.Errorf("isolated in %q, which is not listed", o.Isolated)
		}
		open.Isolated = terms.ID
	}
	if o.Money == "" {
		return v.do(ctx, open)
	}
	money := parser{what: "account"}
	amount := money.money("money", o.Money)
	if money.err != nil {
		return money.err
	}
	return v.do(ctx, open, &venue.Deposit{Account: id, Asset: venue.USD, Amount: amount, Ref: reference("opening")})
}

func findAsset(assets []marketdata.Asset, symbol string) venue.AssetID {
	for _, a := range assets {
		if a.Symbol == symbol {
			return a.ID
		}
	}
	return 0
}

// do sends commands of the venue itself and waits until they are done and the
// views show it. The error names the first one that was refused.
func (v *instance) do(ctx context.Context, commands ...venue.Command) error {
	reader := v.seq.NewReader(false)
	defer reader.Close()
	for _, c := range commands {
		if err := v.seq.Submit(operator, c); err != nil {
			return fmt.Errorf("%s: %w", nameOf(c), err)
		}
	}
	var last venue.Seq
	for left := len(commands); left > 0; {
		b, err := reader.Next(ctx)
		if err != nil {
			return err
		}
		for i := range b.Entries {
			e := &b.Entries[i]
			if e.Session != operator || e.Index != 0 {
				continue
			}
			left--
			last = e.Seq
			if r, ok := e.Event.(*venue.CommandRejected); ok && err == nil {
				err = fmt.Errorf("%s refused: %v (%v, limit %d)",
					nameOf(commands[len(commands)-left-1]), gateway.CodeOf(r.Refusal.Reason), r.Refusal.Field, r.Refusal.Limit)
			}
		}
		b.Release()
		if err != nil {
			return err
		}
	}
	return v.await(ctx, func() bool { return v.hub.Applied() >= last })
}

func nameOf(c venue.Command) string { return strings.TrimPrefix(fmt.Sprintf("%T", c), "*venue.") }

func reference(text string) venue.ClOrdID {
	id, ok := venue.ParseClOrdID(text)
	if !ok {
		panic("clearhour: reference " + text)
	}
	return id
}
