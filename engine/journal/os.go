package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

const lockName = "lock"

// ErrLocked says that another process, or another Dir of this one, has the directory open.
var ErrLocked = errors.New("journal: directory is in use by another process")

// Dir is a real directory, locked against other processes until Close.
type Dir struct {
	path string
	lock *os.File
}

// OS opens dir, makes it when it is absent (mode 0700) and locks it. The error is
// ErrLocked when somebody else holds it.
func OS(dir string) (*Dir, error) {
	if err := makeDir(dir); err != nil {
		return nil, fmt.Errorf("journal: create directory: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal: open lock: %w", err)
	}
	if err := lockFile(lock); err != nil {
		_ = lock.Close()
		return nil, err
	}
	return &Dir{path: dir, lock: lock}, nil
}

// makeDir also syncs the parent, because a journal whose directory vanishes in a
// crash has lost everything that it acknowledged.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return syncPath(filepath.Dir(filepath.Clean(dir)))
}

// Close releases the lock. Files that are open stay usable; close the journal first.
func (d *Dir) Close() error { return d.lock.Close() }

// Open opens an existing file for reading and writing.
func (d *Dir) Open(name string) (File, error) { return d.open(name, os.O_RDWR) }

// Create makes a new file.
func (d *Dir) Create(name string) (File, error) {
	return d.open(name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
}

func (d *Dir) open(name string, flag int) (File, error) {
	f, err := os.OpenFile(filepath.Join(d.path, name), flag, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// Remove deletes a file.
func (d *Dir) Remove(name string) error { return os.Remove(filepath.Join(d.path, name)) }

// Rename gives a file another name.
func (d *Dir) Rename(old, new string) error {
	return os.Rename(filepath.Join(d.path, old), filepath.Join(d.path, new))
}

// List names the files of the directory, in order.
func (d *Dir) List() ([]string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, nil
}

// SyncDir syncs the directory itself.
func (d *Dir) SyncDir() error { return syncPath(d.path) }

func syncPath(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

type osFile struct{ *os.File }

func (f osFile) Sync() error { return dataSync(f.File) }

func (f osFile) Size() (int64, error) {
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}
