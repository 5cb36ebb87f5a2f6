package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

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

// cursor takes numbers off a slice; short says that there were too few bytes.
type cursor struct {
	src   []byte
	short bool
}

func (r *cursor) take(n int) []byte {
	if n < 0 || len(r.src) < n {
		r.short = true
		return make([]byte, max(n, 8))
	}
	b := r.src[:n]
	r.src = r.src[n:]
	return b
}

func (r *cursor) u8() byte    { return r.take(1)[0] }
func (r *cursor) u16() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *cursor) u32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *cursor) u64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }

// loadOwn reads what the engine itself owns.
func (e *Engine) loadOwn(src []byte) ([]byte, error) {
	r := &cursor{src: src}
	if r.u8() != stateVersion {
		return nil, errState
	}
	e.seq, e.now = venue.Seq(r.u64()), venue.Time(r.u64())
	e.version, e.trade = r.u32(), venue.TradeID(r.u64())
	waiting := r.u32()
	if r.short || e.version > Version || waiting > uint32(e.limits.Instruments) {
		return nil, errState
	}
	for range waiting {
		e.unelected = append(e.unelected, venue.InstrumentID(r.u16()))
	}
	if r.short {
		return nil, errState
	}
	return r.src, nil
}

// Hash is a digest of a state.
type Hash [sha256.Size]byte

// String returns the first half in hex, which is what people compare.
func (h Hash) String() string { return fmt.Sprintf("%x", h[:16]) }

// StateHash returns the digest of the whole state. It walks everything.
func (e *Engine) StateHash() Hash { return sha256.Sum256(e.AppendState(nil)) }
