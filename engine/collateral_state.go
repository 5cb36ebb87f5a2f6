package engine

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/risk"
	"github.com/clearhour/clearhour/risk/ledger"
	"github.com/clearhour/clearhour/venue"
)

// appendCollateral writes the assets that count as collateral and those whose
// holders are still to be judged.
func (e *Engine) appendCollateral(dst []byte) []byte {
	le := binary.LittleEndian
	all := e.risk.Pledges()
	dst = append(dst, byte(len(all)))
	for i := range all {
		p := &all[i]
		dst = le.AppendUint16(dst, uint16(p.Asset))
		dst = le.AppendUint64(dst, uint64(p.Price))
		dst = le.AppendUint64(dst, uint64(p.Rate))
		dst = le.AppendUint16(dst, uint16(p.Index))
	}
	dst = append(dst, byte(len(e.liq.revalued)))
	for _, r := range e.liq.revalued {
		dst = le.AppendUint16(dst, uint16(r.asset))
		dst = le.AppendUint32(dst, uint32(r.at))
	}
	return dst
}

// loadCollateral reads them, after ledger and indices.
func (e *Engine) loadCollateral(src []byte) ([]byte, error) {
	r := newCursor(src)
	for range r.U8() {
		c := venue.SetCollateral{Asset: venue.AssetID(r.U16()), Price: venue.Amount(r.U64()), Rate: venue.Rate(r.U64()), Index: venue.IndexID(r.U16())}
		if !r.OK || c.Price <= 0 || e.risk.Pledge(c.Asset) != nil || e.admitCollateral(&c).Refused() {
			return nil, errState
		}
		e.risk.SetPledge(risk.Pledge{
			Asset: c.Asset, Decimals: e.markets.Asset(c.Asset).Decimals, Price: c.Price, Rate: c.Rate, Index: c.Index,
		})
	}
	for range r.U8() {
		v := revalue{venue.AssetID(r.U16()), ledger.BalanceID(r.U32())}
		if !r.OK || v.at > e.ledger.Balances() {
			return nil, errState
		}
		if _, as, _, _ := e.ledger.BalanceAt(v.at); v.at != 0 && as != v.asset {
			return nil, errState
		}
		e.liq.revalued = append(e.liq.revalued, v)
	}
	if !r.OK {
		return nil, errState
	}
	return r.Src, nil
}
