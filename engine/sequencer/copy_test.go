package sequencer

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal/simdisk"
	"github.com/clearhour/clearhour/venue"
)

// TestCopies takes states of a running venue while commands arrive: each is that of
// a whole number of published envelopes, and the last one that of the closed venue.
func TestCopies(t *testing.T) {
	s := open(t, simdisk.New(1), Config{})
	s.start(t)
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			for range 20 {
				seq, state, err := s.Copy(context.Background())
				if err != nil || seq > s.Stats().Published {
					t.Errorf("copy at %d of %d published: %v", seq, s.Stats().Published, err)
					return
				}
				core := engine.New(small)
				if err := core.LoadState(state); err != nil || core.Seq() != seq {
					t.Errorf("copy at %d loads as %d: %v", seq, core.Seq(), err)
				}
				core.Close()
			}
		})
	}
	for n := range venue.AccountID(100) {
		s.submit(t, &venue.OpenAccount{Account: venue.FirstAccount + n, Owner: 1})
	}
	wait.Wait()
	for s.Stats().Published < 100 {
		time.Sleep(time.Millisecond)
	}
	_, state, err := s.Copy(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s.close(t)
	if string(state) != string(s.core.AppendState(nil)) {
		t.Error("the last copy is not the state of the closed venue")
	}
	if _, _, err := s.Copy(context.Background()); !errors.Is(err, ErrClosed) {
		t.Errorf("copy of a closed venue: %v", err)
	}
}
