package sequencer

import (
	"context"

	"github.com/clearhour/clearhour/venue"
)

// copied is a state and the sequence after which it was taken.
type copied struct {
	seq   venue.Seq
	state []byte
}

// Copy returns the state after the last published envelope, as AppendState writes
// it, to be read only. It costs the core what a snapshot costs, between two rounds:
// whoever serves others asks rarely and keeps the answer. The error is ErrClosed,
// the journal's, or that of ctx.
func (s *Sequencer) Copy(ctx context.Context) (venue.Seq, []byte, error) {
	answer := make(chan copied, 1)
	s.mu.Lock()
	s.copies = append(s.copies, answer)
	s.wake.Signal()
	s.mu.Unlock()
	select {
	case c := <-answer:
		return c.seq, c.state, nil
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	case <-s.done:
	}
	if err := s.Err(); err != nil {
		return 0, nil, err
	}
	return 0, nil, ErrClosed
}

// giveCopies answers who asked for the state. Nothing of it is unpublished now.
func (s *Sequencer) giveCopies() {
	s.mu.Lock()
	all := s.copies
	s.copies = nil
	s.mu.Unlock()
	if len(all) == 0 {
		return
	}
	c := copied{s.seq, s.core.AppendState(nil)}
	for _, answer := range all {
		answer <- c // It has room for one.
	}
}
