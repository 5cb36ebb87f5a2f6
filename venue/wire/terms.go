package wire

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Limits of what has no fixed length: a length is written in one byte.
const (
	// MaxString is the longest string, in bytes.
	MaxString = 255
	// MaxList is the longest list of brackets.
	MaxList = 255
)

const (
	assetFixedSize = 3   // What precedes the symbol of an asset.
	termsFixedSize = 113 // What precedes the strings of an instrument.
	bracketSize    = 24
)

// maxTermsSize is the length of an instrument with the longest strings and the
// longest list.
const maxTermsSize = termsFixedSize + 4*(1+MaxString) + 1 + MaxList*bracketSize

// MaxRecordSize is a length that no record exceeds: the event of a proposal with
// the longest content.
const MaxRecordSize = eventHeaderSize + changeProposedFixedSize + 2 + venue.MaxContent

// The longest command fits into a proposal.
const _ = uint(venue.MaxContent - recordHeaderSize - maxTermsSize)

func assetSize(symbol string) int { return assetFixedSize + 1 + len(symbol) }

// assetFixed is the part of a listed asset that has a fixed length.
func assetFixed(w way, b []byte, m *venue.ListAsset) {
	b = b[:assetFixedSize]
	num16(w, b[0:], &m.Asset)
	num8(w, b[2:], &m.Decimals)
}

// asset moves a listed asset; the length of b is right when it is written.
func asset(w way, b []byte, m *venue.ListAsset) Problem {
	if w == put {
		putAsset(b, m)
		return 0
	}
	return getAsset(b, m)
}

func putAsset(b []byte, m *venue.ListAsset) {
	assetFixed(put, b, m)
	putString(b[assetFixedSize:], m.Symbol)
}

func getAsset(b []byte, m *venue.ListAsset) Problem {
	if len(b) < assetFixedSize {
		return WrongLength
	}
	assetFixed(get, b, m)
	rest, ok := getString(b[assetFixedSize:], &m.Symbol)
	if !ok || len(rest) != 0 {
		return WrongLength
	}
	return 0
}

// termsFit refuses terms with a part that is longer than its length byte can say.
func termsFit(t *venue.Instrument) venue.Refusal {
	r := venue.Refusal{Reason: venue.BadField, Field: venue.FieldSymbol, Limit: MaxString}
	if len(t.Symbol) > MaxString {
		return r
	}
	r.Field = venue.FieldInstrument
	if len(t.Class) > MaxString || len(t.Region) > MaxString || len(t.Grade) > MaxString {
		return r
	}
	if len(t.Brackets) > MaxList {
		return venue.Refusal{Reason: venue.BadField, Field: venue.FieldBrackets, Limit: MaxList}
	}
	return venue.Refusal{}
}

func termsSize(t *venue.Instrument) int {
	assert.That(len(t.Brackets) <= MaxList, "more brackets than a record holds")
	return termsFixedSize + 4 + len(t.Symbol) + len(t.Class) + len(t.Region) + len(t.Grade) +
		1 + len(t.Brackets)*bracketSize
}

// termsFixed is the part of the terms that has a fixed length.
func termsFixed(w way, b []byte, t *venue.Instrument) {
	b = b[:termsFixedSize]
	num16(w, b[0:], &t.ID)
	num8(w, b[2:], &t.Kind)
	num8(w, b[3:], &t.Window)
	num16(w, b[4:], &t.Base)
	num16(w, b[6:], &t.Quote)
	num64(w, b[8:], &t.Start)
	num64(w, b[16:], &t.End)
	num64(w, b[24:], &t.Tick)
	num64(w, b[32:], &t.Hours)
	num64(w, b[40:], &t.Low)
	num64(w, b[48:], &t.High)
	num64(w, b[56:], &t.MaxQty)
	num64(w, b[64:], &t.Band)
	num64(w, b[72:], &t.Maker)
	num64(w, b[80:], &t.Taker)
	num8(w, b[88:], &t.Match)
	num64(w, b[89:], &t.Interest.Low)
	num64(w, b[97:], &t.Interest.High)
	num64(w, b[105:], &t.MaxPosition)
}

// terms moves the terms of an instrument; the length of b is right when they
// are written.
func terms(w way, b []byte, t *venue.Instrument) Problem {
	if w == put {
		putTerms(b, t)
		return 0
	}
	return getTerms(b, t)
}

func bracket(w way, b []byte, m *venue.Bracket) {
	b = b[:bracketSize]
	num64(w, b[0:], &m.Upto)
	num64(w, b[8:], &m.Initial)
	num64(w, b[16:], &m.Maintenance)
}

func putTerms(b []byte, t *venue.Instrument) {
	termsFixed(put, b, t)
	b = b[termsFixedSize:]
	b = putString(b, t.Symbol)
	b = putString(b, t.Class)
	b = putString(b, t.Region)
	b = putString(b, t.Grade)
	b[0] = uint8(len(t.Brackets))
	b = b[1:]
	for i := range t.Brackets {
		bracket(put, b[i*bracketSize:], &t.Brackets[i])
	}
}

// getTerms reads terms into t. Strings and brackets are fresh: the core keeps
// the terms of an instrument as long as it is listed.
func getTerms(b []byte, t *venue.Instrument) Problem {
	if len(b) < termsFixedSize {
		return WrongLength
	}
	termsFixed(get, b, t)
	b = b[termsFixedSize:]
	for _, s := range [...]*string{&t.Symbol, &t.Class, &t.Region, &t.Grade} {
		rest, ok := getString(b, s)
		if !ok {
			return WrongLength
		}
		b = rest
	}
	if len(b) == 0 || len(b)-1 != int(b[0])*bracketSize {
		return WrongLength
	}
	t.Brackets = nil
	if b[0] > 0 {
		t.Brackets = make([]venue.Bracket, b[0])
	}
	b = b[1:]
	for i := range t.Brackets {
		bracket(get, b[i*bracketSize:], &t.Brackets[i])
	}
	return 0
}

func putString(b []byte, s string) []byte {
	assert.That(len(s) <= MaxString, "string longer than a record holds")
	b[0] = uint8(len(s))
	return b[1+copy(b[1:], s):]
}

func getString(b []byte, s *string) (rest []byte, ok bool) {
	if len(b) == 0 || len(b)-1 < int(b[0]) {
		return nil, false
	}
	n := 1 + int(b[0])
	*s = string(b[1:n])
	return b[n:], true
}
