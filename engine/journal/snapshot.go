package journal

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// A snapshot file is a header block, sections and a footer. Each checksum continues
// the one before it, beginning with that of the header:
//
//	header   0  4 magic   4  2 version   6  2 zero   8 16 journal id
//	         24 8 sequence   32 28 zero   60  4 check over bytes 0-59
//	section  0  4 length, 1 to 262144   4  4 sum over the length and the data   8 data
//	footer   0  4 all ones   4  4 sum over bytes 0-3 and 8-23   8  8 bytes of data   16  8 sections
const (
	snapshotPrefix    = "snapshot-"
	snapshotSuffix    = ".snap"
	snapshotTemporary = "snapshot.tmp"
	snapshotsKept     = 2
	sectionSize       = 256 << 10
	sectionHeader     = 8
	footerSize        = 24
	footerLength      = 1<<32 - 1
)

func snapshotName(seq uint64) string {
	return fmt.Sprintf("%s%020d%s", snapshotPrefix, seq, snapshotSuffix)
}

// WriteSnapshot stores what write writes as the state after sequence seq, which must
// be in the journal; 0 is the state before the first command. It may run beside Append.
// The file takes its name only when it is durable; then all but the newest two that
// verify are removed. An error leaves the older snapshots as they were and does not
// poison the journal, whose log lies in other files.
func (j *Journal) WriteSnapshot(seq uint64, write func(io.Writer) error) error {
	j.snapshots.Lock()
	defer j.snapshots.Unlock()
	next, err := j.ready()
	if err != nil {
		return err
	}
	if seq >= max(next.seq, 1) {
		return &ArgumentError{"snapshot sequence", seq, fmt.Sprintf("at most %d", max(next.seq, 1)-1)}
	}
	if j.o.Mode == Written { // a snapshot must not outlive the frames below it
		if err := j.Sync(); err != nil {
			return err
		}
	}
	if err := j.writeTemporary(seq, write); err != nil {
		return errors.Join(fmt.Errorf("journal: snapshot %d: %w", seq, err), j.removeTemporary())
	}
	if err := j.fs.Rename(snapshotTemporary, snapshotName(seq)); err != nil {
		return fmt.Errorf("journal: rename snapshot %d: %w", seq, err)
	}
	if err := j.fs.SyncDir(); err != nil {
		return fmt.Errorf("journal: sync directory after snapshot %d: %w", seq, err)
	}
	return j.removeOld()
}

func (j *Journal) writeTemporary(seq uint64, write func(io.Writer) error) (err error) {
	if err := j.removeTemporary(); err != nil {
		return err
	}
	f, err := j.fs.Create(snapshotTemporary)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := newSnapshotWriter(f, j.id, seq)
	if err := write(w); err != nil {
		return err
	}
	if err := w.finish(); err != nil {
		return err
	}
	return f.Sync()
}

func (j *Journal) removeTemporary() error {
	names, err := j.fs.List()
	if err != nil {
		return fmt.Errorf("journal: list directory: %w", err)
	}
	if !slices.Contains(names, snapshotTemporary) {
		return nil
	}
	if err := j.fs.Remove(snapshotTemporary); err != nil {
		return fmt.Errorf("journal: remove unfinished snapshot: %w", err)
	}
	return nil
}

// removeOld keeps the newest snapshots that verify: a broken one must not push out
// the good one before it.
func (j *Journal) removeOld() error {
	seqs, err := listSnapshots(j.fs)
	if err != nil {
		return err
	}
	kept := 0
	for _, seq := range seqs {
		if kept < snapshotsKept && verifySnapshot(j.fs, j.id, seq) == nil {
			kept++
			continue
		}
		if err := j.fs.Remove(snapshotName(seq)); err != nil {
			return fmt.Errorf("journal: remove old snapshot %d: %w", seq, err)
		}
	}
	return nil
}

// listSnapshots returns the sequences of the snapshot files, newest first.
func listSnapshots(fs FS) ([]uint64, error) {
	names, err := fs.List()
	if err != nil {
		return nil, fmt.Errorf("journal: list directory: %w", err)
	}
	var seqs []uint64
	for _, name := range names {
		if n, ok := numberIn(name, snapshotPrefix, snapshotSuffix); ok && snapshotName(n) == name {
			seqs = append(seqs, n)
		}
	}
	slices.Sort(seqs)
	slices.Reverse(seqs)
	return seqs, nil
}

// snapshotWriter cuts a stream into checksummed sections.
type snapshotWriter struct {
	f        File
	off      int64
	sum      uint32
	buf      []byte // a section header and the data gathered so far
	total    uint64
	sections uint64
	err      error
}

func newSnapshotWriter(f File, id [16]byte, seq uint64) *snapshotWriter {
	head := make([]byte, blockSize)
	copy(head, snapshotMagic)
	le.PutUint16(head[4:], Version)
	copy(head[8:], id[:])
	le.PutUint64(head[24:], seq)
	sum := extend(0, head[:blockCheckAt])
	le.PutUint32(head[blockCheckAt:], sum)
	w := &snapshotWriter{f: f, off: blockSize, sum: sum, buf: make([]byte, sectionHeader, sectionHeader+sectionSize)}
	w.err = writeAll(f, head, 0)
	return w
}

// Write implements io.Writer.
func (w *snapshotWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && w.err == nil {
		k := min(len(p), cap(w.buf)-len(w.buf))
		w.buf = append(w.buf, p[:k]...)
		p = p[k:]
		if len(w.buf) == cap(w.buf) {
			w.flush()
		}
	}
	return n - len(p), w.err
}

func (w *snapshotWriter) flush() {
	size := len(w.buf) - sectionHeader
	if size == 0 || w.err != nil {
		return
	}
	le.PutUint32(w.buf, uint32(size))
	w.sum = extend(extend(w.sum, w.buf[:4]), w.buf[sectionHeader:])
	le.PutUint32(w.buf[4:], w.sum)
	w.err = writeAll(w.f, w.buf, w.off)
	w.off += int64(len(w.buf))
	w.total += uint64(size)
	w.sections++
	w.buf = w.buf[:sectionHeader]
}

func (w *snapshotWriter) finish() error {
	w.flush()
	if w.err != nil {
		return w.err
	}
	b := make([]byte, footerSize)
	le.PutUint32(b, footerLength)
	le.PutUint64(b[8:], w.total)
	le.PutUint64(b[16:], w.sections)
	le.PutUint32(b[4:], extend(extend(w.sum, b[:4]), b[8:]))
	return writeAll(w.f, b, w.off)
}

// Snapshot reads the state that WriteSnapshot stored. It has been verified whole
// before it is handed out and is verified again while it is read.
type Snapshot struct {
	Seq      uint64  // the state is the one after this sequence
	Rejected []error // newer snapshots that could not be used, and why

	w             window
	sum           uint32
	off           int64
	data          []byte // rest of the present section
	total, number uint64
	done          bool
}

// LatestSnapshot opens the newest snapshot that verifies. When there is none the
// error wraps ErrNoSnapshot and names those that were rejected. It may run beside Append.
func (j *Journal) LatestSnapshot() (*Snapshot, error) {
	j.snapshots.Lock()
	defer j.snapshots.Unlock()
	if _, err := j.ready(); err != nil {
		return nil, err
	}
	seqs, err := listSnapshots(j.fs)
	if err != nil {
		return nil, err
	}
	var rejected []error
	for _, seq := range seqs {
		err := verifySnapshot(j.fs, j.id, seq)
		if err == nil {
			s, err := openSnapshot(j.fs, j.id, seq)
			if err != nil {
				return nil, err
			}
			s.Rejected = rejected
			return s, nil
		}
		rejected = append(rejected, err)
	}
	return nil, errors.Join(append([]error{ErrNoSnapshot}, rejected...)...)
}

func verifySnapshot(fs FS, id [16]byte, seq uint64) error {
	s, err := openSnapshot(fs, id, seq)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, s)
	return errors.Join(err, s.Close())
}

func openSnapshot(fs FS, id [16]byte, seq uint64) (*Snapshot, error) {
	f, err := fs.Open(snapshotName(seq))
	if err != nil {
		return nil, fmt.Errorf("journal: open snapshot %d: %w", seq, err)
	}
	s := &Snapshot{Seq: seq, w: window{f: f}, off: blockSize}
	if s.w.size, err = f.Size(); err == nil {
		err = s.header(id)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

func (s *Snapshot) header(id [16]byte) error {
	b, err := s.w.at(0, blockSize)
	if err != nil {
		return fmt.Errorf("journal: read snapshot %d: %w", s.Seq, err)
	}
	h, ok := getSnapshotHeader(b)
	switch {
	case !ok:
		return s.corrupt("the header is invalid")
	case h.version != Version:
		return s.corrupt(fmt.Sprintf("format version %d, this program reads version %d", h.version, Version))
	case h.seq != s.Seq:
		return s.corrupt(fmt.Sprintf("its header says sequence %d", h.seq))
	case h.id != id:
		return s.corrupt("it belongs to another journal")
	}
	s.sum = le.Uint32(b[blockCheckAt:])
	return nil
}

// Read implements io.Reader; io.EOF comes only after a valid footer.
func (s *Snapshot) Read(p []byte) (int, error) {
	for len(s.data) == 0 {
		if s.done {
			return 0, io.EOF
		}
		if err := s.section(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.data)
	s.data = s.data[n:]
	return n, nil
}

// Close closes the file.
func (s *Snapshot) Close() error { return s.w.f.Close() }

func (s *Snapshot) section() error {
	b, err := s.w.at(s.off, sectionHeader)
	if err != nil {
		return fmt.Errorf("journal: read snapshot %d: %w", s.Seq, err)
	}
	if len(b) < sectionHeader {
		return s.corrupt("it is cut short")
	}
	size := le.Uint32(b)
	if size == footerLength {
		return s.footer()
	}
	if size == 0 || size > sectionSize {
		return s.corrupt("the length of a section is impossible")
	}
	b, err = s.w.at(s.off, sectionHeader+int(size))
	if err != nil {
		return fmt.Errorf("journal: read snapshot %d: %w", s.Seq, err)
	}
	if len(b) < sectionHeader+int(size) {
		return s.corrupt("it is cut short")
	}
	s.sum = extend(extend(s.sum, b[:4]), b[sectionHeader:])
	if s.sum != le.Uint32(b[4:]) {
		return s.corrupt("the checksum of a section is wrong")
	}
	s.data = b[sectionHeader:]
	s.off += int64(len(b))
	s.total += uint64(size)
	s.number++
	return nil
}

func (s *Snapshot) footer() error {
	b, err := s.w.at(s.off, footerSize)
	if err != nil {
		return fmt.Errorf("journal: read snapshot %d: %w", s.Seq, err)
	}
	if len(b) < footerSize || s.off+footerSize != s.w.size ||
		le.Uint32(b[4:]) != extend(extend(s.sum, b[:4]), b[8:]) ||
		le.Uint64(b[8:]) != s.total || le.Uint64(b[16:]) != s.number {
		return s.corrupt("the footer is wrong")
	}
	s.done = true
	return nil
}

func (s *Snapshot) corrupt(found string) error {
	return &CorruptError{File: snapshotName(s.Seq), Offset: s.off, Seq: s.Seq, Found: found}
}

type snapshotHead struct {
	version uint16
	id      [16]byte
	seq     uint64
}

func getSnapshotHeader(b []byte) (h snapshotHead, ok bool) {
	if len(b) < blockSize || string(b[:4]) != snapshotMagic ||
		extend(0, b[:blockCheckAt]) != le.Uint32(b[blockCheckAt:]) {
		return snapshotHead{}, false
	}
	h = snapshotHead{version: le.Uint16(b[4:]), seq: le.Uint64(b[24:])}
	copy(h.id[:], b[8:24])
	return h, true
}

// compareSnapshots refuses a journal that ends before one of its own snapshots: the
// frames up to there had been durable when it was written.
func (s *scan) compareSnapshots() error {
	seqs, err := listSnapshots(s.fs)
	if err != nil {
		return err
	}
	for _, seq := range seqs {
		h, ok, err := readSnapshotHeader(s.fs, seq)
		if err != nil {
			return err
		}
		ours := len(s.segs) == 0 || h.id == s.segs[0].head.id
		if ok && ours && h.seq > s.rec.Last {
			return &MissingError{From: s.rec.Last + 1, To: h.seq, Found: fmt.Sprintf(
				"the journal ends at %d, but snapshot %d was made from it", s.rec.Last, h.seq)}
		}
	}
	return nil
}

func readSnapshotHeader(fs FS, seq uint64) (h snapshotHead, ok bool, err error) {
	f, err := fs.Open(snapshotName(seq))
	if err != nil {
		return h, false, fmt.Errorf("journal: open snapshot %d: %w", seq, err)
	}
	b := make([]byte, blockSize)
	n, err := f.ReadAt(b, 0)
	h, ok = getSnapshotHeader(b[:n])
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return h, ok, errors.Join(err, f.Close())
}
