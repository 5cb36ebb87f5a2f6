package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// operators is the session of what operators and contributors send.
const operators venue.SessionID = 3

// askTime bounds how long an operator waits for an answer.
const askTime = 10 * time.Second

// changeDesk sends what operators ask for, one at a time, and finds the answers.
type changeDesk struct {
	v  *instance
	mu sync.Mutex
}

// Ask implements rest.Operate. Each command about a change has exactly one answer,
// which is told under the session of who asked. Nothing is told of a reading that
// was taken: it was if there is no refusal when it has been sequenced.
func (d *changeDesk) Ask(ctx context.Context, c venue.Command) (venue.Refusal, error) {
	if why := wire.Fits(c); why.Refused() {
		return why, nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	reader := d.v.seq.NewReader(false)
	defer reader.Close()
	if err := d.v.seq.Submit(operators, c); err != nil {
		return venue.Refusal{}, fmt.Errorf("%s: %w", nameOf(c), err)
	}
	silent := venue.Seq(1<<64 - 1) // From when on silence is an answer.
	if c.Kind() == venue.KindPublishReading {
		var err error
		if silent, err = d.sequenced(ctx); err != nil {
			return venue.Refusal{}, err
		}
	}
	for {
		b, err := reader.Next(ctx)
		if err != nil {
			return venue.Refusal{}, err
		}
		last, why, found := answerTo(b.Entries, c)
		heard := b.Last >= silent
		b.Release()
		if !found && heard {
			return venue.Refusal{}, nil // There is nothing that views could show.
		}
		if found {
			return why, d.v.await(ctx, func() bool { return d.v.hub.Applied() >= last })
		}
	}
}

// sequenced waits until what was submitted so far is published, and returns a
// sequence that is not before it.
func (d *changeDesk) sequenced(ctx context.Context) (venue.Seq, error) {
	n := d.v.seq.Stats().Submitted
	err := d.v.await(ctx, func() bool { return d.v.seq.Stats().Answered >= n })
	return d.v.seq.Stats().Published, err
}

// answerTo looks for what a command came to.
func answerTo(entries []venue.Entry, c venue.Command) (at venue.Seq, why venue.Refusal, found bool) {
	for i := range entries {
		e := &entries[i]
		if e.Session != operators {
			continue
		}
		switch x := any(e.Event).(type) {
		case *venue.CommandRejected:
			if x.Command == c.Kind() {
				return e.Seq, x.Refusal, true
			}
		case *venue.ChangeProposed:
			found = found || c.Kind() == venue.KindProposeChange
		case *venue.ChangeApproved:
			found = found || c.Kind() == venue.KindApproveChange
		case *venue.ChangeEnded:
			found = found || c.Kind() == venue.KindCancelChange && x.Outcome == venue.ChangeCanceled
		}
		if found {
			return e.Seq, venue.Refusal{}, true
		}
	}
	return 0, venue.Refusal{}, false
}
