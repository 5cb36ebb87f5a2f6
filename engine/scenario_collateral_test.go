package engine_test

import (
	"fmt"

	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/venue"
)

// setCollateral reads "collateral BTC price=60000 rate=0.9 index=PIX".
func (f *floor) setCollateral(d *script.Cmd) string {
	as, ok := f.assets[d.Word(0)]
	if !ok {
		as = 99
	}
	c := &venue.SetCollateral{Asset: as, Price: f.dollars(d, "price", "0"), Rate: f.rate(d, "rate", "0")}
	if d.Has("index") {
		c.Index = 99
		if id, ok := f.indices[d.Arg("index")]; ok {
			c.Index = id
		}
	}
	return f.apply(d, 0, c)
}

// move reads "move alice bob 10 USD ref=t1": from one account to another.
func (f *floor) move(d *script.Cmd) string {
	as, ok := f.assets[d.Word(3)]
	if !ok {
		as = 99
	}
	f.unit = f.decimals[as]
	defer func() { f.unit = 6 }()
	from := f.account(d)
	to, ok := f.accounts[d.Word(1)]
	if !ok {
		d.Fatalf("there is no account %q", d.Word(1))
	}
	return f.apply(d, session(from), &venue.Transfer{
		Account: from, To: to, Asset: as, Amount: f.parseAmount(d, d.Word(2), f.decimals[as]), Ref: f.id(d, "ref"),
	})
}

// sellCollateral reads "sell-collateral 0.5 BTC for=30000".
func (f *floor) sellCollateral(d *script.Cmd) string {
	as, ok := f.assets[d.Word(1)]
	if !ok {
		as = 99
	}
	f.unit = f.decimals[as]
	defer func() { f.unit = 6 }()
	return f.apply(d, 0, &venue.SellCollateral{
		Asset: as, Amount: f.parseAmount(d, d.Word(0), f.decimals[as]), Proceeds: f.dollars(d, "for", "0"),
	})
}

// collateralLine prints the events of collateral and of the accounts of an owner.
func (f *floor) collateralLine(e venue.Event) (string, bool) {
	switch x := e.(type) {
	case *venue.CollateralSet:
		line := fmt.Sprintf("collateral %s: price %s, rate %s", f.asset(x.Asset), money(x.Price), rateText(x.Rate))
		if x.Index != 0 {
			line += fmt.Sprintf(", follows index %d", x.Index)
		}
		return line, true
	case *venue.Transferred:
		return fmt.Sprintf("moved from %s to %s: %s", f.name(x.Account), f.name(x.To), f.amount(x.Asset, x.Amount)), true
	case *venue.CollateralSeized:
		return fmt.Sprintf("seized of %s: %s for %s USD", f.name(x.Account), f.amount(x.Asset, x.Amount), money(x.Value)), true
	case *venue.CollateralSold:
		return fmt.Sprintf("sold collateral: %s for %s USD", f.amount(x.Asset, x.Amount), money(x.Proceeds)), true
	}
	return "", false
}

// asset returns the symbol of an asset.
func (f *floor) asset(id venue.AssetID) string {
	for symbol, as := range f.assets {
		if as == id {
			return symbol
		}
	}
	return fmt.Sprint(id)
}
