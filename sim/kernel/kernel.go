package kernel

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/venue"
)

// Class orders what happens within a nanosecond.
type Class uint8

// Classes, the first one first.
const (
	// World is what happens outside of the venue: prices, failures, outages.
	World Class = iota
	// Timer is what the venue has due by its own clock.
	Timer
	// Arrival is a command that arrives at the venue.
	Arrival
	// MarketData is news that arrives at an agent.
	MarketData
	// Wake is an agent that looks around and acts.
	Wake
	// Measure is whoever only looks.
	Measure
)

// Source names who schedules events. Use Kernel.Source.
type Source uint32

// Event is something that happens.
type Event struct {
	// Time is when, Class what comes first then.
	Time  venue.Time
	Class Class
	// Source scheduled it.
	Source Source
	// Payload is what the source wrote, for instance the place of a command.
	Payload uint64
}

// Kernel is a queue of events. Use New. It is for one goroutine.
type Kernel struct {
	seed    uint64
	now     venue.Time
	sources []source
	heap    []item
}

// source is who schedules: the hash of seed and name, and how many events so far.
type source struct{ key, count uint64 }

// item is an event in the queue: 40 bytes. rank holds the class above 56 bits of
// the tie, so that one comparison decides almost always.
type item struct {
	time    venue.Time
	rank    uint64
	count   uint64
	payload uint64
	source  Source
}

// New returns an empty queue at a time.
func New(seed uint64, start venue.Time) *Kernel { return &Kernel{seed: seed, now: start} }

// Source returns a source of a name that no other source has.
func (k *Kernel) Source(name string) Source {
	sum := sha256.Sum256(append(binary.LittleEndian.AppendUint64(nil, k.seed), name...))
	k.sources = append(k.sources, source{key: binary.LittleEndian.Uint64(sum[:])})
	return Source(len(k.sources) - 1)
}

// Now returns the time of the last event that Next gave.
func (k *Kernel) Now() venue.Time { return k.now }

// Len returns how many events wait.
func (k *Kernel) Len() int { return len(k.heap) }

// Schedule puts an event of a source into the queue. The time is not before Now.
func (k *Kernel) Schedule(at venue.Time, class Class, from Source, payload uint64) {
	assert.That(at >= k.now, "event in the past")
	s := &k.sources[from]
	s.count++
	k.heap = append(k.heap, item{at, uint64(class)<<56 | mix(s.key, s.count)>>8, s.count, payload, from})
	k.up(len(k.heap) - 1)
}

// mix hashes a count with a key: the finaliser of SplitMix64 over their sum with
// its odd constant, which visits every value once.
func mix(key, n uint64) uint64 {
	z := key + n*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Peek returns the time and the class of the next event, and whether there is one.
func (k *Kernel) Peek() (venue.Time, Class, bool) {
	if len(k.heap) == 0 {
		return 0, 0, false
	}
	return k.heap[0].time, Class(k.heap[0].rank >> 56), true
}

// Next takes the next event out of the queue, and says whether there was one.
func (k *Kernel) Next() (Event, bool) {
	n := len(k.heap) - 1
	if n < 0 {
		return Event{}, false
	}
	x := k.heap[0]
	last := k.heap[n]
	if k.heap = k.heap[:n]; n > 0 {
		k.down(last)
	}
	k.now = x.time
	return Event{Time: x.time, Class: Class(x.rank >> 56), Source: x.source, Payload: x.payload}, true
}

// before is the order of events. Of two sources whose hashes agree in 56 bits the
// one with the smaller key is first: that, too, is a matter of names alone.
func (k *Kernel) before(a, b *item) bool {
	switch {
	case a.time != b.time:
		return a.time < b.time
	case a.rank != b.rank:
		return a.rank < b.rank
	case a.source != b.source:
		return k.sources[a.source].key < k.sources[b.source].key
	}
	return a.count < b.count
}

// up moves the item at i towards the top of the heap, in which the children of i
// are 4i+1 to 4i+4.
func (k *Kernel) up(i int) {
	x := k.heap[i]
	for i > 0 {
		parent := (i - 1) / 4
		if !k.before(&x, &k.heap[parent]) {
			break
		}
		k.heap[i] = k.heap[parent]
		i = parent
	}
	k.heap[i] = x
}

// down puts an item in at the top.
func (k *Kernel) down(x item) {
	i, n := 0, len(k.heap)
	for {
		child := 4*i + 1
		if child >= n {
			break
		}
		least := child
		for c := child + 1; c < min(child+4, n); c++ {
			if k.before(&k.heap[c], &k.heap[least]) {
				least = c
			}
		}
		if !k.before(&k.heap[least], &x) {
			break
		}
		k.heap[i] = k.heap[least]
		i = least
	}
	k.heap[i] = x
}
