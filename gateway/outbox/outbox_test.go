package outbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

var alice = gateway.Identity{Account: 16, CompID: "ALICE"}

func open(t testing.TB, dir string, opts Options) (*Store, *log) {
	t.Helper()
	s, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	_, box, err := s.Open(alice)
	if err != nil {
		t.Fatal(err)
	}
	return s, box.(*log)
}

func stored(seq int) *gateway.Stored {
	return &gateway.Stored{
		Event: gateway.EventKey{Seq: venue.Seq(seq), Sub: uint32(seq % 3)}, Type: gateway.MsgExecution,
		Time: venue.Time(seq), Body: fmt.Appendf(nil, `{"ExecID":"%d-%0*d"}`, seq, seq%40, seq),
	}
}

// kill ends a store as the end of the process does.
func kill(s *Store) {
	for _, l := range s.open() {
		for _, seg := range l.segments {
			seg.file.Close()
		}
	}
	s.registry.Close()
}

func TestSurvivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	s, l := open(t, dir, Options{SegmentSize: 4 << 10})
	for i := 1; i <= 300; i++ {
		if i%7 == 0 {
			l.Skip()
		}
		l.SetExpected(uint64(i + 1))
		l.Append(stored(i))
	}
	next := l.Next()
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	kill(s)
	s, l = open(t, dir, Options{SegmentSize: 4 << 10})
	defer s.Close()
	if got := l.Next(); got < next || got > next+leaseStep {
		t.Errorf("Next after a kill = %d, want %d to %d", got, next, next+leaseStep)
	}
	if l.Expected() != 301 || l.Last() != stored(300).Event {
		t.Errorf("Expected %d, Last %v; want 301, %v", l.Expected(), l.Last(), stored(300).Event)
	}
	checkAll(t, l, 300)
}

// checkAll walks over the messages and wants stored(1) to stored(n).
func checkAll(t testing.TB, l gateway.Outbox, n int) {
	t.Helper()
	var m gateway.Stored
	at, i := uint64(1), 0
	for l.Find(at, &m) {
		i++
		want := stored(i)
		if m.Event != want.Event || string(m.Body) != string(want.Body) || m.Type != want.Type || m.Time != want.Time {
			t.Fatalf("message %d = %+v %s, want %+v %s", i, m, m.Body, want, want.Body)
		}
		at = m.Num + 1
	}
	if i != n {
		t.Errorf("found %d messages, want %d", i, n)
	}
}

func TestExactAfterClose(t *testing.T) {
	dir := t.TempDir()
	s, l := open(t, dir, Options{})
	l.Skip()
	l.Append(stored(1))
	l.Skip()
	l.SetExpected(9)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, l = open(t, dir, Options{})
	defer s.Close()
	if l.Next() != 4 || l.Expected() != 9 {
		t.Errorf("Next %d Expected %d after Close, want 4 and 9", l.Next(), l.Expected())
	}
}

func TestReset(t *testing.T) {
	dir := t.TempDir()
	s, l := open(t, dir, Options{})
	for i := 1; i <= 20; i++ {
		l.Append(stored(i))
	}
	l.Reset()
	if l.Next() != 1 || l.Expected() != 1 || l.Last() != stored(20).Event {
		t.Errorf("after Reset: Next %d Expected %d Last %v, want 1, 1, %v", l.Next(), l.Expected(), l.Last(), stored(20).Event)
	}
	l.Append(stored(21))
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	kill(s)
	s, l = open(t, dir, Options{})
	defer s.Close()
	var m gateway.Stored
	if !l.Find(1, &m) || m.Num != 1 || m.Event != stored(21).Event {
		t.Errorf("after Reset the first message is %+v, want number 1 with event %v", m, stored(21).Event)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*.log")); len(files) != 1 {
		t.Errorf("files after Reset: %v, want one", files)
	}
}

func TestPrune(t *testing.T) {
	s, l := open(t, t.TempDir(), Options{SegmentSize: 1 << 10, MaxBytes: 4 << 10})
	defer s.Close()
	for i := 1; i <= 500; i++ {
		l.Append(stored(i))
	}
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	var m gateway.Stored
	if !l.Find(1, &m) || m.Num < 400 {
		t.Errorf("the oldest message kept is %d, want one of the last 100", m.Num)
	}
	if l.total() > 6<<10 {
		t.Errorf("%d bytes are kept, want at most 6 KiB", l.total())
	}
}

// TestTorn cuts the newest file at every byte: what is left is a prefix.
func TestTorn(t *testing.T) {
	dir := t.TempDir()
	s, l := open(t, dir, Options{})
	for i := 1; i <= 12; i++ {
		l.Append(stored(i))
		if i%5 == 0 {
			l.Skip()
		}
	}
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	kill(s)
	name := filepath.Join(dir, segmentName(gateway.FirstSession, 1))
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	had := -1
	for cut := range len(whole) + 1 {
		if err := os.WriteFile(name, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		s, l := open(t, dir, Options{})
		var m gateway.Stored
		n, at := 0, uint64(1)
		for l.Find(at, &m) {
			n++
			if string(m.Body) != string(stored(n).Body) {
				t.Fatalf("cut at %d: message %d is %s, want %s", cut, n, m.Body, stored(n).Body)
			}
			at = m.Num + 1
		}
		if n < had {
			t.Fatalf("cut at %d: %d messages, fewer than with less of the file", cut, n)
		}
		had = n
		if n > 0 && l.Last() != stored(n).Event {
			t.Fatalf("cut at %d: Last %v, want %v", cut, l.Last(), stored(n).Event)
		}
		l.Append(stored(n + 1)) // It goes on from there.
		checkAll(t, l, n+1)
		kill(s)
	}
	if had != 12 {
		t.Errorf("%d messages in the whole file, want 12", had)
	}
}

// TestFlip flips every bit of an older file: it refuses to open.
func TestFlip(t *testing.T) {
	dir := t.TempDir()
	s, l := open(t, dir, Options{SegmentSize: 512})
	for i := 1; i <= 20; i++ {
		l.Append(stored(i))
	}
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	kill(s)
	name := filepath.Join(dir, segmentName(gateway.FirstSession, 1))
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		whole[i] ^= 1 << (i % 8)
		if err := os.WriteFile(name, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		whole[i] ^= 1 << (i % 8)
		s, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Open(alice); err == nil {
			t.Errorf("a flipped bit in byte %d was not seen", i)
		}
		kill(s)
	}
}

func TestSessions(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir, Options{})
	bob := gateway.Identity{Account: 17, CompID: "ALICE"}
	id, _, err := s.Open(bob)
	if err != nil || id != gateway.FirstSession+1 {
		t.Fatalf("Open = %d %v, want %d", id, err, gateway.FirstSession+1)
	}
	kill(s)
	f, err := os.OpenFile(filepath.Join(dir, "sessions"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte{5, 0, 0, 0, 1, 2}) // An entry that was cut short.
	f.Close()
	s, err = Open(dir, Options{MaxSessions: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var got []gateway.Identity
	if err := s.Each(func(id venue.SessionID, who gateway.Identity, _ gateway.Outbox) { got = append(got, who) }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0] != alice || got[1] != bob {
		t.Errorf("sessions %v, want %v", got, []gateway.Identity{alice, bob})
	}
	if _, _, err := s.Open(gateway.Identity{Account: 18, CompID: "X"}); !errors.Is(err, ErrTooManySessions) {
		t.Errorf("Open of one too many = %v, want %v", err, ErrTooManySessions)
	}
}

// TestModel compares the files with the outbox in memory, over kills.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		opts := Options{SegmentSize: 700}
		s, l := open(t, dir, opts)
		model := &gateway.MemoryOutbox{}
		seq := 0
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				if a, b := l.Skip(), model.Skip(); a != b {
					rt.Fatalf("Skip = %d, want %d", a, b)
				}
			case 1:
				n := model.Expected() + rapid.Uint64Range(0, 600).Draw(rt, "by")
				l.SetExpected(n)
				model.SetExpected(n)
			case 2:
				if err := s.Close(); err != nil {
					rt.Fatal(err)
				}
				s, l = open(t, dir, opts)
			case 3:
				if rapid.IntRange(0, 4).Draw(rt, "reset") == 0 {
					l.Reset()
					model.Reset()
				}
			default:
				seq++
				if a, b := l.Append(stored(seq)), model.Append(stored(seq)); a != b {
					rt.Fatalf("Append = %d, want %d", a, b)
				}
			}
			n := rapid.Uint64Range(1, model.Next()).Draw(rt, "n")
			var a, b gateway.Stored
			found := model.Find(n, &b)
			if l.Find(n, &a) != found || found && (a.Num != b.Num || string(a.Body) != string(b.Body)) {
				rt.Fatalf("Find(%d) = %+v, want %v %+v", n, a, found, b)
			}
			if l.Next() != model.Next() || l.Expected() != model.Expected() || l.Last() != model.Last() {
				rt.Fatalf("next %d expected %d last %v, want %d %d %v", l.Next(), l.Expected(), l.Last(), model.Next(), model.Expected(), model.Last())
			}
		}
		kill(s)
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(appendRecord(nil, &record{kind: message, num: 7, body: []byte(`{"a":"b"}`)}))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r record
		n, _ := decode(b, &r)
		if n == 0 {
			return
		}
		if got := appendRecord(nil, &r); string(got[:31]) != string(b[:31]) || string(got[32:]) != string(b[32:n]) {
			t.Errorf("%x was decoded and encoded as %x", b[:n], got)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	s, l := open(b, b.TempDir(), Options{})
	defer s.Close()
	m := stored(1)
	m.Body = make([]byte, 600)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.Event.Seq++
		l.Append(m)
		if i++; i%64 == 0 {
			if err := l.Flush(); err != nil {
				b.Fatal(err)
			}
		}
	}
}
