package venue

// Event is what the venue tells. The set is closed: one small struct per kind,
// each in its own file. An event is immutable once it is on a tape.
//
//sumtype:decl
type Event interface {
	isEvent()
	// Kind names the event in streams.
	Kind() EventKind
}

// EventKind numbers the events; the numbers are kept for ever.
type EventKind uint8

// Kinds of event.
const (
	EventVersionSet        EventKind = 1
	EventAssetListed       EventKind = 2
	EventInstrumentListed  EventKind = 3
	EventPhaseChanged      EventKind = 4
	EventMarkChanged       EventKind = 5
	EventAccountOpened     EventKind = 6
	EventFeeTiersSet       EventKind = 63
	EventVariationPaid     EventKind = 64
	EventInstrumentSettled EventKind = 65
	EventDeposited         EventKind = 7
	EventWithdrawn         EventKind = 8
	EventCommandRejected   EventKind = 9
	EventOrderAccepted     EventKind = 10
	EventOrderRejected     EventKind = 11
	EventRequestRepeated   EventKind = 12
	EventOrderTriggered    EventKind = 13
	EventOrderAmended      EventKind = 14
	EventOrderReduced      EventKind = 15
	EventOrderCanceled     EventKind = 16
	EventCancelRejected    EventKind = 17
	EventMassCanceled      EventKind = 18
	EventTraded            EventKind = 19
	EventLevelChanged      EventKind = 20
	EventBalanceChanged    EventKind = 21
	EventPositionChanged   EventKind = 22

	EventAuctionIndicative   EventKind = 40
	EventScheduleSet         EventKind = 41
	EventProtectionsSet      EventKind = 42
	EventLiquidationSet      EventKind = 54
	EventInsuranceFunded     EventKind = 55
	EventAccountStateChanged EventKind = 56
	EventPositionTransferred EventKind = 57
	EventReceipt             EventKind = 58
	EventGainsHaircut        EventKind = 79
	EventDebtPaid            EventKind = 80
	EventIndexListed         EventKind = 47
	EventIndexPublished      EventKind = 48
	EventReferenceSet        EventKind = 49
	EventFundingClosed       EventKind = 50
	EventFundingPaid         EventKind = 51
	EventFundingSettled      EventKind = 52
	EventIndexMetered        EventKind = 89
	EventWindowMetered       EventKind = 90
	EventCollateralSet       EventKind = 74
	EventTransferred         EventKind = 75
	EventCollateralSeized    EventKind = 76
	EventCollateralSold      EventKind = 77

	EventChangeProposed EventKind = 84
	EventChangeApproved EventKind = 85
	EventChangeEnded    EventKind = 86
	EventTermsSet       EventKind = 87
	EventOperatorSet    EventKind = 88

	EventQuoted                   EventKind = 93
	EventMassQuoted               EventKind = 94
	EventQuoteProtectionSet       EventKind = 95
	EventQuoteProtectionTriggered EventKind = 96

	EventAuctionUncrossing EventKind = 97
)

// Fill is one order's part of a trade.
type Fill struct {
	// Account traded.
	Account AccountID
	// Order is the order that was filled.
	Order OrderID
	// Leaves is what the order has open after the trade, in lots.
	Leaves Qty
	// Fee is what the account pays, in micro-dollars.
	Fee Amount
}
