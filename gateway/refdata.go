package gateway

import (
	"strconv"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// listPage is how many instruments one SecurityList holds.
const listPage = 100

// securityList answers x with one y, or several when there are many: the last
// one says so.
func (l *Link) securityList(now venue.Time, s *Session) {
	req := l.m.Get(TagSecurityReqID)
	if kind, _ := l.m.Int(TagSecurityListRequestType); kind != 4 {
		w := l.w.Begin().Bytes(TagSecurityReqID, req).Int(TagSecurityRequestResult, 1)
		s.Send(now, MsgSecurityList, w.End()) // Only all securities are offered.
		return
	}
	all := l.hub.cfg.Market.Instruments()
	if len(all) == 0 {
		w := l.w.Begin().Bytes(TagSecurityReqID, req).Int(TagSecurityRequestResult, 2)
		s.Send(now, MsgSecurityList, w.End())
		return
	}
	for at := 0; at < len(all); at += listPage {
		page := all[at:min(at+listPage, len(all))]
		w := l.w.Begin().Bytes(TagSecurityReqID, req).Int(TagSecurityRequestResult, 0).Int(TagTotNoRelatedSym, int64(len(all)))
		w.Flag(TagLastFragment, at+listPage >= len(all)).Group(TagNoRelatedSym)
		for _, terms := range page {
			l.writeTerms(w, terms)
		}
		s.Send(now, MsgSecurityList, w.EndGroup().End())
	}
}

// writeTerms writes an instrument as an entry of NoRelatedSym.
func (l *Link) writeTerms(w *Writer, t *venue.Instrument) {
	phase, _, _ := l.hub.cfg.Market.State(t.ID)
	w.Entry().Text(TagSymbol, t.Symbol).Text(TagSecurityID, strconv.Itoa(int(t.ID))).Text(TagSecurityIDSource, "8")
	if t.Kind != venue.Spot { // A perpetual is a future without dates, a capped one has a cap.
		w.Text(TagSecurityType, "FUT").Char(TagSettlMethod, 'C')
	} else {
		w.Text(TagSecurityType, "GPUSPT").Char(TagSettlMethod, 'P')
	}
	w.Text(TagSKU, t.Class).Text(TagZone, t.Region).Text(TagGrade, t.Grade)
	if t.Start != 0 || t.End != 0 {
		w.Time(TagStartDate, t.Start).Time(TagEndDate, t.End)
	}
	w.Int(TagContractMultiplier, t.Hours).Text(TagUnitOfMeasure, "GPUh").Int(TagUnitOfMeasureQty, t.Hours)
	w.Price(TagMinPriceIncrement, 1, t).Money(TagMinPriceIncrementAmount, t.TickValue())
	w.Int(TagRoundLot, 1).Int(TagMinTradeVol, 1).Qty(TagMaxTradeVol, t.MaxQty)
	w.Price(TagLowLimitPrice, t.Low, t).Price(TagHighLimitPrice, t.High, t).Text(TagCurrency, "USD")
	if t.Kind == venue.Capped {
		w.Price(TagCapPrice, t.High, t)
	}
	if t.MaxPosition != 0 {
		w.Qty(TagPositionLimit, t.MaxPosition)
	}
	w.rate(TagMakerFeeRate, t.Maker).rate(TagTakerFeeRate, t.Taker)
	w.Int(TagSecurityTradingStatus, tradingStatus(phase)).EndEntry()
}

// rate writes a fraction as a decimal.
func (w *Writer) rate(t Tag, r venue.Rate) *Writer {
	w.name(t)
	w.b = scale.AppendRate(w.b, r)
	w.b = append(w.b, '"')
	return w
}

// positions answers AN with one AP for each position, after an AO that says how
// many.
func (l *Link) positions(now venue.Time, s *Session) {
	req := l.m.Get(TagPosReqID)
	account := s.who.Account
	all := l.hub.cfg.Blotter.Positions(account)
	n := 0
	for i := range all {
		if all[i].Qty != 0 || all[i].Margin != 0 {
			all[n] = all[i]
			n++
		}
	}
	all = all[:n]
	result := int64(0)
	if n == 0 {
		result = 2 // No positions found.
	}
	w := l.w.Begin().Bytes(TagPosReqID, req).Text(TagPosMaintRptID, "AO-"+string(req)).Int(TagTotalNumPosReports, int64(n))
	w.Int(TagPosReqResult, result).Int(TagPosReqStatus, 0).Uint(TagAccount, uint64(account))
	s.Send(now, MsgPositionsAck, w.End())
	for i := range all {
		p := &all[i]
		terms, ok := l.hub.cfg.Market.Instrument(p.Instrument)
		if !ok {
			continue
		}
		w := l.w.Begin().Bytes(TagPosReqID, req).Uint(TagPosMaintRptID, uint64(p.Seq)).Int(TagPosReqResult, 0)
		w.Int(TagTotalNumPosReports, int64(n)).Uint(TagAccount, uint64(account)).Text(TagSymbol, terms.Symbol).Text(TagCurrency, "USD")
		if _, mark, ok := l.hub.cfg.Market.State(p.Instrument); ok {
			w.Price(TagSettlPrice, mark, terms)
		}
		w.Group(TagNoPositions).Entry().Text(TagPosType, "TQ").Qty(TagLongQty, max(p.Qty, 0)).Qty(TagShortQty, max(-p.Qty, 0)).EndEntry().EndGroup()
		w.Group(TagNoPosAmt)
		w.Entry().Text(TagPosAmtType, "CASH").Money(TagPosAmt, p.Cost).EndEntry()
		w.Entry().Text(TagPosAmtType, "IMTM").Money(TagPosAmt, p.Margin).EndEntry().EndGroup()
		s.Send(now, MsgPosition, w.Uint(TagEngineSeq, uint64(p.Seq)).End())
	}
}

// collateral answers BB with one BA for each asset.
func (l *Link) collateral(now venue.Time, s *Session) {
	req := l.m.Get(TagCollInquiryID)
	account := s.who.Account
	all := l.hub.cfg.Blotter.Balances(account)
	if len(all) == 0 {
		w := l.w.Begin().Bytes(TagCollInquiryID, req).Text(TagCollRptID, "BA-"+string(req)).Uint(TagAccount, uint64(account))
		s.Send(now, MsgCollateral, w.Int(TagTotNumReports, 0).Flag(TagLastRptRequested, true).End())
		return
	}
	assets := l.hub.cfg.Market.Assets()
	for i := range all {
		b := &all[i]
		symbol, decimals := strconv.Itoa(int(b.Asset)), uint8(0)
		for _, a := range assets {
			if a.ID == b.Asset {
				symbol, decimals = a.Symbol, a.Decimals
			}
		}
		w := l.w.Begin().Bytes(TagCollInquiryID, req).Uint(TagCollRptID, uint64(b.Seq)).Uint(TagAccount, uint64(account))
		w.Int(TagTotNumReports, int64(len(all))).Flag(TagLastRptRequested, i == len(all)-1).Text(TagAsset, symbol)
		if b.Asset == venue.USD {
			w.Text(TagCurrency, "USD")
		}
		w.Amount(TagCashOutstanding, b.Total, decimals).Amount(TagHeldAmount, b.Held, decimals).Amount(TagMarginExcess, b.Total-b.Held, decimals)
		s.Send(now, MsgCollateral, w.Uint(TagEngineSeq, uint64(b.Seq)).End())
	}
}
