package engine_test

import (
	"fmt"

	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/venue"
)

// setLiquidation reads "liquidation target=1.2 fee=0.01": what is left out is as
// in the usual terms below, and "liquidation off" switches it off.
func (f *floor) setLiquidation(d *script.Cmd) string {
	c := &venue.SetLiquidation{}
	if d.Flag("off") {
		return f.apply(d, 0, c)
	}
	c.Terms = venue.LiquidationTerms{
		Target: f.rate(d, "target", "1.2"), Fee: f.rate(d, "fee", "0.01"), Spread: f.rate(d, "spread", "1.5"),
		Fraction: f.rate(d, "fraction", "0.5"), MaxConsumed: f.rate(d, "consumed", "0.5"), FullSize: script.NumOr(d, "full", venue.Qty(5)),
		Cap: f.rate(d, "cap", "0.25"), Window: script.NumOr(d, "window", venue.Time(8*3600)) * venue.Second,
		Step: script.NumOr(d, "step", venue.Time(10)) * venue.Second,
	}
	return f.apply(d, 0, c)
}

// insure reads "insure 1000".
func (f *floor) insure(d *script.Cmd) string {
	return f.apply(d, 0, &venue.FundInsurance{Amount: f.parseAmount(d, d.Word(0), 6)})
}

// liquidationLine prints the events of liquidations.
func (f *floor) liquidationLine(e venue.Event) (string, bool) {
	switch x := e.(type) {
	case *venue.LiquidationSet:
		return fmt.Sprintf("liquidation %d: target %d, fee %d, cap %d", x.Version, x.Terms.Target, x.Terms.Fee, x.Terms.Cap), true
	case *venue.InsuranceFunded:
		return "insurance funded: " + money(x.Amount) + " USD", true
	case *venue.AccountStateChanged:
		line := fmt.Sprintf("state %s: %v, cash %s, unrealised %s, initial %s, maintenance %s", f.name(x.Account), x.State,
			money(x.Cash), money(x.Unrealised), money(x.Initial), money(x.Maintenance))
		if x.Collateral != 0 {
			line += ", collateral " + money(x.Collateral)
		}
		return line, true
	case *venue.PositionTransferred:
		return fmt.Sprintf("transferred %+d %s from %s to %s for %s", x.Qty, f.symbol(x.Instrument), f.name(x.From), f.name(x.To), money(x.Value)), true
	case *venue.GainsHaircut:
		return fmt.Sprintf("haircut %s %s: gives %s", f.name(x.Account), f.symbol(x.Instrument), money(x.Amount)), true
	case *venue.DebtPaid:
		return fmt.Sprintf("debt of %s: %s paid by %s", f.name(x.Account), money(x.Amount), f.name(x.From)), true
	case *venue.Receipt:
		return f.receipt(x), true
	}
	return "", false
}

// receipt prints a receipt, and checks that it derives again.
func (f *floor) receipt(x *venue.Receipt) string {
	var terms *risk.Terms
	if x.Instrument != 0 {
		terms = risk.TermsOf(f.byID()[x.Instrument])
	}
	if got := risk.Derive(x.Rule, terms, &x.Inputs); got != x.Results {
		f.t.Errorf("receipt %d: %v of %v derives %v, want %v", x.Number, x.Rule, x.Inputs, got, x.Results)
	}
	who := f.name(x.Account)
	if x.Instrument != 0 {
		who += " " + f.symbol(x.Instrument)
	}
	at := x.Results.At
	switch x.Rule {
	case venue.RuleTrigger:
		return fmt.Sprintf("receipt %d %v %s: %v", x.Number, x.Rule, who, venue.AccountState(at(0)))
	case venue.RulePartial:
		return fmt.Sprintf("receipt %d %v %s: close %d, equity %s, maintenance %s after", x.Number, x.Rule, who, at(0), money(venue.Amount(at(1))), money(venue.Amount(at(2))))
	case venue.RuleLimit:
		return fmt.Sprintf("receipt %d %v %s: limit %s", x.Number, x.Rule, who, f.price(x.Instrument, venue.Price(at(0))))
	case venue.RuleBankruptcy:
		return fmt.Sprintf("receipt %d %v %s: %d lots are worth %s, fund gets %s", x.Number, x.Rule, who, x.Inputs.At(5), money(venue.Amount(at(0))), money(venue.Amount(at(1))))
	case venue.RuleDisposal:
		return fmt.Sprintf("receipt %d %v %s: dispose of %d of %d, %d available", x.Number, x.Rule, who, at(0), x.Inputs.At(0), x.Inputs.At(1))
	case venue.RuleDrawCap:
		return fmt.Sprintf("receipt %d %v %s: fund covers %d of %d, for %s", x.Number, x.Rule, who, at(0), x.Inputs.At(4), money(venue.Amount(at(1))))
	case venue.RuleDeleverage:
		return fmt.Sprintf("receipt %d %v %s: %d lots against %s, score %d, for %s", x.Number, x.Rule, who, at(1), f.name(venue.AccountID(x.Inputs.At(11))), at(0), money(venue.Amount(at(2))))
	case venue.RuleOffset, venue.RuleDebt, venue.RuleGain:
		return f.debtReceipt(x, who)
	case venue.RuleSeizure:
		as := venue.AssetID(x.Inputs.At(5))
		return fmt.Sprintf("receipt %d %v %s: %s of %s pay %s of %s", x.Number, x.Rule, who, f.amount(as, venue.Amount(at(0))),
			f.amount(as, venue.Amount(x.Inputs.At(0))), money(venue.Amount(at(1))), money(venue.Amount(x.Inputs.At(4))))
	}
	return "receipt of no rule"
}

// debtReceipt prints the receipts of the end of the waterfall.
func (f *floor) debtReceipt(x *venue.Receipt, who string) string {
	at := x.Results.At
	if x.Rule == venue.RuleOffset {
		return fmt.Sprintf("receipt %d %v %s: %d lots close as many of the fund, for %s", x.Number, x.Rule, who, x.Inputs.At(5), money(venue.Amount(at(0))))
	}
	if x.Rule == venue.RuleDebt {
		return fmt.Sprintf("receipt %d %v %s: owes %s", x.Number, x.Rule, who, money(venue.Amount(at(0))))
	}
	return fmt.Sprintf("receipt %d %v %s: gains %s, keeps %s, gives %s", x.Number, x.Rule, who, money(venue.Amount(at(0))), money(venue.Amount(at(1))), money(venue.Amount(at(2))))
}
