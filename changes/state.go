package changes

import (
	"encoding/binary"
	"errors"

	"github.com/clearhour/clearhour/internal/state"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// ErrState says that bytes are no state of a Book.
var ErrState = errors.New("changes: not a state")

// AppendState appends the state to dst, little-endian: operators after their
// number in a byte, and pending changes after theirs: approver, time, and the
// proposal as the record that venue/wire makes of it.
func (b *Book) AppendState(dst []byte) []byte {
	le := binary.LittleEndian
	dst = append(dst, byte(len(b.operators)))
	for _, o := range b.operators {
		dst = le.AppendUint32(dst, uint32(o))
	}
	dst = append(dst, byte(len(b.pending)))
	for i := range b.pending {
		p := &b.pending[i]
		dst = le.AppendUint32(dst, uint32(p.Approver))
		dst = le.AppendUint64(dst, uint64(p.At))
		record := wire.Content(&p.Proposal)
		dst = le.AppendUint16(dst, uint16(len(record)))
		dst = append(dst, record...)
	}
	return dst
}

// LoadState reads what AppendState wrote into an empty book and returns what
// follows. After an error, which is ErrState, the book must not be used.
func (b *Book) LoadState(src []byte) ([]byte, error) {
	r := state.NewReader(src)
	for n := r.U8(); n > 0 && r.OK; n-- {
		o := venue.OperatorID(r.U32())
		if k := len(b.operators); o == 0 || k == MaxOperators || k > 0 && b.operators[k-1] >= o {
			return nil, ErrState
		}
		b.operators = append(b.operators, o)
	}
	for n := r.U8(); n > 0 && r.OK; n-- {
		if !b.load(r) {
			return nil, ErrState
		}
	}
	if !r.OK {
		return nil, ErrState
	}
	return r.Src, nil
}

// load reads the next pending change.
func (b *Book) load(r *state.Reader) bool {
	p := Pending{
		Approver: venue.OperatorID(r.U32()),
		At:       venue.Time(r.U64()),
	}
	outer, err := wire.ParseContent(r.Take(int(r.U16())))
	if !r.OK || err != nil || len(b.pending) == MaxPending {
		return false
	}
	c, ok := outer.(*venue.ProposeChange)
	if !ok || !isName(c.Change) || b.find(c.Change) >= 0 {
		return false
	}
	if p.Command, err = wire.ParseContent(c.Content); err != nil {
		return false
	}
	if _, ok = RuleOf(p.Command.Kind()); !ok {
		return false
	}
	if k := len(b.pending); k > 0 && b.pending[k-1].At > p.At {
		return false
	}
	p.Proposal, p.Digest = *c, c.Digest()
	b.pending = append(b.pending, p)
	return true
}
