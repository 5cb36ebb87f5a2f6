package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/plain"
	"github.com/clearhour/clearhour/venue/scale"
)

// genesis is what a venue lists: the content of a --genesis file. Listing is
// done once per symbol; starting again with the same file changes nothing.
type genesis struct {
	Instruments []listing `json:"instruments"`
	Accounts    []opening `json:"accounts"`
	// Collateral are assets other than money that count towards margin.
	Collateral []pledge `json:"collateral,omitempty"`
	// Liquidation is in force from the first listing on; without it nobody is
	// liquidated.
	Liquidation *liquidationRules `json:"liquidation,omitempty"`
	// Operators are those who may change things by two keys, at least two of them.
	Operators []venue.OperatorID `json:"operators,omitempty"`
	// Changes are made once, after the first listing and in this order, without
	// keys or notice: indices, references, schedules, protections, fee tiers.
	Changes []plain.Change `json:"changes,omitempty"`
}

// listing is an instrument and how it begins.
type listing struct {
	plain.Instrument
	// Mark is its first mark, in the unit of its prices.
	Mark string `json:"mark"`
	// Reference says how the mark follows an index; without it marks are set.
	Reference *referenceRules `json:"reference,omitempty"`
}

// opening is an account and what it is given at the start.
type opening struct {
	Owner venue.OwnerID `json:"owner"`
	// Isolated is the symbol of the one future that the account trades, empty for
	// all (MAR-14).
	Isolated string `json:"isolated,omitempty"`
	// Money is in dollars; empty for none.
	Money string `json:"money,omitempty"`
	// Capacity is lots by symbol of a spot instrument.
	Capacity map[string]int64 `json:"capacity,omitempty"`
	// Collateral is whole units by asset, for example "0.5".
	Collateral map[string]string `json:"collateral,omitempty"`
}

// readGenesis reads a file strictly: an unknown key is an error.
func readGenesis(path string) (*genesis, error) {
	var g genesis
	if err := readStrictly(path, &g); err != nil {
		return nil, fmt.Errorf("genesis %w", err)
	}
	return &g, nil
}

// readStrictly reads a file of one JSON value. The error names the file.
func readStrictly(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// parser reads decimals and keeps the first error.
type parser struct {
	what string
	err  error
}

func (p *parser) fail(field, text string, err error) {
	if p.err == nil {
		p.err = fmt.Errorf("genesis: %s: %s %q: %w", p.what, field, text, err)
	}
}

func (p *parser) money(field, text string) venue.Amount {
	v, bad := scale.ParseAmount([]byte(text), 6)
	if bad != nil {
		p.fail(field, text, bad)
	}
	return v
}

func (p *parser) rate(field, text string) venue.Rate {
	v, bad := scale.ParseRate([]byte(text))
	if bad != nil {
		p.fail(field, text, bad)
	}
	return v
}
