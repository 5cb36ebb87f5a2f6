package journal

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
)

// Frame is one batch as it was appended.
type Frame struct {
	Batch   uint64 // frame number, from 1, without a gap
	First   uint64 // sequence of the first command
	Count   int    // commands in the payload
	Payload []byte // valid until the callback returns
}

// End is the sequence behind the frame's last command.
func (f Frame) End() uint64 { return f.First + uint64(f.Count) }

// Read calls fn with each durable frame that holds sequence from or a later one,
// in order; from 0 means from the beginning. In mode Written it goes to the last
// written frame. The first frame may begin before from. It may run beside Append
// and ends where the journal ended when it was called. An error of fn is returned
// as it is; a gap is a MissingError and damage a CorruptError.
func (j *Journal) Read(from uint64, fn func(Frame) error) error {
	j.mu.Lock()
	segs, next, err := slices.Clone(j.segs), j.next.seq, j.failed()
	j.mu.Unlock()
	if err != nil {
		return err
	}
	if len(segs) == 0 || segs[0].end == dataStart { // nothing appended yet
		if from > max(next, 1) {
			return &MissingError{From: max(next, 1), To: from - 1, Found: "the journal is empty"}
		}
		return nil
	}
	if from > next {
		return &MissingError{From: next, To: from - 1, Found: "the journal ends before"}
	}
	r := reader{fs: j.fs, salt: j.salt, from: from, fn: fn}
	for _, s := range segs[r.start(segs):] {
		if err := r.segment(s); err != nil {
			return err
		}
	}
	return nil
}

type reader struct {
	fs   FS
	salt uint32
	from uint64
	fn   func(Frame) error
	buf  []byte
}

// start finds the last segment that begins at or before the first wanted sequence.
func (r *reader) start(segs []segment) int {
	i := sort.Search(len(segs), func(i int) bool { return segs[i].head.seq > r.from })
	return max(i-1, 0)
}

func (r *reader) segment(s segment) (err error) {
	f, err := r.fs.Open(segmentName(s.head.number))
	if err != nil {
		return fmt.Errorf("journal: open segment %d: %w", s.head.number, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := window{f: f, size: s.end, buf: r.buf}
	c := s.cursor(&w, r.salt)
	for c.off < s.end {
		frame, found, err := c.next()
		if err != nil {
			return err
		}
		if found != "" {
			return c.corrupt(found)
		}
		if err := r.deliver(frame); err != nil {
			return err
		}
	}
	r.buf = w.buf
	return nil
}

func (r *reader) deliver(f Frame) error {
	if f.Batch == 1 && r.from != 0 && r.from < f.First {
		return &MissingError{From: r.from, To: f.First - 1, Found: "the journal begins later"}
	}
	if f.End() <= r.from && f.First < r.from {
		return nil
	}
	return r.fn(f)
}

// position is where the next frame belongs and what it must continue.
type position struct {
	off   int64
	batch uint64
	seq   uint64 // 0 when the journal is empty: the first frame decides
	sum   uint32
}

// cursor walks over the frames of one segment.
type cursor struct {
	position
	name  string
	salt  uint32
	w     *window
	wrong bool // the last finding was an authentic header that does not belong there
}

func (s segment) cursor(w *window, salt uint32) cursor {
	return cursor{
		position: position{off: dataStart, batch: s.head.batch, seq: s.head.seq, sum: s.head.sum},
		name:     segmentName(s.head.number),
		salt:     salt,
		w:        w,
	}
}

// next returns the frame at the cursor and moves behind it, or says what it found
// there instead and stays.
func (c *cursor) next() (f Frame, found string, err error) {
	c.wrong = false
	b, err := c.w.at(c.off, frameHeaderSize)
	if err != nil {
		return Frame{}, "", fmt.Errorf("journal: read %s at %d: %w", c.name, c.off, err)
	}
	h, ok := getFrame(b, c.salt)
	if !ok {
		return Frame{}, "no frame header", nil
	}
	if found := c.misplaced(h); found != "" {
		c.wrong = true
		return Frame{}, found, nil
	}
	size := frameHeaderSize + int(h.length)
	b, err = c.w.at(c.off, size)
	if err != nil {
		return Frame{}, "", fmt.Errorf("journal: read %s at %d: %w", c.name, c.off, err)
	}
	if len(b) < size {
		return Frame{}, "the frame is cut short", nil
	}
	if frameSum(c.sum, b) != h.sum {
		return Frame{}, "the checksum of the frame is wrong", nil
	}
	f = Frame{Batch: h.batch, First: h.first, Count: int(h.count), Payload: b[frameHeaderSize:size:size]}
	c.position = position{off: c.off + int64(size), batch: h.batch + 1, seq: f.End(), sum: h.sum}
	return f, "", nil
}

// misplaced says why an authentic header cannot stand at the cursor. No crash
// produces one: the disk has put it there or brought it back.
func (c *cursor) misplaced(h frameHeader) string {
	switch {
	case h.version != Version:
		return fmt.Sprintf("format version %d, this program reads version %d", h.version, Version)
	case h.batch != c.batch:
		return fmt.Sprintf("it holds frame %d", h.batch)
	case c.seq != 0 && h.first != c.seq:
		return fmt.Sprintf("its first sequence is %d", h.first)
	case h.length > MaxPayload || h.first == 0 || h.first+uint64(h.count) < h.first:
		return "its header holds impossible values"
	}
	return ""
}

func (c *cursor) corrupt(found string) error {
	return &CorruptError{File: c.name, Offset: c.off, Batch: c.batch, Seq: c.seq, Found: found}
}

// window reads a file forward through one buffer.
type window struct {
	f    File
	size int64 // bytes from here on are not read
	buf  []byte
	off  int64 // of buf[0]
	n    int   // valid bytes in buf
}

const windowSize = 1 << 20

// at returns n bytes from off, fewer at the end of the file. They are valid until
// the next call.
func (w *window) at(off int64, n int) ([]byte, error) {
	n = int(min(int64(n), max(w.size-off, 0)))
	if n == 0 {
		return nil, nil
	}
	if off >= w.off && off+int64(n) <= w.off+int64(w.n) {
		i := int(off - w.off)
		return w.buf[i : i+n], nil
	}
	if len(w.buf) < n || len(w.buf) < windowSize && int64(len(w.buf)) < w.size {
		w.buf = make([]byte, max(n, int(min(w.size, windowSize))))
	}
	want := int(min(int64(len(w.buf)), w.size-off))
	w.off, w.n = off, 0
	got, err := w.f.ReadAt(w.buf[:want], off)
	if err != nil && !(errors.Is(err, io.EOF) && got >= n) {
		return nil, err
	}
	w.n = got
	return w.buf[:n], nil
}
