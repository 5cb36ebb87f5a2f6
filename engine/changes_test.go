package engine_test

import (
	"reflect"
	"testing"

	"github.com/clearhour/clearhour/changes"
	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/wire"
)

// TestEveryRuleIsPerformed proposes and approves one empty command of each kind of
// the table: the core does it or says why not, and never stops.
func TestEveryRuleIsPerformed(t *testing.T) {
	empty := []venue.Command{
		&venue.SetPhase{}, &venue.SetMark{}, &venue.SetProtections{}, &venue.SetSchedule{}, &venue.SetTerms{}, &venue.SetReference{},
		&venue.SetFeeTiers{}, &venue.SetLiquidation{}, &venue.FundInsurance{}, &venue.SettleInstrument{}, &venue.SetCollateral{}, &venue.SellCollateral{},
		&venue.ListAsset{}, &venue.ListInstrument{}, &venue.ListIndex{}, &venue.SetOperator{},
	}
	kinds := map[venue.CommandKind]venue.Command{}
	for _, c := range empty {
		kinds[c.Kind()] = c
	}
	for _, r := range changes.Rules() {
		if kinds[r.Kind] == nil {
			t.Fatalf("no command for %s", r.Name)
		}
		core := engine.New(tight())
		var tape venue.Tape
		seq := venue.Seq(0)
		apply := func(at venue.Time, c venue.Command) {
			seq++
			core.Apply(&venue.Envelope{Seq: seq, Time: at, Command: c}, &tape)
		}
		apply(1, &venue.SetOperator{Operator: 1, Enrolled: true})
		apply(1, &venue.SetOperator{Operator: 2, Enrolled: true})
		p := &venue.ProposeChange{Operator: 1, Change: clOrdID("c"), Reason: venue.ForOther, Content: wire.Content(kinds[r.Kind])}
		apply(1, p)
		apply(1, &venue.ApproveChange{Operator: 2, Change: p.Change, Digest: p.Digest()})
		if due, ok := core.NextDeadline(); ok {
			apply(due, &venue.Tick{})
		}
		last := tape.Entries[len(tape.Entries)-1].Event
		_, refused := last.(*venue.CommandRejected)
		if _, ended := last.(*venue.ChangeEnded); !ended && !refused && !reflect.DeepEqual(last, &venue.FeeTiersSet{}) {
			t.Errorf("%s ends with %T %+v", r.Name, last, last)
		}
		core.Close()
	}
}

func clOrdID(text string) venue.ClOrdID {
	id, _ := venue.ParseClOrdID(text)
	return id
}

// TestWorkOfChangesIsBounded has many changes due at one time and wants a few of
// them with each envelope, the rest at once, and the same after a restart between.
//
// rules: ADM-07
func TestWorkOfChangesIsBounded(t *testing.T) {
	core := engine.New(tight())
	var tape venue.Tape
	seq := venue.Seq(0)
	apply := func(at venue.Time, c venue.Command) {
		seq++
		tape.Reset()
		core.Apply(&venue.Envelope{Seq: seq, Time: at, Command: c}, &tape)
	}
	apply(1, &venue.SetOperator{Operator: 1, Enrolled: true})
	apply(1, &venue.SetOperator{Operator: 2, Enrolled: true})
	const n, at = 10, 7200 * venue.Second
	for i := range venue.OperatorID(n) {
		p := &venue.ProposeChange{
			Operator: 1, Change: clOrdID("c" + string(rune('0'+i))), Reason: venue.ForOther, Effective: at,
			Content: wire.Content(&venue.ListAsset{Asset: venue.AssetID(2 + i), Symbol: "A" + string(rune('0'+i))}),
		}
		apply(1, p)
		apply(1, &venue.ApproveChange{Operator: 2, Change: p.Change, Digest: p.Digest()})
	}
	for left := n; left > 0; {
		due, ok := core.NextDeadline()
		if !ok || due > at {
			t.Fatalf("next deadline is %d, %v, want %d: %d are left", due, ok, at, left)
		}
		again := engine.New(tight())
		if err := again.LoadState(core.AppendState(nil)); err != nil || again.StateHash() != core.StateHash() {
			t.Fatalf("restart with %d left: %v", left, err)
		}
		core.Close()
		core = again
		apply(at, &venue.Tick{})
		done := len(tape.Entries) / 2 // AssetListed and ChangeEnded.
		if done != min(left, 4) {
			t.Fatalf("one envelope makes %d changes of %d, want 4", done, left)
		}
		left -= done
	}
	core.Close()
}
