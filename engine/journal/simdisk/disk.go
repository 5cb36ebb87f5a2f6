package simdisk

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"

	"github.com/clearhour/clearhour/engine/journal"
)

const (
	pageSize   = 4096
	sectorSize = 512
)

// ErrCrashed is returned by every operation after a crash, until Restart.
var ErrCrashed = errors.New("simdisk: the machine has crashed")

// ErrIO is the default injected failure.
var ErrIO = fmt.Errorf("simdisk: injected: %w", syscall.EIO)

// Op is one operation, as seen by OnOp.
type Op struct {
	N    int // 1 for the first operation since New
	Kind Kind
	Name string // of the file, empty for SyncDir
}

// Kind of an operation. Only operations that change the disk are counted.
type Kind uint8

// The kinds of operations.
const (
	Write Kind = iota
	Sync
	Truncate
	Create
	Rename
	Remove
	SyncDir
)

// Disk is one simulated directory. It may be used by several goroutines.
type Disk struct {
	mu      sync.Mutex
	rng     *rand.Rand
	names   map[string]*inode // as a process sees it
	durable map[string]*inode // as of the last SyncDir
	pending []nameOp          // since then, in order
	life    int               // counts restarts; handles of an earlier life are dead
	crashed bool

	ops      int
	crashAt  int
	failures []failure
	capacity int64 // bytes, 0 means unlimited
	onOp     func(Op)
}

type failure struct {
	kind Kind
	in   int // operations of that kind until it strikes
	err  error
}

type nameOp struct {
	kind     Kind
	name, to string
	node     *inode
}

// New returns an empty disk.
func New(seed uint64) *Disk {
	return &Disk{
		rng:     rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)),
		names:   map[string]*inode{},
		durable: map[string]*inode{},
	}
}

// Clone copies the disk as a process sees it now; the copy is durable as a whole, has
// no faults armed and continues from seed.
func (d *Disk) Clone(seed uint64) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := New(seed)
	for name, n := range d.names {
		c.names[name] = &inode{live: slices.Clone(n.live), disk: slices.Clone(n.live)}
	}
	c.durable = maps.Clone(c.names)
	return c
}

// CrashAfter arms a crash at the n-th changing operation from now, 1 being the next.
// A write is then seen in part, by the page model; a sync has not happened.
func (d *Disk) CrashAfter(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.crashAt = d.ops + n
}

// FailAfter arms err (ErrIO when nil) for the n-th operation of the kind from now.
func (d *Disk) FailAfter(kind Kind, n int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		err = ErrIO
	}
	d.failures = append(d.failures, failure{kind, n, err})
}

// SetCapacity limits the bytes of all files together; 0 removes the limit.
func (d *Disk) SetCapacity(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.capacity = bytes
}

// OnOp calls fn before each changing operation, outside of the lock: to count, to
// stall or to crash at a chosen place. nil removes it.
func (d *Disk) OnOp(fn func(Op)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.onOp = fn
}

// Ops is the number of changing operations so far.
func (d *Disk) Ops() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

// Crashed says that an armed crash has struck.
func (d *Disk) Crashed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.crashed
}

// Restart crashes the machine if it has not crashed yet, decides what is left, and
// makes the disk usable again. Armed faults and the hook are gone, the capacity stays.
func (d *Disk) Restart() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.life++
	d.crashed, d.crashAt, d.failures, d.onOp = false, 0, nil, nil
	d.names = d.survivors()
	d.durable = maps.Clone(d.names)
	d.pending = nil
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		d.names[name].crash(d.rng)
	}
}

// survivors replays the pending changes of names on the durable ones, leaving some
// out. One that has lost its ground, such as a rename of a file whose creation was
// left out, is left out too.
func (d *Disk) survivors() map[string]*inode {
	left := maps.Clone(d.durable)
	for _, op := range d.pending {
		if d.rng.IntN(2) == 0 {
			continue
		}
		switch op.kind {
		case Create:
			if left[op.name] == nil {
				left[op.name] = op.node
			}
		case Rename:
			if left[op.name] == op.node {
				left[op.to] = op.node
				delete(left, op.name)
			}
		case Remove:
			if left[op.name] == op.node {
				delete(left, op.name)
			}
		case Write, Sync, Truncate, SyncDir:
			panic("simdisk: not a change of names")
		}
	}
	return left
}

// Kill ends the process but not the machine: what was written stays, handles die.
func (d *Disk) Kill() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.life++
	d.crashed, d.crashAt, d.failures, d.onOp = false, 0, nil, nil
}

// Damage changes the bytes of a file behind everybody's back, in the cache and on
// the platter. fn may change b but not its length.
func (d *Disk) Damage(name string, fn func(b []byte)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.names[name]
	fn(n.live)
	n.disk = slices.Clone(n.live)
	n.dirty, n.stale = nil, nil
}

// Bytes copies the contents of a file, nil when there is none.
func (d *Disk) Bytes(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := d.names[name]; n != nil {
		return slices.Clone(n.live)
	}
	return nil
}

// Put makes or replaces a durable file.
func (d *Disk) Put(name string, b []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := &inode{live: slices.Clone(b), disk: slices.Clone(b)}
	d.names[name], d.durable[name] = n, n
}

// Delete removes a file durably.
func (d *Disk) Delete(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.names, name)
	delete(d.durable, name)
}

// begin counts an operation and strikes with what is armed. It returns with the
// lock held. last says that the machine crashes in this operation.
func (d *Disk) begin(kind Kind, name string, life int) (last bool, err error) {
	d.mu.Lock()
	if d.crashed || life != d.life {
		return false, ErrCrashed
	}
	d.ops++
	if fn, op := d.onOp, (Op{d.ops, kind, name}); fn != nil {
		d.mu.Unlock()
		fn(op)
		d.mu.Lock()
		if d.crashed || life != d.life {
			return false, ErrCrashed
		}
	}
	if d.crashAt != 0 && d.ops >= d.crashAt {
		d.crashed = true
		return true, ErrCrashed
	}
	return false, d.strike(kind)
}

func (d *Disk) strike(kind Kind) (err error) {
	for i := range d.failures {
		f := &d.failures[i]
		if f.kind != kind || f.in == 0 {
			continue
		}
		if f.in--; f.in == 0 && err == nil {
			err = f.err
		}
	}
	return err
}

func (d *Disk) currentLife() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.life
}

// Open implements journal.FS.
func (d *Disk) Open(name string) (journal.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.crashed {
		return nil, ErrCrashed
	}
	n := d.names[name]
	if n == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &file{d: d, n: n, name: name, life: d.life}, nil
}

// Create implements journal.FS.
func (d *Disk) Create(name string) (journal.File, error) {
	last, err := d.begin(Create, name, d.currentLife())
	defer d.mu.Unlock()
	if err != nil && !last {
		return nil, err
	}
	if d.names[name] != nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
	}
	n := &inode{}
	d.names[name] = n
	d.pending = append(d.pending, nameOp{kind: Create, name: name, node: n})
	if last {
		return nil, err
	}
	return &file{d: d, n: n, name: name, life: d.life}, nil
}

// Remove implements journal.FS.
func (d *Disk) Remove(name string) error {
	last, err := d.begin(Remove, name, d.currentLife())
	defer d.mu.Unlock()
	if err != nil && !last {
		return err
	}
	n := d.names[name]
	if n == nil {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	delete(d.names, name)
	d.pending = append(d.pending, nameOp{kind: Remove, name: name, node: n})
	return err
}

// Rename implements journal.FS.
func (d *Disk) Rename(old, new string) error {
	last, err := d.begin(Rename, old, d.currentLife())
	defer d.mu.Unlock()
	if err != nil && !last {
		return err
	}
	n := d.names[old]
	if n == nil {
		return &fs.PathError{Op: "rename", Path: old, Err: fs.ErrNotExist}
	}
	delete(d.names, old)
	d.names[new] = n
	d.pending = append(d.pending, nameOp{kind: Rename, name: old, to: new, node: n})
	return err
}

// List implements journal.FS.
func (d *Disk) List() ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.crashed {
		return nil, ErrCrashed
	}
	return slices.Sorted(maps.Keys(d.names)), nil
}

// SyncDir implements journal.FS.
func (d *Disk) SyncDir() error {
	_, err := d.begin(SyncDir, "", d.currentLife())
	defer d.mu.Unlock()
	if err != nil {
		return err
	}
	d.durable = maps.Clone(d.names)
	d.pending = nil
	return nil
}

// Flip changes one bit of a file, durably.
func (d *Disk) Flip(name string, bit int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.names[name]
	n.live[bit/8] ^= 1 << (bit % 8)
	if p := bit / 8; p < len(n.disk) {
		n.disk[p] = n.live[p]
	}
}
