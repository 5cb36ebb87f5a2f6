package wire

import (
	"encoding/binary"
	"math"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Version is the version of the batch layout.
const Version = 1

// BatchHeaderSize is the length of the header of a batch:
//
//	0  version  u8   1
//	1  flags    u8   0
//	2  reserved u16  0
//	4  count    u32  number of records, at least 1
//	8  first    u64  Seq of the first record, the others follow without a gap
//	16 time     i64  Time of all records
const BatchHeaderSize = 24

// recordHeaderSize is the length of what each command starts with:
//
//	0  length   u16  of the whole record, these eight bytes included
//	2  kind     u8   venue.CommandKind
//	3  version  u8   of the layout of the kind
//	4  session  u32  who sent the command
const recordHeaderSize = 8

// AppendBatchHeader appends the header of a batch of count commands, the first
// of which is numbered first. The records of AppendCommand follow it.
func AppendBatchHeader(dst []byte, first venue.Seq, time venue.Time, count uint32) []byte {
	dst, b := extend(dst, BatchHeaderSize)
	PutBatchHeader(b, first, time, count)
	return dst
}

// PutBatchHeader writes the header into the first BatchHeaderSize bytes of b,
// for a buffer that kept room for it while commands were appended.
func PutBatchHeader(b []byte, first venue.Seq, time venue.Time, count uint32) {
	assert.That(count > 0 && first > 0, "batch without commands or number")
	b = b[:BatchHeaderSize]
	binary.LittleEndian.PutUint32(b, Version)
	binary.LittleEndian.PutUint32(b[4:], count)
	binary.LittleEndian.PutUint64(b[8:], uint64(first))
	binary.LittleEndian.PutUint64(b[16:], uint64(time))
}

// Decoder reads the batches that AppendBatchHeader and AppendCommand wrote. It
// holds structs for each kind of command and reuses them, so that reading allocates
// nothing but the strings and brackets of listings. The zero value is ready for
// Reset. A Decoder is not for concurrent use.
type Decoder struct {
	payload []byte
	at      int    // Offset of the next record.
	left    uint32 // Records not yet read.
	count   uint32
	first   venue.Seq
	seq     venue.Seq // Of the next record.
	time    venue.Time

	setVersion       venue.SetVersion
	listAsset        venue.ListAsset
	listInstrument   venue.ListInstrument
	setLiquidation   venue.SetLiquidation
	fundInsurance    venue.FundInsurance
	setPhase         venue.SetPhase
	setMark          venue.SetMark
	setFeeTiers      venue.SetFeeTiers
	settleInstrument venue.SettleInstrument
	setSchedule      venue.SetSchedule
	setProtections   venue.SetProtections
	openAccount      venue.OpenAccount
	deposit          venue.Deposit
	withdraw         venue.Withdraw
	massCancel       venue.MassCancel
	tick             venue.Tick
	listIndex        venue.ListIndex
	publishReading   venue.PublishReading
	publishMeter     venue.PublishMeter
	setReference     venue.SetReference
	setCollateral    venue.SetCollateral
	transfer         venue.Transfer
	sellCollateral   venue.SellCollateral
	changes          changes

	massQuote          venue.MassQuote
	setQuoteProtection venue.SetQuoteProtection
	cancelQuotes       venue.CancelQuotes

	// Of the frequent kinds there is one for each place of a group.
	place       int
	group       [Group]venue.Envelope
	placeOrder  [Group]venue.PlaceOrder
	cancelOrder [Group]venue.CancelOrder
	amendOrder  [Group]venue.AmendOrder
}

// Group is how many commands NextGroup reads at most.
const Group = 16

// Reset starts on a batch and checks its header. The payload is read until the
// last Next and must not change before. After an error Next returns false.
func (d *Decoder) Reset(payload []byte) error {
	d.payload, d.at, d.left, d.count = nil, 0, 0, 0
	if len(payload) < BatchHeaderSize {
		return &Error{Problem: Short}
	}
	if payload[0] != Version {
		return &Error{Problem: UnknownWireVersion}
	}
	if payload[1] != 0 || payload[2] != 0 || payload[3] != 0 {
		return &Error{Problem: ReservedNotZero}
	}
	count := binary.LittleEndian.Uint32(payload[4:])
	if count == 0 {
		return &Error{Problem: EmptyBatch}
	}
	first := venue.Seq(binary.LittleEndian.Uint64(payload[8:]))
	if first == 0 || first > math.MaxUint64-venue.Seq(count-1) {
		return &Error{Problem: BadSeq}
	}
	d.payload, d.at = payload, BatchHeaderSize
	d.count, d.left = count, count
	d.first, d.seq = first, first
	d.time = venue.Time(binary.LittleEndian.Uint64(payload[16:]))
	return nil
}

// First returns the Seq of the first command of the batch.
func (d *Decoder) First() venue.Seq { return d.first }

// Time returns the Time of all commands of the batch.
func (d *Decoder) Time() venue.Time { return d.time }

// Count returns how many commands the batch has, read or not.
func (d *Decoder) Count() uint32 { return d.count }

// Next reads the next command into e and says whether there was one. e.Command
// points into the decoder and is valid until the next call; strings and
// brackets in it are fresh and may be kept. Bytes behind the last command are
// reported with it. After an error the rest of the batch is not readable.
func (d *Decoder) Next(e *venue.Envelope) (bool, error) {
	if d.left == 0 {
		return false, nil
	}
	b := d.payload[d.at:]
	if len(b) < recordHeaderSize {
		return d.refuse(Short, 0)
	}
	n := int(binary.LittleEndian.Uint16(b))
	kind := b[2]
	if n < recordHeaderSize {
		return d.refuse(WrongLength, kind)
	}
	if n > len(b) {
		return d.refuse(Short, kind)
	}
	if b[3] != recordVersion {
		return d.refuse(UnknownVersion, kind)
	}
	if d.left == 1 && n != len(b) {
		return d.refuse(Trailing, kind)
	}
	c, problem := d.command(venue.CommandKind(kind), b[recordHeaderSize:n])
	if problem != 0 {
		return d.refuse(problem, kind)
	}
	e.Seq, e.Time, e.Command = d.seq, d.time, c
	e.Session = venue.SessionID(binary.LittleEndian.Uint32(b[4:]))
	d.at += n
	d.left--
	d.seq++
	return true, nil
}

// NextGroup reads the next commands, at most Group, and returns none at the end of
// the batch. Whoever applies them can look ahead. The group, and what its commands
// point to, is valid until the next call; it ends early after a command of a kind
// that is not frequent. With an error, the commands before the bad one are good.
func (d *Decoder) NextGroup() ([]venue.Envelope, error) {
	for n := range d.group {
		d.place = n
		more, err := d.Next(&d.group[n])
		if err != nil || !more {
			d.place = 0
			return d.group[:n], err
		}
		k := d.group[n].Command.Kind()
		if k != venue.KindPlaceOrder && k != venue.KindCancelOrder && k != venue.KindAmendOrder {
			d.place = 0
			return d.group[:n+1], nil
		}
	}
	d.place = 0
	return d.group[:], nil
}

func (d *Decoder) refuse(p Problem, kind uint8) (bool, error) {
	d.left = 0
	return false, &Error{Problem: p, At: d.at, Kind: kind}
}
