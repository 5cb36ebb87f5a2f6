package marketdata

import (
	"hash/crc32"
	"strconv"

	"github.com/clearhour/clearhour/venue"
)

// checksumDepth is how many levels of each side the checksum covers.
const checksumDepth = 10

// priceStep returns what one tick adds to the digits of a price: the tick in
// units of the last decimal place that prices are shown with, which are as many
// as the tick needs in dollars. A tick of 0.25 dollars has two places, so that 9
// ticks are "2.25" and the digits are 225 = 9 * 25.
func priceStep(tick venue.Amount) int64 {
	for places := 6; places > 0 && tick%10 == 0; places-- {
		tick /= 10
	}
	return int64(tick)
}

// checksum is the CRC-32 (IEEE) of the digits of the best levels, asks first:
// Kraken's rule for its second WebSocket API, spec MD-03. A price is its
// decimal text in the places of the tick without the dot and leading zeros,
// which is the integer ticks * step.
func (m *market) checksum() uint32 {
	var buf [2 * checksumDepth * 2 * 20]byte
	text := appendDigits(buf[:0], &m.asks, m.step)
	text = appendDigits(text, &m.bids, m.step)
	return crc32.ChecksumIEEE(text)
}

func appendDigits(dst []byte, l *ladder, step int64) []byte {
	n := checksumDepth
	for _, b := range l.blocks {
		for i := range b {
			if n == 0 {
				return dst
			}
			n--
			dst = appendNumber(dst, int64(b[i].Price)*step)
			dst = appendNumber(dst, int64(b[i].Qty))
		}
	}
	return dst
}

// appendNumber appends v in decimal; a zero is all leading zeros and leaves
// nothing, the sign of a negative price stays.
func appendNumber(dst []byte, v int64) []byte {
	if v == 0 {
		return dst
	}
	return strconv.AppendInt(dst, v, 10)
}
