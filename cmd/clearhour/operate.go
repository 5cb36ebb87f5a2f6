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

// desk sends what operators and contributors ask for, one at a time, and finds the
// answers.
type desk struct {
	v  *instance
	mu sync.Mutex
}

// Ask implements rest.Operate. A command is refused by a CommandRejected under the
// session of who asked; one that was applied without it was taken.
func (d *desk) Ask(ctx context.Context, c venue.Command) (venue.Refusal, error) {
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
	var last venue.Seq // Of the events so far.
	for turn := d.v.seq.Submitted(); ; {
		b, err := reader.Next(ctx)
		if err != nil {
			return venue.Refusal{}, err
		}
		if n := len(b.Entries); n > 0 {
			last = b.Entries[n-1].Seq
		}
		applied, why := b.Submitted >= turn, refusalOf(b.Entries, c)
		b.Release()
		if applied || why.Refused() {
			return why, d.v.await(ctx, func() bool { return d.v.hub.Applied() >= last })
		}
	}
}

// refusalOf looks for the refusal of a command.
func refusalOf(entries []venue.Entry, c venue.Command) venue.Refusal {
	for i := range entries {
		e := &entries[i]
		if x, ok := e.Event.(*venue.CommandRejected); ok && e.Session == operators && x.Command == c.Kind() {
			return x.Refusal
		}
	}
	return venue.Refusal{}
}
