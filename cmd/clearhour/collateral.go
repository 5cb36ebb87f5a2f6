package main

import (
	"context"
	"fmt"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/plain"
	"github.com/clearhour/clearhour/venue/scale"
)

// pledge is an asset that counts towards margin (MAR-04), in the words of a file.
type pledge struct {
	plain.Collateral
	// Decimals are those of the smallest unit, at most 12.
	Decimals uint8 `json:"decimals"`
}

// pledgeAssets lists the assets that are not listed yet and lets them count.
func (v *instance) pledgeAssets(ctx context.Context, all []pledge, listed map[string]bool) error {
	for i := range all {
		p := &all[i]
		if findAsset(v.market.Assets(), p.Asset) != 0 {
			continue
		}
		l, id := gateway.Listed(v.market), venue.AssetID(len(v.market.Assets())+1)
		l.Assets = append(l.Assets, plain.Named{ID: uint16(id), Symbol: p.Asset})
		c, err := p.Command(l)
		if err != nil {
			return fmt.Errorf("genesis: collateral %s: %w", p.Asset, err)
		}
		if err := v.do(ctx, &venue.ListAsset{Asset: id, Symbol: p.Asset, Decimals: p.Decimals}, c); err != nil {
			return fmt.Errorf("collateral %s: %w", p.Asset, err)
		}
		listed[p.Asset] = true
	}
	return nil
}

// creditCollateral credits an account with assets that were listed just now.
func (v *instance) creditCollateral(ctx context.Context, id venue.AccountID, o *opening, listed map[string]bool) error {
	for symbol, text := range o.Collateral {
		if !listed[symbol] {
			continue
		}
		for _, a := range v.market.Assets() {
			if a.Symbol != symbol {
				continue
			}
			n, bad := scale.ParseAmount([]byte(text), a.Decimals)
			if bad != nil {
				return fmt.Errorf("account %d: collateral %s %q: %w", id, symbol, text, bad)
			}
			err := v.do(ctx, &venue.Deposit{Account: id, Asset: a.ID, Amount: n, Ref: reference(fmt.Sprintf("collateral-%d", a.ID))})
			if err != nil {
				return fmt.Errorf("account %d: collateral %s: %w", id, symbol, err)
			}
		}
	}
	return nil
}
