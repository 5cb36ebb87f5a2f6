package venue

// AccountID names an account. Ids are given in rising order from FirstAccount;
// lower ids belong to the venue itself.
type AccountID uint32

// OwnerID names who owns accounts. Self-trade prevention works by owner.
type OwnerID uint32

// Accounts of the venue itself.
const (
	// NoAccount is the zero value and never a valid account.
	NoAccount AccountID = 0
	// World is the counter-account of deposits and withdrawals: what is outside.
	World AccountID = 1
	// Fees receives trading fees.
	Fees AccountID = 2
	// Residue receives the residue of every rounding that has no other owner.
	Residue AccountID = 3
	// Insurance is the insurance fund.
	Insurance AccountID = 4
	// FirstAccount is the lowest id that OpenAccount may give.
	FirstAccount AccountID = 16
)

// InstrumentID names an instrument from 1; 0 means none, or all in a filter.
type InstrumentID uint16

// AssetID names an asset from 1; USD is always 1.
type AssetID uint16

// USD is the asset in which everything is priced, in micro-dollars.
const USD AssetID = 1

// OrderID names an order for ever: generation<<32 | slot. It is given by the
// book, is never zero and never reused.
type OrderID uint64

// TradeID numbers trades of the venue from 1 without a gap.
type TradeID uint64

// SessionID names the gateway session that sent a command; 0 is the venue
// itself. Orders remember it, so that a lost connection can cancel them.
type SessionID uint32

// HoldingID is the dense index of an (account, instrument) pair, from 1. The
// ledger gives it; the book carries it with each order, so that neither needs a
// map to find the other's record.
type HoldingID uint32

// ClOrdID is an identifier chosen by the client: 1 to 20 visible ASCII bytes,
// padded with zero bytes (the length is that of CME iLink 3, tag 11).
type ClOrdID [20]byte

// ParseClOrdID returns s as an identifier and whether it is one.
func ParseClOrdID(s string) (ClOrdID, bool) {
	var id ClOrdID
	if s == "" || len(s) > len(id) {
		return ClOrdID{}, false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return ClOrdID{}, false
		}
		id[i] = s[i]
	}
	return id, true
}

// Len returns the number of bytes before the padding.
func (id *ClOrdID) Len() int {
	n := len(id)
	for n > 0 && id[n-1] == 0 {
		n--
	}
	return n
}

// String returns the text of the identifier without its padding.
func (id ClOrdID) String() string { return string(id[:id.Len()]) }

// IsZero says whether no identifier was given.
func (id *ClOrdID) IsZero() bool { return id[0] == 0 }
