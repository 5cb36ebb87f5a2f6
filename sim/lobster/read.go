package lobster

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/clearhour/clearhour/venue"
)

// Error says where the input is malformed.
type Error struct {
	// File is the name given with the source, Line counts from 1.
	File string
	Line int
	// Problem says what is wrong, with the text that is.
	Problem string
}

// Error returns file:line: problem.
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem) }

// Source is a stream with a name for errors.
type Source struct {
	Name   string
	Reader io.Reader
}

// kind is the type column of a message.
type kind uint8

// Kinds of message.
const (
	submission    kind = 1
	partialCancel kind = 2
	deletion      kind = 3
	execution     kind = 4
	hidden        kind = 5
	cross         kind = 6
	halt          kind = 7
)

// message is a row of the message file.
type message struct {
	time  venue.Time // Since midnight.
	kind  kind
	id    uint64
	qty   venue.Qty
	price venue.Price
	side  venue.Side // Of the resting order.
}

// Level is a price of a recorded or a resulting book.
type Level struct {
	Price venue.Price
	Qty   venue.Qty
}

// sheet is a row of the book file, best levels first.
type sheet struct{ bids, asks []Level }

func (s *sheet) of(side venue.Side) []Level {
	if side == venue.Buy {
		return s.bids
	}
	return s.asks
}

// unitsPerTick converts prices: the file has ten-thousandths of a dollar, a tick
// is a cent.
const unitsPerTick = 100

// empty is the price that stands for a level that is not there.
const empty = 9_999_999_999

// lines reads fields of numbers line by line.
type lines struct {
	name   string
	scan   *bufio.Scanner
	line   int
	fields [][]byte
}

func newLines(s Source) *lines {
	scan := bufio.NewScanner(s.Reader)
	scan.Buffer(make([]byte, 0, 1<<16), 1<<20)
	return &lines{name: s.Name, scan: scan}
}

// next reads a line into fields; it returns io.EOF after the last.
func (l *lines) next() error {
	if !l.scan.Scan() {
		if err := l.scan.Err(); errors.Is(err, bufio.ErrTooLong) {
			return l.wrong("a line of more than a megabyte")
		} else if err != nil {
			return fmt.Errorf("lobster: read %s: %w", l.name, err)
		}
		return io.EOF
	}
	l.line++
	l.fields = l.fields[:0]
	for rest, more := bytes.TrimRight(l.scan.Bytes(), "\r"), true; more; {
		var field []byte
		field, rest, more = bytes.Cut(rest, []byte{','})
		l.fields = append(l.fields, field)
	}
	return nil
}

func (l *lines) wrong(format string, args ...any) error {
	return &Error{File: l.name, Line: l.line, Problem: fmt.Sprintf(format, args...)}
}

// number reads field i, from low to high.
func (l *lines) number(i int, low, high int64) (int64, error) {
	v, err := strconv.ParseInt(string(l.fields[i]), 10, 64)
	if err != nil || v < low || v > high {
		return 0, l.wrong("field %d is %q, want a number from %d to %d", i+1, l.fields[i], low, high)
	}
	return v, nil
}

// price reads a price in field i that must be a whole number of ticks.
func (l *lines) price(i int) (venue.Price, error) {
	v, err := l.number(i, 1, int64(highest)*unitsPerTick)
	if err == nil && v%unitsPerTick != 0 {
		err = l.wrong("field %d is %d, want a multiple of %d", i+1, v, unitsPerTick)
	}
	return venue.Price(v / unitsPerTick), err
}

// message reads the next message.
func (l *lines) message(m *message) error {
	if err := l.next(); err != nil {
		return err
	}
	if len(l.fields) != 6 {
		return l.wrong("%d fields, want 6", len(l.fields))
	}
	var err error
	if m.time, err = l.time(0); err != nil {
		return err
	}
	k, err := l.number(1, int64(submission), int64(halt))
	if err != nil {
		return err
	}
	m.kind = kind(k)
	if m.kind >= hidden { // The other fields mean something else, or nothing that is shown.
		return nil
	}
	id, err := l.number(2, 1, 1<<62)
	if err != nil {
		return err
	}
	qty, err := l.number(3, 1, int64(largest))
	if err != nil {
		return err
	}
	if m.price, err = l.price(4); err != nil {
		return err
	}
	direction, err := l.number(5, -1, 1)
	if err == nil && direction == 0 {
		err = l.wrong("field 6 is 0, want 1 or -1")
	}
	m.id, m.qty, m.side = uint64(id), venue.Qty(qty), venue.Buy
	if direction < 0 {
		m.side = venue.Sell
	}
	return err
}

// time reads seconds with up to nine decimal places as nanoseconds.
func (l *lines) time(i int) (venue.Time, error) {
	whole, part, _ := bytes.Cut(l.fields[i], []byte{'.'})
	s, err := strconv.ParseUint(string(whole), 10, 32)
	if err != nil || len(part) > 9 {
		return 0, l.wrong("field %d is %q, want seconds with at most 9 decimal places", i+1, l.fields[i])
	}
	ns := int64(0)
	for n := range 9 {
		ns *= 10
		if n < len(part) {
			if part[n] < '0' || part[n] > '9' {
				return 0, l.wrong("field %d is %q, want seconds with at most 9 decimal places", i+1, l.fields[i])
			}
			ns += int64(part[n] - '0')
		}
	}
	return venue.Time(s)*venue.Second + venue.Time(ns), nil
}

// sheet reads the next row of the book.
func (l *lines) sheet(b *sheet) error {
	if err := l.next(); err != nil {
		return err
	}
	if len(l.fields) == 0 || len(l.fields)%4 != 0 {
		return l.wrong("%d fields, want 4 for each level", len(l.fields))
	}
	b.asks, b.bids = b.asks[:0], b.bids[:0]
	for i := 0; i < len(l.fields); i += 4 {
		var err error
		if b.asks, err = l.level(b.asks, i); err != nil {
			return err
		}
		if b.bids, err = l.level(b.bids, i+2); err != nil {
			return err
		}
	}
	return nil
}

// level reads the price and the size in fields i and i+1 and appends them unless
// the level is empty.
func (l *lines) level(dst []Level, i int) ([]Level, error) {
	if p := string(l.fields[i]); p == strconv.Itoa(empty) || p == strconv.Itoa(-empty) {
		return dst, nil
	}
	p, err := l.price(i)
	if err != nil {
		return dst, err
	}
	q, err := l.number(i+1, 1, int64(largest))
	return append(dst, Level{p, venue.Qty(q)}), err
}
