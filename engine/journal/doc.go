// Package journal keeps the venue's commands on disk: an append-only log of
// checksummed frames, and snapshots that shorten its replay.
//
// A frame is one batch of commands and one sync of the disk. Its payload is
// opaque here. The journal owns the files of one directory; it never looks into
// a payload, never decides what a command means, never retries a failed sync and
// never shortens what was once durable. It starts no clock: the only goroutine
// zero-fills the file ahead of the appender, paced by what is appended.
//
// One directory holds
//
//	journal-00000001.log ...   segments, numbered from 1 without a gap
//	snapshot-<seq>.snap        at most the newest two
//	lock                       held by the process that has the journal open
//
// and one segment holds
//
//	page 0   sector 0: segment header, checksummed
//	         sectors 1, 2: marks, written in turn; a mark names a frame that is durable
//	page 1.. frames, back to back, then zeros up to the pre-written end
//
// Invariants, each with a test:
//
//   - Append in mode Synced returns nil only when the frame is durable.
//   - A frame's checksum continues the checksum of the frame before it, so a frame
//     is valid in one history only. Its header carries a checksum salted with a
//     random id of the journal, so no payload can contain a valid header.
//   - Open drops at most one frame, the last one, and only when it cannot have been
//     durable: nothing authentic lies behind it and no mark names it. Everything
//     else refuses to start, with a CorruptError or a MissingError, and changes nothing.
//   - What was dropped is overwritten with zeros and synced before the first append.
//   - After the first failed write or sync every call fails with that first error.
//   - A sector of 512 bytes is assumed to be written whole or not at all; a page is not.
package journal
