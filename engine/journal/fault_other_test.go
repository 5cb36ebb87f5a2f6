//go:build !linux

package journal_test

import "testing"

func mountTmpfs(t *testing.T, _, _ string) { t.Skip("no tmpfs on this system") }

func remount(t *testing.T, _, _ string) { t.Skip("no tmpfs on this system") }
