package journal_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var runMutants = flag.Bool("journal.mutants", false, "compile and run every mutant, about two minutes")

// mutants are faults that somebody could write, and the test that must notice each:
// fault table T1.
var mutants = []struct {
	name, file, old, new, test string
}{
	{"acknowledges before the sync", "journal.go", "\t\treturn nil\n\t}\n\treturn j.sync()\n}", "\t\treturn nil\n\t}\n\treturn nil\n}", "TestCrashes"},
	{
		"syncs before it writes", "journal.go",
		"\tif err := writeAll(j.cur.f, frame, off); err != nil {\n\t\treturn j.poison(\"write frame\", err)\n\t}\n",
		"\tdefer func() { _ = writeAll(j.cur.f, frame, off) }()\n", "TestCrashes",
	},
	{"tries a failed sync again", "journal.go", "err := j.cur.f.Sync(); err != nil {\n\t\treturn j.poison(\"sync\"", "err := j.cur.f.Sync(); err != nil && j.cur.f.Sync() != nil {\n\t\treturn j.poison(\"sync\"", "TestPoison|TestCrashes"},
	{"forgets the first error", "journal.go", "\tif j.err == nil {\n\t\tj.err = &Poisoned", "\tif j.err == nil {\n\t\treturn &PoisonedError{Op: op, Err: err}\n\t\tj.err = &Poisoned", "TestPoison"},
	{"does not write the last frame again", "journal.go", "if err := writeAll(f, b, s.last.off); err != nil {", "if err := error(nil); err != nil {", "TestSyncGate"},
	{"does not erase a torn frame", "journal.go", "if err := writeZeros(f, d.Offset, d.Offset+d.Bytes); err != nil {", "if err := error(nil); d == nil {", "TestCrashes"},
	{"does not sync what Open found", "journal.go", "\tif err := f.Sync(); err != nil {\n\t\treturn fmt.Errorf(\"journal: sync segment %d: %w\", seg.head.number, err)\n\t}\n\tj.durable", "\tj.durable", "TestSettleOrder"},
	{"does not sync the header of a segment", "journal.go", "if err := sp.f.Sync(); err != nil {\n\t\treturn h", "if err := error(nil); err != nil {\n\t\treturn h", "TestCrashes"},
	{"marks a segment full before the next one exists", "journal.go", "\th, err := j.startSegment(spare)\n\tif err != nil {\n\t\treturn err\n\t}\n\tif err := j.writeMark(full); err != nil {", "\tif err := j.writeMark(full); err != nil {\n\t\treturn err\n\t}\n\th, err := j.startSegment(spare)\n\tif err != nil {", "TestCrashes"},
	{"never marks a segment full", "journal.go", "j.writeMark(full)", "j.writeMark(inUse)", "TestMissingSegments"},
	{"does not sync the directory of a new segment", "prepare.go", "if err := fs.SyncDir(); err != nil {", "if err := error(nil); err != nil {", "TestCrashes"},
	{"does not sync the directory that it opens", "journal.go", "if err = fs.SyncDir(); err != nil {", "if err != nil {", "TestCrashes"},
	{"does not chain the checksums", "format.go", "extend(extend(prev, frame[:frameSumAt])", "extend(extend(0, frame[:frameSumAt])", "TestForkedHistory"},
	{"does not salt the header", "format.go", "extend(salt, b[:frameCheckAt]) != le", "extend(7, b[:frameCheckAt]) != le", "TestForgedHeaders"},
	{"does not check the header of a segment", "format.go", " || extend(0, b[:blockCheckAt]) != le.Uint32(b[blockCheckAt:]) {\n\t\treturn segmentHeader", " {\n\t\treturn segmentHeader", "TestEveryBitFlip"},
	{"does not look ahead", "scan.go", "if t.later != nil {\n\t\treturn", "if false {\n\t\treturn", "TestEveryBitFlip"},
	{"does not believe the marks", "scan.go", "if marked && (", "if marked && false && (", "TestEveryBlockZeroed"},
	{"takes any header for a beginning", "scan.go", "if t.end > pageSize {", "if t.end < 0 {", "TestEveryBlockZeroed"},
	{"does not compare segments", "scan.go", "if h.batch != s.pos.batch || h.seq != s.pos.seq || h.sum != s.pos.sum {", "if false {", "TestExchangedSegments"},
	{"does not sync a snapshot", "snapshot.go", "return f.Sync()", "return nil", "TestSnapshotCrash"},
	{"does not sync the name of a snapshot", "snapshot.go", "if err := j.fs.SyncDir(); err != nil {", "if err := error(nil); err != nil {", "TestSnapshotCrash"},
	{"removes good snapshots first", "snapshot.go", " && verifySnapshot(j.fs, j.id, seq) == nil {", " {", "TestSnapshotDamage"},
}

// TestMutants makes sure that the list still fits the code, and with -journal.mutants
// that each mutant fails the test that is named for it.
func TestMutants(t *testing.T) {
	for _, m := range mutants {
		t.Run(strings.ReplaceAll(m.name, " ", "-"), func(t *testing.T) {
			source, err := os.ReadFile(m.file)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(source), m.old); n != 1 {
				t.Fatalf("%s holds %q %d times, want once", m.file, m.old, n)
			}
			if !*runMutants {
				return
			}
			out, err := runMutant(t, m.file, strings.Replace(string(source), m.old, m.new, 1), m.test)
			switch {
			case err == nil:
				t.Errorf("survives %s", m.test)
			case !strings.Contains(out, "--- FAIL"):
				t.Errorf("does not run: %v\n%s", err, out)
			default:
				t.Log(firstFailure(out))
			}
		})
	}
}

func firstFailure(out string) string {
	for line := range strings.Lines(out) {
		if strings.Contains(line, "_test.go:") && !strings.Contains(line, " 0 silent") {
			return strings.TrimSpace(line)
		}
	}
	return "caught"
}

// runMutant builds the tests with one file replaced and runs one of them.
func runMutant(t *testing.T, file, source, test string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	replacement := filepath.Join(dir, file)
	if err := os.WriteFile(replacement, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: replacement}})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "test", "-vet=off", "-overlay", list, "-run", "^("+test+")$", ".").CombinedOutput()
	return string(out), err
}
