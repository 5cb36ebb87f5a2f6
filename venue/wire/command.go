package wire

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/venue"
)

// Lengths of the bodies of commands, without the record header.
const (
	tickSize           = 0
	setVersionSize     = 4
	setPhaseSize       = 3
	setMarkSize        = 10
	openAccountSize    = 10
	transferSize       = 34
	placeOrderSize     = 79
	cancelOrderSize    = 52
	amendOrderSize     = 68
	massCancelSize     = 31
	setLiquidationSize = liquidationTermsSize
	fundInsuranceSize  = 8

	// variable marks a body that contains strings or lists.
	variable = -1
	// unknown marks a kind without a layout.
	unknown = -2
)

// commandSize returns the length of the body of a kind, variable or unknown.
func commandSize(k venue.CommandKind) int {
	switch k {
	case venue.KindPlaceOrder:
		return placeOrderSize
	case venue.KindCancelOrder:
		return cancelOrderSize
	case venue.KindAmendOrder:
		return amendOrderSize
	case venue.KindMassCancel:
		return massCancelSize
	case venue.KindTick:
		return tickSize
	case venue.KindSetMark:
		return setMarkSize
	case venue.KindSetFeeTiers, venue.KindSettleInstrument:
		return operatorSize(k)
	case venue.KindSetSchedule, venue.KindSetProtections:
		return variable
	case venue.KindMassQuote, venue.KindSetQuoteProtection, venue.KindCancelQuotes:
		return quotesSize(k)
	case venue.KindSetPhase:
		return setPhaseSize
	case venue.KindSetVersion:
		return setVersionSize
	case venue.KindOpenAccount:
		return openAccountSize
	case venue.KindDeposit, venue.KindWithdraw:
		return transferSize
	case venue.KindPublishReading:
		return publishReadingSize
	case venue.KindSetCollateral, venue.KindTransfer, venue.KindSellCollateral:
		return collateralCommandSize(k)
	case venue.KindPublishMeter:
		return publishMeterSize
	case venue.KindSetReference:
		return referenceSize
	case venue.KindSetLiquidation:
		return setLiquidationSize
	case venue.KindFundInsurance:
		return fundInsuranceSize
	case venue.KindListAsset, venue.KindListInstrument, venue.KindListIndex:
		return variable
	case venue.KindSetTerms, venue.KindProposeChange, venue.KindApproveChange, venue.KindCancelChange, venue.KindSetOperator:
		return changeSize(k)
	}
	return unknown
}

// Fits refuses a command that has no encoding: a string longer than MaxString
// bytes, more than MaxList brackets, or too long a content. Only listings and the commands of operators can be refused; whoever
// takes commands from outside asks before AppendCommand.
func Fits(c venue.Command) venue.Refusal {
	switch c := c.(type) {
	case *venue.ListAsset:
		if len(c.Symbol) > MaxString {
			return venue.Refusal{Reason: venue.BadField, Field: venue.FieldSymbol, Limit: MaxString}
		}
	case *venue.SetFeeTiers, *venue.SettleInstrument:
		return operatorFits(c)
	case *venue.ProposeChange, *venue.SetTerms:
		return changeFits(c)
	case *venue.SetSchedule, *venue.SetProtections:
		return sessionFits(c)
	case *venue.MassQuote:
		return quotesFit(c)
	case *venue.ListInstrument:
		return termsFit(&c.Terms)
	case *venue.ListIndex:
		if len(c.Terms.Symbol) > MaxString {
			return venue.Refusal{Reason: venue.BadField, Field: venue.FieldSymbol, Limit: MaxString}
		}
	}
	return venue.Refusal{}
}

// AppendCommand appends the record of a command sent by session. The place in
// the sequence and the time are not in it: they come from the header of the
// batch. A command that Fits refuses is a mistake of the caller and stops the
// program.
func AppendCommand(dst []byte, session venue.SessionID, c venue.Command) []byte {
	switch c := c.(type) {
	case *venue.PlaceOrder:
		dst, b := record(dst, session, venue.KindPlaceOrder, placeOrderSize)
		placeOrder(put, b, c)
		return dst
	case *venue.CancelOrder:
		dst, b := record(dst, session, venue.KindCancelOrder, cancelOrderSize)
		cancelOrder(put, b, c)
		return dst
	case *venue.AmendOrder:
		dst, b := record(dst, session, venue.KindAmendOrder, amendOrderSize)
		amendOrder(put, b, c)
		return dst
	case *venue.MassCancel:
		dst, b := record(dst, session, venue.KindMassCancel, massCancelSize)
		massCancel(put, b, c)
		return dst
	case *venue.Tick:
		dst, _ = record(dst, session, venue.KindTick, tickSize)
		return dst
	case *venue.SetMark:
		dst, b := record(dst, session, venue.KindSetMark, setMarkSize)
		setMark(put, b, c)
		return dst
	}
	return appendRare(dst, session, c)
}

// appendRare appends the commands that operators and the bridge send.
func appendRare(dst []byte, session venue.SessionID, c venue.Command) []byte {
	switch c := c.(type) {
	case *venue.SetVersion:
		dst, b := record(dst, session, venue.KindSetVersion, setVersionSize)
		num32(put, b, &c.Version)
		return dst
	case *venue.SetPhase:
		dst, b := record(dst, session, venue.KindSetPhase, setPhaseSize)
		setPhase(put, b, c)
		return dst
	case *venue.OpenAccount:
		dst, b := record(dst, session, venue.KindOpenAccount, openAccountSize)
		openAccount(put, b, c)
		return dst
	case *venue.Deposit:
		dst, b := record(dst, session, venue.KindDeposit, transferSize)
		transfer(put, b, c)
		return dst
	case *venue.Withdraw:
		dst, b := record(dst, session, venue.KindWithdraw, transferSize)
		transfer(put, b, (*venue.Deposit)(c))
		return dst
	case *venue.SetFeeTiers, *venue.SettleInstrument:
		return appendOperator(dst, session, c)
	case *venue.SetTerms, *venue.ProposeChange, *venue.ApproveChange, *venue.CancelChange, *venue.SetOperator:
		return appendChange(dst, session, c)
	case *venue.SetSchedule, *venue.SetProtections:
		return appendSession(dst, session, c)
	case *venue.MassQuote, *venue.SetQuoteProtection, *venue.CancelQuotes:
		return appendQuotes(dst, session, c)
	case *venue.SetCollateral, *venue.Transfer, *venue.SellCollateral:
		return appendCollateral(dst, session, c)
	case *venue.ListAsset:
		dst, b := record(dst, session, venue.KindListAsset, assetSize(c.Symbol))
		putAsset(b, c)
		return dst
	case *venue.ListInstrument:
		dst, b := record(dst, session, venue.KindListInstrument, termsSize(&c.Terms))
		putTerms(b, &c.Terms)
		return dst
	case *venue.SetLiquidation:
		dst, b := record(dst, session, venue.KindSetLiquidation, setLiquidationSize)
		liquidationTerms(put, b, &c.Terms)
		return dst
	case *venue.FundInsurance:
		dst, b := record(dst, session, venue.KindFundInsurance, fundInsuranceSize)
		num64(put, b, &c.Amount)
		return dst
	}
	return appendIndexing(dst, session, c)
}

// record appends the header of a record and room for its body.
func record(dst []byte, session venue.SessionID, kind venue.CommandKind, size int) (longer, body []byte) {
	dst, b := extend(dst, recordHeaderSize+size)
	word := uint64(recordHeaderSize+size) | uint64(kind)<<16 | recordVersion<<24 | uint64(session)<<32
	binary.LittleEndian.PutUint64(b, word)
	return dst, b[recordHeaderSize:]
}

// command reads the body of a record into the decoder's struct of the kind.
func (d *Decoder) command(kind venue.CommandKind, b []byte) (venue.Command, Problem) {
	size := commandSize(kind)
	if size == unknown {
		return nil, UnknownKind
	}
	if size != variable && size != len(b) {
		return nil, WrongLength
	}
	switch kind {
	case venue.KindPlaceOrder:
		c := &d.placeOrder[d.place]
		placeOrder(get, b, c)
		return c, 0
	case venue.KindCancelOrder:
		c := &d.cancelOrder[d.place]
		cancelOrder(get, b, c)
		return c, 0
	case venue.KindAmendOrder:
		c := &d.amendOrder[d.place]
		amendOrder(get, b, c)
		return c, 0
	case venue.KindMassCancel:
		massCancel(get, b, &d.massCancel)
		return &d.massCancel, 0
	case venue.KindTick:
		return &d.tick, 0
	case venue.KindSetMark:
		setMark(get, b, &d.setMark)
		return &d.setMark, 0
	case venue.KindSetVersion:
		num32(get, b, &d.setVersion.Version)
		return &d.setVersion, 0
	case venue.KindSetFeeTiers, venue.KindSettleInstrument:
		return d.operator(kind, b)
	case venue.KindSetSchedule, venue.KindSetProtections:
		return d.sessions(kind, b)
	case venue.KindSetPhase:
		setPhase(get, b, &d.setPhase)
		return &d.setPhase, 0
	case venue.KindOpenAccount:
		openAccount(get, b, &d.openAccount)
		return &d.openAccount, 0
	case venue.KindDeposit:
		transfer(get, b, &d.deposit)
		return &d.deposit, 0
	case venue.KindWithdraw:
		transfer(get, b, (*venue.Deposit)(&d.withdraw))
		return &d.withdraw, 0
	case venue.KindListAsset:
		return &d.listAsset, getAsset(b, &d.listAsset)
	case venue.KindListInstrument:
		return &d.listInstrument, getTerms(b, &d.listInstrument.Terms)
	case venue.KindSetLiquidation:
		liquidationTerms(get, b, &d.setLiquidation.Terms)
		return &d.setLiquidation, 0
	case venue.KindFundInsurance:
		num64(get, b, &d.fundInsurance.Amount)
		return &d.fundInsurance, 0
	case venue.KindSetCollateral, venue.KindTransfer, venue.KindSellCollateral:
		return d.collateral(kind, b), 0
	case venue.KindMassQuote, venue.KindSetQuoteProtection, venue.KindCancelQuotes:
		return d.quotes(kind, b)
	case venue.KindListIndex, venue.KindPublishReading, venue.KindPublishMeter, venue.KindSetReference:
		return d.indexing(kind, b)
	case venue.KindSetTerms, venue.KindProposeChange, venue.KindApproveChange, venue.KindCancelChange, venue.KindSetOperator:
		return d.changes.command(kind, b)
	}
	return nil, UnknownKind
}

// indexing reads the commands about indices.
func (d *Decoder) indexing(kind venue.CommandKind, b []byte) (venue.Command, Problem) {
	if kind == venue.KindListIndex {
		return &d.listIndex, index(get, b, &d.listIndex.Terms)
	}
	if kind == venue.KindPublishReading {
		publishReading(get, b, &d.publishReading)
		return &d.publishReading, 0
	}
	if kind == venue.KindPublishMeter {
		publishMeter(get, b, &d.publishMeter)
		return &d.publishMeter, 0
	}
	setReference(get, b, &d.setReference)
	return &d.setReference, 0
}

func placeOrder(w way, b []byte, m *venue.PlaceOrder) {
	b = b[:placeOrderSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Instrument)
	num8(w, b[6:], &m.Side)
	num8(w, b[7:], &m.Type)
	num8(w, b[8:], &m.TIF)
	num8(w, b[9:], &m.STP)
	num8(w, b[10:], &m.Flags)
	num64(w, b[11:], &m.Price)
	num64(w, b[19:], &m.Stop)
	num64(w, b[27:], &m.Qty)
	num64(w, b[35:], &m.MinQty)
	num64(w, b[43:], &m.Display)
	num64(w, b[51:], &m.Expire)
	clOrdID(w, b[59:], &m.ClOrdID)
}

func cancelOrder(w way, b []byte, m *venue.CancelOrder) {
	b = b[:cancelOrderSize]
	num32(w, b[0:], &m.Account)
	num64(w, b[4:], &m.Order)
	clOrdID(w, b[12:], &m.Orig)
	clOrdID(w, b[32:], &m.ClOrdID)
}

func amendOrder(w way, b []byte, m *venue.AmendOrder) {
	b = b[:amendOrderSize]
	num32(w, b[0:], &m.Account)
	num64(w, b[4:], &m.Order)
	clOrdID(w, b[12:], &m.Orig)
	clOrdID(w, b[32:], &m.ClOrdID)
	num64(w, b[52:], &m.Price)
	num64(w, b[60:], &m.Qty)
}

func massCancel(w way, b []byte, m *venue.MassCancel) {
	b = b[:massCancelSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Instrument)
	num8(w, b[6:], &m.Side)
	num32(w, b[7:], &m.Session)
	clOrdID(w, b[11:], &m.ClOrdID)
}

func setMark(w way, b []byte, m *venue.SetMark) {
	b = b[:setMarkSize]
	num16(w, b[0:], &m.Instrument)
	num64(w, b[2:], &m.Price)
}

func setPhase(w way, b []byte, m *venue.SetPhase) {
	b = b[:setPhaseSize]
	num16(w, b[0:], &m.Instrument)
	num8(w, b[2:], &m.Phase)
}

func openAccount(w way, b []byte, m *venue.OpenAccount) {
	b = b[:openAccountSize]
	num32(w, b[0:], &m.Account)
	num32(w, b[4:], &m.Owner)
	num16(w, b[8:], &m.Isolated)
}

// transfer is the layout of deposits and withdrawals, as commands and as
// events: the four structs are alike, and cease to convert when they are not.
func transfer(w way, b []byte, m *venue.Deposit) {
	b = b[:transferSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Asset)
	num64(w, b[6:], &m.Amount)
	clOrdID(w, b[14:], &m.Ref)
}
