package random

import (
	"fmt"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/sim/check"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// log is what a run did: every command as a frame of a journal, and the hash of
// its events.
type log struct {
	most   int
	frames []byte
	ends   []int // Where each frame ends.
	hashes []uint64
	// state is that of the venue after the first half.
	state []byte
}

func newLog(commands int) *log { return &log{most: commands} }

func (l *log) full() bool { return len(l.ends) >= l.most }
func (l *log) half() bool { return len(l.ends) == l.most/2 }

func (l *log) add(env *venue.Envelope, entries []venue.Entry) {
	l.frames = wire.AppendBatchHeader(l.frames, env.Seq, env.Time, 1)
	l.frames = wire.AppendCommand(l.frames, env.Session, env.Command)
	l.ends = append(l.ends, len(l.frames))
	l.hashes = append(l.hashes, hashOf(entries))
}

func hashOf(entries []venue.Entry) uint64 {
	var h wire.EventHash
	for i := range entries {
		h.Add(&entries[i])
	}
	return h.Sum()
}

// frame returns the i-th frame, from 0.
func (l *log) frame(i int) []byte {
	from := 0
	if i > 0 {
		from = l.ends[i-1]
	}
	return l.frames[from:l.ends[i]]
}

func (l *log) last() []byte { return l.frame(len(l.ends) - 1) }

// command returns the i-th command with its time. It is valid until the decoder
// is used again.
func (l *log) command(d *wire.Decoder, i int, env *venue.Envelope) error {
	if err := d.Reset(l.frame(i)); err != nil {
		return err
	}
	_, err := d.Next(env)
	return err
}

// replay applies the frames to a core that has done so many of them already, and
// wants the same events of every command and the same state in the end.
func (l *log) replay(core *engine.Engine, from int, want engine.Hash) error {
	defer core.Close()
	var d wire.Decoder
	var env venue.Envelope
	var tape venue.Tape
	for i := from; i < len(l.ends); i++ {
		if err := l.command(&d, i, &env); err != nil {
			return fmt.Errorf("command %d does not decode: %w", i+1, err)
		}
		tape.Reset()
		core.Apply(&env, &tape)
		if got := hashOf(tape.Entries); got != l.hashes[i] {
			return &check.Violation{Property: check.Replay, What: fmt.Sprintf(
				"replayed from command %d on, command %d tells other events: hash %016x, live %016x", from+1, i+1, got, l.hashes[i])}
		}
	}
	if got := core.StateHash(); got != want {
		return &check.Violation{Property: check.Replay, What: fmt.Sprintf(
			"replayed from command %d on, the state is %v, live it is %v", from+1, got, want)}
	}
	return nil
}

// again replays the log from genesis and from the snapshot in the middle.
func (l *log) again(want engine.Hash) error {
	if err := l.replay(engine.New(Limits()), 0, want); err != nil {
		return err
	}
	if l.state == nil {
		return nil
	}
	core := engine.New(Limits())
	if err := core.LoadState(l.state); err != nil {
		core.Close()
		return &check.Violation{Property: check.Restart, What: "the venue does not load its own state: " + err.Error()}
	}
	return l.replay(core, l.most/2, want)
}
