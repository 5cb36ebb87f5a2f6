package orders

import (
	"github.com/clearhour/clearhour/internal/assert"
	"github.com/clearhour/clearhour/sim/rng"
	"github.com/clearhour/clearhour/venue"
)

// Start is the time of the first command: 2026-01-01T00:00:00Z.
const Start venue.Time = 1_767_225_600 * venue.Second

// market is what the stream knows of an instrument.
type market struct {
	terms  venue.Instrument
	mark   venue.Price
	last   venue.Price // Of the last trade observed, the mark before that.
	reopen venue.Seq   // When a market that is not open gets open again; 0 when it is.
}

// Stream makes commands. It is for one goroutine.
type Stream struct {
	mix     Mix
	sum     uint64 // Of the shares.
	shares  [12]uint32
	markets []market
	desk    desk
	setup   []venue.Envelope // Sequence and time are given when they are sent.
	filling int              // Opening orders still to come.
	seq     venue.Seq
	now     venue.Time

	// One random stream for each purpose.
	kinds, who, sides, prices, sizes, types, changes, world, bad, clock rng.Source

	// The command of the moment.
	order    venue.PlaceOrder
	cancel   venue.CancelOrder
	amend    venue.AmendOrder
	mass     venue.MassCancel
	deposit  venue.Deposit
	withdraw venue.Withdraw
	mark     venue.SetMark
	phase    venue.SetPhase
	version  venue.SetVersion
	account  venue.OpenAccount
	asset    venue.ListAsset
	listing  venue.ListInstrument
	tick     venue.Tick

	sent  [256]memory
	noted uint64
}

// memory is a command that may be sent again.
type memory struct {
	kind   venue.CommandKind
	order  venue.PlaceOrder
	cancel venue.CancelOrder
	amend  venue.AmendOrder
	funds  venue.Deposit // Of a withdrawal too.
}

// New returns the stream of a seed and a mix.
func New(seed uint64, mix Mix) *Stream {
	assert.That(mix.Accounts >= 2 && mix.Accounts <= 1<<16, "number of accounts out of range")
	assert.That(mix.Spots >= 0 && mix.Futures >= 0 && mix.Spots+mix.Futures >= 1 && mix.Spots+mix.Futures <= 1000, "number of instruments out of range")
	assert.That(mix.Open >= 1 && mix.Open <= 100 && mix.Positions <= mix.Futures, "open orders or positions out of range")
	s := &Stream{mix: mix, now: Start, shares: mix.Shares.list()}
	for _, v := range s.shares {
		s.sum += uint64(v)
	}
	assert.That(s.sum > 0, "mix without shares")
	for name, r := range map[string]*rng.Source{
		"kinds": &s.kinds, "who": &s.who, "sides": &s.sides, "prices": &s.prices, "sizes": &s.sizes, "types": &s.types,
		"changes": &s.changes, "world": &s.world, "bad": &s.bad, "clock": &s.clock,
	} {
		*r = rng.New(seed, "orders/"+name)
	}
	s.desk.init(min(max(256, 2*mix.Accounts*mix.Open), noTicket))
	s.arrange()
	return s
}

// Setup returns how many of the first commands set the venue up: with the last
// of them every account has about its open orders.
func (s *Stream) Setup() int { return len(s.setup) + s.mix.Accounts*s.mix.Open }

// Open returns how many orders the clients believe to be open.
func (s *Stream) Open() int { return len(s.desk.live) }

// Next gives the next command. It is valid until the call after.
func (s *Stream) Next(e *venue.Envelope) {
	s.seq++
	if n := int(s.seq) - 1; n < len(s.setup) {
		e.Session, e.Command = s.setup[n].Session, s.setup[n].Command
	} else {
		s.pass()
		e.Session, e.Command = s.choose()
	}
	e.Seq, e.Time = s.seq, s.now
}

// pass lets time pass.
func (s *Stream) pass() {
	s.now += venue.Time(s.clock.Below(uint64(s.mix.Pace) + 1))
	if s.mix.Leaps != 0 && s.clock.OneIn(s.mix.Leaps) {
		s.now += venue.Time(s.clock.Between(1, 13)) * 3600 * venue.Second
	}
}

// choose makes one command and returns it with the session that sends it.
func (s *Stream) choose() (venue.SessionID, venue.Command) {
	if s.filling > 0 {
		s.filling--
		return s.rest(s.filling % s.mix.Accounts)
	}
	if m := s.closed(); m != nil {
		return s.setPhase(m, venue.Continuous)
	}
	at, kind := s.kinds.Below(s.sum), 0
	for at >= uint64(s.shares[kind]) {
		at -= uint64(s.shares[kind])
		kind++
	}
	switch kind {
	case 0:
		return s.place()
	case 1:
		return s.take()
	case 2:
		return s.cancelOne()
	case 3:
		return s.amendOne()
	case 4:
		return s.massCancel()
	case 5:
		return s.depositSome()
	case 6:
		return s.withdrawSome()
	case 7:
		return s.moveMark()
	case 8:
		return s.changePhase()
	case 9:
		return 0, &s.tick
	case 10:
		return s.retry()
	}
	return s.malformed()
}

// session is the one that an account uses.
func session(a venue.AccountID) venue.SessionID { return venue.SessionID(a) }

// someone returns a random account.
func (s *Stream) someone() venue.AccountID {
	return venue.FirstAccount + venue.AccountID(s.who.Below(uint64(s.mix.Accounts)))
}

// somewhere returns a random market.
func (s *Stream) somewhere() *market { return &s.markets[s.who.Below(uint64(len(s.markets)))] }
