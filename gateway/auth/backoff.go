package auth

import (
	"net/netip"
	"time"
)

// Failures that are let pass before waiting begins, and the longest wait.
const (
	freeKeyFailures     = 5
	freeNetworkFailures = 50
	maxWait             = 60 * time.Second
	// forgetAfter is how long failures and successes are remembered.
	forgetAfter = 10 * time.Minute
	// maxTried bounds each table of who tried what.
	maxTried = 1 << 16
)

// network is what one subscriber usually has: an IPv4 /24 or an IPv6 /56.
func network(ip netip.Addr) netip.Prefix {
	ip = ip.Unmap().WithZone("")
	bits := 24
	if ip.Is6() {
		bits = 56
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // No address: all of those share one record.
	}
	return p
}

// pair is a key tried from a network.
type pair struct {
	key string
	net netip.Prefix
}

// tried is what came of the attempts of a pair or a network.
type tried struct {
	failures int
	until    time.Time // No attempt is looked at before.
	last     time.Time
	good     bool // The pair was let in lately.
}

// fail counts a failure and doubles the wait with each one beyond free.
func (t *tried) fail(now time.Time, free int) {
	t.failures++
	t.last = now
	if over := t.failures - free; over > 0 {
		t.until = now.Add(min(maxWait, time.Second<<min(over-1, 6)))
	}
}

// backoff makes those wait who fail again and again. A pair of key and network
// that was let in lately never waits, and failures from one network do not
// count in another: a stranger who knows the name of a key cannot lock its
// owner out. What a stranger can try is then bounded by the connections of his
// address; a signature cannot be guessed, the waits only save the work.
type backoff struct {
	pairs    map[pair]*tried
	networks map[netip.Prefix]*tried
}

func newBackoff() backoff {
	return backoff{pairs: map[pair]*tried{}, networks: map[netip.Prefix]*tried{}}
}

// wait returns how long an attempt must wait, 0 when it may go on.
func (b *backoff) wait(p pair, now time.Time) time.Duration {
	t := b.pairs[p]
	if t != nil && t.good && now.Sub(t.last) < forgetAfter {
		return 0
	}
	var wait time.Duration
	if t != nil {
		wait = t.until.Sub(now)
	}
	if n := b.networks[p.net]; n != nil {
		wait = max(wait, n.until.Sub(now))
	}
	return max(wait, 0)
}

// failed counts a failure; known says that the key exists. Names of keys that
// do not exist are the choice of whoever tries and get no record.
func (b *backoff) failed(p pair, known bool, now time.Time) {
	if known {
		if t := record(b.pairs, p, now); !t.good {
			t.fail(now, freeKeyFailures)
		}
	}
	record(b.networks, p.net, now).fail(now, freeNetworkFailures)
}

// succeeded forgets the failures of a pair.
func (b *backoff) succeeded(p pair, now time.Time) {
	*record(b.pairs, p, now) = tried{good: true, last: now}
}

// record returns the record under k, made if need be. When the table is full one
// of a few picked by chance goes: a search for the best one to lose would be work
// that a stranger can cause.
func record[K comparable](table map[K]*tried, k K, now time.Time) *tried {
	if t := table[k]; t != nil {
		if now.Sub(t.last) >= forgetAfter {
			*t = tried{last: now}
		}
		return t
	}
	if len(table) >= maxTried {
		evict(table)
	}
	t := &tried{last: now}
	table[k] = t
	return t
}

// evict drops one record: of eight, the one heard of least lately that is not
// of somebody who was let in, if there is such a one.
func evict[K comparable](table map[K]*tried) {
	var victim K
	var worst *tried
	looked := 0
	for k, t := range table {
		if worst == nil || worst.good && !t.good || worst.good == t.good && t.last.Before(worst.last) {
			victim, worst = k, t
		}
		if looked++; looked == 8 {
			break
		}
	}
	delete(table, victim)
}
