package ledger

import (
	"encoding/binary"

	"github.com/clearhour/clearhour/venue"
)

// isolationBytes is the size of a record of the isolated accounts.
const isolationBytes = 4 + 2

// appendIsolated writes the isolated accounts, by rising account.
func (l *Ledger) appendIsolated(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(len(l.isolated)))
	for _, x := range l.isolated {
		dst = le.AppendUint32(dst, uint32(x.account))
		dst = le.AppendUint16(dst, uint16(x.instrument))
	}
	return dst
}

// loadIsolated reads them, after the holdings: none of an isolated account is in
// another instrument.
func (l *Ledger) loadIsolated(r *reader) {
	last := venue.AccountID(0)
	for range r.count(isolationBytes, l.limits.Accounts) {
		x := isolation{venue.AccountID(r.U32()), venue.InstrumentID(r.U16())}
		if !r.OK || x.account <= last || !l.Trades(x.account) || x.instrument == 0 || int(x.instrument) >= len(l.terms) {
			r.OK = false
			return
		}
		last = x.account
		l.isolated = append(l.isolated, x)
	}
	for i := 1; i < len(l.holdings); i++ {
		if x := &l.holdings[i]; l.outside(x.Account, x.Instrument).Refused() {
			r.OK = false
			return
		}
	}
}
