package journal_test

import (
	"testing"

	"golang.org/x/sys/unix"
)

func mountTmpfs(t *testing.T, path, options string) {
	t.Helper()
	if err := unix.Mount("tmpfs", path, "tmpfs", 0, options); err != nil {
		t.Skipf("a tmpfs cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(path, unix.MNT_DETACH) })
}

func remount(t *testing.T, path, options string) {
	t.Helper()
	if err := unix.Mount("tmpfs", path, "tmpfs", unix.MS_REMOUNT, options); err != nil {
		t.Skipf("a tmpfs cannot be mounted here: %v", err)
	}
}
