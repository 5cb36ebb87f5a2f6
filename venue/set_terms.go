package venue

// SetTerms changes those terms of a listed instrument that may change (ADM-08).
// All of them are given.
type SetTerms struct {
	// Instrument is listed and not settled.
	Instrument InstrumentID
	// MaxQty is the largest order in lots.
	MaxQty Qty
	// Band is the distance from the mark within which orders are taken.
	Band Rate
	// Maker and Taker are the fee rates; Taker is at most that of the listing, at
	// which open orders reserve.
	Maker, Taker Rate
	// Brackets is the margin schedule of a future; a Capped one has none.
	Brackets []Bracket
	// Interest is between which open interests initial margin grows, MaxPosition how
	// many lots one owner may hold on a side, both as in an Instrument.
	Interest    Interest
	MaxPosition Qty
}

// ApplyTo gives an instrument these terms. The schedule is not copied.
func (c *SetTerms) ApplyTo(i *Instrument) {
	i.MaxQty, i.Band, i.Maker, i.Taker = c.MaxQty, c.Band, c.Maker, c.Taker
	i.Brackets, i.Interest, i.MaxPosition = c.Brackets, c.Interest, c.MaxPosition
}

// TermsThatChange returns those terms of an instrument that SetTerms sets, as they
// are. The schedule is not copied.
func TermsThatChange(i *Instrument) SetTerms {
	return SetTerms{
		Instrument: i.ID, MaxQty: i.MaxQty, Band: i.Band, Maker: i.Maker, Taker: i.Taker,
		Brackets: i.Brackets, Interest: i.Interest, MaxPosition: i.MaxPosition,
	}
}

func (*SetTerms) isCommand() {}

// Kind returns KindSetTerms.
func (*SetTerms) Kind() CommandKind { return KindSetTerms }
