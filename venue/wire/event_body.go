package wire

import "github.com/clearhour/clearhour/venue"

// Lengths of the bodies of events, without the record header.
const (
	versionSetSize      = 4
	phaseChangedSize    = 3
	markChangedSize     = 12
	accountOpenedSize   = 10
	commandRejectedSize = 35
	orderAcceptedSize   = 99
	orderRejectedSize   = 55
	requestRepeatedSize = 42
	orderTriggeredSize  = 22
	orderAmendedSize    = 59
	orderReducedSize    = 31
	orderCanceledSize   = 43
	cancelRejectedSize  = 63
	massCanceledSize    = 28
	tradedSize          = 83
	levelChangedSize    = 23
	balanceChangedSize  = 22
	positionChangedSize = 30

	refusalSize = 10
	fillSize    = 28
)

// eventSize returns the length of the body of a kind, variable or unknown.
func eventSize(k venue.EventKind) int {
	switch k {
	case venue.EventVersionSet:
		return versionSetSize
	case venue.EventAssetListed, venue.EventInstrumentListed, venue.EventIndexListed, venue.EventScheduleSet, venue.EventProtectionsSet:
		return variable
	case venue.EventAuctionIndicative:
		return auctionIndicativeSize
	case venue.EventAuctionUncrossing:
		return auctionUncrossingSize
	case venue.EventPhaseChanged:
		return phaseChangedSize
	case venue.EventMarkChanged:
		return markChangedSize
	case venue.EventAccountOpened:
		return accountOpenedSize
	case venue.EventDeposited, venue.EventWithdrawn:
		return transferSize
	case venue.EventCommandRejected:
		return commandRejectedSize
	case venue.EventOrderAccepted:
		return orderAcceptedSize
	case venue.EventOrderRejected:
		return orderRejectedSize
	case venue.EventRequestRepeated:
		return requestRepeatedSize
	case venue.EventOrderTriggered:
		return orderTriggeredSize
	case venue.EventOrderAmended:
		return orderAmendedSize
	case venue.EventOrderReduced:
		return orderReducedSize
	case venue.EventOrderCanceled:
		return orderCanceledSize
	case venue.EventCancelRejected:
		return cancelRejectedSize
	case venue.EventMassCanceled:
		return massCanceledSize
	case venue.EventTraded:
		return tradedSize
	case venue.EventLevelChanged:
		return levelChangedSize
	case venue.EventBalanceChanged:
		return balanceChangedSize
	case venue.EventPositionChanged:
		return positionChangedSize
	case venue.EventLiquidationSet:
		return liquidationSetSize
	case venue.EventInsuranceFunded:
		return insuranceFundedSize
	case venue.EventAccountStateChanged:
		return accountStateChangedSize
	case venue.EventPositionTransferred:
		return positionTransferredSize
	case venue.EventReceipt:
		return receiptSize
	case venue.EventCollateralSet, venue.EventTransferred, venue.EventCollateralSeized, venue.EventCollateralSold:
		return collateralEventSize(k)
	case venue.EventQuoted, venue.EventMassQuoted, venue.EventQuoteProtectionSet, venue.EventQuoteProtectionTriggered:
		return quoteEventSize(k)
	}
	return indexEventSize(k)
}

// listingSize returns the length of the body of an event that has strings.
func listingSize(e venue.Event) int {
	switch e := e.(type) {
	case *venue.AssetListed:
		return assetSize(e.Symbol)
	case *venue.FeeTiersSet:
		return operatorListSize(e)
	case *venue.ChangeProposed, *venue.TermsSet:
		return changeListSize(e)
	case *venue.ScheduleSet:
		return scheduleSize(e.Steps)
	case *venue.ProtectionsSet:
		return protectionsSize(&e.Protections)
	case *venue.InstrumentListed:
		return termsSize(&e.Terms)
	case *venue.IndexListed:
		return indexSize(e.Terms.Symbol)
	}
	return unknown
}

// eventBody moves the body of an event. The length of b is right for kinds of
// fixed length.
func eventBody(w way, b []byte, e venue.Event) Problem {
	switch e := e.(type) {
	case *venue.LevelChanged:
		levelChanged(w, b, e)
	case *venue.BalanceChanged:
		balanceChanged(w, b, e)
	case *venue.OrderAccepted:
		orderAccepted(w, b, e)
	case *venue.OrderCanceled:
		orderCanceled(w, b, e)
	case *venue.Traded:
		traded(w, b, e)
	case *venue.PositionChanged:
		positionChanged(w, b, e)
	case *venue.OrderRejected:
		orderRejected(w, b, e)
	case *venue.RequestRepeated:
		requestRepeated(w, b, e)
	case *venue.OrderTriggered:
		orderTriggered(w, b, e)
	case *venue.OrderAmended:
		return orderAmended(w, b, e)
	case *venue.OrderReduced:
		orderReduced(w, b, e)
	case *venue.CancelRejected:
		return cancelRejected(w, b, e)
	case *venue.MassCanceled:
		massCanceled(w, b, e)
	case *venue.VersionSet:
		num32(w, b, &e.Version)
	case *venue.AssetListed:
		return asset(w, b, (*venue.ListAsset)(e))
	case *venue.InstrumentListed:
		return terms(w, b, &e.Terms)
	case *venue.FeeTiersSet, *venue.VariationPaid, *venue.InstrumentSettled:
		return operatorBody(w, b, e)
	case *venue.AuctionIndicative, *venue.AuctionUncrossing, *venue.ScheduleSet, *venue.ProtectionsSet:
		return sessionBody(w, b, e)
	case *venue.CollateralSet, *venue.Transferred, *venue.CollateralSeized, *venue.CollateralSold:
		collateralBody(w, b, e)
	case *venue.PhaseChanged:
		setPhase(w, b, (*venue.SetPhase)(e))
	case *venue.MarkChanged, *venue.IndexListed, *venue.IndexPublished, *venue.IndexMetered, *venue.WindowMetered, *venue.ReferenceSet,
		*venue.FundingClosed, *venue.FundingPaid, *venue.FundingSettled:
		return indexEvent(w, b, e)
	case *venue.AccountOpened:
		openAccount(w, b, (*venue.OpenAccount)(e))
	case *venue.Deposited:
		transfer(w, b, (*venue.Deposit)(e))
	case *venue.Withdrawn:
		transfer(w, b, (*venue.Deposit)(e))
	case *venue.CommandRejected:
		commandRejected(w, b, e)
	case *venue.LiquidationSet, *venue.InsuranceFunded, *venue.AccountStateChanged, *venue.PositionTransferred, *venue.Receipt:
		liquidationBody(w, b, e)
	case *venue.Quoted, *venue.MassQuoted, *venue.QuoteProtectionSet, *venue.QuoteProtectionTriggered:
		quoteBody(w, b, e)
	case *venue.GainsHaircut, *venue.DebtPaid:
		debtBody(w, b, e)
	case *venue.ChangeProposed, *venue.ChangeApproved, *venue.ChangeEnded, *venue.TermsSet, *venue.OperatorSet:
		return changeBody(w, b, e)
	}
	return 0
}

func commandRejected(w way, b []byte, m *venue.CommandRejected) {
	b = b[:commandRejectedSize]
	num32(w, b[0:], &m.Account)
	num8(w, b[4:], &m.Command)
	clOrdID(w, b[5:], &m.Ref)
	refusal(w, b[25:], &m.Refusal)
}

func orderAccepted(w way, b []byte, m *venue.OrderAccepted) {
	b = b[:orderAcceptedSize]
	num32(w, b[0:], &m.Session)
	num32(w, b[4:], &m.Account)
	num16(w, b[8:], &m.Instrument)
	num64(w, b[10:], &m.Order)
	clOrdID(w, b[18:], &m.ClOrdID)
	num8(w, b[38:], &m.Side)
	num8(w, b[39:], &m.Type)
	num8(w, b[40:], &m.TIF)
	num8(w, b[41:], &m.STP)
	num8(w, b[42:], &m.Flags)
	num64(w, b[43:], &m.Price)
	num64(w, b[51:], &m.Stop)
	num64(w, b[59:], &m.Qty)
	num64(w, b[67:], &m.Filled)
	num64(w, b[75:], &m.MinQty)
	num64(w, b[83:], &m.Display)
	num64(w, b[91:], &m.Expire)
}

func orderRejected(w way, b []byte, m *venue.OrderRejected) {
	b = b[:orderRejectedSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Instrument)
	clOrdID(w, b[6:], &m.ClOrdID)
	num8(w, b[26:], &m.Side)
	num8(w, b[27:], &m.Type)
	num8(w, b[28:], &m.TIF)
	num64(w, b[29:], &m.Price)
	num64(w, b[37:], &m.Qty)
	refusal(w, b[45:], &m.Refusal)
}

func requestRepeated(w way, b []byte, m *venue.RequestRepeated) {
	b = b[:requestRepeatedSize]
	num32(w, b[0:], &m.Account)
	clOrdID(w, b[4:], &m.ClOrdID)
	num64(w, b[24:], &m.Order)
	refusal(w, b[32:], &m.Refusal)
}

func orderTriggered(w way, b []byte, m *venue.OrderTriggered) {
	b = b[:orderTriggeredSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Instrument)
	num64(w, b[6:], &m.Order)
	num64(w, b[14:], &m.Price)
}

func orderAmended(w way, b []byte, m *venue.OrderAmended) Problem {
	b = b[:orderAmendedSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Instrument)
	num64(w, b[6:], &m.Order)
	clOrdID(w, b[14:], &m.ClOrdID)
	num64(w, b[34:], &m.Price)
	num64(w, b[42:], &m.Qty)
	num64(w, b[50:], &m.Leaves)
	return boolean(w, b[58:], &m.Kept)
}

func orderReduced(w way, b []byte, m *venue.OrderReduced) {
	b = b[:orderReducedSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Instrument)
	num64(w, b[6:], &m.Order)
	num64(w, b[14:], &m.By)
	num64(w, b[22:], &m.Leaves)
	num8(w, b[30:], &m.Reason)
}

func orderCanceled(w way, b []byte, m *venue.OrderCanceled) {
	b = b[:orderCanceledSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Instrument)
	num64(w, b[6:], &m.Order)
	clOrdID(w, b[14:], &m.ClOrdID)
	num64(w, b[34:], &m.Qty)
	num8(w, b[42:], &m.Reason)
}

func cancelRejected(w way, b []byte, m *venue.CancelRejected) Problem {
	b = b[:cancelRejectedSize]
	num32(w, b[0:], &m.Account)
	num64(w, b[4:], &m.Order)
	clOrdID(w, b[12:], &m.Orig)
	clOrdID(w, b[32:], &m.ClOrdID)
	refusal(w, b[53:], &m.Refusal)
	return boolean(w, b[52:], &m.Amend)
}

func massCanceled(w way, b []byte, m *venue.MassCanceled) {
	b = b[:massCanceledSize]
	num32(w, b[0:], &m.Account)
	clOrdID(w, b[4:], &m.ClOrdID)
	num32(w, b[24:], &m.Count)
}

func traded(w way, b []byte, m *venue.Traded) {
	b = b[:tradedSize]
	num16(w, b[0:], &m.Instrument)
	num64(w, b[2:], &m.Trade)
	num64(w, b[10:], &m.Price)
	num64(w, b[18:], &m.Qty)
	num8(w, b[26:], &m.TakerSide)
	fill(w, b[27:], &m.Maker)
	fill(w, b[55:], &m.Taker)
}

func levelChanged(w way, b []byte, m *venue.LevelChanged) {
	b = b[:levelChangedSize]
	num16(w, b[0:], &m.Instrument)
	num8(w, b[2:], &m.Side)
	num64(w, b[3:], &m.Price)
	num64(w, b[11:], &m.Qty)
	num32(w, b[19:], &m.Orders)
}

func balanceChanged(w way, b []byte, m *venue.BalanceChanged) {
	b = b[:balanceChangedSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Asset)
	num64(w, b[6:], &m.Total)
	num64(w, b[14:], &m.Held)
}

func positionChanged(w way, b []byte, m *venue.PositionChanged) {
	b = b[:positionChangedSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Instrument)
	num64(w, b[6:], &m.Qty)
	num64(w, b[14:], &m.Cost)
	num64(w, b[22:], &m.Margin)
}

// refusal is part of every event that refuses something.
func refusal(w way, b []byte, m *venue.Refusal) {
	b = b[:refusalSize]
	num8(w, b[0:], &m.Reason)
	num8(w, b[1:], &m.Field)
	num64(w, b[2:], &m.Limit)
}

// fill is one order's part of a trade.
func fill(w way, b []byte, m *venue.Fill) {
	b = b[:fillSize]
	num32(w, b[0:], &m.Account)
	num64(w, b[4:], &m.Order)
	num64(w, b[12:], &m.Leaves)
	num64(w, b[20:], &m.Fee)
}
