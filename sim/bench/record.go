package bench

import (
	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/sim/orders"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// batch is how many commands a frame of a recording has.
const batch = 256

// Recording is a flow written down.
type Recording struct {
	limits engine.Limits
	// Commands are those after the set-up. They must not be changed.
	Commands []venue.Envelope
	// Frames are the same commands as the journal has them.
	Frames [][]byte
	// Trades and Events are how many the commands caused.
	Trades, Events int
	state          []byte // After the set-up.
}

// Record runs a stream of a seed and a mix and writes down n commands that follow
// its set-up and as many again that warm the book.
func Record(seed uint64, mix orders.Mix, n, warm int) *Recording {
	r := &Recording{limits: limits(mix)}
	core, stream := engine.New(r.limits), orders.New(seed, mix)
	defer core.Close()
	var env venue.Envelope
	var tape venue.Tape
	step := func() {
		stream.Next(&env)
		tape.Reset()
		core.Apply(&env, &tape)
		stream.Observe(tape.Entries)
	}
	for range stream.Setup() + warm {
		step()
	}
	r.state = core.AppendState(nil)
	k := newKeeper(slab)
	var frame []byte
	var first venue.Seq
	var now venue.Time
	for i := range n {
		stream.Next(&env)
		if i%batch == 0 {
			frame, first, now = make([]byte, wire.BatchHeaderSize), env.Seq, env.Time
		}
		env.Time = now // All commands of a batch have its time.
		frame = wire.AppendCommand(frame, env.Session, env.Command)
		r.Commands = append(r.Commands, k.keep(&env))
		tape.Reset()
		core.Apply(&env, &tape)
		stream.Observe(tape.Entries)
		r.Events += len(tape.Entries)
		for j := range tape.Entries {
			if tape.Entries[j].Event.Kind() == venue.EventTraded {
				r.Trades++
			}
		}
		if i%batch == batch-1 || i == n-1 {
			wire.PutBatchHeader(frame, first, now, uint32(i%batch+1))
			r.Frames = append(r.Frames, frame)
		}
	}
	return r
}

// limits give a venue room for a mix and not much more.
func limits(m orders.Mix) engine.Limits {
	n := uint32(m.Accounts)
	return engine.Limits{
		Orders: 1<<16 + 4*n*uint32(m.Open), Accounts: 64 + n, Holdings: 64 + n*uint32(m.Spots+m.Futures),
		Instruments: uint16(m.Spots + m.Futures + 1), Requests: 1 << 20, RequestsPerAccount: 1 << 12,
	}
}

// Core returns a core as it was before the first command.
func (r *Recording) Core() *engine.Engine {
	core := engine.New(r.limits)
	assert.That(core.LoadState(r.state) == nil, "a state written a moment ago does not load")
	return core
}

// keeper keeps commands in slabs: one after the other in memory, as they come out
// of a decoder.
type keeper struct {
	size    int // Of a slab.
	places  []venue.PlaceOrder
	cancels []venue.CancelOrder
	amends  []venue.AmendOrder
}

// slab is how many commands of a kind are allocated together.
const slab = 4096

func newKeeper(size int) *keeper { return &keeper{size: size} }

// forget makes room by giving up what was kept.
func (k *keeper) forget() { k.places, k.cancels, k.amends = k.places[:0], k.cancels[:0], k.amends[:0] }

func (k *keeper) keep(e *venue.Envelope) venue.Envelope {
	kept := *e
	switch c := e.Command.(type) {
	case *venue.PlaceOrder:
		kept.Command = put(&k.places, c, k.size)
	case *venue.CancelOrder:
		kept.Command = put(&k.cancels, c, k.size)
	case *venue.AmendOrder:
		kept.Command = put(&k.amends, c, k.size)
	case *venue.Tick, *venue.SetVersion, *venue.ListAsset, *venue.ListInstrument, *venue.SetPhase, *venue.SetMark,
		*venue.OpenAccount, *venue.Deposit, *venue.Withdraw, *venue.MassCancel, *venue.SetLiquidation, *venue.FundInsurance,
		*venue.SetSchedule, *venue.SetProtections, *venue.ListIndex, *venue.PublishReading, *venue.PublishMeter, *venue.SetReference,
		*venue.SetFeeTiers, *venue.SettleInstrument,
		*venue.SetCollateral, *venue.Transfer, *venue.SellCollateral,
		*venue.SetTerms, *venue.ProposeChange, *venue.ApproveChange, *venue.CancelChange, *venue.SetOperator,
		*venue.MassQuote, *venue.SetQuoteProtection, *venue.CancelQuotes:
		assert.That(false, "a mix for benchmarks has orders, cancels and amendments only")
	}
	return kept
}

func put[T any](s *[]T, v *T, size int) *T {
	if len(*s) == cap(*s) {
		*s = make([]T, 0, size)
	}
	*s = append(*s, *v)
	return &(*s)[len(*s)-1]
}
