package check

import (
	"fmt"
	"strings"

	"github.com/clearhour/clearhour/venue"
)

// Property names what is promised.
type Property string

// Properties, as the package comment lists them.
const (
	Conservation Property = "conservation"
	Positions    Property = "positions"
	Liquidation  Property = "liquidation"
	Band         Property = "band"
	Book         Property = "book"
	Priority     Property = "priority"
	FeesOfTrade  Property = "fees"
	DrawCap      Property = "draw cap"
	Orders       Property = "orders"
	Bounded      Property = "bounded"
	Progress     Property = "progress"
	Replay       Property = "replay"
	Restart      Property = "restart"
	PaidInFull   Property = "paid in full"
	Limits       Property = "limits"
	Quotes       Property = "quotes"
	FundWorth    Property = "fund"
)

// Violation is a sentence that is not true.
type Violation struct {
	// Property is what it is about.
	Property Property
	// What says what was found, with the numbers.
	What string
}

// Error returns both.
func (v *Violation) Error() string { return string(v.Property) + ": " + v.What }

// broken returns a violation.
func broken(p Property, format string, args ...any) error {
	return &Violation{p, fmt.Sprintf(format, args...)}
}

// MaxEvents bounds the events of one command, beside those of an uncrossing: an
// order meets at most 1,000 resting ones, each with what it tells, and elects a
// bounded number of stops.
const MaxEvents = 20_000

// Checker is the shadow of a venue. Use New. It is for one goroutine.
type Checker struct {
	env *venue.Envelope
	now venue.Time
	// entries are the events of the present command, at is the one being heard.
	entries []venue.Entry
	at      int

	markets  []market            // By instrument.
	accounts []account           // By id.
	owned    [][]venue.AccountID // By owner.
	orders   map[venue.OrderID]*order
	// incoming is the order that meets the book: it rests when something else
	// happens next.
	incoming *order
	touched  []touchedLevel
	answers  int
	canceled int
	crossed  int // Trades of uncrossings in this command.
	trade    venue.TradeID

	fund     fund
	pending  pending
	adl      []holding // Who loses a position to deleveraging in this command.
	licensed bool
	offset   bool // The fund closes a position of its own by the transfer that follows.
	pledges  []pledge
	guards   map[quoteSet]*guard
	hits     []quoteSet        // Sets whose quotes are to be gone when the command is over.
	untold   []quoteSet        // Those of them of which the trade before was one too many.
	woken    []*order          // Stops that were triggered in this command.
	exposed  []venue.AccountID // Whose orders in capped futures may be canceled in this command.
	worth    venue.Amount      // Of the fund after the last command.
	residue  venue.Amount      // Of the funding that is being paid.
	settled  bool              // There is a market with its final price,
	settling bool              // and this command may close positions in it.

	tally Tally
}

// Tally counts what happened.
type Tally struct {
	// Commands and Events are in all, Kinds by the kind of event, of which Names are
	// the words.
	Commands, Events uint64
	Kinds            [256]uint64
	Names            [256]string
	// Longest is the largest number of events of one command, LongestAt which.
	Longest   int
	LongestAt venue.Seq
	// LiquidationOrders, Takeovers, Deleveraged and Disposals count the steps of
	// liquidations.
	LiquidationOrders, Takeovers, Deleveraged, Disposals uint64
	// Auctions are scheduled and ordered ones, ProtectAuctions those that a price or
	// an outage began; UncrossTrades is what traded in both.
	Auctions, ProtectAuctions, UncrossTrades uint64
	// States counts the states from StateLiquidating on that accounts entered.
	States [8]uint64
	// StaleMarks is how often a mark became stale.
	StaleMarks uint64
	// FundLowest is the lowest balance of the insurance fund after its first money,
	// Drawn all that it gave.
	FundLowest, Drawn venue.Amount
	// WorthLowest is the least that it was worth without a position, with its
	// collateral; at most 0.
	WorthLowest venue.Amount
	// Haircuts are gains that were given, Uncommitted orders in capped futures that
	// were canceled, Limited orders that were refused for the position of an owner,
	// Frozen sides of quotes that were refused after a trigger, Grown positions whose
	// margin was seen above its schedule.
	Haircuts, Uncommitted, Limited, Frozen, Grown uint64
	funded                                        bool
}

type holding struct {
	account    venue.AccountID
	instrument venue.InstrumentID
}

// New returns the shadow of a venue in which nothing has happened.
func New() *Checker {
	return &Checker{
		orders: map[venue.OrderID]*order{}, markets: make([]market, 1), accounts: make([]account, int(venue.FirstAccount)),
		guards: map[quoteSet]*guard{},
	}
}

// Tally returns what happened so far.
func (c *Checker) Tally() *Tally { return &c.tally }

// Apply hears a command and its events, and returns a *Violation when one of them
// should not have been.
func (c *Checker) Apply(env *venue.Envelope, entries []venue.Entry) error {
	c.begin(env, entries)
	for i := range entries {
		c.at = i
		if err := c.event(entries[i].Event); err != nil {
			return c.where(err)
		}
	}
	c.rest()
	c.settlePending()
	return c.conclude()
}

// where adds which event it was.
func (c *Checker) where(err error) error {
	e := &c.entries[c.at]
	return fmt.Errorf("%w (event %d.%d %T%+v)", err, e.Seq, e.Index, e.Event, e.Event)
}

func (c *Checker) begin(env *venue.Envelope, entries []venue.Entry) {
	for i := range c.markets[1:] {
		c.markets[i+1].pass(env.Time - c.now)
	}
	c.env, c.now, c.entries = env, env.Time, entries
	c.touched, c.adl, c.answers, c.canceled, c.crossed, c.licensed, c.offset = c.touched[:0], c.adl[:0], 0, 0, 0, false, false
	c.exposed, c.woken = c.exposed[:0], c.woken[:0]
	c.tally.Commands++
	c.tally.Events += uint64(len(entries))
	if len(entries) > c.tally.Longest {
		c.tally.Longest, c.tally.LongestAt = len(entries), env.Seq
	}
	for i := range entries {
		k := entries[i].Event.Kind()
		if c.tally.Kinds[k]++; c.tally.Names[k] == "" {
			c.tally.Names[k] = strings.TrimPrefix(fmt.Sprintf("%T", entries[i].Event), "*venue.")
		}
		if x, ok := entries[i].Event.(*venue.PositionTransferred); ok && x.To != venue.Insurance {
			c.adl = append(c.adl, holding{x.To, x.Instrument})
		}
	}
	c.fund.roll(c.now)
	c.settling = c.settled
}

// event hears one event.
func (c *Checker) event(e venue.Event) error {
	switch e := e.(type) {
	case *venue.InstrumentListed:
		c.list(&e.Terms)
	case *venue.TermsSet:
		c.retune(e)
	case *venue.PhaseChanged:
		c.phase(e)
	case *venue.MarkChanged:
		c.mark(e)
	case *venue.AccountOpened:
		c.account(e.Account).owner = e.Owner
		*at(&c.owned, int(e.Owner)) = append(c.owned[e.Owner], e.Account)
	case *venue.OrderAccepted:
		return c.accepted(e)
	case *venue.OrderTriggered:
		return c.triggered(e)
	case *venue.OrderAmended:
		return c.amended(e)
	case *venue.OrderReduced:
		return c.reduced(e)
	case *venue.OrderCanceled:
		return c.ended(e)
	case *venue.Traded:
		return c.traded(e)
	case *venue.LevelChanged:
		c.level(e)
	case *venue.OrderRejected:
		c.answers++
		if e.Refusal.Reason == venue.PositionLimit {
			c.tally.Limited++
		}
	case *venue.RequestRepeated, *venue.CancelRejected, *venue.CommandRejected:
		c.answers++
	case *venue.Quoted, *venue.MassQuoted, *venue.QuoteProtectionSet, *venue.QuoteProtectionTriggered:
		return c.quotes(e)
	case *venue.MassCanceled:
		return c.massCanceled(e)
	case *venue.Deposited, *venue.Withdrawn, *venue.InsuranceFunded, *venue.FundingPaid, *venue.FundingSettled,
		*venue.PositionTransferred, *venue.InstrumentSettled, *venue.VariationPaid, *venue.BalanceChanged, *venue.PositionChanged,
		*venue.DebtPaid, *venue.GainsHaircut, *venue.Transferred, *venue.CollateralSeized, *venue.CollateralSold:
		return c.money(e)
	case *venue.FundingClosed:
		return c.fundingClosed(e)
	case *venue.LiquidationSet:
		c.fund.terms = e.Terms
	case *venue.Receipt:
		c.receipt(e)
	case *venue.AssetListed:
		*at(&c.pledges, int(e.Asset)) = pledge{decimals: e.Decimals}
	case *venue.CollateralSet:
		p := at(&c.pledges, int(e.Asset))
		p.price, p.rate = e.Price, e.Rate
	case *venue.AccountStateChanged:
		return c.judged(e)
	case *venue.VersionSet, *venue.FeeTiersSet, *venue.AuctionIndicative, *venue.AuctionUncrossing, *venue.ScheduleSet, *venue.ProtectionsSet,
		*venue.IndexListed, *venue.IndexPublished, *venue.IndexMetered, *venue.WindowMetered, *venue.ReferenceSet,
		*venue.ChangeProposed, *venue.ChangeApproved, *venue.ChangeEnded, *venue.OperatorSet:
		// These say what the rules are; the marks and phases that follow are heard.
	}
	return nil
}

// conclude checks what must hold after a command.
func (c *Checker) conclude() error {
	if err := c.answered(); err != nil {
		return err
	}
	if err := c.levels(); err != nil {
		return err
	}
	for _, o := range c.woken {
		if c.orders[o.id] == o {
			if err := c.allowed(o, 0); err != nil {
				return err
			}
		}
	}
	if err := c.margins(); err != nil {
		return err
	}
	if err := c.withdrawn(); err != nil {
		return err
	}
	if err := c.endures(); err != nil {
		return err
	}
	c.fund.closed()
	c.fund.release(c.account(venue.Insurance).qty)
	if err := c.fund.within(); err != nil {
		return err
	}
	if n := len(c.entries); n > MaxEvents && c.crossed == 0 {
		return broken(Bounded, "%d events, at most %d", n, MaxEvents)
	}
	return nil
}
