package wire

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// eventHeaderSize is the length of what each event record starts with:
//
//	0  length   u16  of the whole record, these 28 bytes included
//	2  kind     u8   venue.EventKind
//	3  version  u8   of the layout of the kind
//	4  session  u32  who sent the command that caused it
//	8  seq      u64  of the envelope that caused it
//	16 time     i64  of that envelope
//	24 index    u32  among the events of that envelope, from 0
const eventHeaderSize = 28

// AppendEvent appends the record of an event with its place. A string or list
// that no record can hold is a mistake of the caller and stops the program; in
// an event of the core there is none, because Fits kept it out.
func AppendEvent(dst []byte, e *venue.Entry) []byte {
	kind := e.Event.Kind()
	size := eventSize(kind)
	if size == variable {
		size = listingSize(e.Event)
	}
	assert.That(size >= 0, "event without a layout")
	size += eventHeaderSize
	dst, b := extend(dst, size)
	word := uint64(size) | uint64(kind)<<16 | recordVersion<<24 | uint64(e.Session)<<32
	binary.LittleEndian.PutUint64(b, word)
	binary.LittleEndian.PutUint64(b[8:], uint64(e.Seq))
	binary.LittleEndian.PutUint64(b[16:], uint64(e.Time))
	binary.LittleEndian.PutUint32(b[24:], e.Index)
	eventBody(put, b[eventHeaderSize:], e.Event)
	return dst
}

// EventDecoder reads records of events that stand back to back. It holds one
// struct per kind and reuses it, so that reading allocates nothing but the
// strings and brackets of listings. The zero value is ready for Reset. An
// EventDecoder is not for concurrent use.
type EventDecoder struct {
	records []byte
	at      int // Offset of the next record.

	versionSet        venue.VersionSet
	assetListed       venue.AssetListed
	instrumentListed  venue.InstrumentListed
	phaseChanged      venue.PhaseChanged
	markChanged       venue.MarkChanged
	accountOpened     venue.AccountOpened
	feeTiersSet       venue.FeeTiersSet
	variationPaid     venue.VariationPaid
	instrumentSettled venue.InstrumentSettled
	auctionIndicative venue.AuctionIndicative
	auctionUncrossing venue.AuctionUncrossing
	scheduleSet       venue.ScheduleSet
	protectionsSet    venue.ProtectionsSet
	deposited         venue.Deposited
	withdrawn         venue.Withdrawn
	commandRejected   venue.CommandRejected
	orderAccepted     venue.OrderAccepted
	orderRejected     venue.OrderRejected
	requestRepeated   venue.RequestRepeated
	orderTriggered    venue.OrderTriggered
	orderAmended      venue.OrderAmended
	orderReduced      venue.OrderReduced
	orderCanceled     venue.OrderCanceled
	cancelRejected    venue.CancelRejected
	massCanceled      venue.MassCanceled
	traded            venue.Traded
	levelChanged      venue.LevelChanged
	balanceChanged    venue.BalanceChanged
	positionChanged   venue.PositionChanged

	liquidationSet      venue.LiquidationSet
	insuranceFunded     venue.InsuranceFunded
	accountStateChanged venue.AccountStateChanged
	positionTransferred venue.PositionTransferred
	receipt             venue.Receipt
	gainsHaircut        venue.GainsHaircut
	debtPaid            venue.DebtPaid
	indexListed         venue.IndexListed
	indexPublished      venue.IndexPublished
	indexMetered        venue.IndexMetered
	windowMetered       venue.WindowMetered
	referenceSet        venue.ReferenceSet
	fundingClosed       venue.FundingClosed
	fundingPaid         venue.FundingPaid
	fundingSettled      venue.FundingSettled

	quoted                   venue.Quoted
	massQuoted               venue.MassQuoted
	quoteProtectionSet       venue.QuoteProtectionSet
	quoteProtectionTriggered venue.QuoteProtectionTriggered
	collateralSet            venue.CollateralSet
	transferred              venue.Transferred
	collateralSeized         venue.CollateralSeized
	collateralSold           venue.CollateralSold
	changes                  changeEvents
}

// Reset starts on records of AppendEvent, none or more. They must not change
// before the last Next.
func (d *EventDecoder) Reset(records []byte) { d.records, d.at = records, 0 }

// Next reads the next event into e and says whether there was one. e.Event
// points into the decoder and is valid until the next call; strings and
// brackets in it are fresh and may be kept. After an error the rest is not
// readable.
func (d *EventDecoder) Next(e *venue.Entry) (bool, error) {
	b := d.records[d.at:]
	if len(b) == 0 {
		return false, nil
	}
	if len(b) < eventHeaderSize {
		return d.refuse(Short, 0)
	}
	n := int(binary.LittleEndian.Uint16(b))
	kind := b[2]
	if n < eventHeaderSize {
		return d.refuse(WrongLength, kind)
	}
	if n > len(b) {
		return d.refuse(Short, kind)
	}
	if b[3] != recordVersion {
		return d.refuse(UnknownVersion, kind)
	}
	size := eventSize(venue.EventKind(kind))
	if size == unknown {
		return d.refuse(UnknownKind, kind)
	}
	if size != variable && size != n-eventHeaderSize {
		return d.refuse(WrongLength, kind)
	}
	event := d.event(venue.EventKind(kind))
	if p := eventBody(get, b[eventHeaderSize:n], event); p != 0 {
		return d.refuse(p, kind)
	}
	e.Session = venue.SessionID(binary.LittleEndian.Uint32(b[4:]))
	e.Seq = venue.Seq(binary.LittleEndian.Uint64(b[8:]))
	e.Time = venue.Time(binary.LittleEndian.Uint64(b[16:]))
	e.Index = binary.LittleEndian.Uint32(b[24:])
	e.Event = event
	d.at += n
	return true, nil
}

func (d *EventDecoder) refuse(p Problem, kind uint8) (bool, error) {
	err := &Error{Problem: p, At: d.at, Kind: kind}
	d.at = len(d.records)
	return false, err
}

// event returns the decoder's struct of a kind that eventSize knows.
func (d *EventDecoder) event(kind venue.EventKind) venue.Event {
	switch kind {
	case venue.EventVersionSet:
		return &d.versionSet
	case venue.EventAssetListed:
		return &d.assetListed
	case venue.EventInstrumentListed:
		return &d.instrumentListed
	case venue.EventPhaseChanged:
		return &d.phaseChanged
	case venue.EventMarkChanged:
		return &d.markChanged
	case venue.EventAccountOpened:
		return &d.accountOpened
	case venue.EventDeposited:
		return &d.deposited
	case venue.EventWithdrawn:
		return &d.withdrawn
	case venue.EventCommandRejected:
		return &d.commandRejected
	case venue.EventOrderAccepted:
		return &d.orderAccepted
	case venue.EventOrderRejected:
		return &d.orderRejected
	case venue.EventRequestRepeated:
		return &d.requestRepeated
	case venue.EventOrderTriggered:
		return &d.orderTriggered
	case venue.EventOrderAmended:
		return &d.orderAmended
	case venue.EventOrderReduced:
		return &d.orderReduced
	case venue.EventOrderCanceled:
		return &d.orderCanceled
	case venue.EventCancelRejected:
		return &d.cancelRejected
	case venue.EventMassCanceled:
		return &d.massCanceled
	case venue.EventTraded:
		return &d.traded
	case venue.EventLevelChanged:
		return &d.levelChanged
	case venue.EventBalanceChanged:
		return &d.balanceChanged
	case venue.EventPositionChanged:
		return &d.positionChanged
	}
	return d.rareEvent(kind)
}

// rareEvent is event for the kinds of which there are few.
func (d *EventDecoder) rareEvent(kind venue.EventKind) venue.Event {
	switch kind {
	case venue.EventAuctionIndicative:
		return &d.auctionIndicative
	case venue.EventAuctionUncrossing:
		return &d.auctionUncrossing
	case venue.EventScheduleSet:
		return &d.scheduleSet
	case venue.EventProtectionsSet:
		return &d.protectionsSet
	case venue.EventLiquidationSet:
		return &d.liquidationSet
	case venue.EventInsuranceFunded:
		return &d.insuranceFunded
	case venue.EventAccountStateChanged:
		return &d.accountStateChanged
	case venue.EventPositionTransferred:
		return &d.positionTransferred
	case venue.EventReceipt:
		return &d.receipt
	case venue.EventGainsHaircut, venue.EventDebtPaid:
		return d.debtEvent(kind)
	case venue.EventIndexListed:
		return &d.indexListed
	case venue.EventIndexPublished:
		return &d.indexPublished
	case venue.EventIndexMetered:
		return &d.indexMetered
	case venue.EventWindowMetered:
		return &d.windowMetered
	case venue.EventReferenceSet:
		return &d.referenceSet
	case venue.EventFundingClosed:
		return &d.fundingClosed
	case venue.EventFundingPaid:
		return &d.fundingPaid
	case venue.EventFundingSettled:
		return &d.fundingSettled
	case venue.EventQuoted, venue.EventMassQuoted, venue.EventQuoteProtectionSet, venue.EventQuoteProtectionTriggered:
		return d.quoteEvent(kind)
	case venue.EventCollateralSet, venue.EventTransferred, venue.EventCollateralSeized, venue.EventCollateralSold:
		return d.collateralEvent(kind)
	case venue.EventChangeProposed, venue.EventChangeApproved, venue.EventChangeEnded, venue.EventTermsSet, venue.EventOperatorSet:
		return d.changes.event(kind)
	}
	return d.operatorEvent(kind)
}
