package sequencer

import (
	"fmt"
	"slices"
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
		s.giveCopies()
		if s.seq-s.snapshotted >= s.config.SnapshotEvery {
			s.snapshot(true)
		}
	}
	s.snapshot(false)
	s.timer.Stop()
	s.ring.close(ErrClosed)
}

// gather waits for commands or for the core's deadline and takes the next chunk
// into s.taken. It returns false when the sequencer closes and nothing is left.
func (s *Sequencer) gather() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.giveBack()
	for len(s.queue) == 0 && !s.alarm && !s.closing && len(s.copies) == 0 {
		s.wake.Wait()
	}
	if len(s.queue) == 0 && s.closing {
		return false
	}
	s.alarm = false
	if len(s.queue) > 0 {
		s.taken = s.queue[0]
		s.queue = slices.Delete(s.queue, 0, 1)
		s.queued -= len(s.taken.payload) - prefix
	}
	return true
}

// maxFree is how many chunks are kept for reuse.
const maxFree = 4

// giveBack keeps the chunk of the last round for a later one. The caller holds
// the lock.
func (s *Sequencer) giveBack() {
	if k := s.taken; k != nil && len(s.free) < maxFree {
		k.payload, k.count = k.payload[:prefix], 0
		s.free = append(s.free, k)
	}
	s.taken = nil
}

// round makes one frame, syncs it while the core applies it, and publishes the
// events.
func (s *Sequencer) round(synced chan error) error {
	first, count, frame := s.stamp()
	if count == 0 {
		return nil
	}
	var sync time.Duration
	go func() {
		start := time.Now()
		err := s.journal.Append(uint64(first), count, frame)
		sync = time.Since(start)
		synced <- err
	}()
	start := time.Now()
	b := s.ring.blank()
	applyErr := applyFrame(&s.decoder, s.core, frame, b)
	apply := time.Since(start)
	if err := <-synced; err != nil {
		return fmt.Errorf("sequencer: journal frame from %d: %w", first, err)
	}
	if applyErr != nil {
		return applyErr
	}
	s.applied += uint64(s.taken.count)
	b.Submitted = s.applied
	events := s.publish(b)
	if s.config.OnRound != nil {
		s.config.OnRound(Round{count, events, len(frame), sync, apply})
	}
	return nil
}

// publish shows a round to the readers and prepares the next one.
func (s *Sequencer) publish(b *Batch) (events int) {
	events = len(b.tape.Entries)
	last := b.Last
	s.ring.publish(b, false)
	s.published.Store(uint64(last))
	if s.ring.requiredLag() > uint64(s.config.RingBatches)/2 {
		s.mu.Lock()
		s.lagging = true
		s.mu.Unlock()
	}
	s.setAlarm()
	return events
}

// stamp gives the taken commands their sequence and time and returns their
// frame. A Tick goes first when the core has something due, so that deadlines
// fire before commands of the same time.
func (s *Sequencer) stamp() (first venue.Seq, count int, frame []byte) {
	s.now = max(s.now, s.config.Clock())
	if s.taken == nil {
		s.taken = &chunk{payload: make([]byte, prefix)}
	}
	due, ok := s.core.NextDeadline()
	first, count, frame = s.seq+1, s.taken.count, s.taken.payload
	if ok && due <= s.now {
		count++
		wire.AppendCommand(frame[:wire.BatchHeaderSize], 0, &venue.Tick{}) // Into the room kept for it.
	} else {
		frame = frame[tickSize:]
	}
	if count > 0 {
		wire.PutBatchHeader(frame, first, s.now, uint32(count))
	}
	s.seq += venue.Seq(count)
	return first, count, frame
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
