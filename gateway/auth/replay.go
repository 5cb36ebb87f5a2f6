package auth

import (
	"crypto/sha256"
	"time"
)

// digest names a signature in the memory of those seen.
type digest [16]byte

func digestOf(signature []byte) digest {
	h := sha256.Sum256(signature)
	return digest(h[:16])
}

// seen remembers the signatures of one key for as long as any window could
// still take them. The window that a request asks for is not signed, so that is
// the largest window, not the one asked for.
type seen struct {
	at    map[digest]struct{}
	queue []seenAt // Oldest first from head on.
	head  int
}

type seenAt struct {
	sum   digest
	until time.Time
}

// keepSeen is how long a signature stays known: its time may lie maxAhead in
// the future and it is good for MaxRecvWindow after that.
const keepSeen = MaxRecvWindow + 2*maxAhead

// verdict is what the memory says about a signature.
type verdict uint8

const (
	fresh verdict = iota
	replayed
	full
)

// take remembers a signature. It refuses one that is known, and any when most
// are known already.
func (s *seen) take(sum digest, now time.Time, most int) verdict {
	s.expire(now)
	if _, known := s.at[sum]; known {
		return replayed
	}
	if len(s.at) >= most {
		return full
	}
	if s.at == nil {
		s.at = map[digest]struct{}{}
	}
	s.at[sum] = struct{}{}
	s.queue = append(s.queue, seenAt{sum, now.Add(keepSeen)})
	return fresh
}

func (s *seen) expire(now time.Time) {
	for s.head < len(s.queue) && now.After(s.queue[s.head].until) {
		delete(s.at, s.queue[s.head].sum)
		s.head++
	}
	if s.head > len(s.queue)/2 {
		s.queue = append(s.queue[:0], s.queue[s.head:]...)
		s.head = 0
	}
}
