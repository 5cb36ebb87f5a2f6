package changes

import (
	"encoding/binary"
	"errors"

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
	r := reader{src: src}
	for n := r.take(1)[0]; n > 0 && !r.short; n-- {
		o := venue.OperatorID(binary.LittleEndian.Uint32(r.take(4)))
		if k := len(b.operators); o == 0 || k == MaxOperators || k > 0 && b.operators[k-1] >= o {
			return nil, ErrState
		}
		b.operators = append(b.operators, o)
	}
	for n := r.take(1)[0]; n > 0 && !r.short; n-- {
		if !b.load(&r) {
			return nil, ErrState
		}
	}
	if r.short {
		return nil, ErrState
	}
	return r.src, nil
}

// load reads the next pending change.
func (b *Book) load(r *reader) bool {
	p := Pending{
		Approver: venue.OperatorID(binary.LittleEndian.Uint32(r.take(4))),
		At:       venue.Time(binary.LittleEndian.Uint64(r.take(8))),
	}
	outer, err := wire.ParseContent(r.take(int(binary.LittleEndian.Uint16(r.take(2)))))
	if r.short || err != nil || len(b.pending) == MaxPending {
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

// reader takes a state apart; short says that there were too few bytes.
type reader struct {
	src   []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if len(r.src) < n {
		r.short, r.src = true, nil
		return make([]byte, max(n, 8))
	}
	b := r.src[:n]
	r.src = r.src[n:]
	return b
}
