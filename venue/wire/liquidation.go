package wire

import "github.com/clearhour/clearhour/venue"

// Lengths of the bodies of the events of liquidations.
const (
	liquidationTermsSize    = 72
	liquidationSetSize      = 4 + liquidationTermsSize
	insuranceFundedSize     = 8
	accountStateChangedSize = 45
	positionTransferredSize = 26
	receiptSize             = 19 + venue.MaxInputs*8 + venue.MaxResults*8 + len(venue.Hash{})
)

// liquidationBody moves the body of an event of liquidations.
func liquidationBody(w way, b []byte, e venue.Event) {
	if e, ok := e.(*venue.LiquidationSet); ok {
		liquidationSet(w, b, e)
	}
	if e, ok := e.(*venue.InsuranceFunded); ok {
		insuranceFunded(w, b, e)
	}
	if e, ok := e.(*venue.AccountStateChanged); ok {
		accountStateChanged(w, b, e)
	}
	if e, ok := e.(*venue.PositionTransferred); ok {
		positionTransferred(w, b, e)
	}
	if e, ok := e.(*venue.Receipt); ok {
		receipt(w, b, e)
	}
}

func liquidationTerms(w way, b []byte, m *venue.LiquidationTerms) {
	b = b[:liquidationTermsSize]
	num64(w, b[0:], &m.Target)
	num64(w, b[8:], &m.Fee)
	num64(w, b[16:], &m.Spread)
	num64(w, b[24:], &m.Fraction)
	num64(w, b[32:], &m.MaxConsumed)
	num64(w, b[40:], &m.FullSize)
	num64(w, b[48:], &m.Cap)
	num64(w, b[56:], &m.Window)
	num64(w, b[64:], &m.Step)
}

func liquidationSet(w way, b []byte, m *venue.LiquidationSet) {
	num32(w, b, &m.Version)
	liquidationTerms(w, b[4:], &m.Terms)
}

func insuranceFunded(w way, b []byte, m *venue.InsuranceFunded) { num64(w, b, &m.Amount) }

func accountStateChanged(w way, b []byte, m *venue.AccountStateChanged) {
	b = b[:accountStateChangedSize]
	num32(w, b[0:], &m.Account)
	num8(w, b[4:], &m.State)
	num64(w, b[5:], &m.Cash)
	num64(w, b[13:], &m.Unrealised)
	num64(w, b[21:], &m.Initial)
	num64(w, b[29:], &m.Maintenance)
	num64(w, b[37:], &m.Collateral)
}

func positionTransferred(w way, b []byte, m *venue.PositionTransferred) {
	b = b[:positionTransferredSize]
	num16(w, b[0:], &m.Instrument)
	num32(w, b[2:], &m.From)
	num32(w, b[6:], &m.To)
	num64(w, b[10:], &m.Qty)
	num64(w, b[18:], &m.Value)
}

func receipt(w way, b []byte, m *venue.Receipt) {
	b = b[:receiptSize]
	num64(w, b[0:], &m.Number)
	num8(w, b[8:], &m.Rule)
	num32(w, b[9:], &m.Parameters)
	num32(w, b[13:], &m.Account)
	num16(w, b[17:], &m.Instrument)
	at := 19
	for _, part := range [...][]byte{m.Inputs[:], m.Results[:], m.Hash[:]} {
		at += moved(w, b[at:], part)
	}
}

// moved moves bytes as they are and returns how many.
func moved(w way, b, p []byte) int {
	if w == put {
		return copy(b, p)
	}
	return copy(p, b)
}
