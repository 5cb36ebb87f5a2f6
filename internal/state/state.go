package state

import "encoding/binary"

// Reader takes a state apart from the front.
type Reader struct {
	// Src is what has not been read yet.
	Src []byte
	// OK is false once too few bytes were left, or when the caller found something
	// that no state holds. All reads give zeroes from the first shortage on.
	OK bool
}

// NewReader returns a Reader of the bytes.
func NewReader(src []byte) *Reader { return &Reader{Src: src, OK: true} }

// Take returns the next n bytes, zeroes when there are fewer or n is below 0.
func (r *Reader) Take(n int) []byte {
	if n < 0 || n > len(r.Src) {
		r.OK, r.Src = false, nil
		return make([]byte, max(n, 0))
	}
	b := r.Src[:n]
	r.Src = r.Src[n:]
	return b
}

// U8 reads a byte.
func (r *Reader) U8() uint8 { return r.Take(1)[0] }

// U16 reads an unsigned number of two bytes.
func (r *Reader) U16() uint16 { return binary.LittleEndian.Uint16(r.Take(2)) }

// U32 reads an unsigned number of four bytes.
func (r *Reader) U32() uint32 { return binary.LittleEndian.Uint32(r.Take(4)) }

// U64 reads an unsigned number of eight bytes.
func (r *Reader) U64() uint64 { return binary.LittleEndian.Uint64(r.Take(8)) }

// I64 reads a signed number of eight bytes.
func (r *Reader) I64() int64 { return int64(r.U64()) }
