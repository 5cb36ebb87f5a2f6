package sequencer

import (
	"fmt"
	"time"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// run is the core's goroutine: one round after the other until the end.
func (s *Sequencer) run() {
	defer close(s.done)
	synced := make(chan error, 1)
	for s.gather() {
		if err := s.round(synced); err != nil {
			s.fail(err)
			return
		}
		if s.seq-s.snapshotted >= s.config.SnapshotEvery {
			s.snapshot(true)
		}
	}
	s.snapshot(false)
	s.timer.Stop()
	s.ring.close(ErrClosed)
}

// gather waits for commands or for the core's deadline and takes what there is
// into s.taken. It returns false when the sequencer closes and nothing is left.
func (s *Sequencer) gather() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queue.ends) == 0 && !s.alarm && !s.closing {
		s.wake.Wait()
	}
	if len(s.queue.ends) == 0 && s.closing {
		return false
	}
	s.alarm = false
	s.queue, s.taken = queue{s.taken.records[:0], s.taken.ends[:0]}, s.queue
	if n := s.config.RoundCommands; len(s.taken.ends) > n {
		s.putBack(n)
	}
	return true
}

// putBack leaves all but the first n taken commands in the queue. The caller
// holds the lock.
func (s *Sequencer) putBack(n int) {
	cut := s.taken.ends[n-1]
	s.queue.records = append(s.queue.records, s.taken.records[cut:]...)
	for _, end := range s.taken.ends[n:] {
		s.queue.ends = append(s.queue.ends, end-cut)
	}
	s.taken.records, s.taken.ends = s.taken.records[:cut], s.taken.ends[:n]
}

// round makes one frame, syncs it while the core applies it, and publishes the
// events.
func (s *Sequencer) round(synced chan error) error {
	first, count := s.encode()
	if count == 0 {
		return nil
	}
	var sync time.Duration
	go func() {
		start := time.Now()
		err := s.journal.Append(uint64(first), count, s.frame)
		sync = time.Since(start)
		synced <- err
	}()
	start := time.Now()
	b := s.ring.blank()
	applyErr := s.apply(b)
	apply := time.Since(start)
	if err := <-synced; err != nil {
		return fmt.Errorf("sequencer: journal frame from %d: %w", first, err)
	}
	if applyErr != nil {
		return applyErr
	}
	events := s.publish(b)
	if s.config.OnRound != nil {
		s.config.OnRound(Round{count, events, len(s.frame), sync, apply})
	}
	return nil
}

// publish shows a round to the readers and prepares the next one.
func (s *Sequencer) publish(b *Batch) (events int) {
	events = len(b.tape.Entries)
	s.ring.publish(b, false)
	if s.ring.requiredLag() > uint64(s.config.RingBatches)/2 {
		s.mu.Lock()
		s.lagging = true
		s.mu.Unlock()
	}
	s.setAlarm()
	return events
}

// encode stamps the taken commands and builds their frame. A Tick goes first
// when the core has something due, so that deadlines fire before commands of
// the same time.
func (s *Sequencer) encode() (first venue.Seq, count int) {
	s.now = max(s.now, s.config.Clock())
	due, ok := s.core.NextDeadline()
	tick := ok && due <= s.now
	first, count = s.seq+1, len(s.taken.ends)
	if tick {
		count++
	}
	s.frame = wire.AppendBatchHeader(s.frame[:0], first, s.now, uint32(count))
	if tick {
		s.frame = wire.AppendCommand(s.frame, 0, &venue.Tick{})
	}
	s.frame = append(s.frame, s.taken.records...)
	s.seq += venue.Seq(count)
	return first, count
}

// apply decodes s.frame as replay would and applies it to the core.
func (s *Sequencer) apply(b *Batch) error {
	return applyFrame(&s.decoder, s.core, s.frame, b)
}

// setAlarm has gather wake up when the core's next deadline comes.
func (s *Sequencer) setAlarm() {
	due, ok := s.core.NextDeadline()
	if !ok {
		s.timer.Stop()
		return
	}
	s.timer.Reset(max(0, time.Duration(due-s.config.Clock())))
}

// soundAlarm is called by the timer.
func (s *Sequencer) soundAlarm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alarm = true
	s.wake.Signal()
}

// fail ends everything after an error that cannot be mended in this process.
func (s *Sequencer) fail(err error) {
	s.mu.Lock()
	s.failed = err
	s.mu.Unlock()
	s.timer.Stop()
	s.ring.close(err)
}
