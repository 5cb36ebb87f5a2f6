package changes

import "github.com/clearhour/clearhour/venue"

// Times of notice.
const (
	minute = 60 * venue.Second
	day    = 24 * 60 * minute
)

// Rule says what a change of one kind may do.
type Rule struct {
	// Kind is the command.
	Kind venue.CommandKind
	// Name is the word for it.
	Name string
	// Notice is how long after its approval it takes effect at the earliest.
	Notice venue.Time
	// Factor is by how much one change may move a number, up or down; 0 for no
	// bound but those of the command.
	Factor int64
	// Bounded are the numbers that Factor is about, in words.
	Bounded string
}

// rules is the table of docs/spec/admin.md; a test compares the two.
var rules = [...]Rule{
	{Kind: venue.KindSetPhase, Name: "phase"},
	{Kind: venue.KindSetMark, Name: "mark", Factor: 2, Bounded: "the mark"},
	{Kind: venue.KindSetProtections, Name: "protections"},
	{Kind: venue.KindSetSchedule, Name: "schedule", Notice: 60 * minute},
	{Kind: venue.KindSetTerms, Name: "terms", Notice: day, Factor: 2, Bounded: "band, order limit, limit of positions, ends of the open-interest scale, margin rates at every notional"},
	{Kind: venue.KindSetReference, Name: "reference", Notice: day},
	{Kind: venue.KindSetFeeTiers, Name: "fee-tiers", Notice: day},
	{Kind: venue.KindSetLiquidation, Name: "liquidation", Notice: day, Factor: 2, Bounded: "target, fee, spread"},
	{Kind: venue.KindSetCollateral, Name: "collateral", Notice: day, Factor: 2, Bounded: "price, part that counts"},
	{Kind: venue.KindSellCollateral, Name: "collateral-sale"},
	{Kind: venue.KindFundInsurance, Name: "insurance"},
	{Kind: venue.KindSettleInstrument, Name: "settle"},
	{Kind: venue.KindListAsset, Name: "asset"},
	{Kind: venue.KindListInstrument, Name: "instrument"},
	{Kind: venue.KindListIndex, Name: "index"},
	{Kind: venue.KindSetOperator, Name: "operator", Notice: day},
}

// Rules returns the table.
func Rules() []Rule {
	var all []Rule
	for _, r := range rules {
		all = append(all, r)
	}
	return all
}

// RuleOf returns the rule of a kind, and false for one that no proposal may wrap.
func RuleOf(k venue.CommandKind) (Rule, bool) {
	for _, r := range rules {
		if r.Kind == k {
			return r, true
		}
	}
	return Rule{}, false
}

// notice returns how long a change has to be known. Whoever is no longer trusted
// loses the key at once.
func notice(c venue.Command) venue.Time {
	if o, ok := c.(*venue.SetOperator); ok && !o.Enrolled {
		return 0
	}
	r, _ := RuleOf(c.Kind())
	return r.Notice
}

// subject names what a change is about, so that two changes of one kind for the
// same thing are not pending at once: an instrument, an operator, a listing, or 0
// for what there is once.
func subject(c venue.Command) uint32 {
	switch c := any(c).(type) { // Of what the table has.
	case *venue.SetPhase:
		return uint32(c.Instrument)
	case *venue.SetMark:
		return uint32(c.Instrument)
	case *venue.SetProtections:
		return uint32(c.Instrument)
	case *venue.SetSchedule:
		return uint32(c.Instrument)
	case *venue.SetTerms:
		return uint32(c.Instrument)
	case *venue.SetReference:
		return uint32(c.Instrument)
	case *venue.SettleInstrument:
		return uint32(c.Instrument)
	case *venue.ListAsset:
		return uint32(c.Asset)
	case *venue.SetCollateral:
		return uint32(c.Asset)
	case *venue.SellCollateral:
		return uint32(c.Asset)
	case *venue.ListInstrument:
		return uint32(c.Terms.ID)
	case *venue.ListIndex:
		return uint32(c.Terms.ID)
	case *venue.SetOperator:
		return uint32(c.Operator)
	}
	return 0
}

// Instrument returns the listed instrument that a command is about, 0 for none.
func Instrument(c venue.Command) venue.InstrumentID {
	switch any(c).(type) {
	case *venue.SetPhase, *venue.SetMark, *venue.SetProtections, *venue.SetSchedule, *venue.SetTerms, *venue.SetReference, *venue.SettleInstrument:
		return venue.InstrumentID(subject(c))
	}
	return 0
}

// CheckMark refuses ChangeTooLarge, with the bound, for a mark that is further from
// the one in force than one change may move it. Both are above 0.
func CheckMark(from, to venue.Price) venue.Refusal {
	return within(int64(from), int64(to), factor(venue.KindSetMark), venue.FieldMark)
}

// CheckTerms refuses ChangeTooLarge, with the bound, for terms that differ from
// those in force by more than one change may move: the band, the order limit, the
// limit of positions, the two ends of the open-interest scale, and both margin rates
// at every notional (ADM-08). Both are well formed, and both schedules are those at
// the open interest of now, so that a scale that begins or ends is judged by what it
// does. Fees have the rate of the listing as their bound and may fall to 0.
func CheckTerms(from, to *venue.SetTerms) venue.Refusal {
	f := factor(venue.KindSetTerms)
	for _, x := range [...]struct {
		from, to int64
		field    venue.Field
	}{
		{int64(from.Band), int64(to.Band), venue.FieldBand},
		{int64(from.MaxQty), int64(to.MaxQty), venue.FieldQty},
		{int64(from.MaxPosition), int64(to.MaxPosition), venue.FieldPosition},
	} {
		if why := within(x.from, x.to, f, x.field); why.Refused() {
			return why
		}
	}
	if why := checkScale(from.Interest, to.Interest, f); why.Refused() {
		return why
	}
	for i, j := 0, 0; i < len(from.Brackets) && j < len(to.Brackets); {
		a, b := &from.Brackets[i], &to.Brackets[j] // They share notionals.
		if why := within(int64(a.Initial), int64(b.Initial), f, venue.FieldBrackets); why.Refused() {
			return why
		}
		if why := within(int64(a.Maintenance), int64(b.Maintenance), f, venue.FieldBrackets); why.Refused() {
			return why
		}
		if a.Upto <= b.Upto {
			i++
		}
		if b.Upto <= a.Upto {
			j++
		}
	}
	return venue.Refusal{}
}

// checkScale compares two open-interest scales, of which neither is none.
func checkScale(from, to venue.Interest, f int64) venue.Refusal {
	if from.High == 0 || to.High == 0 {
		return venue.Refusal{}
	}
	if why := within(int64(from.Low), int64(to.Low), f, venue.FieldInterest); why.Refused() {
		return why
	}
	return within(int64(from.High), int64(to.High), f, venue.FieldInterest)
}

// CheckLiquidation refuses ChangeTooLarge, with the bound, for terms of liquidation
// that differ from those in force by more than one change may move. Switching
// liquidation on or off is not bounded.
func CheckLiquidation(from, to *venue.LiquidationTerms) venue.Refusal {
	if from.Step == 0 || to.Step == 0 {
		return venue.Refusal{}
	}
	f := factor(venue.KindSetLiquidation)
	for _, x := range [...]struct {
		from, to venue.Rate
		field    venue.Field
	}{{from.Target, to.Target, venue.FieldTarget}, {from.Fee, to.Fee, venue.FieldFee}, {from.Spread, to.Spread, venue.FieldRange}} {
		if why := within(int64(x.from), int64(x.to), f, x.field); why.Refused() {
			return why
		}
	}
	return venue.Refusal{}
}

// CheckCollateral refuses ChangeTooLarge, with the bound, for an asset that would
// count for more or less than one change may say: by its price in micro-dollars,
// and by the part of it that counts.
func CheckCollateral(price venue.Amount, rate venue.Rate, to *venue.SetCollateral) venue.Refusal {
	f := factor(venue.KindSetCollateral)
	if why := within(int64(price), int64(to.Price), f, venue.FieldPrice); why.Refused() {
		return why
	}
	return within(int64(rate), int64(to.Rate), f, venue.FieldRate)
}

func factor(k venue.CommandKind) int64 {
	r, _ := RuleOf(k)
	return r.Factor
}

// within refuses a number above factor times another, or below that part of it,
// rounded up. From 0 a number may become anything: there is nothing to multiply.
func within(from, to, factor int64, f venue.Field) venue.Refusal {
	most, fits := venue.Mul(from, factor)
	least := (from + factor - 1) / factor
	switch {
	case from == 0 || !fits:
		return venue.Refusal{}
	case to > most:
		return refuse(venue.ChangeTooLarge, f, most)
	case to < least:
		return refuse(venue.ChangeTooLarge, f, least)
	}
	return venue.Refusal{}
}

func refuse(r venue.Reason, f venue.Field, limit int64) venue.Refusal {
	return venue.Refusal{Reason: r, Field: f, Limit: limit}
}
