package simdisk

import (
	"io"
	"math/rand/v2"
	"slices"
	"syscall"
)

// inode holds a file twice: as processes see it and as it is on the platter.
type inode struct {
	live, disk []byte
	dirty      map[int]bool // pages that differ until the next sync
	stale      map[int]bool // pages whose sync failed: visible, clean and lost
}

func (n *inode) touch(from, to int64) {
	if n.dirty == nil {
		n.dirty = map[int]bool{}
	}
	for p := from / pageSize; p*pageSize < to; p++ {
		n.dirty[int(p)] = true
		delete(n.stale, int(p))
	}
}

func (n *inode) resize(size int64) {
	if size <= int64(len(n.live)) {
		n.live = n.live[:size]
		return
	}
	if size > int64(cap(n.live)) {
		grown := make([]byte, len(n.live), max(size, int64(2*cap(n.live))))
		copy(grown, n.live)
		n.live = grown
	}
	old := len(n.live)
	n.live = n.live[:size]
	clear(n.live[old:])
}

// page returns page p of b, shorter at the end of the file.
func page(b []byte, p int) []byte {
	from := min(p*pageSize, len(b))
	return b[from:min(from+pageSize, len(b))]
}

// save makes the given pages and the size durable.
func (n *inode) save() {
	if len(n.disk) > len(n.live) {
		n.disk = n.disk[:len(n.live)]
	}
	if k := len(n.live) - len(n.disk); k > 0 {
		n.disk = append(n.disk, make([]byte, k)...)
	}
	for p := range n.dirty {
		copy(page(n.disk, p), page(n.live, p))
	}
	clear(n.dirty)
}

// lose is a failed sync: nothing reaches the platter and nothing stays dirty.
func (n *inode) lose() {
	if n.stale == nil {
		n.stale = map[int]bool{}
	}
	for p := range n.dirty {
		n.stale[p] = true
	}
	clear(n.dirty)
}

// crash decides for each unsynced page, and for the size.
func (n *inode) crash(rng *rand.Rand) {
	size := len(n.disk)
	if len(n.live) != size && rng.IntN(2) == 0 {
		size = len(n.live)
	}
	result := make([]byte, max(len(n.live), len(n.disk)))
	copy(result, n.disk)
	pages := make([]int, 0, len(n.dirty))
	for p := range n.dirty {
		pages = append(pages, p)
	}
	slices.Sort(pages)
	for _, p := range pages {
		src := page(n.live, p)
		switch rng.IntN(3) {
		case 0: // lost
		case 1:
			copy(page(result, p), src)
			size = max(size, min(p*pageSize+len(src), len(n.live)))
		case 2:
			tear(page(result, p), src, rng)
			size = max(size, min(p*pageSize+len(src), len(n.live)))
		}
	}
	n.live = result[:size]
	n.disk = slices.Clone(n.live)
	n.dirty, n.stale = nil, nil
}

func tear(dst, src []byte, rng *rand.Rand) {
	for s := 0; s < len(src); s += sectorSize {
		if rng.IntN(2) == 0 {
			copy(dst[s:min(s+sectorSize, len(dst))], src[s:])
		}
	}
}

// file is a handle.
type file struct {
	d    *Disk
	n    *inode
	name string
	life int
}

func (f *file) WriteAt(p []byte, off int64) (int, error) {
	last, err := f.d.begin(Write, f.name, f.life)
	defer f.d.mu.Unlock()
	if err != nil && !last {
		if f.d.crashed || f.life != f.d.life {
			return 0, err
		}
		p = p[:len(p)/2] // a failed write has done part of its work
		f.store(p, off)
		return len(p), err
	}
	room := f.d.room()
	if grow := off + int64(len(p)) - int64(len(f.n.live)); grow > room && f.d.capacity > 0 {
		p = p[:max(int64(len(p))-(grow-room), 0)]
		f.store(p, off)
		if err == nil {
			err = syscall.ENOSPC
		}
		return len(p), err
	}
	f.store(p, off)
	return len(p), err
}

func (f *file) store(p []byte, off int64) {
	if len(p) == 0 {
		return
	}
	end := off + int64(len(p))
	from := off
	if end > int64(len(f.n.live)) {
		from = min(off, int64(len(f.n.live)))
		f.n.resize(end)
	}
	copy(f.n.live[off:], p)
	f.n.touch(from, end)
}

// room is what the capacity leaves. It is called with the lock held.
func (d *Disk) room() int64 {
	used := int64(0)
	for _, n := range d.names {
		used += int64(len(n.live))
	}
	return max(d.capacity-used, 0)
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if f.d.crashed || f.life != f.d.life {
		return 0, ErrCrashed
	}
	if off >= int64(len(f.n.live)) {
		return 0, io.EOF
	}
	n := copy(p, f.n.live[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) Sync() error {
	_, err := f.d.begin(Sync, f.name, f.life)
	defer f.d.mu.Unlock()
	if err == nil {
		f.n.save()
		return nil
	}
	if !f.d.crashed && f.life == f.d.life {
		f.n.lose()
	}
	return err
}

func (f *file) Truncate(size int64) error {
	last, err := f.d.begin(Truncate, f.name, f.life)
	defer f.d.mu.Unlock()
	if err != nil && !last {
		return err
	}
	old := int64(len(f.n.live))
	f.n.resize(size)
	f.n.touch(min(old, size), max(old, size))
	return err
}

func (f *file) Size() (int64, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if f.d.crashed || f.life != f.d.life {
		return 0, ErrCrashed
	}
	return int64(len(f.n.live)), nil
}

func (f *file) Close() error { return nil }
