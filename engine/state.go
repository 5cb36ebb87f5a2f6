package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/clearhour/clearhour/internal/state"
	"github.com/clearhour/clearhour/venue"
)

// stateVersion is the layout of AppendState.
const stateVersion = 3

var errState = errors.New("engine: malformed state")

// AppendState appends the whole state, owner by owner.
func (e *Engine) AppendState(dst []byte) []byte {
	le := binary.LittleEndian
	dst = append(dst, stateVersion)
	dst = le.AppendUint64(dst, uint64(e.seq))
	dst = le.AppendUint64(dst, uint64(e.now))
	dst = le.AppendUint32(dst, e.version)
	dst = le.AppendUint64(dst, uint64(e.trade))
	dst = le.AppendUint32(dst, uint32(len(e.unelected)))
	for _, i := range e.unelected {
		dst = le.AppendUint16(dst, uint16(i))
	}
	dst = e.markets.AppendState(dst)
	dst = e.markets.AppendSessions(dst)
	dst = e.fees.AppendState(dst)
	dst = e.ledger.AppendState(dst)
	dst = e.appendVariation(dst)
	dst = e.appendEnding(dst)
	dst = e.books.AppendState(dst)
	dst = e.liq.append(e.seen.AppendState(dst))
	dst = e.indices.AppendState(dst)
	return e.call.append(e.quoting.append(e.changes.AppendState(e.appendCollateral(e.paying.append(dst)))))
}

// LoadState makes an empty engine what the writer of src was. The engine is
// unusable after an error.
func (e *Engine) LoadState(src []byte) error {
	rest, err := e.loadOwn(src)
	if err != nil {
		return err
	}
	if rest, err = e.markets.LoadState(rest); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	if rest, err = e.markets.LoadSessions(rest); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	e.relist()
	if rest, err = e.fees.LoadState(rest, e.now); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	for _, load := range []func([]byte) ([]byte, error){e.ledger.LoadState, e.loadVariation, e.loadEnding, e.books.LoadState, e.seen.LoadState, e.loadLiquidation, e.indices.LoadState, e.loadPaying, e.loadCollateral, e.changes.LoadState, e.loadQuotes, e.loadCall} {
		if rest, err = load(rest); err != nil {
			return fmt.Errorf("engine: %w", err)
		}
	}
	if len(rest) != 0 {
		return errState
	}
	for id := venue.InstrumentID(1); id <= e.markets.Count(); id++ {
		e.risk.SetInterest(id, e.ledger.Interest(id))
	}
	return nil
}

// relist tells risk, which keeps terms of its own, about the instruments.
func (e *Engine) relist() {
	for id := venue.InstrumentID(1); id <= e.markets.Count(); id++ {
		terms := e.markets.Get(id).Reserving()
		e.risk.List(&terms)
		if r := e.markets.Reference(id); r.Index != 0 {
			e.risk.SetStale(id, r.Stale)
		}
	}
}

// cursor takes a state apart, part by part.
type cursor struct{ *state.Reader }

func newCursor(src []byte) *cursor { return &cursor{state.NewReader(src)} }

// loadOwn reads what the engine itself owns.
func (e *Engine) loadOwn(src []byte) ([]byte, error) {
	r := newCursor(src)
	if r.U8() != stateVersion {
		return nil, errState
	}
	e.seq, e.now = venue.Seq(r.U64()), venue.Time(r.U64())
	e.version, e.trade = r.U32(), venue.TradeID(r.U64())
	waiting := r.U32()
	if !r.OK || e.version > Version || waiting > uint32(e.limits.Instruments) {
		return nil, errState
	}
	for range waiting {
		e.unelected = append(e.unelected, venue.InstrumentID(r.U16()))
	}
	if !r.OK {
		return nil, errState
	}
	return r.Src, nil
}

// Hash is a digest of a state.
type Hash [sha256.Size]byte

// String returns the first half in hex, which is what people compare.
func (h Hash) String() string { return fmt.Sprintf("%x", h[:16]) }

// StateHash returns the digest of the whole state. It walks everything.
func (e *Engine) StateHash() Hash { return sha256.Sum256(e.AppendState(nil)) }
