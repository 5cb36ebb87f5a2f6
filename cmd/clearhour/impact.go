package main

import (
	"context"
	"fmt"
	"time"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/gateway/rest"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

const (
	// impactAge is for how long a copy of the state serves: whoever asks, the core is
	// asked for its state at most once in that time.
	impactAge = 30 * time.Second
	// impactTime bounds what one answer takes, with the time it waits for others.
	impactTime = 10 * time.Second
	// impactTicks bounds the Ticks that a copy is given to come to rest.
	impactTicks = 1 << 16
	// impactAnswers bounds the answers that are kept; more are forgotten together.
	impactAnswers = 256
)

// impactDesk replays changes on a copy of the state, one at a time.
type impactDesk struct {
	v    *instance
	slot chan struct{} // Holds a token while somebody is served.

	// Of who has the slot.
	seq     venue.Seq
	state   []byte
	taken   time.Time
	answers map[string]*rest.Replay // By content, of this state.
}

func newImpactDesk(v *instance) *impactDesk {
	return &impactDesk{v: v, slot: make(chan struct{}, 1)}
}

// Impact implements rest.Impact.
func (d *impactDesk) Impact(ctx context.Context, c venue.Command) (*rest.Replay, error) {
	ctx, cancel := context.WithTimeout(ctx, impactTime)
	defer cancel()
	select {
	case d.slot <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-d.slot }()
	if err := d.refresh(ctx); err != nil {
		return nil, err
	}
	key := string(wire.Content(c))
	if r := d.answers[key]; r != nil {
		return r, nil
	}
	r, err := replayChange(ctx, d.v.settings.core, d.state, c)
	if err == nil && len(d.answers) < impactAnswers {
		d.answers[key] = r
	}
	return r, err
}

// refresh copies the state when the last copy is too old and not the present one.
func (d *impactDesk) refresh(ctx context.Context) error {
	if d.state != nil && (time.Since(d.taken) < impactAge || d.v.seq.Stats().Published == d.seq) {
		return nil
	}
	seq, state, err := d.v.seq.Copy(ctx)
	if err != nil {
		return err
	}
	d.seq, d.state, d.taken, d.answers = seq, state, time.Now(), map[string]*rest.Replay{}
	return nil
}

// replayed is a copy of a venue and what is known of its accounts.
type replayed struct {
	core  *engine.Engine
	tape  venue.Tape
	state []venue.AccountState // By account, from the first one on.
	worst []venue.AccountState // Since the change, 0 for no news.
	held  [][]venue.InstrumentID
}

// replayChange makes a change in a copy of a state and lets the copy come to rest,
// without and then with the change: what would have happened anyway is not its
// consequence. A copy whose invariants break is an error, and harms nobody.
func replayChange(ctx context.Context, limits engine.Limits, state []byte, c venue.Command) (r *rest.Replay, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			r, err = nil, fmt.Errorf("replay of a change: %v", broken)
		}
	}()
	x := &replayed{core: engine.New(limits)}
	defer x.core.Close()
	if err := x.core.LoadState(state); err != nil {
		return nil, fmt.Errorf("replay of a change: %w", err)
	}
	x.core.Image(&x.tape)
	x.learn()
	r = &rest.Replay{Seq: x.core.Seq(), Time: x.core.Now(), Accounts: len(x.state)}
	calm := x.settle(ctx)
	for a, to := range x.worst {
		if to != 0 {
			x.state[a], x.worst[a] = to, 0
		}
	}
	x.apply(c)
	r.Refusal = x.refusal(c.Kind())
	r.Complete = x.settle(ctx) && calm
	for a, to := range x.worst {
		if to != 0 && to != x.state[a] {
			r.Moved = append(r.Moved, rest.Moved{Account: venue.FirstAccount + venue.AccountID(a), From: x.state[a], To: to, Instruments: x.held[a]})
		}
	}
	return r, ctx.Err()
}

// apply has the copy do a command at its own time.
func (x *replayed) apply(c venue.Command) {
	x.tape.Reset()
	x.core.Apply(&venue.Envelope{Seq: x.core.Seq() + 1, Time: x.core.Now(), Command: c}, &x.tape)
	for i := range x.tape.Entries {
		if e, ok := x.tape.Entries[i].Event.(*venue.AccountStateChanged); ok {
			at := e.Account - venue.FirstAccount
			x.worst[at] = max(x.worst[at], e.State)
		}
	}
}

// refusal returns why the command that was applied last was not done.
func (x *replayed) refusal(k venue.CommandKind) venue.Refusal {
	for i := range x.tape.Entries {
		if e, ok := x.tape.Entries[i].Event.(*venue.CommandRejected); ok && e.Command == k {
			return e.Refusal
		}
	}
	return venue.Refusal{}
}

// settle lets the copy do what it has to do without time passing, and says whether
// there was an end of it.
func (x *replayed) settle(ctx context.Context) bool {
	for range impactTicks {
		due, ok := x.core.NextDeadline()
		if !ok || due > x.core.Now() {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		x.apply(&venue.Tick{})
	}
	return false
}

// learn reads the image of the copy.
func (x *replayed) learn() {
	for i := range x.tape.Entries {
		switch e := any(x.tape.Entries[i].Event).(type) { // The others say nothing of states or positions.
		case *venue.AccountOpened:
			x.state, x.worst = append(x.state, venue.StateHealthy), append(x.worst, 0)
			x.held = append(x.held, nil)
		case *venue.AccountStateChanged:
			x.state[e.Account-venue.FirstAccount] = e.State
		case *venue.PositionChanged:
			if a := e.Account; a >= venue.FirstAccount {
				x.held[a-venue.FirstAccount] = append(x.held[a-venue.FirstAccount], e.Instrument)
			}
		}
	}
}
