package wire

import (
	"encoding/binary"
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// recordVersion is the version of all record layouts so far. A kind whose
// layout changes gets its own number and keeps the decoding of the old one.
const recordVersion = 1

// way is the direction of a description: put writes the message into the
// bytes, get reads it from them.
type way bool

const (
	put way = true
	get way = false
)

// num64 moves eight bytes at the start of b.
func num64[T ~int64 | ~uint64](w way, b []byte, p *T) {
	if w == put {
		binary.LittleEndian.PutUint64(b, uint64(*p))
		return
	}
	*p = T(binary.LittleEndian.Uint64(b))
}

// num32 moves four bytes at the start of b.
func num32[T ~uint32](w way, b []byte, p *T) {
	if w == put {
		binary.LittleEndian.PutUint32(b, uint32(*p))
		return
	}
	*p = T(binary.LittleEndian.Uint32(b))
}

// num16 moves two bytes at the start of b.
func num16[T ~uint16](w way, b []byte, p *T) {
	if w == put {
		binary.LittleEndian.PutUint16(b, uint16(*p))
		return
	}
	*p = T(binary.LittleEndian.Uint16(b))
}

// num8 moves the first byte of b.
func num8[T ~uint8](w way, b []byte, p *T) {
	if w == put {
		b[0] = uint8(*p)
		return
	}
	*p = T(b[0])
}

// clOrdID moves the twenty bytes of an identifier at the start of b, padding
// included: what it consists of is for the core to judge.
func clOrdID(w way, b []byte, p *venue.ClOrdID) {
	if w == put {
		*(*venue.ClOrdID)(b) = *p
		return
	}
	*p = *(*venue.ClOrdID)(b)
}

// boolean moves a boolean at the start of b and refuses a byte that is none.
func boolean(w way, b []byte, p *bool) Problem {
	if w == put {
		b[0] = 0
		if *p {
			b[0] = 1
		}
		return 0
	}
	*p = b[0] == 1
	if b[0] > 1 {
		return BadBool
	}
	return 0
}

// extend makes dst longer by n bytes and returns it with those bytes, whose
// content is undefined: the caller writes each of them.
func extend(dst []byte, n int) (longer, added []byte) {
	from := len(dst)
	if cap(dst)-from < n {
		dst = slices.Grow(dst, n)
	}
	dst = dst[:from+n]
	return dst, dst[from:]
}
