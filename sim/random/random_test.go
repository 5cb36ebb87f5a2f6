package random

import (
	"errors"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/sim/check"
	"github.com/clearhour/clearhour/venue"
)

// run runs a seed that must keep every promise.
func run(t *testing.T, c Config) *Result {
	t.Helper()
	r, err := Run(c)
	if err != nil {
		t.Fatal(err)
	}
	if r.Broken != nil {
		t.Fatal(r.Broken)
	}
	return r
}

// supported are the kinds of event that runs must reach. Debts and haircuts are not
// among them: no trade leaves a debt (MAR-15).
var supported = []venue.EventKind{
	venue.EventVersionSet, venue.EventAssetListed, venue.EventInstrumentListed, venue.EventPhaseChanged, venue.EventMarkChanged,
	venue.EventAccountOpened, venue.EventFeeTiersSet, venue.EventVariationPaid, venue.EventInstrumentSettled, venue.EventDeposited,
	venue.EventWithdrawn, venue.EventCommandRejected, venue.EventOrderAccepted, venue.EventOrderRejected, venue.EventRequestRepeated,
	venue.EventOrderTriggered, venue.EventOrderAmended, venue.EventOrderReduced, venue.EventOrderCanceled, venue.EventCancelRejected,
	venue.EventMassCanceled, venue.EventTraded, venue.EventLevelChanged, venue.EventBalanceChanged, venue.EventPositionChanged,
	venue.EventAuctionIndicative, venue.EventScheduleSet, venue.EventProtectionsSet, venue.EventLiquidationSet,
	venue.EventInsuranceFunded, venue.EventAccountStateChanged, venue.EventPositionTransferred, venue.EventReceipt,
	venue.EventIndexListed, venue.EventIndexPublished, venue.EventReferenceSet, venue.EventFundingClosed, venue.EventFundingPaid,
	venue.EventFundingSettled, venue.EventCollateralSet, venue.EventCollateralSeized,
	venue.EventCollateralSold, venue.EventTransferred, venue.EventTermsSet, venue.EventOperatorSet, venue.EventChangeProposed,
	venue.EventChangeApproved, venue.EventChangeEnded, venue.EventIndexMetered, venue.EventWindowMetered, venue.EventQuoted,
	venue.EventMassQuoted, venue.EventQuoteProtectionSet, venue.EventQuoteProtectionTriggered,
}

// TestRandom runs a handful of seeds, with restarts and replays, and wants every
// kind of event and of shock to have been there.
func TestRandom(t *testing.T) {
	seeds, commands := 4, 20_000
	if testing.Short() {
		seeds = 1
	}
	var sum check.Tally
	restarts := 0
	for seed := range seeds {
		r := run(t, Config{Seed: uint64(seed + 1), Commands: commands, Restarts: 1_000})
		for k, n := range r.Tally.Kinds {
			sum.Kinds[k] += n
		}
		sum.LiquidationOrders += r.Tally.LiquidationOrders
		sum.Takeovers += r.Tally.Takeovers
		sum.Deleveraged += r.Tally.Deleveraged
		sum.Disposals += r.Tally.Disposals
		sum.ProtectAuctions += r.Tally.ProtectAuctions
		sum.UncrossTrades += r.Tally.UncrossTrades
		sum.StaleMarks += r.Tally.StaleMarks
		sum.Drawn += r.Tally.Drawn
		sum.Haircuts += r.Tally.Haircuts
		sum.Uncommitted += r.Tally.Uncommitted
		sum.Limited += r.Tally.Limited
		sum.Frozen += r.Tally.Frozen
		sum.Grown += r.Tally.Grown
		restarts += r.Restarts
		for i, n := range r.Shocks {
			if n == 0 {
				t.Errorf("seed %d: no %s in %d commands", r.Seed, ShockNames[i], commands)
			}
		}
	}
	for _, k := range supported {
		if sum.Kinds[k] == 0 {
			t.Errorf("no event of kind %d", k)
		}
	}
	for what, n := range map[string]uint64{
		"order of a liquidation": sum.LiquidationOrders, "takeover": sum.Takeovers, "deleveraging": sum.Deleveraged,
		"disposal": sum.Disposals, "protective auction": sum.ProtectAuctions, "trade in an auction": sum.UncrossTrades,
		"stale mark": sum.StaleMarks, "draw on the fund": uint64(sum.Drawn), "restart": uint64(restarts),
		"gain that is given": sum.Haircuts, "order in a capped future that is withdrawn": sum.Uncommitted,
		"order above the limit of an owner": sum.Limited, "frozen quote": sum.Frozen, "margin that grows with the open interest": sum.Grown,
	} {
		if n == 0 {
			t.Errorf("no %s in %d runs: they prove nothing about it", what, seeds)
		}
	}
}

// TestSame wants a run to be the same however many processors there are, whether
// memory is collected or not, and whether the venue is restarted or not.
func TestSame(t *testing.T) {
	c := Config{Seed: 7, Commands: 6_000, Restarts: 500}
	want := run(t, c)
	check := func(name string, r *Result) {
		if r.State != want.State || r.Events != want.Events {
			t.Errorf("%s: events %016x state %v, want %016x %v", name, r.Events, r.State, want.Events, want.State)
		}
	}
	before := runtime.GOMAXPROCS(1)
	check("one processor", run(t, c))
	runtime.GOMAXPROCS(max(2, before))
	check("two processors", run(t, c))
	runtime.GOMAXPROCS(before)
	percent := debug.SetGCPercent(-1)
	check("no collection", run(t, c))
	debug.SetGCPercent(percent)
	c.Restarts = 0
	check("no restart", run(t, c))
}

// plants are falsehoods, each with the property that must notice.
var plants = map[string]struct {
	property check.Property
	lie      func(e venue.Event) bool // It changes the event, if it is one for it.
}{
	"a balance that is too high": {check.Conservation, func(e venue.Event) bool {
		x, ok := e.(*venue.BalanceChanged)
		if ok {
			x.Total++
		}
		return ok
	}},
	"a fee that nobody received": {check.Conservation, func(e venue.Event) bool {
		x, ok := e.(*venue.Traded)
		if ok {
			x.Maker.Fee++
		}
		return ok
	}},
	"a lot too many": {check.Positions, func(e venue.Event) bool {
		x, ok := e.(*venue.PositionChanged)
		if ok {
			x.Qty++
		}
		return ok
	}},
	"a rebate above the fee": {check.FeesOfTrade, func(e venue.Event) bool {
		x, ok := e.(*venue.Traded)
		if ok {
			x.Maker.Fee = -x.Taker.Fee - 1
		}
		return ok
	}},
	"a trade with a younger order": {check.Priority, func(e venue.Event) bool {
		x, ok := e.(*venue.OrderAmended)
		if ok {
			x.Kept = !x.Kept
		}
		return ok
	}},
	"a level that shows too little": {check.Book, func(e venue.Event) bool {
		x, ok := e.(*venue.LevelChanged)
		if ok && x.Qty > 1 {
			x.Qty--
			return true
		}
		return false
	}},
	"an order that ended before": {check.Orders, func(e venue.Event) bool {
		x, ok := e.(*venue.OrderCanceled)
		if ok {
			x.Order++
		}
		return ok
	}},
	"a judgement by another margin": {check.Liquidation, func(e venue.Event) bool {
		x, ok := e.(*venue.AccountStateChanged)
		if ok {
			x.Maintenance++
		}
		return ok
	}},
	"a mark that was stale": {check.Liquidation, func(e venue.Event) bool {
		x, ok := e.(*venue.MarkChanged)
		if ok && x.Instrument == 5 {
			x.Stale = true
		}
		return false
	}},
	"a mark that nobody told": {check.Band, func(e venue.Event) bool {
		x, ok := e.(*venue.MarkChanged)
		if ok && x.Instrument == 1 {
			x.Price /= 2
		}
		return false
	}},
	"a fund that gives all": {check.DrawCap, func(e venue.Event) bool {
		x, ok := e.(*venue.LiquidationSet)
		if ok {
			x.Terms.Cap = 1
		}
		return ok
	}},
	"a market that lets owners have less": {check.Limits, func(e venue.Event) bool {
		x, ok := e.(*venue.InstrumentListed)
		if ok && x.Terms.MaxPosition > 0 {
			x.Terms.MaxPosition = 3
		}
		return false // Of every market.
	}},
	"a margin that grows faster": {check.Limits, func(e venue.Event) bool {
		x, ok := e.(*venue.InstrumentListed)
		if ok && x.Terms.Interest.High > 0 {
			x.Terms.Interest = venue.Interest{Low: 1, High: x.Terms.Interest.High}
		}
		return ok && x.Terms.Interest.High > 0
	}},
	"locked money that is not held": {check.PaidInFull, func(e venue.Event) bool {
		x, ok := e.(*venue.BalanceChanged)
		if ok && x.Asset == venue.USD && x.Held > 0 {
			x.Held = 0
		}
		return false
	}},
	"protections of quotes that allow less": {check.Quotes, func(e venue.Event) bool {
		x, ok := e.(*venue.QuoteProtectionSet)
		if ok && x.Limits.Qty > 1 {
			x.Limits.Qty = 1
		}
		return false
	}},
	"liquidations that nobody does": {check.Liquidation, func(e venue.Event) bool {
		x, ok := e.(*venue.OrderCanceled)
		if ok && x.Reason == venue.CanceledByUser {
			x.Reason = venue.CanceledByLiquidation
			return true
		}
		return false
	}},
}

// planted runs with a lie and returns what was found.
func planted(t *testing.T, lie func(venue.Event) bool) *Failure {
	t.Helper()
	told := false
	r, err := Run(Config{Seed: 3, Commands: 6_000, Plant: func(env *venue.Envelope, entries []venue.Entry) {
		for i := range entries {
			if env.Seq > 1_000 || entries[i].Event.Kind() == venue.EventLiquidationSet || entries[i].Event.Kind() == venue.EventInstrumentListed {
				told = told || lie(entries[i].Event)
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return r.Broken
}

// TestPlanted changes what the venue tells, and wants the right property to break.
func TestPlanted(t *testing.T) {
	for name, p := range plants {
		t.Run(name, func(t *testing.T) {
			f := planted(t, p.lie)
			if f == nil {
				t.Fatal("seed 3: nobody noticed")
			}
			if v, _ := errors.AsType[*check.Violation](f.Err); v.Property != p.property {
				t.Errorf("seed 3: broke %v, want %s", f.Err, p.property)
			}
			if len(f.Last) != shown || !strings.Contains(f.Error(), "seed 3, command ") {
				t.Errorf("a failure does not say where it happened: %v", f)
			}
		})
	}
}

// TestMinimise wants a short stream out of a long one: accounts, whose numbers
// have no gap, a deposit and the withdrawal.
func TestMinimise(t *testing.T) {
	r, err := Run(Config{Seed: 4, Commands: 3_000, Plant: func(env *venue.Envelope, entries []venue.Entry) {
		for i := range entries {
			if x, ok := entries[i].Event.(*venue.Withdrawn); ok && x.Asset == venue.USD {
				x.Amount++
			}
		}
	}})
	if err != nil || r.Broken == nil {
		t.Fatal("seed 4: nobody noticed a wrong withdrawal", err)
	}
	short := r.Broken.Minimise(2_000)
	all := strings.Join(short, " ")
	if len(short) > 64 || strings.Contains(all, "PlaceOrder") || !strings.Contains(short[len(short)-1], "Withdraw{") {
		t.Errorf("seed 4: %d commands are left of %d:\n%s", len(short), r.Broken.Command, strings.Join(short, "\n"))
	}
}
