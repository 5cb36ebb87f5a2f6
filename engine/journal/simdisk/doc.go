// Package simdisk is a disk in memory that crashes, fills up, fails and lies, by seed.
//
// It owns the bytes of one directory and what would be left of them after a power
// failure. It implements journal.FS for tests of the journal and of whatever drives
// it; it never runs in production, reads no clock and starts no goroutine.
//
// The model, which is meaner than a real disk:
//
//   - Each unsynced page of 4 KiB is, at a crash, independently kept, lost or torn;
//     a torn page keeps each of its 512-byte sectors or not. A sector is atomic.
//   - Each creation, rename and removal since the last SyncDir is independently kept
//     or undone; a rename as a whole.
//   - A failed Sync reports once. Its pages stay visible and are clean from then on,
//     so that the next Sync returns nil, and they are gone after a crash.
//   - A full disk writes what fits and then fails with ENOSPC.
//
// The same seed and the same calls give the same disk.
package simdisk
