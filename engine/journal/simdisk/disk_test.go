package simdisk_test

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"syscall"
	"testing"

	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/journal/simdisk"
)

func create(t *testing.T, d *simdisk.Disk, name string) journal.File {
	t.Helper()
	f, err := d.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func write(t *testing.T, f journal.File, b []byte, off int64) {
	t.Helper()
	if _, err := f.WriteAt(b, off); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// fates runs one history under many seeds and counts what is left of a file.
func fates(t *testing.T, history func(d *simdisk.Disk), name string, fate func(b []byte) string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for seed := range uint64(300) {
		d := simdisk.New(seed)
		history(d)
		d.Restart()
		counts[fate(d.Bytes(name))]++
	}
	t.Log(counts)
	return counts
}

func TestPagesAreKeptLostOrTorn(t *testing.T) {
	old, new := bytes.Repeat([]byte{1}, 8192), bytes.Repeat([]byte{2}, 8192)
	counts := fates(t, func(d *simdisk.Disk) {
		f := create(t, d, "a")
		write(t, f, old, 0)
		do(t, f.Sync(), d.SyncDir())
		write(t, f, new, 0)
	}, "a", func(b []byte) string {
		fate := ""
		for page := range slices.Chunk(b, 4096) {
			switch bytes.Count(page, []byte{2}) {
			case 0:
				fate += "lost "
			case 4096:
				fate += "kept "
			default:
				fate += "torn "
				for sector := range slices.Chunk(page, 512) {
					if n := bytes.Count(sector, []byte{2}); n != 0 && n != 512 {
						t.Fatalf("a sector holds %d new bytes of 512", n)
					}
				}
			}
		}
		return fate
	})
	if len(counts) != 9 {
		t.Errorf("%d fates of two pages, want 9", len(counts))
	}
}

func TestSyncedSurvives(t *testing.T) {
	counts := fates(t, func(d *simdisk.Disk) {
		f := create(t, d, "a")
		write(t, f, []byte("whole"), 0)
		do(t, f.Sync(), d.SyncDir())
	}, "a", func(b []byte) string { return string(b) })
	if len(counts) != 1 || counts["whole"] == 0 {
		t.Errorf("fates of a synced file: %v", counts)
	}
}

func TestNamesNeedSyncDir(t *testing.T) {
	counts := fates(t, func(d *simdisk.Disk) {
		f := create(t, d, "a")
		write(t, f, []byte("old"), 0)
		do(t, f.Sync(), d.SyncDir())
		f = create(t, d, "tmp")
		write(t, f, []byte("new"), 0)
		do(t, f.Sync(), d.Rename("tmp", "a"))
	}, "a", func(b []byte) string { return string(b) })
	if counts["old"] == 0 || counts["new"] == 0 || len(counts) != 2 {
		t.Errorf("fates of a rename without SyncDir: %v, want old and new", counts)
	}
	counts = fates(t, func(d *simdisk.Disk) { do(t, create(t, d, "a").Sync()) }, "a", func(b []byte) string {
		if b == nil {
			return "vanished"
		}
		return "there"
	})
	if len(counts) != 2 {
		t.Errorf("fates of a file without SyncDir: %v", counts)
	}
}

func TestFailedSyncLies(t *testing.T) {
	d := simdisk.New(1)
	f := create(t, d, "a")
	write(t, f, []byte("old"), 0)
	do(t, f.Sync(), d.SyncDir())
	write(t, f, []byte("new"), 0)
	d.FailAfter(simdisk.Sync, 1, nil)
	if err := f.Sync(); !errors.Is(err, syscall.EIO) {
		t.Fatalf("Sync: %v, want EIO", err)
	}
	do(t, f.Sync())
	if got := d.Bytes("a"); string(got) != "new" {
		t.Errorf("before the crash a process reads %q, want %q", got, "new")
	}
	d.Restart()
	if got := d.Bytes("a"); string(got) != "old" {
		t.Errorf("after the crash the disk holds %q, want %q", got, "old")
	}
}

func TestFullDiskWritesWhatFits(t *testing.T) {
	d := simdisk.New(1)
	d.SetCapacity(10)
	f := create(t, d, "a")
	n, err := f.WriteAt(make([]byte, 16), 0)
	if n != 10 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("16 bytes on a disk of 10: %d, %v", n, err)
	}
	if n, err := f.WriteAt([]byte("over"), 0); n != 4 || err != nil {
		t.Errorf("overwriting on a full disk: %d, %v", n, err)
	}
}

func TestHandlesDie(t *testing.T) {
	d := simdisk.New(1)
	f := create(t, d, "a")
	d.CrashAfter(1)
	if err := f.Sync(); !errors.Is(err, simdisk.ErrCrashed) {
		t.Errorf("the armed operation: %v", err)
	}
	if _, err := d.List(); !errors.Is(err, simdisk.ErrCrashed) {
		t.Errorf("List after the crash: %v", err)
	}
	d.Restart()
	if _, err := f.WriteAt([]byte("x"), 0); !errors.Is(err, simdisk.ErrCrashed) {
		t.Errorf("a handle of an earlier life: %v", err)
	}
	if _, err := d.Open("b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of an absent file: %v", err)
	}
}

func TestSameSeedSameDisk(t *testing.T) {
	run := func() []byte {
		d := simdisk.New(42)
		f := create(t, d, "a")
		do(t, d.SyncDir())
		for i := range 50 {
			write(t, f, bytes.Repeat([]byte{byte(i)}, 3000), int64(i)*2000)
		}
		d.Restart()
		return d.Bytes("a")
	}
	if a, b := run(), run(); !bytes.Equal(a, b) {
		t.Error("two runs of one seed differ")
	}
}
