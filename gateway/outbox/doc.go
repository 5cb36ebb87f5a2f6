// Package outbox keeps on disk what FIX sessions are owed: for each session an
// append-only log of its application messages, its two sequence numbers and the
// last event that it was told about.
//
// It owns the files of one directory and knows nothing of FIX but numbers. A
// message is handed to the operating system by Flush and is on the disk after
// Sync; nothing waits for the disk in between. So what was sent survives the end
// of the process, and after the end of the machine the messages since the last
// Sync are made again from the journal: the venue calls Sync before a snapshot
// counts, and events behind it are heard again.
//
// Invariants: a number is never given twice before a reset; a record is read
// back byte for byte or not at all; an incomplete record at the end of the
// newest file is dropped, anything else that is damaged refuses to open.
package outbox
