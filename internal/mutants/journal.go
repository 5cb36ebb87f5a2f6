package mutants

import "slices"

// Journal returns the mutants of the journal: faults that lose what was acknowledged,
// or believe what was not (fault table T1).
func Journal() []Mutant {
	list := slices.Clone(journal)
	for i := range list {
		list[i].Rule, list[i].File = "T1", "engine/journal/"+list[i].File
	}
	return list
}

var journal = []Mutant{
	{
		Fault: "acknowledges before the sync", Tests: "TestCrashes",
		File: "journal.go", Old: "\t\treturn nil\n\t}\n\treturn j.sync()\n}",
		New: "\t\treturn nil\n\t}\n\treturn nil\n}",
	},
	{
		Fault: "syncs before it writes", Tests: "TestCrashes",
		File: "journal.go", Old: "\tif err := writeAll(j.cur.f, frame, off); err != nil {\n\t\treturn j.poison(\"write frame\", err)\n\t}\n",
		New: "\tdefer func() { _ = writeAll(j.cur.f, frame, off) }()\n",
	},
	{
		Fault: "tries a failed sync again", Tests: "TestPoison|TestCrashes",
		File: "journal.go", Old: "err := j.cur.f.Sync(); err != nil {\n\t\treturn j.poison(\"sync\"",
		New: "err := j.cur.f.Sync(); err != nil && j.cur.f.Sync() != nil {\n\t\treturn j.poison(\"sync\"",
	},
	{
		Fault: "forgets the first error", Tests: "TestPoison",
		File: "journal.go", Old: "\tif j.err == nil {\n\t\tj.err = &Poisoned",
		New: "\tif j.err == nil {\n\t\treturn &PoisonedError{Op: op, Err: err}\n\t\tj.err = &Poisoned",
	},
	{
		Fault: "does not write the last frame again", Tests: "TestSyncGate",
		File: "journal.go", Old: "if err := writeAll(f, b, s.last.off); err != nil {",
		New: "if err := error(nil); err != nil {",
	},
	{
		Fault: "does not erase a torn frame", Tests: "TestCrashes",
		File: "journal.go", Old: "if err := writeZeros(f, d.Offset, d.Offset+d.Bytes); err != nil {",
		New: "if err := error(nil); d == nil {",
	},
	{
		Fault: "does not sync what Open found", Tests: "TestSettleOrder",
		File: "journal.go", Old: "\tif err := f.Sync(); err != nil {\n\t\treturn fmt.Errorf(\"journal: sync segment %d: %w\", seg.head.number, err)\n\t}\n\tj.durable",
		New: "\tj.durable",
	},
	{
		Fault: "does not sync the header of a segment", Tests: "TestCrashes",
		File: "journal.go", Old: "if err := sp.f.Sync(); err != nil {\n\t\treturn h",
		New: "if err := error(nil); err != nil {\n\t\treturn h",
	},
	{
		Fault: "marks a segment full before the next one exists", Tests: "TestCrashes",
		File: "journal.go", Old: "\th, err := j.startSegment(spare)\n\tif err != nil {\n\t\treturn err\n\t}\n\tif err := j.writeMark(full); err != nil {",
		New: "\tif err := j.writeMark(full); err != nil {\n\t\treturn err\n\t}\n\th, err := j.startSegment(spare)\n\tif err != nil {",
	},
	{
		Fault: "never marks a segment full", Tests: "TestMissingSegments",
		File: "journal.go", Old: "j.writeMark(full)",
		New: "j.writeMark(inUse)",
	},
	{
		Fault: "does not sync the directory of a new segment", Tests: "TestCrashes",
		File: "prepare.go", Old: "if err := fs.SyncDir(); err != nil {",
		New: "if err := error(nil); err != nil {",
	},
	{
		Fault: "does not sync the directory that it opens", Tests: "TestCrashes",
		File: "journal.go", Old: "if err = fs.SyncDir(); err != nil {",
		New: "if err != nil {",
	},
	{
		Fault: "does not chain the checksums", Tests: "TestForkedHistory",
		File: "format.go", Old: "extend(extend(prev, frame[:frameSumAt])",
		New: "extend(extend(0, frame[:frameSumAt])",
	},
	{
		Fault: "does not salt the header", Tests: "TestForgedHeaders",
		File: "format.go", Old: "extend(salt, b[:frameCheckAt]) != le",
		New: "extend(7, b[:frameCheckAt]) != le",
	},
	{
		Fault: "does not check the header of a segment", Tests: "TestEveryBitFlip",
		File: "format.go", Old: " || extend(0, b[:blockCheckAt]) != le.Uint32(b[blockCheckAt:]) {\n\t\treturn segmentHeader",
		New: " {\n\t\treturn segmentHeader",
	},
	{
		Fault: "does not look ahead", Tests: "TestEveryBitFlip",
		File: "scan.go", Old: "if t.later != nil {\n\t\treturn",
		New: "if false {\n\t\treturn",
	},
	{
		Fault: "does not believe the marks", Tests: "TestEveryBlockZeroed",
		File: "scan.go", Old: "if marked && (",
		New: "if marked && false && (",
	},
	{
		Fault: "takes any header for a beginning", Tests: "TestEveryBlockZeroed",
		File: "scan.go", Old: "if t.end > pageSize {",
		New: "if t.end < 0 {",
	},
	{
		Fault: "does not compare segments", Tests: "TestExchangedSegments",
		File: "scan.go", Old: "if h.batch != s.pos.batch || h.seq != s.pos.seq || h.sum != s.pos.sum {",
		New: "if false {",
	},
	{
		Fault: "does not sync a snapshot", Tests: "TestSnapshotCrash",
		File: "snapshot.go", Old: "return f.Sync()",
		New: "return nil",
	},
	{
		Fault: "does not sync the name of a snapshot", Tests: "TestSnapshotCrash",
		File: "snapshot.go", Old: "if err := j.fs.SyncDir(); err != nil {",
		New: "if err := error(nil); err != nil {",
	},
	{
		Fault: "removes good snapshots first", Tests: "TestSnapshotDamage",
		File: "snapshot.go", Old: " && verifySnapshot(j.fs, j.id, seq) == nil {",
		New: " {",
	},
}
