package journal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
)

// Version is the format of segments, frames and snapshots that this package writes.
const Version = 1

// MaxPayload is the largest payload of one frame, in bytes.
const MaxPayload = 16 << 20

const (
	pageSize      = 4096
	sectorSize    = 512
	dataStart     = pageSize // first byte of the first frame
	maxFrame      = frameHeaderSize + MaxPayload
	segmentPrefix = "journal-"
	segmentSuffix = ".log"
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	le         = binary.LittleEndian
)

// The magics start with a byte that no ASCII text contains, so that the search for
// lost frames rarely stops inside a payload.
const (
	frameMagic    = "\xc1JF\x9e"
	segmentMagic  = "\xc1JS\x9e"
	markMagic     = "\xc1JM\x9e"
	snapshotMagic = "\xc1SN\x9e"
)

func extend(sum uint32, p []byte) uint32 { return crc32.Update(sum, castagnoli, p) }

// frameHeader lies in front of each payload:
//
//	0   4  magic              24  4  count of commands
//	4   2  version            28  4  payload length
//	6   2  zero               32  4  sum: over bytes 0-31 and the payload,
//	8   8  batch, from 1             continued from the sum of the frame before
//	16  8  first sequence     36  4  check: over the journal id and bytes 0-35
type frameHeader struct {
	version uint16
	batch   uint64
	first   uint64
	count   uint32
	length  uint32
	sum     uint32
}

const (
	frameHeaderSize = 40
	frameSumAt      = 32
	frameCheckAt    = 36
)

// putFrame writes header and payload into b, which has exactly their size, and
// returns the frame's sum.
func putFrame(b []byte, h frameHeader, payload []byte, prev, salt uint32) uint32 {
	copy(b, frameMagic)
	le.PutUint16(b[4:], Version)
	le.PutUint16(b[6:], 0)
	le.PutUint64(b[8:], h.batch)
	le.PutUint64(b[16:], h.first)
	le.PutUint32(b[24:], h.count)
	le.PutUint32(b[28:], uint32(len(payload)))
	copy(b[frameHeaderSize:], payload)
	sum := frameSum(prev, b)
	le.PutUint32(b[frameSumAt:], sum)
	le.PutUint32(b[frameCheckAt:], extend(salt, b[:frameCheckAt]))
	return sum
}

// frameSum continues prev over a whole frame, leaving out the two checksums.
func frameSum(prev uint32, frame []byte) uint32 {
	return extend(extend(prev, frame[:frameSumAt]), frame[frameHeaderSize:])
}

// getFrame reads a header; ok says that this journal wrote it.
func getFrame(b []byte, salt uint32) (h frameHeader, ok bool) {
	if len(b) < frameHeaderSize || string(b[:4]) != frameMagic ||
		extend(salt, b[:frameCheckAt]) != le.Uint32(b[frameCheckAt:]) {
		return frameHeader{}, false
	}
	return frameHeader{
		version: le.Uint16(b[4:]),
		batch:   le.Uint64(b[8:]),
		first:   le.Uint64(b[16:]),
		count:   le.Uint32(b[24:]),
		length:  le.Uint32(b[28:]),
		sum:     le.Uint32(b[frameSumAt:]),
	}, true
}

// segmentHeader fills the first sector of a segment:
//
//	0   4  magic              32  8  batch of the first frame
//	4   2  version            40  8  sequence of the first frame, 0 when any will do
//	6   2  zero               48  4  sum of the frame before the first one
//	8  16  journal id         52  8  zero
//	24  8  segment number     60  4  check over bytes 0-59
type segmentHeader struct {
	version uint16
	id      [16]byte
	number  uint64
	batch   uint64
	seq     uint64
	sum     uint32
}

const (
	blockSize    = 64 // of a segment header, a mark and a snapshot header
	blockCheckAt = 60
)

// put writes into a block of zeros.
func (h segmentHeader) put(b []byte) {
	copy(b, segmentMagic)
	le.PutUint16(b[4:], Version)
	copy(b[8:], h.id[:])
	le.PutUint64(b[24:], h.number)
	le.PutUint64(b[32:], h.batch)
	le.PutUint64(b[40:], h.seq)
	le.PutUint32(b[48:], h.sum)
	le.PutUint32(b[blockCheckAt:], extend(0, b[:blockCheckAt]))
}

func getSegmentHeader(b []byte) (h segmentHeader, ok bool) {
	if string(b[:4]) != segmentMagic || extend(0, b[:blockCheckAt]) != le.Uint32(b[blockCheckAt:]) {
		return segmentHeader{}, false
	}
	h = segmentHeader{
		version: le.Uint16(b[4:]),
		number:  le.Uint64(b[24:]),
		batch:   le.Uint64(b[32:]),
		seq:     le.Uint64(b[40:]),
		sum:     le.Uint32(b[48:]),
	}
	copy(h.id[:], b[8:24])
	return h, true
}

// mark says that frame batch of this segment, and so every frame before it, is
// durable. It is written together with the frame that follows, at the cost of one
// more page in the same sync, and makes the loss of a synced tail visible.
//
//	0   4  magic              24  8  batch
//	4   2  version            32  8  end of that frame, in bytes
//	6   2  state              40  4  sum of that frame
//	8   8  segment number     44 16  zero
//	16  8  generation         60  4  check: over the journal id and bytes 0-59
type mark struct {
	state      markState
	number     uint64
	generation uint64
	batch      uint64
	end        int64
	sum        uint32
}

type markState uint16

const (
	inUse  markState = iota // more frames may follow
	full                    // the next segment has been made
	closed                  // the journal was closed: nothing follows
)

func (m mark) put(b []byte, salt uint32) {
	clear(b)
	copy(b, markMagic)
	le.PutUint16(b[4:], Version)
	le.PutUint16(b[6:], uint16(m.state))
	le.PutUint64(b[8:], m.number)
	le.PutUint64(b[16:], m.generation)
	le.PutUint64(b[24:], m.batch)
	le.PutUint64(b[32:], uint64(m.end))
	le.PutUint32(b[40:], m.sum)
	le.PutUint32(b[blockCheckAt:], extend(salt, b[:blockCheckAt]))
}

func getMark(b []byte, salt uint32) (m mark, ok bool) {
	if string(b[:4]) != markMagic || extend(salt, b[:blockCheckAt]) != le.Uint32(b[blockCheckAt:]) {
		return mark{}, false
	}
	return mark{
		state:      markState(le.Uint16(b[6:])),
		number:     le.Uint64(b[8:]),
		generation: le.Uint64(b[16:]),
		batch:      le.Uint64(b[24:]),
		end:        int64(le.Uint64(b[32:])),
		sum:        le.Uint32(b[40:]),
	}, true
}

// markOffset puts marks of odd and even generation into different sectors, so that
// a write cut short spoils the new one only.
func (m mark) offset() int64 { return sectorSize * int64(1+m.generation%2) }

func segmentName(n uint64) string { return fmt.Sprintf("%s%08d%s", segmentPrefix, n, segmentSuffix) }

// numberIn reads the number between prefix and suffix of a file name.
func numberIn(name, prefix, suffix string) (n uint64, ok bool) {
	s, ok1 := strings.CutPrefix(name, prefix)
	s, ok2 := strings.CutSuffix(s, suffix)
	if !ok1 || !ok2 || s == "" {
		return 0, false
	}
	for _, c := range s {
		if c < '0' || c > '9' || n > 1<<59 {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}
