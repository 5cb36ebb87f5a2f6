package rest

import (
	"sync"
	"time"
)

// Limit is a rate with a burst: a bucket of Burst requests that fills again in
// Window.
type Limit struct {
	Burst  int
	Window time.Duration
}

// interval is the time in which one request comes back.
func (l Limit) interval() time.Duration { return l.Window / time.Duration(l.Burst) }

// maxLimited bounds the table of a limiter.
const maxLimited = 1 << 16

// limiter counts requests per key as the time at which its bucket will be full
// again: a number instead of a level and a date, and no rounding.
type limiter[K comparable] struct {
	limit Limit
	mu    sync.Mutex
	full  map[K]time.Time
}

func newLimiter[K comparable](l Limit) *limiter[K] {
	return &limiter[K]{limit: l, full: map[K]time.Time{}}
}

// use is what a limiter says about a request.
type use struct {
	left int           // Requests left in the bucket.
	full time.Duration // Until the bucket is full.
	wait time.Duration // Until the next request, when this one is refused.
}

// take counts a request of k, or says how long to wait.
func (l *limiter[K]) take(k K, now time.Time) use {
	l.mu.Lock()
	defer l.mu.Unlock()
	full, known := l.full[k]
	if !known && len(l.full) >= maxLimited {
		l.evict(now)
	}
	if full.Before(now) {
		full = now
	}
	next := full.Add(l.limit.interval())
	if over := next.Sub(now) - l.limit.Window; over > 0 {
		return use{full: full.Sub(now), wait: over}
	}
	l.full[k] = next
	return use{left: int((l.limit.Window - next.Sub(now)) / l.limit.interval()), full: next.Sub(now)}
}

// evict drops one of eight picked by chance: the fullest, which has least to
// lose.
func (l *limiter[K]) evict(now time.Time) {
	var victim K
	best := now.Add(2 * l.limit.Window)
	looked := 0
	for k, full := range l.full {
		if full.Before(best) {
			victim, best = k, full
		}
		if looked++; looked == 8 {
			break
		}
	}
	delete(l.full, victim)
}
