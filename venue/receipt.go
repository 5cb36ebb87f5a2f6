package venue

import (
	"crypto/sha256"
	"encoding/binary"
)

// Rule names the rule of which a receipt is; the numbers are kept for ever.
type Rule uint8

// Rules that leave receipts.
const (
	// RuleTrigger is LIQ-01: the state of an account.
	RuleTrigger Rule = 1
	// RulePartial is LIQ-02: how many lots are to be closed.
	RulePartial Rule = 2
	// RuleBankruptcy is LIQ-03: what the insurance fund receives or pays.
	RuleBankruptcy Rule = 3
	// RuleDisposal is LIQ-04: how much of a position the fund sells in a step.
	RuleDisposal Rule = 4
	// RuleDrawCap is LIQ-05: how much of a position the fund can take.
	RuleDrawCap Rule = 5
	// RuleDeleverage is LIQ-05: how early an account is deleveraged.
	RuleDeleverage Rule = 6
	// RuleLimit is R-LIQ-LIMIT: the limit of an order that liquidates.
	RuleLimit Rule = 7
	// RuleSeizure is MAR-13: how much collateral the insurance fund takes for a debt.
	RuleSeizure Rule = 8
	// RuleGain is LIQ-06: what an account gives of its gains.
	RuleGain Rule = 9
	// RuleDebt is LIQ-06: what an account owes that gains pay.
	RuleDebt Rule = 10
	// RuleOffset is LIQ-05: what the insurance fund pays for lots that close a
	// position of its own.
	RuleOffset Rule = 11

	// LastRule is the highest number of a rule.
	LastRule = RuleOffset
)

// String returns the id of the rule.
func (r Rule) String() string {
	names := [...]string{
		RuleTrigger: "LIQ-01", RulePartial: "LIQ-02", RuleBankruptcy: "LIQ-03", RuleDisposal: "LIQ-04",
		RuleDrawCap: "LIQ-05", RuleDeleverage: "LIQ-05", RuleLimit: "R-LIQ-LIMIT", RuleSeizure: "MAR-13",
		RuleGain: "LIQ-06", RuleDebt: "LIQ-06", RuleOffset: "LIQ-05",
	}
	if int(r) >= len(names) || names[r] == "" {
		return "rule?"
	}
	return names[r]
}

// Sizes of the vectors of a receipt, in numbers.
const (
	MaxInputs  = 12
	MaxResults = 3
)

// Inputs is a vector of int64 as bytes, little-endian, the rest zero.
type Inputs [MaxInputs * 8]byte

// Results is a vector like Inputs.
type Results [MaxResults * 8]byte

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// PackInputs returns the numbers as bytes. There are at most MaxInputs.
func PackInputs(numbers ...int64) (in Inputs) {
	for i, n := range numbers {
		binary.LittleEndian.PutUint64(in[8*i:], uint64(n))
	}
	return in
}

// At returns one number.
func (in *Inputs) At(i int) int64 { return int64(binary.LittleEndian.Uint64(in[8*i:])) }

// PackResults returns the numbers as bytes. There are at most MaxResults.
func PackResults(numbers ...int64) (out Results) {
	for i, n := range numbers {
		binary.LittleEndian.PutUint64(out[8*i:], uint64(n))
	}
	return out
}

// At returns one number.
func (out *Results) At(i int) int64 { return int64(binary.LittleEndian.Uint64(out[8*i:])) }

// Receipt says what one step of a liquidation was computed from, by which rule,
// and what came out, so that anybody can compute it again. Package risk says what
// the numbers of each rule mean.
type Receipt struct {
	// Number counts the receipts from 1 without a gap.
	Number uint64
	// Rule is what was applied, Parameters the version of the terms of liquidation.
	Rule       Rule
	Parameters uint32
	// Account is whose, Instrument in what; 0 for the account as a whole.
	Account    AccountID
	Instrument InstrumentID
	// Inputs are all that the rule saw beyond the terms of the instrument.
	Inputs Inputs
	// Results are what came out.
	Results Results
	// Hash is that of the receipt before, or zero, and of all fields above.
	Hash Hash
}

func (*Receipt) isEvent() {}

// Kind returns EventReceipt.
func (*Receipt) Kind() EventKind { return EventReceipt }

// Seal returns the SHA-256 of the hash of the receipt before and of the fields of
// this one but its own hash, in the order of the record on the wire.
func (r *Receipt) Seal(before Hash) Hash {
	var b [sha256.Size + 19 + MaxInputs*8 + MaxResults*8]byte
	n := copy(b[:], before[:])
	binary.LittleEndian.PutUint64(b[n:], r.Number)
	b[n+8] = byte(r.Rule)
	binary.LittleEndian.PutUint32(b[n+9:], r.Parameters)
	binary.LittleEndian.PutUint32(b[n+13:], uint32(r.Account))
	binary.LittleEndian.PutUint16(b[n+17:], uint16(r.Instrument))
	n += 19
	n += copy(b[n:], r.Inputs[:])
	copy(b[n:], r.Results[:])
	return sha256.Sum256(b[:])
}
