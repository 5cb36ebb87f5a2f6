package gateway

import "github.com/clearhour/clearhour/venue"

// Code is a number of the error catalogue: stable for ever, the same on every
// transport. Catalogue has the text and the FIX mapping of each.
type Code uint16

// Codes of the catalogue.
const (
	CodeNone Code = 0

	Internal             Code = 1000
	StatusUnknown        Code = 1001
	Overloaded           Code = 1002
	ShuttingDown         Code = 1003
	RateLimited          Code = 1010
	RateLimitedClose     Code = 1011
	TooManyConnections   Code = 1012
	SlowConsumer         Code = 1013
	AuthMissing          Code = 1100
	AuthInvalidKey       Code = 1101
	AuthInvalidSignature Code = 1102
	AuthTimestamp        Code = 1103
	AuthReplay           Code = 1104
	AuthIPNotAllowed     Code = 1105
	AuthScope            Code = 1106
	CompIDInUse          Code = 1107
	Malformed            Code = 1200
	UnknownField         Code = 1201
	MissingField         Code = 1202
	BadValue             Code = 1203
	BadFormat            Code = 1204
	DuplicateField       Code = 1205
	UnsupportedMessage   Code = 1206
	BadGroupCount        Code = 1207

	UnknownInstrument    Code = 2000
	InstrumentNotOpen    Code = 2001
	HaltedCode           Code = 2002
	BadTick              Code = 2003
	BadLot               Code = 2004
	PriceBand            Code = 2005
	NotionalLimit        Code = 2006
	DuplicateClOrdID     Code = 2007
	WouldTake            Code = 2008
	ReduceOnly           Code = 2009
	InsufficientMargin   Code = 2010
	PositionLimit        Code = 2011
	OpenOrderLimit       Code = 2012
	Stale                Code = 2013
	FOKUnfilled          Code = 2014
	IOCNoMatch           Code = 2015
	SelfTrade            Code = 2016
	UnsupportedCombo     Code = 2017
	WindowNotDeliverable Code = 2018
	CapacityNotAttested  Code = 2019
	LiquidationLock      Code = 2020
	UnknownAccount       Code = 2021
	UnknownAsset         Code = 2022
	PriceRange           Code = 2023
	LevelFull            Code = 2024
	NoMark               Code = 2025
	AlreadyExpired       Code = 2026
	StopReached          Code = 2027
	InsufficientFunds    Code = 2028
	DuplicateID          Code = 2029
	WithdrawalTooLarge   Code = 2030
	OrderExpired         Code = 2031
	MinQtyNotMet         Code = 2032
	FillLimit            Code = 2033
	AccountIsolated      Code = 2034
	QuotesFrozen         Code = 2040
	CrossedQuote         Code = 2041
	QuoteProtected       Code = 2042
	UnknownOrder         Code = 2100
	TooLate              Code = 2101
	AlreadyPending       Code = 2102
	DuplicateCancelID    Code = 2103
	QtyBelowFilled       Code = 2104

	UnknownSubscription  Code = 3000
	DuplicateMDReqID     Code = 3001
	TooManySubscriptions Code = 3002
	BadDepth             Code = 3003
	BadEntryType         Code = 3004

	LeaseNotFound      Code = 4000
	LeaseState         Code = 4001
	DeliveryShortfall  Code = 4002
	AttestationExpired Code = 4003

	BacktestFailed Code = 5000

	SameOperator    Code = 6000
	UnknownOperator Code = 6001
	UnknownChange   Code = 6002
	AlreadyApproved Code = 6003
	ChangeTooLarge  Code = 6004
	ChangePending   Code = 6005
	TooManyChanges  Code = 6006
)

// CatalogueEntry is what the wire says about a Code.
type CatalogueEntry struct {
	// Code is the number, ErrorCode(25016).
	Code Code
	// Name is the stable string that programs compare.
	Name string
	// FIX are the values of the reason fields for this code.
	FIX Reasons
	// Retryable says that the same request may succeed later, unchanged.
	Retryable bool
	// Text is a sentence for people; its wording may change.
	Text string
}

// Reasons are the FIX reason fields of a code. A value of 0 means that the
// message has no better word than "other"; where FIX numbers a reason 0, the
// table says so with the constant zero.
type Reasons struct {
	// Reject is SessionRejectReason(373).
	Reject int16
	// Order is OrdRejReason(103).
	Order int16
	// Cancel is CxlRejReason(102).
	Cancel int16
	// Business is BusinessRejectReason(380).
	Business int16
	// MarketData is MDReqRejReason(281).
	MarketData int16
}

// zero stands for a reason that FIX numbers 0; other stands for 99.
const (
	zero  int16 = -1
	other int16 = 99
)

// number returns the value on the wire.
func number(v int16) int64 {
	switch v {
	case 0:
		return int64(other)
	case zero:
		return 0
	}
	return int64(v)
}

// RejectReason returns SessionRejectReason(373).
func (r Reasons) RejectReason() int64 { return number(r.Reject) }

// OrderReason returns OrdRejReason(103).
func (r Reasons) OrderReason() int64 { return number(r.Order) }

// CancelReason returns CxlRejReason(102).
func (r Reasons) CancelReason() int64 { return number(r.Cancel) }

// BusinessReason returns BusinessRejectReason(380); "other" is 0 there.
func (r Reasons) BusinessReason() int64 {
	if r.Business <= 0 {
		return 0
	}
	return int64(r.Business)
}

// MarketDataReason returns MDReqRejReason(281) as the character that FIX uses.
func (r Reasons) MarketDataReason() byte {
	if r.MarketData <= 0 {
		return '0'
	}
	return byte('0' + r.MarketData)
}

// Catalogue is the error catalogue in order of its numbers. docs/spec/errors.md
// is generated from it.
var Catalogue = []CatalogueEntry{
	{Internal, "INTERNAL", Reasons{}, true, "The venue failed; the request had no effect unless a report says otherwise."},
	{StatusUnknown, "TIMEOUT_STATUS_UNKNOWN", Reasons{}, true, "No answer in time: the request may or may not have taken effect. Ask by ClOrdID, or send it again with the same ClOrdID."},
	{Overloaded, "OVERLOADED", Reasons{Order: other, Business: 4}, true, "The venue takes no more requests at the moment; nothing happened."},
	{ShuttingDown, "SHUTTING_DOWN", Reasons{Order: other, Business: 4}, true, "The venue is going down; reconnect and resume."},
	{RateLimited, "RATE_LIMITED", Reasons{Business: 8}, true, "Too many messages; wait RetryAfterMs(25060)."},
	{RateLimitedClose, "RATE_LIMITED_DISCONNECT", Reasons{Business: 9}, true, "Too many messages in spite of the limit; the session ends."},
	{TooManyConnections, "TOO_MANY_CONNECTIONS", Reasons{}, true, "Too many connections from this address."},
	{SlowConsumer, "SLOW_CONSUMER", Reasons{}, true, "The client reads more slowly than it is told; reconnect and resume."},
	{AuthMissing, "AUTH_MISSING", Reasons{Reject: 1}, false, "The logon carries no credentials."},
	{AuthInvalidKey, "AUTH_INVALID_KEY", Reasons{}, false, "The key is unknown, expired or revoked."},
	{AuthInvalidSignature, "AUTH_INVALID_SIGNATURE", Reasons{Reject: 8}, false, "The signature does not fit the key and the signed fields."},
	{AuthTimestamp, "AUTH_TIMESTAMP_OUT_OF_WINDOW", Reasons{Reject: 10}, true, "The signed time is outside the window; check the clock."},
	{AuthReplay, "AUTH_REPLAY", Reasons{}, true, "The nonce was used before; sign a fresh one."},
	{AuthIPNotAllowed, "AUTH_IP_NOT_ALLOWED", Reasons{}, false, "The key may not be used from this address."},
	{AuthScope, "AUTH_SCOPE", Reasons{Business: 6}, false, "The key has no scope for this request."},
	{CompIDInUse, "COMP_ID_IN_USE", Reasons{}, true, "A connection with this SenderCompID is already logged on."},
	{Malformed, "MALFORMED", Reasons{}, false, "The message is not FIX-JSON."},
	{UnknownField, "UNKNOWN_FIELD", Reasons{Reject: 3}, false, "The field is not in the dictionary, or not of this message."},
	{MissingField, "MISSING_FIELD", Reasons{Reject: 1, Business: 5}, false, "A required field is missing."},
	{BadValue, "BAD_VALUE", Reasons{Reject: 5, Order: other}, false, "The value is out of range for this field."},
	{BadFormat, "BAD_FORMAT", Reasons{Reject: 6, Order: other}, false, "The value has not the format of this field; numbers are plain decimal text."},
	{DuplicateField, "DUPLICATE_FIELD", Reasons{Reject: 13}, false, "The field appears more than once."},
	{UnsupportedMessage, "UNSUPPORTED_MESSAGE", Reasons{Business: 3}, false, "The venue does not take messages of this type."},
	{BadGroupCount, "BAD_GROUP_COUNT", Reasons{Reject: 16}, false, "A repeating group has too few or too many entries."},

	{UnknownInstrument, "UNKNOWN_INSTRUMENT", Reasons{Order: 1, Business: 2, MarketData: zero}, false, "There is no instrument of this symbol."},
	{InstrumentNotOpen, "INSTRUMENT_NOT_OPEN", Reasons{Order: 2, Cancel: other}, true, "The market takes no such request in its present phase."},
	{HaltedCode, "HALTED", Reasons{Order: 2, Cancel: other}, true, "The market is halted."},
	{BadTick, "BAD_TICK", Reasons{Order: 18, Cancel: 18}, false, "The price is no whole number of ticks."},
	{BadLot, "BAD_LOT", Reasons{Order: 13}, false, "The quantity is no whole number of lots, or out of its limits."},
	{PriceBand, "PRICE_BAND", Reasons{Order: 16}, true, "The price is outside the band around the mark."},
	{NotionalLimit, "NOTIONAL_LIMIT", Reasons{Order: 3}, false, "The order is worth more than the limit."},
	{DuplicateClOrdID, "DUPLICATE_CL_ORD_ID", Reasons{Order: 6, Cancel: 6}, false, "The ClOrdID was used before with other content."},
	{WouldTake, "WOULD_TAKE", Reasons{Order: other}, true, "A post-only order would have traded."},
	{ReduceOnly, "REDUCE_ONLY", Reasons{Order: other}, true, "There is no position that this order could reduce."},
	{InsufficientMargin, "INSUFFICIENT_MARGIN", Reasons{Order: 25}, true, "The account has not the margin that this order needs."},
	{PositionLimit, "POSITION_LIMIT", Reasons{Order: 3}, false, "The position could pass its limit."},
	{OpenOrderLimit, "OPEN_ORDER_LIMIT", Reasons{Order: 3}, true, "The account has as many open orders as it may."},
	{Stale, "STALE", Reasons{Order: 8}, true, "TransactTime is older than RecvWindow(25000), or ahead of the venue's clock."},
	{FOKUnfilled, "FOK_UNFILLED", Reasons{Order: other}, true, "A fill-or-kill order could not be filled at once."},
	{IOCNoMatch, "IOC_NO_MATCH", Reasons{Order: other}, true, "What an immediate order could not trade was canceled."},
	{SelfTrade, "SELF_TRADE", Reasons{Order: other}, true, "The order met another order of its owner."},
	{UnsupportedCombo, "UNSUPPORTED_COMBO", Reasons{Order: 11}, false, "These properties of an order do not go together."},
	{WindowNotDeliverable, "WINDOW_NOT_DELIVERABLE", Reasons{Order: other}, false, "The window cannot be delivered."},
	{CapacityNotAttested, "CAPACITY_NOT_ATTESTED", Reasons{Order: other}, false, "The capacity is not attested."},
	{LiquidationLock, "LIQUIDATION_LOCK", Reasons{Order: other}, true, "The account is in liquidation."},
	{UnknownAccount, "UNKNOWN_ACCOUNT", Reasons{Order: 15}, false, "The account does not exist."},
	{UnknownAsset, "UNKNOWN_ASSET", Reasons{Order: other}, false, "The asset does not exist."},
	{PriceRange, "PRICE_RANGE", Reasons{Order: 16}, false, "The price is outside the range of the instrument."},
	{LevelFull, "LEVEL_FULL", Reasons{Order: 3}, true, "The price level holds as much as it may."},
	{NoMark, "NO_MARK", Reasons{Order: 2}, true, "The instrument has no mark yet."},
	{AlreadyExpired, "ALREADY_EXPIRED", Reasons{Order: other}, false, "The expiry lies in the past."},
	{StopReached, "STOP_REACHED", Reasons{Order: other}, true, "The stop price is already reached."},
	{InsufficientFunds, "INSUFFICIENT_FUNDS", Reasons{Order: 3}, true, "The account has not the funds."},
	{DuplicateID, "DUPLICATE_ID", Reasons{}, false, "The id is taken."},
	{WithdrawalTooLarge, "WITHDRAWAL_TOO_LARGE", Reasons{}, true, "More than is free."},
	{OrderExpired, "ORDER_EXPIRED", Reasons{}, false, "The order reached its expiry."},
	{MinQtyNotMet, "MIN_QTY_NOT_MET", Reasons{Order: other}, true, "The minimum quantity could not be traded at once."},
	{FillLimit, "FILL_LIMIT", Reasons{Order: other}, true, "The order met more resting orders than one request may; the rest was canceled."},
	{AccountIsolated, "ACCOUNT_ISOLATED", Reasons{Order: other}, false, "The account is isolated: it trades one instrument, and this is another."},
	{QuotesFrozen, "QUOTES_FROZEN", Reasons{Order: other}, true, "The quotes of this set were withdrawn by their protection and are not taken yet."},
	{CrossedQuote, "CROSSED_QUOTE", Reasons{Order: other}, false, "The bid of a quote is below its offer."},
	{QuoteProtected, "QUOTE_PROTECTED", Reasons{Order: other}, true, "The protection of the quotes withdrew it."},
	{UnknownOrder, "UNKNOWN_ORDER", Reasons{Order: 5, Cancel: 1}, false, "The account has no such live order."},
	{TooLate, "TOO_LATE", Reasons{Cancel: zero}, false, "The order is over."},
	{AlreadyPending, "ALREADY_PENDING", Reasons{Cancel: 3}, true, "The order is being changed already."},
	{DuplicateCancelID, "DUP_CXL_ID", Reasons{Cancel: 6}, false, "The ClOrdID of the request was used before."},
	{QtyBelowFilled, "QTY_BELOW_FILLED", Reasons{Cancel: zero}, false, "The new quantity is below what is filled."},

	{UnknownSubscription, "UNKNOWN_SUBSCRIPTION", Reasons{MarketData: zero}, false, "There is no subscription of this MDReqID."},
	{DuplicateMDReqID, "DUP_MDREQID", Reasons{MarketData: 1}, false, "The MDReqID is in use."},
	{TooManySubscriptions, "TOO_MANY_SUBSCRIPTIONS", Reasons{MarketData: 2}, false, "The connection has as many subscriptions as it may."},
	{BadDepth, "BAD_DEPTH", Reasons{MarketData: 5}, false, "The depth is not offered."},
	{BadEntryType, "BAD_ENTRY_TYPE", Reasons{MarketData: 8}, false, "The entry type is not offered."},

	{LeaseNotFound, "LEASE_NOT_FOUND", Reasons{}, false, "There is no such lease."},
	{LeaseState, "LEASE_STATE", Reasons{}, false, "The lease is in another state."},
	{DeliveryShortfall, "DELIVERY_SHORTFALL", Reasons{}, false, "Less was delivered than was due."},
	{AttestationExpired, "ATTESTATION_EXPIRED", Reasons{}, false, "The attestation is out of date."},

	{BacktestFailed, "BACKTEST_FAILED", Reasons{}, false, "The backtest could not be run."},

	{SameOperator, "SAME_OPERATOR", Reasons{}, false, "The operator who proposed a change cannot approve it."},
	{UnknownOperator, "UNKNOWN_OPERATOR", Reasons{}, false, "The key belongs to no operator that is enrolled."},
	{UnknownChange, "UNKNOWN_CHANGE", Reasons{}, false, "No change of this id is pending."},
	{AlreadyApproved, "ALREADY_APPROVED", Reasons{}, false, "The change is approved already."},
	{ChangeTooLarge, "CHANGE_TOO_LARGE", Reasons{}, false, "One change may not move this so far; do it in steps."},
	{ChangePending, "CHANGE_PENDING", Reasons{}, true, "Another change of the same thing is pending; cancel it or wait for it."},
	{TooManyChanges, "TOO_MANY_CHANGES", Reasons{}, true, "Too many changes are pending."},
}

// entryOf finds entries by number.
var entryOf = func() map[Code]*CatalogueEntry {
	m := make(map[Code]*CatalogueEntry, len(Catalogue))
	for i := range Catalogue {
		m[Catalogue[i].Code] = &Catalogue[i]
	}
	return m
}()

// Entry returns what the wire says about the code; that of Internal for a
// number that is not in the catalogue.
func (c Code) Entry() *CatalogueEntry {
	if e := entryOf[c]; e != nil {
		return e
	}
	return entryOf[Internal]
}

// String returns the stable name.
func (c Code) String() string {
	if c == CodeNone {
		return "OK"
	}
	return c.Entry().Name
}

// CodeOf returns the code of a reason of the core. NotYourOrder looks like an
// unknown order, so that nobody learns about the orders of others.
func CodeOf(r venue.Reason) Code {
	if int(r) < len(codeOfReason) {
		if c := codeOfReason[r]; c != CodeNone {
			return c
		}
	}
	return Internal
}

var codeOfReason = [...]Code{
	venue.UnknownAccount:              UnknownAccount,
	venue.UnknownInstrument:           UnknownInstrument,
	venue.UnknownAsset:                UnknownAsset,
	venue.UnknownOrder:                UnknownOrder,
	venue.BadField:                    BadValue,
	venue.BadTick:                     BadTick,
	venue.BadQty:                      BadLot,
	venue.PriceOutOfRange:             PriceRange,
	venue.PriceOutOfBand:              PriceBand,
	venue.UnsupportedCombination:      UnsupportedCombo,
	venue.NotInAuction:                UnsupportedCombo,
	venue.PriceMoved:                  PriceBand,
	venue.DuplicateClOrdID:            DuplicateClOrdID,
	venue.DuplicateID:                 DuplicateID,
	venue.NotionalTooLarge:            NotionalLimit,
	venue.NotOpen:                     InstrumentNotOpen,
	venue.InsufficientFunds:           InsufficientFunds,
	venue.InsufficientMargin:          InsufficientMargin,
	venue.BeyondBankruptcy:            InsufficientMargin,
	venue.WouldTake:                   WouldTake,
	venue.NothingToReduce:             ReduceOnly,
	venue.TooManyOrders:               OpenOrderLimit,
	venue.TooManyAccounts:             Overloaded,
	venue.TooManyInstruments:          Overloaded,
	venue.TooManyAccountsOfOwner:      Overloaded,
	venue.PositionLimit:               PositionLimit,
	venue.NoMark:                      NoMark,
	venue.NotYourOrder:                UnknownOrder,
	venue.AlreadyExpired:              AlreadyExpired,
	venue.LevelFull:                   LevelFull,
	venue.StopAlreadyReached:          StopReached,
	venue.UnsupportedVersion:          UnsupportedMessage,
	venue.QtyBelowFilled:              QtyBelowFilled,
	venue.MemoryExhausted:             Overloaded,
	venue.WithdrawalTooLarge:          WithdrawalTooLarge,
	venue.TooManyInstrumentsOfAccount: PositionLimit,
	venue.Expired:                     OrderExpired,
	venue.IOCRemainder:                IOCNoMatch,
	venue.FOKNotFilled:                FOKUnfilled,
	venue.MinQtyNotMet:                MinQtyNotMet,
	venue.SelfTradePrevented:          SelfTrade,
	venue.ReduceOnlyTrimmed:           ReduceOnly,
	venue.UnknownIndex:                BadValue,
	venue.TooManySources:              Overloaded,
	venue.ReadingTooOld:               BadValue,
	venue.MarkIsComputed:              UnsupportedCombo,
	venue.WrongIndexKind:              UnsupportedCombo,
	venue.SettlesToIndex:              UnsupportedCombo,
	venue.PeriodClosed:                BadValue,
	venue.NotHalted:                   InstrumentNotOpen,
	venue.Uncrossing:                  InstrumentNotOpen,
	venue.WithdrawalsSuspended:        LiquidationLock,
	venue.CanceledByLiquidation:       LiquidationLock,
	venue.QuotesFrozen:                QuotesFrozen,
	venue.CrossedQuote:                CrossedQuote,
	venue.TooManyProtections:          Overloaded,
	venue.CanceledByProtection:        QuoteProtected,
	venue.FillLimitReached:            FillLimit,
	venue.AssetIsDelivered:            UnsupportedCombo,
	venue.AssetIsCollateral:           UnsupportedCombo,
	venue.TooManyCollaterals:          Overloaded,
	venue.NotSameOwner:                UnknownAccount,
	venue.IsolatedAccount:             AccountIsolated,
	venue.SameOperator:                SameOperator,
	venue.UnknownOperator:             UnknownOperator,
	venue.UnknownChange:               UnknownChange,
	venue.AlreadyApproved:             AlreadyApproved,
	venue.ChangeTooLarge:              ChangeTooLarge,
	venue.ChangePending:               ChangePending,
	venue.TooManyChanges:              TooManyChanges,
}
