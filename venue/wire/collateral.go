package wire

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Lengths of the bodies about collateral and the accounts of an owner.
const (
	collateralSize       = 20
	ownTransferSize      = 38
	soldSize             = 18
	collateralSeizedSize = 22
)

// collateralCommandSize is the part of commandSize for these commands.
func collateralCommandSize(k venue.CommandKind) int {
	if k == venue.KindSetCollateral {
		return collateralSize
	}
	if k == venue.KindTransfer {
		return ownTransferSize
	}
	return soldSize
}

// appendCollateral appends these commands.
func appendCollateral(dst []byte, session venue.SessionID, c venue.Command) []byte {
	dst, b := record(dst, session, c.Kind(), collateralCommandSize(c.Kind()))
	if c, ok := c.(*venue.SetCollateral); ok {
		collateral(put, b, c)
		return dst
	}
	if c, ok := c.(*venue.Transfer); ok {
		ownTransfer(put, b, c)
		return dst
	}
	sale, ok := c.(*venue.SellCollateral)
	assert.That(ok, "command without a layout")
	sold(put, b, sale)
	return dst
}

// collateral is the part of Decoder.command for these commands.
func (d *Decoder) collateral(kind venue.CommandKind, b []byte) venue.Command {
	if kind == venue.KindSetCollateral {
		collateral(get, b, &d.setCollateral)
		return &d.setCollateral
	}
	if kind == venue.KindTransfer {
		ownTransfer(get, b, &d.transfer)
		return &d.transfer
	}
	sold(get, b, &d.sellCollateral)
	return &d.sellCollateral
}

// collateralEventSize is the part of eventSize for these events.
func collateralEventSize(k venue.EventKind) int {
	switch k {
	case venue.EventCollateralSet:
		return collateralSize
	case venue.EventTransferred:
		return ownTransferSize
	case venue.EventCollateralSeized:
		return collateralSeizedSize
	case venue.EventCollateralSold:
		return soldSize
	}
	return unknown
}

// collateralEvent is the part of EventDecoder.event for these events.
func (d *EventDecoder) collateralEvent(kind venue.EventKind) venue.Event {
	switch kind {
	case venue.EventCollateralSet:
		return &d.collateralSet
	case venue.EventTransferred:
		return &d.transferred
	case venue.EventCollateralSeized:
		return &d.collateralSeized
	case venue.EventCollateralSold:
		return &d.collateralSold
	}
	return nil
}

// collateralBody is the part of eventBody for these events.
func collateralBody(w way, b []byte, e venue.Event) {
	switch e := e.(type) {
	case *venue.CollateralSet:
		collateral(w, b, (*venue.SetCollateral)(e))
	case *venue.Transferred:
		ownTransfer(w, b, (*venue.Transfer)(e))
	case *venue.CollateralSeized:
		seized(w, b, e)
	case *venue.CollateralSold:
		sold(w, b, (*venue.SellCollateral)(e))
	}
}

func collateral(w way, b []byte, m *venue.SetCollateral) {
	b = b[:collateralSize]
	num16(w, b[0:], &m.Asset)
	num64(w, b[2:], &m.Price)
	num64(w, b[10:], &m.Rate)
	num16(w, b[18:], &m.Index)
}

func ownTransfer(w way, b []byte, m *venue.Transfer) {
	b = b[:ownTransferSize]
	num32(w, b[0:], &m.Account)
	num32(w, b[4:], &m.To)
	num16(w, b[8:], &m.Asset)
	num64(w, b[10:], &m.Amount)
	clOrdID(w, b[18:], &m.Ref)
}

func sold(w way, b []byte, m *venue.SellCollateral) {
	b = b[:soldSize]
	num16(w, b[0:], &m.Asset)
	num64(w, b[2:], &m.Amount)
	num64(w, b[10:], &m.Proceeds)
}

func seized(w way, b []byte, m *venue.CollateralSeized) {
	b = b[:collateralSeizedSize]
	num32(w, b[0:], &m.Account)
	num16(w, b[4:], &m.Asset)
	num64(w, b[6:], &m.Amount)
	num64(w, b[14:], &m.Value)
}
