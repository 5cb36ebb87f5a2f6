package sequencer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/journal/simdisk"
	"github.com/clearhour/clearhour/venue"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		beVictim(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

var small = engine.Limits{
	Orders: 1 << 10, Accounts: 1 << 10, Holdings: 1 << 10, Instruments: 8, Requests: 1 << 14, RequestsPerAccount: 1 << 12,
}

// shell is a sequencer over a simulated disk, with a clock that the test moves.
type shell struct {
	*Sequencer
	disk    *simdisk.Disk
	journal *journal.Journal
	clock   atomic.Int64
}

func open(t testing.TB, disk *simdisk.Disk, c Config) *shell {
	t.Helper()
	s := &shell{disk: disk}
	s.clock.Store(int64(venue.Second))
	j, _, err := journal.Open(disk, journal.Options{SegmentSize: 64 << 10, Inline: true})
	if err != nil {
		t.Fatalf("open journal: %v", err)
	}
	if c.Clock == nil {
		c.Clock = func() venue.Time { return venue.Time(s.clock.Load()) }
	}
	s.journal = j
	s.Sequencer = New(engine.New(small), j, c)
	t.Cleanup(s.core.Close) // Not before: tests look at the state of a closed venue.
	return s
}

func (s *shell) start(t testing.TB) Recovery {
	t.Helper()
	r, err := s.Start()
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	return r
}

func (s *shell) close(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Fatalf("close: %v", err)
	}
	if err := s.journal.Close(); err != nil {
		t.Fatalf("close journal: %v", err)
	}
}

func (s *shell) submit(t testing.TB, c venue.Command) {
	t.Helper()
	if err := s.Submit(7, c); err != nil {
		t.Fatalf("submit %T: %v", c, err)
	}
}

// await reads batches until one holds an event for which want is true.
func await(t testing.TB, r *Reader, want func(venue.Entry) bool) venue.Entry {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for {
		b, err := r.Next(ctx)
		if err != nil {
			t.Fatalf("next: %v", err)
		}
		for _, e := range b.Entries {
			if want(e) {
				b.Release()
				return e
			}
		}
		b.Release()
	}
}

func deposited(ref string) func(venue.Entry) bool {
	return func(e venue.Entry) bool {
		d, ok := e.Event.(*venue.Deposited)
		return ok && d.Ref.String() == ref
	}
}

func ref(format string, args ...any) venue.ClOrdID {
	id, ok := venue.ParseClOrdID(fmt.Sprintf(format, args...))
	if !ok {
		panic(format)
	}
	return id
}

const alice = venue.FirstAccount

func deposit(n int) *venue.Deposit {
	return &venue.Deposit{Account: alice, Asset: venue.USD, Amount: venue.Amount(n), Ref: ref("d%d", n)}
}

func TestNothingIsVisibleBeforeItIsDurable(t *testing.T) {
	disk := simdisk.New(1)
	s := open(t, disk, Config{})
	r := s.NewReader(true)
	s.start(t)
	s.submit(t, &venue.OpenAccount{Account: alice, Owner: 1})
	await(t, r, func(e venue.Entry) bool { return e.Event.Kind() == venue.EventAccountOpened })

	hold, stalled := make(chan struct{}), make(chan struct{})
	var once sync.Once
	disk.OnOp(func(op simdisk.Op) {
		if op.Kind == simdisk.Sync {
			once.Do(func() { close(stalled) })
			<-hold
		}
	})
	s.submit(t, deposit(5))
	<-stalled
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if b, err := r.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Next during the sync = %+v, %v; want nothing", b, err)
	}
	disk.OnOp(nil)
	close(hold)
	await(t, r, deposited("d5"))
	s.close(t)
}

func TestRestartGivesTheSameState(t *testing.T) {
	for _, every := range []venue.Seq{3, 1 << 30} { // With and without snapshots on the way.
		disk := simdisk.New(2)
		s := open(t, disk, Config{SnapshotEvery: every})
		r := s.NewReader(true)
		s.start(t)
		s.submit(t, &venue.OpenAccount{Account: alice, Owner: 1})
		for n := 1; n <= 50; n++ {
			s.submit(t, deposit(n))
		}
		await(t, r, deposited("d50"))
		s.close(t)
		want := s.core.StateHash()

		again := open(t, disk, Config{})
		r = again.NewReader(true)
		recovered := again.start(t)
		if recovered.Snapshot != 51 || recovered.Commands != 0 || recovered.Seq != 51 {
			t.Errorf("recovery = %+v, want all of it from the snapshot at 51", recovered)
		}
		image := await(t, r, func(e venue.Entry) bool {
			b, ok := e.Event.(*venue.BalanceChanged)
			return ok && b.Account == alice && b.Total == 50*51/2
		})
		if image.Seq != 51 {
			t.Errorf("image has sequence %d, want 51", image.Seq)
		}
		if got := again.core.StateHash(); got != want {
			t.Errorf("snapshot every %d: state hash %v after restart, want %v", every, got, want)
		}
		again.close(t)

		j, _, err := journal.Open(disk, journal.Options{})
		if err != nil {
			t.Fatal(err)
		}
		core := engine.New(small)
		if err := Replay(core, j, func(*Batch) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if got := core.StateHash(); got != want {
			t.Errorf("state hash %v after replay from genesis, want %v", got, want)
		}
		core.Close()
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestShortJournalIsReplayedFromGenesis(t *testing.T) {
	disk := simdisk.New(9)
	s := open(t, disk, Config{})
	s.start(t)
	s.submit(t, &venue.OpenAccount{Account: alice, Owner: 1})
	for n := 1; n <= 20; n++ {
		s.submit(t, deposit(n))
	}
	s.close(t)
	want := s.core.StateHash()
	for all, snapshot := range map[venue.Seq]venue.Seq{20: 21, 21: 0} {
		again := open(t, disk, Config{ReplayAll: all})
		r := again.NewReader(true)
		if got := again.start(t); got.Snapshot != snapshot || got.Seq != 21 {
			t.Errorf("ReplayAll %d: recovery %+v, want snapshot %d and 21 commands in all", all, got, snapshot)
		}
		if snapshot == 0 {
			await(t, r, deposited("d1"))
		}
		if got := again.core.StateHash(); got != want {
			t.Errorf("ReplayAll %d: state %v, want %v", all, got, want)
		}
		again.close(t)
	}
}

func TestCrashesLoseNothingAcknowledged(t *testing.T) {
	const rounds = 300
	crashes, acked := 0, 0
	for seed := range uint64(rounds) {
		disk := simdisk.New(seed)
		acknowledged := crashOnce(t, disk, seed)
		disk.Restart()
		known := recovered(t, disk)
		for _, ref := range acknowledged {
			if !known[ref] {
				t.Fatalf("seed %d: acknowledged deposit %s is gone", seed, ref)
			}
		}
		crashes++
		acked += len(acknowledged)
	}
	t.Logf("%d crashes, %d acknowledged deposits, none lost", crashes, acked)
}

// recovered returns the deposits that the journal still has after a crash, once
// it was opened, started and closed by a sequencer.
func recovered(t *testing.T, disk *simdisk.Disk) map[string]bool {
	s := open(t, disk, Config{})
	s.start(t)
	s.close(t)
	known := map[string]bool{}
	j, _, err := journal.Open(disk, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	core := engine.New(small)
	defer core.Close()
	err = Replay(core, j, func(b *Batch) error {
		for _, e := range b.Entries {
			if d, ok := e.Event.(*venue.Deposited); ok {
				known[d.Ref.String()] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := core.StateHash(), s.core.StateHash(); got != want {
		t.Fatalf("state %v from genesis, %v after recovery", got, want)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return known
}

func total(core *engine.Engine) (venue.Amount, bool) {
	var tape venue.Tape
	core.Image(&tape)
	for _, e := range tape.Entries {
		if b, ok := e.Event.(*venue.BalanceChanged); ok && b.Account == alice {
			return b.Total, true
		}
	}
	return 0, false
}

// crashOnce runs deposits until the disk crashes and returns those whose events
// were published.
func crashOnce(t *testing.T, disk *simdisk.Disk, seed uint64) (acked []string) {
	s := open(t, disk, Config{SnapshotEvery: 1 + venue.Seq(seed%40), RingBatches: 4096})
	r := s.NewReader(false)
	s.start(t)
	disk.CrashAfter(1 + int(seed*7919%120))
	_ = s.Submit(7, &venue.OpenAccount{Account: alice, Owner: 1})
	for n := 1; n <= 200; n++ {
		if s.Submit(7, deposit(n)) != nil {
			break
		}
		if n%(1+int(seed%9)) == 0 {
			time.Sleep(20 * time.Microsecond)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = s.Close(ctx) // With the error of the crash, if it came in time.
	for {
		b, err := r.Next(ctx)
		if err != nil {
			break
		}
		for _, e := range b.Entries {
			if d, ok := e.Event.(*venue.Deposited); ok {
				acked = append(acked, d.Ref.String())
			}
		}
		b.Release()
	}
	_ = s.journal.Close()
	return acked
}

func TestJournalErrorStopsEverything(t *testing.T) {
	disk := simdisk.New(3)
	s := open(t, disk, Config{})
	r := s.NewReader(true)
	s.start(t)
	s.submit(t, &venue.OpenAccount{Account: alice, Owner: 1})
	await(t, r, func(e venue.Entry) bool { return e.Event.Kind() == venue.EventAccountOpened })
	disk.FailAfter(simdisk.Sync, 1, nil)
	s.submit(t, deposit(1))
	if b, err := r.Next(context.Background()); !errors.Is(err, simdisk.ErrIO) {
		t.Fatalf("Next after a failed sync = %+v, %v; want the error of the disk", b, err)
	}
	<-s.Done()
	if err := s.Submit(7, deposit(2)); !errors.Is(err, simdisk.ErrIO) {
		t.Errorf("Submit after a failed sync = %v, want the error of the disk", err)
	}
	_ = s.journal.Close()
}

func TestOverloadIsRefusedBeforeSequencingAndCancelsLast(t *testing.T) {
	disk := simdisk.New(4)
	s := open(t, disk, Config{QueueBytes: 2000})
	r := s.NewReader(true)
	s.start(t)
	s.submit(t, &venue.OpenAccount{Account: alice, Owner: 1})
	await(t, r, func(e venue.Entry) bool { return e.Event.Kind() == venue.EventAccountOpened })
	hold, stalled := make(chan struct{}), make(chan struct{})
	var once sync.Once
	disk.OnOp(func(op simdisk.Op) {
		if op.Kind == simdisk.Sync {
			once.Do(func() { close(stalled) })
			<-hold
		}
	})
	s.submit(t, deposit(1))
	<-stalled
	taken := 1
	for n := 2; ; n++ {
		err := s.Submit(7, deposit(n))
		if errors.Is(err, ErrOverloaded) {
			break
		}
		if err != nil || n > 1000 {
			t.Fatalf("submit %d: %v", n, err)
		}
		taken++
	}
	if err := s.Submit(7, &venue.CancelOrder{Account: alice, Order: 1}); err != nil {
		t.Errorf("cancel while overloaded: %v, want it taken", err)
	}
	disk.OnOp(nil)
	close(hold)
	s.close(t)
	total, _ := total(s.core)
	if want := venue.Amount(taken * (taken + 1) / 2); total != want {
		t.Errorf("balance %d, want %d: what was taken is done and what was refused is not", total, want)
	}
}

func TestTicksComeWhenSomethingIsDue(t *testing.T) {
	disk := simdisk.New(5)
	s := open(t, disk, Config{Clock: systemClock})
	r := s.NewReader(true)
	s.start(t)
	now := systemClock()
	s.submit(t, &venue.OpenAccount{Account: alice, Owner: 1})
	s.submit(t, deposit(1_000_000_000))
	s.submit(t, &venue.ListAsset{Asset: 2, Symbol: "H100.D"})
	s.submit(t, &venue.ListInstrument{Terms: terms(now)})
	s.submit(t, &venue.SetPhase{Instrument: 1, Phase: venue.Continuous})
	s.submit(t, &venue.PlaceOrder{
		Account: alice, Instrument: 1, Side: venue.Buy, Type: venue.Limit, TIF: venue.GTD, STP: venue.CancelTaker,
		Price: 100, Qty: 1, Expire: systemClock() + 50*venue.Second/1000, ClOrdID: ref("o1"),
	})
	e := await(t, r, func(e venue.Entry) bool {
		_, ok := e.Event.(*venue.OrderCanceled)
		if x, bad := e.Event.(*venue.OrderRejected); bad {
			t.Fatalf("order rejected: %+v", x)
		}
		return ok
	})
	if c := e.Event.(*venue.OrderCanceled); c.Reason != venue.Expired {
		t.Errorf("order ended for reason %d, want %d", c.Reason, venue.Expired)
	}
	s.close(t)
}

func terms(now venue.Time) venue.Instrument {
	day := 24 * 3600 * venue.Second
	start := (now/day + 1) * day
	return venue.Instrument{
		ID: 1, Symbol: "H100C.NAE.D", Kind: venue.Spot, Class: "H100", Region: "NA-E", Grade: "C", Window: venue.WindowDay,
		Start: start, End: start + day, Base: 2, Quote: venue.USD, Tick: 1000, Hours: 24, Low: 1, High: 10_000,
		MaxQty: 1000, Band: 200_000, Maker: 200, Taker: 500,
	}
}

func TestSlowReaderIsLappedAndHurtsNobody(t *testing.T) {
	s := open(t, simdisk.New(6), Config{RingBatches: 8})
	fast, slow := s.NewReader(false), s.NewReader(false)
	s.start(t)
	s.submit(t, &venue.OpenAccount{Account: alice, Owner: 1})
	for n := 1; n <= 40; n++ {
		s.submit(t, deposit(n))
		await(t, fast, deposited(fmt.Sprintf("d%d", n)))
	}
	if b, err := slow.Next(context.Background()); !errors.Is(err, ErrLapped) {
		t.Errorf("slow reader got %+v, %v; want ErrLapped", b, err)
	}
	s.close(t)
}

func TestRequiredReaderThatLagsRefusesNewWork(t *testing.T) {
	s := open(t, simdisk.New(7), Config{RingBatches: 8})
	fast, slow := s.NewReader(false), s.NewReader(true)
	s.start(t)
	s.submit(t, &venue.OpenAccount{Account: alice, Owner: 1})
	n := 1
	for ; n < 40; n++ {
		if errors.Is(s.Submit(7, deposit(n)), ErrOverloaded) {
			break
		}
		await(t, fast, deposited(fmt.Sprintf("d%d", n)))
	}
	if n == 40 {
		t.Fatal("submitted 39 batches past a required reader of a ring of 8")
	}
	await(t, slow, deposited(fmt.Sprintf("d%d", n-1)))
	s.submit(t, deposit(n))
	s.close(t)
}

// TestSubmittedTellsOfWhatNoEventTells waits for commands that say nothing, beside
// others that do.
func TestSubmittedTellsOfWhatNoEventTells(t *testing.T) {
	s := open(t, simdisk.New(3), Config{RoundCommands: 3})
	s.start(t)
	reader := s.NewReader(false)
	defer reader.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var seen uint64
	for n := range uint64(20) {
		if n%2 == 0 {
			s.submit(t, &venue.OpenAccount{Account: venue.FirstAccount + venue.AccountID(n), Owner: 1})
		} else {
			s.submit(t, &venue.Tick{})
		}
		if got := s.Submitted(); got != n+1 {
			t.Fatalf("%d commands were submitted, it says %d", n+1, got)
		}
		if n%5 != 4 {
			continue // Some rounds have several.
		}
		for seen < n+1 {
			b, err := reader.Next(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if b.Submitted < seen || b.Submitted > n+1 {
				t.Fatalf("a round ends with command %d after one with %d, of %d", b.Submitted, seen, n+1)
			}
			seen = b.Submitted
			b.Release()
		}
	}
	s.close(t)
}

func TestTimeNeverGoesBack(t *testing.T) {
	s := open(t, simdisk.New(8), Config{})
	r := s.NewReader(true)
	s.start(t)
	s.submit(t, &venue.OpenAccount{Account: alice, Owner: 1})
	var last venue.Time
	for n, at := range []venue.Time{50, 20, 60, 1} {
		s.clock.Store(int64(at * venue.Second))
		s.submit(t, deposit(n+1))
		e := await(t, r, deposited(fmt.Sprintf("d%d", n+1)))
		if e.Time < last {
			t.Errorf("time %d after %d", e.Time, last)
		}
		last = e.Time
	}
	if last != 60*venue.Second {
		t.Errorf("last time %d, want %d", last, 60*venue.Second)
	}
	s.close(t)
}
