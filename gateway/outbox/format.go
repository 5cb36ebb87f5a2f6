package outbox

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// A segment is a header and records, all little-endian:
//
//	header  magic 8, session 4, segment 4, crc 4, zero 4
//	record  size 4, crc 4, num 8, seq 8, sub 4, type 2, kind 1, zero 1,
//	        time 8, expected 8, body
//
// The size is that of the body. The checksum covers the record but for itself.
const (
	magic      = "CHOUTBX1"
	headerSize = 24
	recordSize = 48
	// maxBody bounds a body, so that a damaged size is found at once.
	maxBody = 16 << 20
)

// kind says what a record is.
type kind uint8

// Kinds of record.
const (
	// message is an application message.
	message kind = 1
	// lease says that numbers up to num may have been used for messages that are
	// not kept. It also begins every segment.
	lease kind = 2
	// reset says that the numbers begin again; everything before is forgotten.
	reset kind = 3
	// exact says that numbers up to num were used and no more: the end of an
	// orderly run.
	exact kind = 4
)

// record is a decoded record; body points into the input.
type record struct {
	kind     kind
	num      uint64
	event    gateway.EventKey
	typ      gateway.MsgType
	time     venue.Time
	expected uint64
	body     []byte
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func appendHeader(dst []byte, session venue.SessionID, segment uint32) []byte {
	at := len(dst)
	dst = append(dst, magic...)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(session))
	dst = binary.LittleEndian.AppendUint32(dst, segment)
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[at:], castagnoli))
	return append(dst, 0, 0, 0, 0)
}

// headerOK says whether b begins with the header of that segment.
func headerOK(b []byte, session venue.SessionID, segment uint32) bool {
	return len(b) >= headerSize && string(b[:headerSize]) == string(appendHeader(nil, session, segment))
}

func appendRecord(dst []byte, r *record) []byte {
	at := len(dst)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(r.body)))
	dst = append(dst, 0, 0, 0, 0)
	dst = binary.LittleEndian.AppendUint64(dst, r.num)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(r.event.Seq))
	dst = binary.LittleEndian.AppendUint32(dst, r.event.Sub)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(r.typ))
	dst = append(dst, byte(r.kind), 0)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(r.time))
	dst = binary.LittleEndian.AppendUint64(dst, r.expected)
	dst = append(dst, r.body...)
	binary.LittleEndian.PutUint32(dst[at+4:], checksum(dst[at:]))
	return dst
}

// checksum covers a record but for the checksum itself.
func checksum(b []byte) uint32 {
	sum := crc32.Checksum(b[:4], castagnoli)
	return crc32.Update(sum, castagnoli, b[8:])
}

// decode reads the record at the start of b. It returns the record's length, or
// 0 when b does not begin with a whole valid record; need is then how long b
// would have to be at least, 0 when more would not help.
func decode(b []byte, r *record) (n, need int) {
	if len(b) < recordSize {
		return 0, recordSize
	}
	size := int(binary.LittleEndian.Uint32(b))
	if size > maxBody {
		return 0, 0
	}
	n = recordSize + size
	if len(b) < n {
		return 0, n
	}
	if binary.LittleEndian.Uint32(b[4:]) != checksum(b[:n]) {
		return 0, 0
	}
	r.num = binary.LittleEndian.Uint64(b[8:])
	r.event.Seq = venue.Seq(binary.LittleEndian.Uint64(b[16:]))
	r.event.Sub = binary.LittleEndian.Uint32(b[24:])
	r.typ = gateway.MsgType(binary.LittleEndian.Uint16(b[28:]))
	r.kind = kind(b[30])
	r.time = venue.Time(binary.LittleEndian.Uint64(b[32:]))
	r.expected = binary.LittleEndian.Uint64(b[40:])
	r.body = b[recordSize:n]
	if r.kind < message || r.kind > exact {
		return 0, 0
	}
	return n, 0
}
