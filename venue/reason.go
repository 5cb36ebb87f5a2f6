package venue

// Reason says why something was refused, or why an order ended. Numbers are
// kept for ever; the gateway maps them to the error catalogue of the wire.
type Reason uint8

// Reasons of refusal and of the end of an order.
const (
	// OK is no reason: nothing was refused.
	OK Reason = 0

	// Refusals of content.
	UnknownAccount         Reason = 1
	UnknownInstrument      Reason = 2
	UnknownAsset           Reason = 3
	UnknownOrder           Reason = 4
	BadField               Reason = 5
	BadTick                Reason = 6
	BadQty                 Reason = 7
	PriceOutOfRange        Reason = 8
	PriceOutOfBand         Reason = 9
	UnsupportedCombination Reason = 10
	DuplicateClOrdID       Reason = 11
	DuplicateID            Reason = 12
	NotionalTooLarge       Reason = 13

	// Refusals of state.
	NotOpen                     Reason = 20
	InsufficientFunds           Reason = 21
	InsufficientMargin          Reason = 22
	WouldTake                   Reason = 23
	NothingToReduce             Reason = 24
	TooManyOrders               Reason = 25
	TooManyAccounts             Reason = 26
	TooManyInstruments          Reason = 27
	NoMark                      Reason = 28
	NotYourOrder                Reason = 29
	AlreadyExpired              Reason = 30
	LevelFull                   Reason = 31
	StopAlreadyReached          Reason = 32
	UnsupportedVersion          Reason = 33
	QtyBelowFilled              Reason = 34
	MemoryExhausted             Reason = 35
	WithdrawalTooLarge          Reason = 36
	TooManyInstrumentsOfAccount Reason = 37
	// WithdrawalsSuspended: an account owes more than it has (R-GATE).
	WithdrawalsSuspended Reason = 100

	// Refusals of phases that collect orders, and of protections.
	NotInAuction Reason = 80 // The order cannot wait for an uncrossing.
	PriceMoved   Reason = 81 // A trade would be too far from those before (MAT-04, MAT-05).
	// Uncrossing: the market takes nothing until its uncrossing is done (AUC-07). The limit is its phase.
	Uncrossing Reason = 147

	// Refusals about marks and indices.
	UnknownIndex   Reason = 90
	TooManySources Reason = 91
	ReadingTooOld  Reason = 92
	MarkIsComputed Reason = 93
	NotHalted      Reason = 94
	// WrongIndexKind: prices are read, fleets are metered.
	WrongIndexKind Reason = 139
	// PeriodClosed: the period is final.
	PeriodClosed Reason = 140
	// SettlesToIndex: what a market settles to does not change.
	SettlesToIndex Reason = 141

	// Refusals about collateral and the accounts of an owner.
	AssetIsDelivered   Reason = 124 // A spot instrument delivers the asset (MAR-04).
	AssetIsCollateral  Reason = 125 // Nothing that is collateral is delivered (MAR-04).
	TooManyCollaterals Reason = 126
	NotSameOwner       Reason = 127 // Transfers stay with one owner (ACC-01).
	IsolatedAccount    Reason = 128 // The account trades one instrument (MAR-14).

	// Refusals of changes by operators.
	SameOperator    Reason = 132 // The proposer cannot approve.
	UnknownOperator Reason = 133
	UnknownChange   Reason = 134
	AlreadyApproved Reason = 135
	ChangeTooLarge  Reason = 136 // More than one change may move.
	ChangePending   Reason = 137 // Something else is pending for the same thing.
	TooManyChanges  Reason = 138

	// Refusals about what one owner has in all of his accounts.
	TooManyAccountsOfOwner Reason = 120
	PositionLimit          Reason = 121 // More than one owner may hold (MAR-12).

	// BeyondBankruptcy: filling it there would leave a debt (MAR-15); also the end of
	// a resting order.
	BeyondBankruptcy Reason = 148

	// Refusals of quotes (MAT-07).
	QuotesFrozen       Reason = 144 // The limit is the time before which none is taken.
	CrossedQuote       Reason = 145 // The bid is not below the ask.
	TooManyProtections Reason = 146

	// Ends of an order that was accepted.
	CanceledByUser       Reason = 60
	CanceledByMass       Reason = 61
	CanceledByDisconnect Reason = 62
	CanceledByVenue      Reason = 63
	Expired              Reason = 64
	IOCRemainder         Reason = 65
	FOKNotFilled         Reason = 66
	MinQtyNotMet         Reason = 67
	SelfTradePrevented   Reason = 68
	ReduceOnlyTrimmed    Reason = 69
	FillLimitReached     Reason = 70
	Replaced             Reason = 71
	// CanceledByLiquidation: the account is below its maintenance margin.
	CanceledByLiquidation Reason = 101
	// CanceledByProtection: the limits of the quotes were reached (MAT-07).
	CanceledByProtection Reason = 143
)

// Field names what a refusal is about, in the words of the commands.
type Field uint8

// Fields that a refusal can name.
const (
	NoField Field = iota
	FieldAccount
	FieldInstrument
	FieldAsset
	FieldSide
	FieldType
	FieldTIF
	FieldSTP
	FieldFlags
	FieldPrice
	FieldStop
	FieldQty
	FieldMinQty
	FieldDisplay
	FieldExpire
	FieldClOrdID
	FieldOrder
	FieldAmount
	FieldRef
	FieldPhase
	FieldOwner
	FieldSymbol
	FieldWindow
	FieldTick
	FieldHours
	FieldRange
	FieldBand
	FieldFee
	FieldBrackets
	FieldVersion
	FieldKind
	FieldMark

	// Fields of schedules and protections.
	FieldSteps    Field = 50
	FieldTriggers Field = 51
	FieldBreaker  Field = 52
	FieldBase     Field = 53
	FieldMatch    Field = 54

	// Fields of indices and references.
	FieldIndex  Field = 55
	FieldSource Field = 56
	FieldAge    Field = 57
	FieldFactor Field = 58
)

// Fields of the terms of liquidation.
const (
	FieldTarget Field = iota + 60
	FieldFraction
	FieldFullSize
	FieldCap
	FieldStep
)

// Fields of terms that bound positions.
const (
	FieldInterest Field = 70
	FieldPosition Field = 71
)

// Fields of the commands by which operators run the venue.
const (
	FieldTiers Field = 65
	FieldHour  Field = 69
)

// Fields of collateral and of the accounts of an owner.
const (
	FieldTo       Field = 75
	FieldRate     Field = 76
	FieldIsolated Field = 77
)

// Fields of changes by operators.
const (
	FieldOperator Field = iota + 82
	FieldChange
	FieldEffective
	FieldContent
	FieldReason
	FieldDigest
)

// Fields of meters, and of the methods of funding.
const (
	FieldContracted Field = iota + 90
	FieldDelivered
	FieldUnattested
	FieldDefault
	FieldMethod
)

// Fields of quotes and their limits.
const (
	FieldQuotes   Field = 95
	FieldQuoteSet Field = 96
	FieldFrozen   Field = 97
	FieldDelta    Field = 98
)

// Refusal is the typed answer to bad input: what was wrong, in which field, and
// the limit that it passed (in the unit of the field; 0 where there is none).
type Refusal struct {
	Reason Reason
	Field  Field
	Limit  int64
}

// Refused says whether there is a reason.
func (r Refusal) Refused() bool { return r.Reason != OK }

// fieldNames are the words of the fields, by number.
var fieldNames = [...]string{
	NoField: "nothing", FieldAccount: "account", FieldInstrument: "instrument", FieldAsset: "asset", FieldSide: "side",
	FieldType: "type", FieldTIF: "time in force", FieldSTP: "self-trade prevention", FieldFlags: "flags", FieldPrice: "price",
	FieldStop: "stop price", FieldQty: "quantity", FieldMinQty: "minimum quantity", FieldDisplay: "display quantity",
	FieldExpire: "expiry", FieldClOrdID: "client order id", FieldOrder: "order", FieldAmount: "amount", FieldRef: "reference",
	FieldPhase: "phase", FieldOwner: "owner", FieldSymbol: "symbol", FieldWindow: "window", FieldTick: "tick",
	FieldHours: "hours", FieldRange: "price range", FieldBand: "band", FieldFee: "fee", FieldBrackets: "margin brackets",
	FieldVersion: "version", FieldKind: "kind", FieldTarget: "target", FieldFraction: "fraction", FieldFullSize: "full size", FieldCap: "draw cap", FieldStep: "step",
	FieldSteps: "steps", FieldTriggers: "triggers", FieldBreaker: "breaker", FieldBase: "base length", FieldMatch: "matching",
	FieldMark: "mark", FieldIndex: "index", FieldSource: "source", FieldAge: "age", FieldFactor: "factor",
	FieldTiers: "fee tiers", FieldHour: "hour",
	FieldQuotes: "quotes", FieldQuoteSet: "quote set", FieldFrozen: "frozen time", FieldDelta: "delta",
	FieldTo: "receiver", FieldRate: "rate", FieldIsolated: "isolated instrument",
	FieldOperator: "operator", FieldChange: "change", FieldEffective: "effective time", FieldContent: "content",
	FieldReason: "reason", FieldDigest: "digest",
	FieldContracted: "contracted time", FieldDelivered: "delivered time", FieldUnattested: "unattested time",
	FieldDefault: "default rate", FieldMethod: "method",
	FieldInterest: "open interest", FieldPosition: "position",
}

// String returns the word that people use.
func (f Field) String() string {
	if int(f) < len(fieldNames) && fieldNames[f] != "" {
		return fieldNames[f]
	}
	return "field?"
}
