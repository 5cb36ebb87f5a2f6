package sequencer

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// New returns a sequencer of a fresh core over an open journal. Readers attach
// next, then Start recovers and begins.
func New(core *engine.Engine, j *journal.Journal, c Config) *Sequencer {
	c.fill()
	s := &Sequencer{
		config: c, core: core, journal: j, ring: newRing(c.RingBatches),
		writing: make(chan struct{}, 1), done: make(chan struct{}),
	}
	s.wake = sync.NewCond(&s.mu)
	s.timer = time.AfterFunc(time.Hour, s.soundAlarm)
	s.timer.Stop()
	return s
}

// Recovery says what Start found.
type Recovery struct {
	// Snapshot is the sequence of the snapshot that was used, 0 for none.
	Snapshot venue.Seq
	// Commands is how many were replayed after it.
	Commands int
	// Seq is the last sequence of the journal.
	Seq venue.Seq
}

// Start restores the newest usable snapshot, publishes its image, replays the
// rest of the journal with its events, and begins to take commands. A journal
// of at most ReplayAll commands is replayed from genesis instead. Readers that
// were attached before Start miss nothing.
func (s *Sequencer) Start() (Recovery, error) {
	var r Recovery
	var err error
	if s.journal.Stats().NextSeq > uint64(s.config.ReplayAll)+1 {
		if r.Snapshot, err = s.restore(); err != nil {
			return r, err
		}
	}
	err = s.journal.Read(uint64(s.seq)+1, func(f journal.Frame) error {
		if venue.Seq(f.First) != s.seq+1 {
			return fmt.Errorf("sequencer: snapshot %d is inside frame %d", s.seq, f.Batch)
		}
		b := s.ring.blank()
		if err := applyFrame(&s.decoder, s.core, f.Payload, b); err != nil {
			return err
		}
		s.seq, s.now = b.Last, b.Time
		r.Commands += f.Count
		s.ring.publish(b, true)
		return nil
	})
	if err != nil {
		return r, err
	}
	r.Seq = s.seq
	s.published.Store(uint64(s.seq))
	s.setAlarm()
	go s.run()
	return r, nil
}

// restore loads the newest snapshot into the core and publishes its image.
func (s *Sequencer) restore() (venue.Seq, error) {
	state, err := ReadSnapshot(s.journal)
	if errors.Is(err, journal.ErrNoSnapshot) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if err := s.core.LoadState(state); err != nil {
		return 0, fmt.Errorf("sequencer: snapshot: %w", err)
	}
	s.seq, s.now, s.snapshotted = s.core.Seq(), s.core.Now(), s.core.Seq()
	b := s.ring.blank()
	b.Image, b.First, b.Last, b.Time = true, s.seq, s.seq, s.now
	s.core.Image(&b.tape)
	s.ring.publish(b, true)
	return s.seq, nil
}

// applyFrame applies each command of a frame and collects the events in b.
func applyFrame(d *wire.Decoder, core *engine.Engine, frame []byte, b *Batch) error {
	if err := d.Reset(frame); err != nil {
		return fmt.Errorf("sequencer: frame: %w", err)
	}
	b.First, b.Time = d.First(), d.Time()
	b.Last = d.First() + venue.Seq(d.Count()) - 1
	for {
		group, err := d.NextGroup()
		core.Touch(group)
		for i := range group {
			core.Apply(&group[i], &b.tape)
		}
		if err != nil {
			return fmt.Errorf("sequencer: frame of %d: %w", d.First(), err)
		}
		if len(group) == 0 {
			return nil
		}
	}
}

// Replay applies the journal from its first frame, or after the core's own
// sequence, to the core and calls visit with the events of each frame. It is
// what audits use: no goroutine, no ring.
func Replay(core *engine.Engine, j *journal.Journal, visit func(*Batch) error) error {
	var d wire.Decoder
	var b Batch
	return j.Read(uint64(core.Seq())+1, func(f journal.Frame) error {
		b.tape.Reset()
		if err := applyFrame(&d, core, f.Payload, &b); err != nil {
			return err
		}
		b.Entries = b.tape.Entries
		return visit(&b)
	})
}
