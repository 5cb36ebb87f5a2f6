package engine_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

var reasonNames = map[venue.Reason]string{
	venue.WithdrawalsSuspended: "WithdrawalsSuspended", venue.CanceledByLiquidation: "CanceledByLiquidation", venue.BeyondBankruptcy: "BeyondBankruptcy",
	venue.NotInAuction: "NotInAuction", venue.PriceMoved: "PriceMoved",
	venue.UnknownAccount: "UnknownAccount", venue.UnknownInstrument: "UnknownInstrument", venue.UnknownAsset: "UnknownAsset",
	venue.UnknownOrder: "UnknownOrder", venue.BadField: "BadField", venue.BadTick: "BadTick", venue.BadQty: "BadQty",
	venue.PriceOutOfRange: "PriceOutOfRange", venue.PriceOutOfBand: "PriceOutOfBand",
	venue.UnsupportedCombination: "UnsupportedCombination", venue.DuplicateClOrdID: "DuplicateClOrdID",
	venue.DuplicateID: "DuplicateID", venue.NotionalTooLarge: "NotionalTooLarge", venue.NotOpen: "NotOpen",
	venue.InsufficientFunds: "InsufficientFunds", venue.InsufficientMargin: "InsufficientMargin", venue.WouldTake: "WouldTake",
	venue.NothingToReduce: "NothingToReduce", venue.TooManyOrders: "TooManyOrders", venue.TooManyAccounts: "TooManyAccounts",
	venue.TooManyInstruments: "TooManyInstruments", venue.NoMark: "NoMark", venue.AlreadyExpired: "AlreadyExpired",
	venue.LevelFull: "LevelFull", venue.StopAlreadyReached: "StopAlreadyReached", venue.UnsupportedVersion: "UnsupportedVersion",
	venue.QtyBelowFilled: "QtyBelowFilled", venue.MemoryExhausted: "MemoryExhausted",
	venue.WithdrawalTooLarge: "WithdrawalTooLarge", venue.TooManyInstrumentsOfAccount: "TooManyInstrumentsOfAccount",
	venue.CanceledByUser: "CanceledByUser", venue.CanceledByMass: "CanceledByMass",
	venue.CanceledByDisconnect: "CanceledByDisconnect", venue.CanceledByVenue: "CanceledByVenue", venue.Expired: "Expired", venue.IOCRemainder: "IOCRemainder",
	venue.FOKNotFilled: "FOKNotFilled", venue.MinQtyNotMet: "MinQtyNotMet", venue.SelfTradePrevented: "SelfTradePrevented",
	venue.TooManyAccountsOfOwner: "TooManyAccountsOfOwner", venue.PositionLimit: "PositionLimit",
	venue.UnknownIndex: "UnknownIndex", venue.TooManySources: "TooManySources", venue.ReadingTooOld: "ReadingTooOld",
	venue.WrongIndexKind: "WrongIndexKind", venue.PeriodClosed: "PeriodClosed", venue.SettlesToIndex: "SettlesToIndex",
	venue.MarkIsComputed: "MarkIsComputed", venue.NotHalted: "NotHalted",
	venue.SameOperator: "SameOperator", venue.UnknownOperator: "UnknownOperator", venue.UnknownChange: "UnknownChange",
	venue.AlreadyApproved: "AlreadyApproved", venue.ChangeTooLarge: "ChangeTooLarge", venue.ChangePending: "ChangePending",
	venue.TooManyChanges:   "TooManyChanges",
	venue.AssetIsDelivered: "AssetIsDelivered", venue.AssetIsCollateral: "AssetIsCollateral", venue.TooManyCollaterals: "TooManyCollaterals",
	venue.NotSameOwner: "NotSameOwner", venue.IsolatedAccount: "IsolatedAccount",
	venue.Uncrossing: "Uncrossing", venue.QuotesFrozen: "QuotesFrozen", venue.CrossedQuote: "CrossedQuote", venue.TooManyProtections: "TooManyProtections",
	venue.CanceledByProtection: "CanceledByProtection", venue.Replaced: "Replaced",
	venue.ReduceOnlyTrimmed: "ReduceOnlyTrimmed", venue.FillLimitReached: "FillLimitReached",
}

var fieldNames = map[venue.Field]string{
	venue.FieldTarget: "target", venue.FieldFraction: "fraction", venue.FieldFullSize: "full", venue.FieldCap: "cap", venue.FieldStep: "step",
	venue.FieldSteps: "steps", venue.FieldTriggers: "triggers", venue.FieldBreaker: "breaker", venue.FieldBase: "base", venue.FieldMatch: "match",
	venue.FieldAccount: "account", venue.FieldInstrument: "instrument", venue.FieldAsset: "asset", venue.FieldSide: "side",
	venue.FieldType: "type", venue.FieldTIF: "tif", venue.FieldSTP: "stp", venue.FieldFlags: "flags", venue.FieldPrice: "price",
	venue.FieldStop: "stop", venue.FieldQty: "qty", venue.FieldMinQty: "min", venue.FieldDisplay: "display",
	venue.FieldExpire: "expire", venue.FieldClOrdID: "id", venue.FieldOrder: "order", venue.FieldAmount: "amount",
	venue.FieldRef: "ref", venue.FieldPhase: "phase", venue.FieldOwner: "owner", venue.FieldSymbol: "symbol",
	venue.FieldWindow: "window", venue.FieldTick: "tick", venue.FieldHours: "hours", venue.FieldRange: "range",
	venue.FieldBand: "band", venue.FieldFee: "fee", venue.FieldBrackets: "brackets", venue.FieldVersion: "version",
	venue.FieldKind: "kind", venue.FieldMark: "mark",
	venue.FieldIndex: "index", venue.FieldSource: "source", venue.FieldAge: "age", venue.FieldFactor: "factor",
	venue.FieldTiers:    "tiers",
	venue.FieldOperator: "operator", venue.FieldChange: "change", venue.FieldEffective: "effective", venue.FieldContent: "content",
	venue.FieldReason: "reason", venue.FieldDigest: "digest",
	venue.FieldInterest: "interest", venue.FieldPosition: "position",
	venue.FieldTo: "to", venue.FieldRate: "rate", venue.FieldIsolated: "isolated",
	venue.FieldHour: "hour", venue.FieldContracted: "contracted", venue.FieldDelivered: "delivered", venue.FieldUnattested: "unattested",
	venue.FieldQuotes: "quotes", venue.FieldQuoteSet: "set", venue.FieldFrozen: "frozen", venue.FieldDelta: "delta",
	venue.FieldDefault: "default", venue.FieldMethod: "method",
}

func reason(r venue.Reason) string {
	if s, ok := reasonNames[r]; ok {
		return s
	}
	return fmt.Sprintf("Reason(%d)", r)
}

func (f *floor) print(entries []venue.Entry) string {
	var lines []string
	for _, e := range entries {
		lines = append(lines, f.line(e.Event))
	}
	return strings.Join(lines, "\n")
}

// summary counts lines by their first word.
func summary(out string) string {
	counts := map[string]int{}
	for line := range strings.SplitSeq(out, "\n") {
		counts[strings.SplitN(line, " ", 2)[0]]++
	}
	var lines []string
	for word, n := range counts {
		lines = append(lines, fmt.Sprintf("%s %d", word, n))
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

func (f *floor) line(e venue.Event) string {
	switch x := e.(type) {
	case *venue.AssetListed:
		f.assets[x.Symbol], f.decimals[x.Asset] = x.Asset, x.Decimals
		return fmt.Sprintf("asset %s: %d, %d decimals", x.Symbol, x.Asset, x.Decimals)
	case *venue.InstrumentListed:
		t := x.Terms
		f.instruments[t.Symbol] = &t
		return fmt.Sprintf("listed %s: %d, %v", t.Symbol, t.ID, t.Kind)
	case *venue.PhaseChanged:
		f.phase[x.Instrument] = x.Phase
		return fmt.Sprintf("phase %s: %v", f.symbol(x.Instrument), x.Phase)
	case *venue.MarkChanged:
		return f.mark(x)
	case *venue.VersionSet:
		return fmt.Sprintf("version %d", x.Version)
	case *venue.AccountOpened:
		line := fmt.Sprintf("account %s: %d, owner %d", f.name(x.Account), x.Account, x.Owner)
		if x.Isolated != 0 {
			line += ", isolated in " + f.symbol(x.Isolated)
		}
		return line
	case *venue.Deposited:
		return fmt.Sprintf("deposited %s: %s", f.name(x.Account), f.amount(x.Asset, x.Amount))
	case *venue.Withdrawn:
		return fmt.Sprintf("withdrawn %s: %s", f.name(x.Account), f.amount(x.Asset, x.Amount))
	case *venue.CommandRejected:
		return "rejected: " + f.refusal(0, x.Refusal)
	case *venue.LevelChanged:
		return f.level(x)
	case *venue.BalanceChanged:
		return "balance " + f.balance(x)
	case *venue.PositionChanged:
		return "position " + f.position(x)
	}
	if s, ok := f.liquidationLine(e); ok {
		return s
	}
	if s, ok := f.changeLine(e); ok {
		return s
	}
	if s, ok := f.collateralLine(e); ok {
		return s
	}
	if s, ok := f.operatorLine(e); ok {
		return s
	}
	if line, ok := f.referenceLine(e); ok {
		return line
	}
	if line, ok := f.sessionLine(e); ok {
		return line
	}
	if line, ok := f.quoteLine(e); ok {
		return line
	}
	return f.orderLine(e)
}

func (f *floor) orderLine(e venue.Event) string {
	switch x := e.(type) {
	case *venue.OrderAccepted:
		f.orders[x.Order] = f.name(x.Account) + "/" + x.ClOrdID.String()
		if x.Flags.Has(venue.Quote) {
			f.orders[x.Order] = f.quoteName(x)
		}
		return "accepted " + f.orders[x.Order] + ": " + f.terms(x)
	case *venue.OrderRejected:
		return fmt.Sprintf("rejected %s/%v: %s", f.name(x.Account), x.ClOrdID, f.refusal(x.Instrument, x.Refusal))
	case *venue.RequestRepeated:
		if x.Refusal.Refused() {
			return fmt.Sprintf("repeated %s/%v: was refused, %s", f.name(x.Account), x.ClOrdID, reason(x.Refusal.Reason))
		}
		if x.Order == 0 {
			return fmt.Sprintf("repeated %s/%v: was done", f.name(x.Account), x.ClOrdID)
		}
		return fmt.Sprintf("repeated %s/%v: was accepted as %s", f.name(x.Account), x.ClOrdID, f.orders[x.Order])
	case *venue.OrderTriggered:
		return fmt.Sprintf("triggered %s at %s", f.orders[x.Order], f.price(x.Instrument, x.Price))
	case *venue.OrderAmended:
		kept := "loses its place"
		if x.Kept {
			kept = "keeps its place"
		}
		at := ""
		if x.Price != 0 {
			at = " at " + f.price(x.Instrument, x.Price)
		}
		return fmt.Sprintf("amended %s by %v: %d%s, open %d, %s", f.orders[x.Order], x.ClOrdID, x.Qty, at, x.Leaves, kept)
	case *venue.OrderReduced:
		return fmt.Sprintf("reduced %s: by %d to %d, %s", f.orders[x.Order], x.By, x.Leaves, reason(x.Reason))
	case *venue.OrderCanceled:
		by := ""
		if !x.ClOrdID.IsZero() {
			by = " (" + x.ClOrdID.String() + ")"
		}
		return fmt.Sprintf("canceled %s: %d, %s%s", f.orders[x.Order], x.Qty, reason(x.Reason), by)
	case *venue.CancelRejected:
		what := "cancel"
		if x.Amend {
			what = "amend"
		}
		return fmt.Sprintf("rejected %s by %s: %s", what, f.name(x.Account), f.refusal(0, x.Refusal))
	case *venue.MassCanceled:
		return fmt.Sprintf("mass-canceled %s: %d", f.name(x.Account), x.Count)
	case *venue.Traded:
		return f.trade(x)
	}
	return fmt.Sprintf("%+v", e)
}

func (f *floor) trade(x *venue.Traded) string {
	side := func(p *venue.Fill) string {
		fee := ""
		if p.Fee != 0 {
			fee = " fee " + money(p.Fee)
		}
		return fmt.Sprintf("%s open %d%s", f.orders[p.Order], p.Leaves, fee)
	}
	return fmt.Sprintf("trade %d: %d %s at %s, %s %ss, %s makes", x.Trade, x.Qty, f.symbol(x.Instrument),
		f.price(x.Instrument, x.Price), side(&x.Taker), x.TakerSide, side(&x.Maker))
}

// terms says what an order asks for, without what is usual.
func (f *floor) terms(x *venue.OrderAccepted) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %d %s", x.Side, x.Qty, f.symbol(x.Instrument))
	if x.Type != venue.Limit {
		fmt.Fprintf(&b, " %v", x.Type)
	}
	if x.Stop != 0 {
		fmt.Fprintf(&b, " from %s", f.price(x.Instrument, x.Stop))
	}
	if x.Price != 0 {
		fmt.Fprintf(&b, " at %s", f.price(x.Instrument, x.Price))
	}
	fmt.Fprintf(&b, " %v", x.TIF)
	for flag, word := range flagWords {
		if x.Flags.Has(venue.OrderFlags(1 << flag)) {
			b.WriteString(" " + word)
		}
	}
	if x.Display != 0 {
		fmt.Fprintf(&b, " showing %d", x.Display)
	}
	if x.MinQty != 0 {
		fmt.Fprintf(&b, " at least %d", x.MinQty)
	}
	if x.Expire != 0 {
		b.WriteString(" until " + clock(x.Expire))
	}
	return b.String()
}

var flagWords = [...]string{"post-only", "reduce-only", "cancel-on-disconnect", "quote", "by-mark"}

func (f *floor) level(x *venue.LevelChanged) string {
	word := "bid"
	if x.Side == venue.Sell {
		word = "ask"
	}
	if x.Orders == 0 {
		return fmt.Sprintf("%s %s %s: none", word, f.symbol(x.Instrument), f.price(x.Instrument, x.Price))
	}
	return fmt.Sprintf("%s %s %s: %d in %d", word, f.symbol(x.Instrument), f.price(x.Instrument, x.Price), x.Qty, x.Orders)
}

func (f *floor) balance(x *venue.BalanceChanged) string {
	s := fmt.Sprintf("%s: %s", f.name(x.Account), f.amount(x.Asset, x.Total))
	if x.Held != 0 {
		s += ", held " + f.plain(x.Asset, x.Held)
	}
	return s
}

func (f *floor) position(x *venue.PositionChanged) string {
	if x.Qty == 0 {
		return fmt.Sprintf("%s: no %s", f.name(x.Account), f.symbol(x.Instrument))
	}
	return fmt.Sprintf("%s: %+d %s, cost %s, margin %s", f.name(x.Account), x.Qty, f.symbol(x.Instrument), money(x.Cost), money(x.Margin))
}

// refusal names the reason, the field and the limit in the unit of the field.
func (f *floor) refusal(inst venue.InstrumentID, r venue.Refusal) string {
	s := reason(r.Reason) + ", " + fieldNames[r.Field]
	if inst == 0 && len(f.instruments) == 1 {
		inst = 1 // What else could it be about.
	}
	switch {
	case r.Field == venue.FieldAmount:
		return s + ", limit " + trimZeros(string(scale.AppendAmount(nil, venue.Amount(r.Limit), f.unit)))
	case r.Limit == 0 && r.Field != venue.FieldQty:
		return s
	case (r.Field == venue.FieldPrice || r.Field == venue.FieldStop) && inst != 0 && r.Reason != venue.UnsupportedCombination:
		return s + ", limit " + f.price(inst, venue.Price(r.Limit))
	case r.Field == venue.FieldExpire, r.Field == venue.FieldEffective, r.Reason == venue.AlreadyApproved, r.Reason == venue.ChangePending:
		return s + ", limit " + clock(venue.Time(r.Limit))
	case r.Field == venue.FieldTIF:
		return s + ", limit " + venue.TimeInForce(r.Limit).String()
	case r.Field == venue.FieldPhase:
		return s + ", limit " + venue.Phase(r.Limit).String()
	}
	return s + ", limit " + strconv.FormatInt(r.Limit, 10)
}

func (f *floor) name(a venue.AccountID) string {
	for name, id := range f.accounts {
		if id == a {
			return name
		}
	}
	return fmt.Sprintf("account %d", a)
}

func (f *floor) symbol(id venue.InstrumentID) string {
	for symbol, i := range f.instruments {
		if i.ID == id {
			return symbol
		}
	}
	return fmt.Sprintf("instrument %d", id)
}

func (f *floor) price(id venue.InstrumentID, p venue.Price) string {
	i := f.byID()[id]
	if i == nil {
		return strconv.FormatInt(int64(p), 10) + " ticks"
	}
	return string(scale.AppendPrice(nil, p, i))
}

func (f *floor) amount(as venue.AssetID, n venue.Amount) string {
	for symbol, id := range f.assets {
		if id == as {
			return f.plain(as, n) + " " + symbol
		}
	}
	return fmt.Sprintf("%d of asset %d", n, as)
}

func (f *floor) plain(as venue.AssetID, n venue.Amount) string {
	return trimZeros(string(scale.AppendAmount(nil, n, f.decimals[as])))
}

func money(n venue.Amount) string {
	return trimZeros(string(scale.AppendAmount(nil, n, scale.MoneyDecimals)))
}

func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

func clock(t venue.Time) string { return string(scale.AppendRFC3339(nil, t, 0)) }
