package sequencer

import (
	"bytes"
	"fmt"
	"io"

	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/venue"
)

// snapshot copies the core's state and has it written: in the background while
// the venue runs, at once when it ends. A snapshot that is still being written
// puts off the next one. A failed snapshot is no loss: the journal has all.
func (s *Sequencer) snapshot(background bool) {
	if s.seq == s.snapshotted {
		s.snapshots.Wait()
		return
	}
	if background && len(s.writing) > 0 {
		return
	}
	s.writing <- struct{}{}
	s.snapshotted = s.seq
	seq, state := s.seq, s.core.AppendState(nil)
	s.snapshots.Add(1)
	write := func() {
		defer s.snapshots.Done()
		defer func() { <-s.writing }()
		if err := s.write(seq, state); err != nil && s.config.OnSnapshotError != nil {
			s.config.OnSnapshotError(err)
		}
	}
	if background {
		go write()
		return
	}
	write()
	s.snapshots.Wait()
}

// write waits until nothing outside needs the events up to seq, then stores the
// state.
func (s *Sequencer) write(seq venue.Seq, state []byte) error {
	if s.config.BeforeSnapshot != nil {
		if err := s.config.BeforeSnapshot(seq); err != nil {
			return fmt.Errorf("sequencer: before snapshot %d: %w", seq, err)
		}
	}
	err := s.journal.WriteSnapshot(uint64(seq), func(w io.Writer) error {
		_, err := w.Write(state)
		return err
	})
	if err != nil {
		return fmt.Errorf("sequencer: snapshot %d: %w", seq, err)
	}
	return nil
}

// ReadSnapshot returns the state in the newest usable snapshot of a journal; the
// error is journal.ErrNoSnapshot when there is none.
func ReadSnapshot(j *journal.Journal) ([]byte, error) {
	r, err := j.LatestSnapshot()
	if err != nil {
		return nil, err
	}
	var state bytes.Buffer
	_, err = state.ReadFrom(r)
	if closeErr := r.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, fmt.Errorf("sequencer: read snapshot: %w", err)
	}
	return state.Bytes(), nil
}
