package random

import (
	"fmt"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/sim/check"
	"github.com/clearhour/clearhour/sim/kernel"
	"github.com/clearhour/clearhour/sim/rng"
	"github.com/clearhour/clearhour/venue"
)

// Config says what to run.
type Config struct {
	// Seed is that of every random stream.
	Seed uint64
	// Commands is how many the venue gets, those of the set-up and its own ticks
	// included.
	Commands int
	// Frame, if there is one, gets every command as a frame of a journal, in order.
	Frame func(first venue.Seq, payload []byte) error
	// Restarts is one in how many commands the venue is restarted from its own state;
	// 0 for never.
	Restarts uint64
	// Progress, if there is one, is told now and then how many commands are done.
	Progress func(commands int)
	// Plant, for tests, changes the events before they are checked.
	Plant func(env *venue.Envelope, entries []venue.Entry)
}

// Limits are those of the venue: smaller than the defaults, so that a restart is
// quick, and larger than what a run needs, so that the defaults replay it alike.
func Limits() engine.Limits {
	return engine.Limits{Orders: 1 << 15, Accounts: 1 << 8, Holdings: 1 << 13, Instruments: 256, Requests: 1 << 20}
}

// Sim is a venue among its agents. Use Run.
type Sim struct {
	config Config
	seed   uint64
	core   *engine.Engine
	kernel *kernel.Kernel
	check  *check.Checker
	log    *log
	world  world
	tape   venue.Tape
	env    venue.Envelope
	now    venue.Time
	feed   kernel.Source

	agents    []*agent
	bySource  []*agent
	byAccount []*agent
	bank      *agent
	partner   *agent // Of the pair that drains the fund.

	listings []listing // By instrument.
	view     []quote
	settled  [256]bool
	paused   [256]venue.Time
	nextList venue.Time
	wanted   bool // A future is to be listed.
	proposed []*venue.ProposeChange
	down     venue.Time

	waiting  []arrival
	free     []uint64
	restart  rng.Source
	restarts int
	shocks   [shocks]int
	err      error
}

// arrival is a command on its way.
type arrival struct {
	session venue.SessionID
	command venue.Command
}

func (s *Sim) stream(name, purpose string) rng.Source {
	return rng.New(s.seed, "agents/"+name+"/"+purpose)
}

func newSim(c Config) *Sim {
	s := &Sim{
		config: c, seed: c.Seed, core: engine.New(Limits()), kernel: kernel.New(c.Seed, Start), check: check.New(),
		now: Start, listings: make([]listing, 1), view: make([]quote, 1), nextList: Start + 50*minute,
	}
	s.log = newLog(c.Commands)
	s.restart = s.stream("runner", "restart")
	s.world = newWorld(s)
	s.feed = s.kernel.Source("feed")
	s.populate()
	return s
}

// populate brings the agents in.
func (s *Sim) populate() {
	many := func(n int, title string, a agent, accounts int) {
		for i := range n {
			one := a
			one.title = fmt.Sprint(title, "/", i)
			one.owner = venue.OwnerID(len(s.agents) + 1)
			if a.role == roleContributor {
				one.class = i % classes
			}
			s.add(&one, accounts)
		}
	}
	many(1, "bank", agent{role: roleBank, mean: 15 * second}, 0)
	s.bank = s.agents[0]
	many(12, "taker", agent{role: roleTaker, mean: 14 * second, money: 6_000 * dollar, units: 200}, 2)
	many(4, "maker", agent{role: roleMaker, mean: 14 * second, money: 300_000 * dollar, units: 20_000}, 1)
	many(14, "leveraged", agent{role: roleLeveraged, mean: 20 * second, money: 3_000 * dollar}, 1)
	many(5, "pledged", agent{role: roleLeveraged, mean: 20 * second, money: 500 * dollar, bills: 25_000_000}, 1)
	many(2, "isolated", agent{role: roleLeveraged, mean: 20 * second, money: 2_000 * dollar, isolated: 3}, 1)
	many(12, "contributor", agent{role: roleContributor, mean: 16 * second}, 0)
	many(1, "operator", agent{role: roleOperator, mean: 12 * second}, 0)
	many(1, "nonsense", agent{role: roleNonsense, mean: 10 * second, money: 500 * dollar}, 1)
	many(1, "sweeper", agent{role: roleSweeper, mean: 2 * minute, money: 400_000 * dollar, units: 3_000}, 1)
	many(1, "victim", agent{role: rolePair, mean: minute, money: 3_000 * dollar}, 1)
	many(1, "gainer", agent{role: rolePartner, mean: day * 300, money: 3_000 * dollar}, 1)
	s.partner = s.agents[len(s.agents)-1]
	many(2, "quoter", agent{role: roleQuoter, mean: 8 * second, money: 200_000 * dollar}, 1)
	many(1, "group", agent{role: roleTaker, mean: 10 * second, money: 20_000 * dollar, home: 3}, 4)
	many(4, "provider", agent{role: roleProvider, mean: 40 * second}, 0)
	many(8, "full", agent{role: roleTaker, mean: 20 * second, money: 2_500 * dollar, home: fleetFirst}, 1)
}

// begin sets the venue up and lets everybody begin.
func (s *Sim) begin() {
	s.setup()
	s.kernel.Schedule(s.now+second, kernel.World, s.world.from, eventPrice)
	s.kernel.Schedule(s.now+2*minute, kernel.World, s.world.from, eventShock)
	s.kernel.Schedule(s.now+1, kernel.MarketData, s.feed, 0)
	for _, a := range s.agents {
		s.kernel.Schedule(s.now+s.soon(&a.when, a.mean), kernel.Wake, a.from, 0)
	}
}

// send lets a command of an agent travel to the venue. Its link keeps the order.
// The session is that of the account, 0 for the venue itself.
func (s *Sim) send(a *agent, account venue.AccountID, c venue.Command) {
	at := max(s.now+venue.Time(a.link.LogNormal(3e6, 0.7)), a.arrived+1)
	a.arrived = at
	slot := uint64(len(s.waiting))
	if n := len(s.free); n > 0 {
		slot, s.free = s.free[n-1], s.free[:n-1]
	} else {
		s.waiting = append(s.waiting, arrival{})
	}
	s.waiting[slot] = arrival{venue.SessionID(account), c}
	s.kernel.Schedule(at, kernel.Arrival, a.from, slot)
}

// step does what happens next: the venue's own tick when it is due before
// anything else, or an event.
func (s *Sim) step() {
	at, class, some := s.kernel.Peek()
	if due, ok := s.core.NextDeadline(); ok {
		due = max(due, s.now, s.down)
		if !some || due < at || due == at && kernel.Timer < class {
			s.now = due
			s.command(0, &venue.Tick{})
			return
		}
	}
	e, _ := s.kernel.Next()
	s.now = max(s.now, e.Time)
	switch e.Class {
	case kernel.World:
		s.happen(&e)
	case kernel.Arrival:
		s.arrive(&e)
	case kernel.MarketData:
		s.publish()
	case kernel.Wake:
		a := s.bySource[e.Source]
		s.act(a, e.Payload != 0)
		if e.Payload == 0 {
			s.kernel.Schedule(s.now+s.soon(&a.when, a.mean), kernel.Wake, a.from, 0)
		}
	case kernel.Timer, kernel.Measure: // Nobody schedules these.
	}
}

// arrive gives the venue a command; while it is down, commands wait.
func (s *Sim) arrive(e *kernel.Event) {
	if s.now < s.down {
		s.kernel.Schedule(s.down+1+venue.Time(s.kernel.Len()), kernel.Arrival, e.Source, e.Payload)
		return
	}
	x := s.waiting[e.Payload]
	s.waiting[e.Payload] = arrival{}
	s.free = append(s.free, e.Payload)
	s.command(x.session, x.command)
	if s.wanted && s.err == nil {
		s.wanted = false
		s.hourly()
	}
}

// publish lets everybody see the market.
func (s *Sim) publish() {
	for i := 1; i < len(s.listings); i++ {
		q := &s.view[i]
		q.bid, q.ask, q.mark, q.phase = s.check.Market(venue.InstrumentID(i))
	}
	s.kernel.Schedule(s.now+second, kernel.MarketData, s.feed, 0)
}

// command applies one command and checks what came of it.
func (s *Sim) command(by venue.SessionID, c venue.Command) {
	if s.err != nil || s.log.full() {
		return
	}
	s.env = venue.Envelope{Seq: s.core.Seq() + 1, Time: s.now, Session: by, Command: c}
	s.tape.Reset()
	s.core.Apply(&s.env, &s.tape)
	if s.config.Plant != nil {
		s.config.Plant(&s.env, s.tape.Entries)
	}
	s.log.add(&s.env, s.tape.Entries)
	if s.config.Frame != nil {
		if s.err = s.config.Frame(s.env.Seq, s.log.last()); s.err != nil {
			return
		}
	}
	s.tell(s.tape.Entries)
	if s.err = s.check.Apply(&s.env, s.tape.Entries); s.err != nil {
		return
	}
	s.err = s.occasionally()
}

// every is how many commands pass between two checks that walk everything.
const every = 250

// occasionally checks what walks everything, and restarts the venue.
func (s *Sim) occasionally() error {
	if s.config.Progress != nil && s.env.Seq%5_000 == 0 {
		s.config.Progress(int(s.env.Seq))
	}
	if s.env.Seq%every == 0 {
		if err := s.check.Whole(); err != nil {
			return err
		}
		if !s.core.Conserved() {
			return &check.Violation{Property: check.Conservation, What: "the ledger does not add up"}
		}
	}
	if s.log.half() {
		s.log.state = s.core.AppendState(nil)
	}
	if s.config.Restarts == 0 || !s.restart.OneIn(s.config.Restarts) {
		return nil
	}
	return s.reborn()
}

// reborn goes on with a venue that was loaded from the state of this one
// (property 12), after a look at what it tells of itself.
func (s *Sim) reborn() error {
	s.restarts++
	s.tape.Reset()
	s.core.Image(&s.tape)
	if err := s.check.Image(s.tape.Entries); err != nil {
		return err
	}
	state := s.core.AppendState(nil)
	next := engine.New(Limits())
	if err := next.LoadState(state); err != nil {
		next.Close()
		return &check.Violation{Property: check.Restart, What: "the venue does not load its own state: " + err.Error()}
	}
	if next.StateHash() != s.core.StateHash() {
		next.Close()
		return &check.Violation{Property: check.Restart, What: "the venue is another after a restart"}
	}
	s.core.Close()
	s.core = next
	return nil
}
