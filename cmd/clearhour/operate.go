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

// Tell implements rest.Operate.
func (d *changeDesk) Tell(c venue.Command) error { return d.v.seq.Submit(operators, c) }

// Ask implements rest.Operate. Each of these commands has exactly one answer, which
// is told under the session of who asked.
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
	for {
		b, err := reader.Next(ctx)
		if err != nil {
			return venue.Refusal{}, err
		}
		last, why, found := answerTo(b.Entries, c)
		b.Release()
		if found {
			return why, d.v.await(ctx, func() bool { return d.v.hub.Applied() >= last })
		}
	}
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
