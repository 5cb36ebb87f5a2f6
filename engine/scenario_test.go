package engine_test

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// TestScenarios runs testdata/*.txt. With -rewrite it replaces the outputs. After
// every command it also restarts the venue and compares.
//
// rules: DET-01
func TestScenarios(t *testing.T) {
	script.Fresh(t, "testdata/*.txt", func(t *testing.T) script.Handler {
		f := newFloor(t)
		t.Cleanup(f.close)
		return f.handle
	})
}

// floor is a venue that a scenario drives, and what watches over it: a twin that
// was restored from a snapshot before each command, and a view that knows events
// only.
type floor struct {
	t        *testing.T
	limits   engine.Limits
	core     *engine.Engine
	twin     *engine.Engine
	tape     venue.Tape
	twinTape venue.Tape
	seen     *view
	now      venue.Time

	accounts    map[string]venue.AccountID
	instruments map[string]*venue.Instrument
	indices     map[string]venue.IndexID
	assets      map[string]venue.AssetID
	decimals    map[venue.AssetID]uint8
	orders      map[venue.OrderID]string // "alice/a1"
	opened      venue.AccountID          // How many accounts were.
	transfers   int
	unit        uint8 // Decimals of the amounts that a refusal speaks of.
	phase       map[venue.InstrumentID]venue.Phase
	digests     map[venue.ClOrdID]venue.Hash // Of proposals.
	quick       bool                         // The next commands are many and alike: only the last is checked.
}

func newFloor(t *testing.T) *floor {
	f := &floor{
		indices: map[string]venue.IndexID{},
		t:       t, accounts: map[string]venue.AccountID{"nobody": 999, "fund": venue.Insurance, "gains": venue.Residue}, instruments: map[string]*venue.Instrument{},
		assets: map[string]venue.AssetID{"USD": venue.USD}, decimals: map[venue.AssetID]uint8{venue.USD: 6},
		orders: map[venue.OrderID]string{}, phase: map[venue.InstrumentID]venue.Phase{},
		digests: map[venue.ClOrdID]venue.Hash{}, seen: newView(), unit: scale.MoneyDecimals,
	}
	f.now, _ = scale.ParseRFC3339("2026-12-01T09:00:00Z")
	f.open(engine.Limits{
		Orders: 1 << 12, OrdersPerAccount: 600, OrdersPerHolding: 600, Accounts: 64, Holdings: 256, Instruments: 16,
		Requests: 1 << 12, RequestsPerAccount: 1 << 10,
	})
	return f
}

// open starts an empty venue.
func (f *floor) open(l engine.Limits) {
	f.close()
	f.limits = l
	f.core, f.twin = engine.New(l), engine.New(l)
}

func (f *floor) close() {
	if f.core != nil {
		f.core.Close()
		f.twin.Close()
		f.core, f.twin = nil, nil
	}
}

// apply does one command, checks everything that holds after any command, and
// returns its events as text.
func (f *floor) apply(d *script.Cmd, session venue.SessionID, c venue.Command) string {
	d.Words() // Whatever was a name has been read.
	c = f.asProposal(d, c)
	before := viewOf(f.core)
	env := venue.Envelope{Seq: f.core.Seq() + 1, Time: f.now, Session: session, Command: c}
	f.tape.Reset()
	f.core.Apply(&env, &f.tape)
	out := f.print(f.tape.Entries)
	if f.quick {
		f.twinTape.Reset()
		f.twin.Apply(&env, &f.twinTape)
		for _, e := range f.tape.Entries {
			f.seen.add(e.Event)
		}
		return out
	}
	f.checkTwin(d, &env)
	f.checkMoney(d, before)
	f.checkRestart(d)
	f.checkRetry(d, &env)
	if d.Flag("summary") {
		return summary(out)
	}
	return out
}

// checkTwin applies the command to the venue that was restored before it.
func (f *floor) checkTwin(d *script.Cmd, env *venue.Envelope) {
	f.twinTape.Reset()
	f.twin.Apply(env, &f.twinTape)
	if !reflect.DeepEqual(f.tape.Entries, f.twinTape.Entries) {
		f.t.Errorf("%s: %s: a restored venue answers\n%s\nwant\n%s", d.Pos(), d, f.print(f.twinTape.Entries), f.print(f.tape.Entries))
	}
	if got, want := f.twin.StateHash(), f.core.StateHash(); got != want {
		f.t.Errorf("%s: %s: hash of a restored venue after the command is %v, want %v", d.Pos(), d, got, want)
	}
}

// checkMoney asks for what no command may break: conservation, an uncrossed
// book, events that tell everything, refusals that change nothing.
func (f *floor) checkMoney(d *script.Cmd, before *view) {
	if !f.core.Conserved() {
		f.t.Errorf("%s: %s: money or positions are not conserved", d.Pos(), d)
	}
	after := viewOf(f.core)
	for _, e := range f.tape.Entries {
		f.seen.add(e.Event)
	}
	if marksMoved(f.tape.Entries) || f.grew() {
		f.seen.held = maps.Clone(after.held) // A mark moves needs without a word.
	}
	if got, want := f.seen.String(), after.String(); got != want {
		f.t.Errorf("%s: %s: the events tell\n%swant, as the state is,\n%s", d.Pos(), d, got, want)
	}
	if len(f.tape.Entries) == 1 && refuses(f.tape.Entries[0].Event) && before.String() != after.String() {
		f.t.Errorf("%s: %s: was refused, but the state is\n%swant, as before,\n%s", d.Pos(), d, after, before)
	}
	for inst, i := range f.byID() {
		if f.phase[inst].Collecting() || f.phase[inst] == venue.Halted {
			continue // Collected orders may cross, and stay so when the operator halts.
		}
		bid, ask := after.best(inst)
		if bid != 0 && ask != 0 && bid >= ask {
			f.t.Errorf("%s: %s: %s is crossed: bid %d, ask %d", d.Pos(), d, i.Symbol, bid, ask)
		}
	}
}

// grew says whether an open interest changed on which needs depend.
func (f *floor) grew() bool {
	return slices.ContainsFunc(f.tape.Entries, func(e venue.Entry) bool {
		switch x := e.Event.(type) {
		case *venue.Traded:
			return f.byID()[x.Instrument].Interest.High != 0
		case *venue.PositionTransferred:
			return f.byID()[x.Instrument].Interest.High != 0
		}
		return false
	})
}

func marksMoved(entries []venue.Entry) bool {
	return slices.ContainsFunc(entries, func(e venue.Entry) bool {
		return e.Event.Kind() == venue.EventMarkChanged || e.Event.Kind() == venue.EventTermsSet
	})
}

// refuses says whether an event by itself says that nothing was done.
func refuses(e venue.Event) bool {
	switch e.(type) {
	case *venue.OrderRejected, *venue.CancelRejected, *venue.CommandRejected, *venue.RequestRepeated:
		return true
	}
	return false
}

// checkRestart restores the venue from its state; the copy is the next twin.
func (f *floor) checkRestart(d *script.Cmd) {
	f.twin.Close()
	f.twin = f.restored(d)
	if got, want := f.twin.StateHash(), f.core.StateHash(); got != want {
		f.t.Errorf("%s: %s: hash after a restart is %v, want %v", d.Pos(), d, got, want)
	}
}

func (f *floor) restored(d *script.Cmd) *engine.Engine {
	e := engine.New(f.limits)
	if err := e.LoadState(f.core.AppendState(nil)); err != nil {
		f.t.Fatalf("%s: %s: state does not load: %v", d.Pos(), d, err)
	}
	return e
}

// checkRetry sends the same command once more to a copy of the venue: nothing
// changes, and a remembered request is answered with its first outcome.
func (f *floor) checkRetry(d *script.Cmd, env *venue.Envelope) {
	again := *env
	again.Seq++
	copied := f.restored(d)
	defer copied.Close()
	var tape venue.Tape
	copied.Apply(&again, &tape)
	var good bool
	switch first := firstRefusal(f.tape.Entries); env.Command.(type) {
	case *venue.PlaceOrder, *venue.AmendOrder, *venue.Deposit, *venue.Withdraw, *venue.MassQuote, *venue.SetQuoteProtection:
		if forgotten(first) {
			good = len(tape.Entries) == 1 && firstRefusal(tape.Entries) == first
		} else {
			good = len(tape.Entries) == 1 && tape.Entries[0].Event.Kind() == venue.EventRequestRepeated
		}
	case *venue.CancelOrder:
		good = len(tape.Entries) == 1 && tape.Entries[0].Event.Kind() == venue.EventCancelRejected
	case *venue.MassCancel, *venue.CancelQuotes:
		good = len(tape.Entries) == 1
	default:
		return
	}
	const head = 9 // The layout's version and the sequence, which a retry uses up.
	if !good || !bytes.Equal(copied.AppendState(nil)[head:], f.core.AppendState(nil)[head:]) {
		f.t.Errorf("%s: %s: a retry is answered\n%s\nor changes something", d.Pos(), d, f.print(tape.Entries))
	}
}

// firstRefusal returns what a command was refused for, if it was.
func firstRefusal(entries []venue.Entry) venue.Refusal {
	for _, e := range entries {
		switch x := e.Event.(type) {
		case *venue.OrderRejected:
			return x.Refusal
		case *venue.CancelRejected:
			return x.Refusal
		case *venue.CommandRejected:
			return x.Refusal
		}
	}
	return venue.Refusal{}
}

// forgotten says whether a refusal leaves no memory of the request: there was
// no one, or no identifier, to remember it by.
func forgotten(r venue.Refusal) bool {
	return r.Reason == venue.UnknownAccount || r.Reason == venue.DuplicateClOrdID || r.Field == venue.FieldClOrdID
}

func (f *floor) byID() map[venue.InstrumentID]*venue.Instrument {
	m := map[venue.InstrumentID]*venue.Instrument{}
	for _, i := range f.instruments {
		m[i.ID] = i
	}
	return m
}

// handle does one line of a scenario.
func (f *floor) handle(_ *testing.T, d *script.Cmd) string {
	if q, ok := queries[d.Name]; ok {
		return q(f, d)
	}
	if c, ok := commands[d.Name]; ok {
		return c(f, d)
	}
	d.Fatalf("unknown command; there are %s", strings.Join(words(), ", "))
	return ""
}
