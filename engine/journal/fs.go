package journal

// File is one open file. Reads may run beside writes.
type File interface {
	// WriteAt and ReadAt behave as in io.WriterAt and io.ReaderAt.
	WriteAt(p []byte, off int64) (int, error)
	ReadAt(p []byte, off int64) (int, error)
	// Sync returns nil when all bytes and the size are durable. After an error the
	// state of unsynced bytes is unknown, and a later nil proves nothing about them.
	Sync() error
	Truncate(size int64) error
	Size() (int64, error)
	Close() error
}

// FS is one flat directory that belongs to one journal.
type FS interface {
	// Open opens an existing file; the error is fs.ErrNotExist when there is none.
	Open(name string) (File, error)
	// Create makes a new empty file; the error is fs.ErrExist when there is one.
	Create(name string) (File, error)
	Remove(name string) error
	// Rename replaces new atomically.
	Rename(old, new string) error
	List() ([]string, error)
	// SyncDir makes creations, renames and removals durable.
	SyncDir() error
}
