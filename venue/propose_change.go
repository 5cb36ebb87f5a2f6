package venue

import (
	"crypto/sha256"
	"encoding/binary"
)

// ProposeChange asks for a change of how the venue runs (ADM-05). It does nothing
// until another operator approves it.
type ProposeChange struct {
	// Operator proposes.
	Operator OperatorID
	// Change is its name, chosen by the proposer and free: none that is pending.
	Change ClOrdID
	// Reason says why.
	Reason ChangeReason
	// Effective is the earliest time at which it takes effect, 0 for as soon as its
	// notice allows.
	Effective Time
	// Content is the command that is to be done, as the record that venue/wire makes
	// of it with session 0; at most MaxContent bytes.
	Content []byte
}

func (*ProposeChange) isCommand() {}

// Kind returns KindProposeChange.
func (*ProposeChange) Kind() CommandKind { return KindProposeChange }

// Digest is what an approval names: the hash of everything that was proposed, so
// that nobody approves what they have not seen.
func (c *ProposeChange) Digest() Hash {
	h := make([]byte, 0, 64+len(c.Content))
	h = binary.LittleEndian.AppendUint32(h, uint32(c.Operator))
	h = append(h, c.Change[:]...)
	h = append(h, byte(c.Reason))
	h = binary.LittleEndian.AppendUint64(h, uint64(c.Effective))
	h = append(h, c.Content...)
	return sha256.Sum256(h)
}
