package journal

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// Recovery says what Open or Check found.
type Recovery struct {
	Fresh       bool     // there was no journal, or one without a first frame's segment
	Closed      bool     // the journal had been closed in order
	Segments    int      // segments that hold frames or may hold the next one
	Frames      uint64   // whole frames
	First, Last uint64   // sequences of the first and the last command, 0 when there is none
	Dropped     *Dropped // the torn last frame, nil when there was none
	MarkDamaged bool     // one of the two marks was unreadable; no frame was lost by that
}

// Dropped is a last frame that was not completely written. It had not been
// acknowledged in mode Synced.
type Dropped struct {
	File   string
	Offset int64 // where it began
	Bytes  int64 // up to its last byte that is not zero
	Batch  uint64
	Seq    uint64 // its first sequence, 0 when it would have been the first frame
	Found  string // why it is not whole
}

func (d *Dropped) String() string {
	return fmt.Sprintf("dropped %d bytes of frame %d (sequence %d) at offset %d of %s: %s",
		d.Bytes, d.Batch, d.Seq, d.Offset, d.File, d.Found)
}

// segment is a started segment: it has a header.
type segment struct {
	head segmentHeader
	end  int64 // behind its last frame
}

// scan verifies a whole directory and writes nothing.
type scan struct {
	fs    FS
	rec   Recovery
	segs  []segment
	spare bool // a blank segment follows the last started one
	salt  uint32
	pos   position // behind the last whole frame
	last  position // of that frame itself, when it is in the last segment
	marks marks
	buf   []byte
}

func runScan(fs FS) (*scan, error) {
	s := &scan{fs: fs, pos: position{off: dataStart, batch: 1}}
	numbers, err := listSegments(fs)
	if err != nil {
		return nil, err
	}
	for i, n := range numbers {
		if s.spare {
			return nil, s.damaged(n-1, 0, fmt.Sprintf("the header is gone but segment %d exists", n))
		}
		if want := uint64(i + 1); n != want {
			return nil, s.missingSegment(want, n)
		}
		if err := s.segment(n); err != nil {
			return nil, err
		}
	}
	if err := s.finish(); err != nil {
		return nil, err
	}
	return s, s.compareSnapshots()
}

func listSegments(fs FS) ([]uint64, error) {
	names, err := fs.List()
	if err != nil {
		return nil, fmt.Errorf("journal: list directory: %w", err)
	}
	var numbers []uint64
	for _, name := range names {
		if n, ok := numberIn(name, segmentPrefix, segmentSuffix); ok && segmentName(n) == name {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// segment verifies segment n, which must continue the ones before it.
func (s *scan) segment(n uint64) (err error) {
	f, err := s.fs.Open(segmentName(n))
	if err != nil {
		return fmt.Errorf("journal: open segment %d: %w", n, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Size()
	if err != nil {
		return fmt.Errorf("journal: size of segment %d: %w", n, err)
	}
	w := window{f: f, size: size, buf: s.buf}
	defer func() { s.buf = w.buf }()
	page, err := w.at(0, pageSize)
	if err != nil {
		return fmt.Errorf("journal: read header of segment %d: %w", n, err)
	}
	page = append(make([]byte, 0, pageSize), page...)[:pageSize]
	head, ok := getSegmentHeader(page)
	if !ok {
		return s.blank(n, page, &w)
	}
	if err := s.join(head, n); err != nil {
		return err
	}
	if size < pageSize {
		return s.damaged(n, size, "the file is shorter than its header page")
	}
	if err := s.readMarks(page); err != nil {
		return err
	}
	return s.frames(&w)
}

// blank accepts a segment that was prepared and never started. A header that was
// cut short counts as blank only when nothing at all lies behind it.
func (s *scan) blank(n uint64, page []byte, w *window) error {
	if !allZero(page[blockSize:]) {
		return s.damaged(n, 0, "the segment header is invalid and there is data behind it")
	}
	t, err := s.tail(w, pageSize)
	if err != nil {
		return err
	}
	if t.end > pageSize {
		return s.damaged(n, 0, "the segment header is invalid and there is data behind it")
	}
	s.spare = true
	return nil
}

// join checks that a segment continues the one before it, which is thereby known
// to be finished: it may hold nothing but zeros behind its last frame.
func (s *scan) join(h segmentHeader, n uint64) error {
	switch {
	case h.version != Version:
		return s.damaged(n, 0, fmt.Sprintf("format version %d, this program reads version %d", h.version, Version))
	case h.number != n:
		return s.damaged(n, 0, fmt.Sprintf("its header belongs to segment %d", h.number))
	}
	if len(s.segs) == 0 {
		s.salt = extend(0, h.id[:])
		s.pos = position{off: dataStart, batch: h.batch, seq: h.seq, sum: h.sum}
		s.segs = append(s.segs, segment{head: h, end: dataStart})
		return nil
	}
	if h.id != s.segs[0].head.id {
		return s.damaged(n, 0, "it belongs to another journal")
	}
	if s.rec.Dropped != nil { // what looked like a torn last frame is not the last
		d := s.rec.Dropped
		return &CorruptError{
			File: d.File, Offset: d.Offset, Batch: d.Batch, Seq: d.Seq,
			Found: fmt.Sprintf("%s, but segment %d follows", d.Found, n),
		}
	}
	if h.batch > s.pos.batch {
		return &MissingError{
			From: s.pos.seq, To: h.seq - 1,
			Found: fmt.Sprintf("frames %d to %d at the end of segment %d", s.pos.batch, h.batch-1, n-1),
		}
	}
	if h.batch != s.pos.batch || h.seq != s.pos.seq || h.sum != s.pos.sum {
		return s.damaged(n, 0, "it does not continue the segment before it")
	}
	s.segs = append(s.segs, segment{head: h, end: dataStart})
	s.pos.off, s.last = dataStart, position{}
	return nil
}

// frames walks to the last whole frame of the newest segment and judges the rest.
func (s *scan) frames(w *window) error {
	seg := &s.segs[len(s.segs)-1]
	c := seg.cursor(w, s.salt)
	for {
		at := c.position
		f, found, err := c.next()
		if err != nil {
			return err
		}
		if found != "" {
			s.pos, seg.end = c.position, c.off
			return s.judge(&c, found)
		}
		if s.rec.Frames == 0 {
			s.rec.First = f.First
		}
		s.rec.Frames++
		s.last = at
	}
}

// judge decides what the bytes behind the last whole frame are: nothing, one
// frame that was never durable, or damage.
func (s *scan) judge(c *cursor, found string) error {
	if c.wrong {
		return c.corrupt(found)
	}
	m, marked := s.marks.newest, s.marks.valid
	if marked && (m.batch >= c.batch || m.batch == c.batch-1 && (m.end != c.off || m.sum != c.sum)) {
		return c.corrupt(fmt.Sprintf("%s, but frame %d had been durable", found, m.batch))
	}
	t, err := s.tail(c.w, c.off)
	if err != nil {
		return err
	}
	if t.later != nil {
		return c.corrupt(fmt.Sprintf("%s, but frame %d lies behind it at offset %d", found, t.later.batch, t.laterAt))
	}
	if t.end == c.off {
		return nil
	}
	if marked && m.state != inUse {
		return c.corrupt("there is data behind the last frame of a finished segment")
	}
	if t.end-c.off > s.extent(c) {
		return c.corrupt(fmt.Sprintf("%s, but there is data at offset %d, more than one frame behind it", found, t.end-1))
	}
	s.rec.Dropped = &Dropped{
		File: c.name, Offset: c.off, Bytes: t.end - c.off,
		Batch: c.batch, Seq: c.seq, Found: found,
	}
	return nil
}

// extent is the number of bytes that the frame in flight can have touched.
func (s *scan) extent(c *cursor) int64 {
	b, err := c.w.at(c.off, frameHeaderSize)
	if err != nil {
		return maxFrame
	}
	if h, ok := getFrame(b, s.salt); ok {
		return frameHeaderSize + int64(h.length)
	}
	return maxFrame
}

// tailReport describes everything behind an offset.
type tailReport struct {
	end     int64 // behind the last byte that is not zero
	later   *frameHeader
	laterAt int64
}

// tail searches the rest of a segment for an authentic header of the frame at the
// cursor or a later one. Zeros are what a prepared file holds, so a zeroed block in
// the middle looks like the end of the journal until somebody looks behind it.
func (s *scan) tail(w *window, from int64) (tailReport, error) {
	t := tailReport{end: from}
	for off := from; off < w.size; {
		b, err := w.at(off, windowSize)
		if err != nil {
			return t, fmt.Errorf("journal: look ahead at %d: %w", off, err)
		}
		if n := used(b); n > 0 {
			t.end = off + int64(n)
			s.findLater(&t, b, off, from)
		}
		if t.later != nil || len(b) < windowSize {
			break
		}
		off += int64(len(b) - frameHeaderSize) // a header may lie across two windows
	}
	return t, nil
}

func (s *scan) findLater(t *tailReport, b []byte, off, from int64) {
	for i := 0; ; i++ {
		k := bytes.Index(b[i:], []byte(frameMagic))
		if k < 0 {
			return
		}
		i += k
		h, ok := getFrame(b[i:], s.salt)
		if at := off + int64(i); ok && at > from && h.batch >= s.pos.batch {
			t.later, t.laterAt = &h, at
			return
		}
	}
}

// finish sums up, and checks that what is the last started segment had been the last.
func (s *scan) finish() error {
	s.rec.Fresh = len(s.segs) == 0
	s.rec.Segments = len(s.segs)
	if s.rec.Frames > 0 {
		s.rec.Last = s.pos.seq - 1
	}
	if !s.marks.valid {
		return nil
	}
	s.rec.Closed = s.marks.newest.state == closed
	if s.marks.newest.state == full { // a started segment had followed
		return s.missingSegment(uint64(len(s.segs))+1, 0)
	}
	return nil
}

// missingSegment reports a hole before segment next, or at the end when next is 0.
// The header behind the hole says where it ends.
func (s *scan) missingSegment(from, next uint64) error {
	e := &MissingError{From: max(s.pos.seq, 1), Found: fmt.Sprintf("segment %d on", from)}
	if next == 0 {
		return e
	}
	e.Found = fmt.Sprintf("segments %d to %d", from, next-1)
	f, err := s.fs.Open(segmentName(next))
	if err != nil {
		return errors.Join(e, err)
	}
	b := make([]byte, blockSize)
	_, err = f.ReadAt(b, 0)
	if h, ok := getSegmentHeader(b); ok && err == nil && h.seq > 0 {
		e.To = h.seq - 1
	}
	return errors.Join(e, f.Close())
}

func (s *scan) damaged(n uint64, off int64, found string) error {
	return &CorruptError{File: segmentName(n), Offset: off, Batch: s.pos.batch, Seq: s.pos.seq, Found: found}
}

func allZero(b []byte) bool { return used(b) == 0 }

var zeroPage [pageSize]byte

// used is the length of b without its trailing zeros, compared by the page because
// a scan reads a whole prepared segment of them.
func used(b []byte) int {
	for len(b) >= pageSize && bytes.Equal(b[len(b)-pageSize:], zeroPage[:]) {
		b = b[:len(b)-pageSize]
	}
	return len(bytes.TrimRight(b, "\x00"))
}

// marks are the two marks of the newest started segment.
type marks struct {
	newest mark
	valid  bool
}

// readMarks reads the marks in the header page; every other byte of it is zero.
func (s *scan) readMarks(page []byte) error {
	number := s.segs[len(s.segs)-1].head.number
	s.marks = marks{}
	rest := slices.Clone(page)
	clear(rest[:blockSize])
	damaged := 0
	for _, at := range []int64{sectorSize, 2 * sectorSize} {
		b := page[at : at+blockSize]
		clear(rest[at : at+blockSize])
		if allZero(b) {
			continue
		}
		m, ok := getMark(b, s.salt)
		if !ok || m.number != number || m.offset() != at {
			damaged++
			continue
		}
		if !s.marks.valid || m.generation > s.marks.newest.generation {
			s.marks = marks{newest: m, valid: true}
		}
	}
	if damaged > 1 || !allZero(rest) {
		return s.damaged(number, 0, "the header page is damaged behind the segment header")
	}
	s.rec.MarkDamaged = s.rec.MarkDamaged || damaged == 1
	return nil
}
