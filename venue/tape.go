package venue

import "slices"

// Entry is an event with its place: the envelope that caused it and its index
// among that envelope's events, from 0. (Seq, Index) names an event for ever.
type Entry struct {
	Seq   Seq
	Index uint32
	// Session is that of the envelope, so that answers find their way.
	Session SessionID
	Time    Time
	Event   Event
}

// Tape collects the events of one or more envelopes and owns their memory. A
// tape that was Reset is written again without allocating; whoever keeps an
// event longer than that copies it. A Tape is not for concurrent use while it
// is written.
type Tape struct {
	// Entries are the events in order.
	Entries []Entry

	seq     Seq
	time    Time
	session SessionID
	index   uint32

	versionSet        slab[VersionSet]
	assetListed       slab[AssetListed]
	instrumentListed  slab[InstrumentListed]
	phaseChanged      slab[PhaseChanged]
	markChanged       slab[MarkChanged]
	accountOpened     slab[AccountOpened]
	feeTiersSet       slab[FeeTiersSet]
	variationPaid     slab[VariationPaid]
	instrumentSettled slab[InstrumentSettled]
	auctionIndicative slab[AuctionIndicative]
	auctionUncrossing slab[AuctionUncrossing]
	scheduleSet       slab[ScheduleSet]
	protectionsSet    slab[ProtectionsSet]
	deposited         slab[Deposited]
	withdrawn         slab[Withdrawn]
	commandRejected   slab[CommandRejected]
	orderAccepted     slab[OrderAccepted]
	orderRejected     slab[OrderRejected]
	requestRepeated   slab[RequestRepeated]
	orderTriggered    slab[OrderTriggered]
	orderAmended      slab[OrderAmended]
	orderReduced      slab[OrderReduced]
	orderCanceled     slab[OrderCanceled]
	cancelRejected    slab[CancelRejected]
	massCanceled      slab[MassCanceled]
	traded            slab[Traded]
	levelChanged      slab[LevelChanged]
	balanceChanged    slab[BalanceChanged]
	positionChanged   slab[PositionChanged]

	liquidationSet      slab[LiquidationSet]
	insuranceFunded     slab[InsuranceFunded]
	accountStateChanged slab[AccountStateChanged]
	positionTransferred slab[PositionTransferred]
	receipt             slab[Receipt]
	gainsHaircut        slab[GainsHaircut]
	debtPaid            slab[DebtPaid]
	indexListed         slab[IndexListed]
	indexPublished      slab[IndexPublished]
	indexMetered        slab[IndexMetered]
	windowMetered       slab[WindowMetered]
	referenceSet        slab[ReferenceSet]
	fundingClosed       slab[FundingClosed]
	fundingPaid         slab[FundingPaid]
	fundingSettled      slab[FundingSettled]

	quotes           quoteSlabs
	collateralSet    slab[CollateralSet]
	collateralSeized slab[CollateralSeized]
	collateralSold   slab[CollateralSold]
	transferred      slab[Transferred]

	changes changeSlabs
}

// Begin says that the events from now on belong to envelope e.
func (t *Tape) Begin(e *Envelope) {
	t.seq, t.time, t.session, t.index = e.Seq, e.Time, e.Session, 0
}

// Reset forgets all events and keeps the memory for the next ones.
func (t *Tape) Reset() {
	t.Entries = t.Entries[:0]
	t.versionSet.used = 0
	t.assetListed.used = 0
	t.instrumentListed.used = 0
	t.phaseChanged.used = 0
	t.markChanged.used = 0
	t.accountOpened.used = 0
	t.resetOperator()
	t.changes.reset()
	t.resetSession()
	t.resetCollateral()
	t.resetQuotes()
	t.deposited.used = 0
	t.withdrawn.used = 0
	t.commandRejected.used = 0
	t.orderAccepted.used = 0
	t.orderRejected.used = 0
	t.requestRepeated.used = 0
	t.orderTriggered.used = 0
	t.orderAmended.used = 0
	t.orderReduced.used = 0
	t.orderCanceled.used = 0
	t.cancelRejected.used = 0
	t.massCanceled.used = 0
	t.traded.used = 0
	t.levelChanged.used = 0
	t.balanceChanged.used = 0
	t.positionChanged.used = 0
	t.liquidationSet.used = 0
	t.insuranceFunded.used = 0
	t.accountStateChanged.used = 0
	t.positionTransferred.used = 0
	t.receipt.used = 0
	t.resetDebt()
	t.indexListed.used = 0
	t.indexPublished.used = 0
	t.indexMetered.used = 0
	t.windowMetered.used = 0
	t.referenceSet.used = 0
	t.fundingClosed.used = 0
	t.fundingPaid.used = 0
	t.fundingSettled.used = 0
}

// add writes the entry in its place: built aside it would be copied in wider
// pieces than it was written in, for which the processor has to wait.
func (t *Tape) add(e Event) {
	n := len(t.Entries)
	if n == cap(t.Entries) {
		t.Entries = slices.Grow(t.Entries, 1)
	}
	t.Entries = t.Entries[:n+1]
	x := &t.Entries[n]
	x.Seq = t.seq
	x.Index = t.index
	x.Session = t.session
	x.Time = t.time
	x.Event = e
	t.index++
}

// VersionSet appends a zeroed event for the caller to fill in.
func (t *Tape) VersionSet() *VersionSet {
	e := t.versionSet.next()
	t.add(e)
	return e
}

// AssetListed appends a zeroed event for the caller to fill in.
func (t *Tape) AssetListed() *AssetListed {
	e := t.assetListed.next()
	t.add(e)
	return e
}

// InstrumentListed appends a zeroed event for the caller to fill in.
func (t *Tape) InstrumentListed() *InstrumentListed {
	e := t.instrumentListed.next()
	t.add(e)
	return e
}

// PhaseChanged appends a zeroed event for the caller to fill in.
func (t *Tape) PhaseChanged() *PhaseChanged {
	e := t.phaseChanged.next()
	t.add(e)
	return e
}

// MarkChanged appends a zeroed event for the caller to fill in.
func (t *Tape) MarkChanged() *MarkChanged {
	e := t.markChanged.next()
	t.add(e)
	return e
}

// AccountOpened appends a zeroed event for the caller to fill in.
func (t *Tape) AccountOpened() *AccountOpened {
	e := t.accountOpened.next()
	t.add(e)
	return e
}

// Deposited appends a zeroed event for the caller to fill in.
func (t *Tape) Deposited() *Deposited {
	e := t.deposited.next()
	t.add(e)
	return e
}

// Withdrawn appends a zeroed event for the caller to fill in.
func (t *Tape) Withdrawn() *Withdrawn {
	e := t.withdrawn.next()
	t.add(e)
	return e
}

// CommandRejected appends a zeroed event for the caller to fill in.
func (t *Tape) CommandRejected() *CommandRejected {
	e := t.commandRejected.next()
	t.add(e)
	return e
}

// OrderAccepted appends a zeroed event for the caller to fill in.
func (t *Tape) OrderAccepted() *OrderAccepted {
	e := t.orderAccepted.next()
	t.add(e)
	return e
}

// OrderRejected appends a zeroed event for the caller to fill in.
func (t *Tape) OrderRejected() *OrderRejected {
	e := t.orderRejected.next()
	t.add(e)
	return e
}

// RequestRepeated appends a zeroed event for the caller to fill in.
func (t *Tape) RequestRepeated() *RequestRepeated {
	e := t.requestRepeated.next()
	t.add(e)
	return e
}

// OrderTriggered appends a zeroed event for the caller to fill in.
func (t *Tape) OrderTriggered() *OrderTriggered {
	e := t.orderTriggered.next()
	t.add(e)
	return e
}

// OrderAmended appends a zeroed event for the caller to fill in.
func (t *Tape) OrderAmended() *OrderAmended {
	e := t.orderAmended.next()
	t.add(e)
	return e
}

// OrderReduced appends a zeroed event for the caller to fill in.
func (t *Tape) OrderReduced() *OrderReduced {
	e := t.orderReduced.next()
	t.add(e)
	return e
}

// OrderCanceled appends a zeroed event for the caller to fill in.
func (t *Tape) OrderCanceled() *OrderCanceled {
	e := t.orderCanceled.next()
	t.add(e)
	return e
}

// CancelRejected appends a zeroed event for the caller to fill in.
func (t *Tape) CancelRejected() *CancelRejected {
	e := t.cancelRejected.next()
	t.add(e)
	return e
}

// MassCanceled appends a zeroed event for the caller to fill in.
func (t *Tape) MassCanceled() *MassCanceled {
	e := t.massCanceled.next()
	t.add(e)
	return e
}

// Traded appends a zeroed event for the caller to fill in.
func (t *Tape) Traded() *Traded {
	e := t.traded.next()
	t.add(e)
	return e
}

// LevelChanged appends a zeroed event for the caller to fill in.
func (t *Tape) LevelChanged() *LevelChanged {
	e := t.levelChanged.next()
	t.add(e)
	return e
}

// BalanceChanged appends a zeroed event for the caller to fill in.
func (t *Tape) BalanceChanged() *BalanceChanged {
	e := t.balanceChanged.next()
	t.add(e)
	return e
}

// PositionChanged appends a zeroed event for the caller to fill in.
func (t *Tape) PositionChanged() *PositionChanged {
	e := t.positionChanged.next()
	t.add(e)
	return e
}

// IndexListed appends a zeroed event for the caller to fill in.
func (t *Tape) IndexListed() *IndexListed {
	e := t.indexListed.next()
	t.add(e)
	return e
}

// IndexPublished appends a zeroed event for the caller to fill in.
func (t *Tape) IndexPublished() *IndexPublished {
	e := t.indexPublished.next()
	t.add(e)
	return e
}

// IndexMetered appends a zeroed event for the caller to fill in.
func (t *Tape) IndexMetered() *IndexMetered {
	e := t.indexMetered.next()
	t.add(e)
	return e
}

// WindowMetered appends a zeroed event for the caller to fill in.
func (t *Tape) WindowMetered() *WindowMetered {
	e := t.windowMetered.next()
	t.add(e)
	return e
}

// ReferenceSet appends a zeroed event for the caller to fill in.
func (t *Tape) ReferenceSet() *ReferenceSet {
	e := t.referenceSet.next()
	t.add(e)
	return e
}

// FundingClosed appends a zeroed event for the caller to fill in.
func (t *Tape) FundingClosed() *FundingClosed {
	e := t.fundingClosed.next()
	t.add(e)
	return e
}

// FundingPaid appends a zeroed event for the caller to fill in.
func (t *Tape) FundingPaid() *FundingPaid {
	e := t.fundingPaid.next()
	t.add(e)
	return e
}

// FundingSettled appends a zeroed event for the caller to fill in.
func (t *Tape) FundingSettled() *FundingSettled {
	e := t.fundingSettled.next()
	t.add(e)
	return e
}

// LiquidationSet appends a zeroed event for the caller to fill in.
func (t *Tape) LiquidationSet() *LiquidationSet {
	e := t.liquidationSet.next()
	t.add(e)
	return e
}

// InsuranceFunded appends a zeroed event for the caller to fill in.
func (t *Tape) InsuranceFunded() *InsuranceFunded {
	e := t.insuranceFunded.next()
	t.add(e)
	return e
}

// AccountStateChanged appends a zeroed event for the caller to fill in.
func (t *Tape) AccountStateChanged() *AccountStateChanged {
	e := t.accountStateChanged.next()
	t.add(e)
	return e
}

// PositionTransferred appends a zeroed event for the caller to fill in.
func (t *Tape) PositionTransferred() *PositionTransferred {
	e := t.positionTransferred.next()
	t.add(e)
	return e
}

// Receipt appends a zeroed event for the caller to fill in.
func (t *Tape) Receipt() *Receipt {
	e := t.receipt.next()
	t.add(e)
	return e
}

// slabChunk is how many events of a kind are allocated together.
const slabChunk = 64

// slab hands out structs of one kind from chunks, so that pointers to earlier
// ones stay valid while it grows.
type slab[T any] struct {
	used    uint
	current *[slabChunk]T // The chunk of the last one.
	chunks  []*[slabChunk]T
}

func (s *slab[T]) next() *T {
	n := s.used
	if n%slabChunk == 0 {
		s.turn()
	}
	s.used = n + 1
	e := &s.current[n%slabChunk]
	var zero T
	*e = zero
	return e
}

// turn goes on to the next chunk.
func (s *slab[T]) turn() {
	c := int(s.used / slabChunk)
	if c == len(s.chunks) {
		s.chunks = append(s.chunks, new([slabChunk]T))
	}
	s.current = s.chunks[c]
}
