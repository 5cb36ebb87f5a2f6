package random

import (
	"github.com/clearhour/clearhour/sim/kernel"
	"github.com/clearhour/clearhour/sim/rng"
	"github.com/clearhour/clearhour/venue"
)

// role is what an agent is for.
type role uint8

const (
	roleTaker role = iota
	roleMaker
	roleLeveraged
	roleBank
	roleContributor
	roleOperator
	roleNonsense
	roleSweeper
	rolePair
	roleQuoter
	roleProvider
	rolePartner // It acts when the pair does.
)

// own is an order as its agent knows it.
type own struct {
	id         venue.OrderID
	account    venue.AccountID
	instrument venue.InstrumentID
	side       venue.Side
	price      venue.Price
	qty        venue.Qty
	leaves     venue.Qty
}

// news is what an agent hears of an order of its own, at a time.
type news struct {
	at   venue.Time
	over bool
	own
}

// agent is somebody with accounts, an own mind and a link to the venue.
type agent struct {
	title    string
	role     role
	owner    venue.OwnerID
	accounts []venue.AccountID
	money    venue.Amount
	units    venue.Amount
	bills    venue.Amount       // Collateral, in millionths.
	isolated venue.InstrumentID // The one market of its accounts, 0 for all.
	home     venue.InstrumentID // Where it is most of the time, 0 for everywhere.
	mean     venue.Time         // Between two wakes.
	class    int                // Of a contributor.
	from     kernel.Source
	// Each purpose has a stream of its own.
	when, what, where, price, size, link rng.Source
	// arrived is when its last command arrives: a link keeps the order.
	arrived venue.Time
	orders  []own
	inbox   []news
	count   uint64
	last    venue.PlaceOrder // For a retry.
	bias    venue.Side
}

// add brings an agent into the simulation.
func (s *Sim) add(a *agent, accounts int) *agent {
	a.from = s.kernel.Source(a.title)
	for _, p := range [...]struct {
		to      *rng.Source
		purpose string
	}{
		{&a.when, "when"}, {&a.what, "what"}, {&a.where, "where"}, {&a.price, "price"}, {&a.size, "size"}, {&a.link, "link"},
	} {
		*p.to = s.stream(a.title, p.purpose)
	}
	for range accounts {
		id := venue.FirstAccount + venue.AccountID(len(s.byAccount))
		s.byAccount = append(s.byAccount, a)
		a.accounts = append(a.accounts, id)
	}
	a.bias = venue.Side(1 + a.what.Below(2))
	for int(a.from) >= len(s.bySource) {
		s.bySource = append(s.bySource, nil)
	}
	s.bySource[a.from] = a
	s.agents = append(s.agents, a)
	return a
}

const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// name returns a new identifier of the agent: the hash of its name is in the
// number of its source, which differs from agent to agent.
func (a *agent) name() (id venue.ClOrdID) {
	a.count++
	id[0] = 'S'
	for i, v := 4, uint32(a.from); i > 0; i, v = i-1, v>>5 {
		id[i] = letters[v&31]
	}
	for i, v := 12, a.count; i > 4; i, v = i-1, v>>5 {
		id[i] = letters[v&31]
	}
	return id
}

// hear keeps what the venue said of an order, to be known when the link has
// carried it.
func (a *agent) hear(now venue.Time, over bool, o own) {
	a.inbox = append(a.inbox, news{now + 2_000_000 + venue.Time(a.link.Exp()*float64(3_000_000)), over, o})
}

// read takes in what has arrived.
func (a *agent) read(now venue.Time) {
	n := 0
	for ; n < len(a.inbox) && a.inbox[n].at <= now; n++ {
		a.learn(&a.inbox[n])
	}
	a.inbox = a.inbox[:copy(a.inbox, a.inbox[n:])]
}

func (a *agent) learn(x *news) {
	for i := range a.orders {
		if a.orders[i].id != x.id {
			continue
		}
		if x.over {
			a.orders[i] = a.orders[len(a.orders)-1]
			a.orders = a.orders[:len(a.orders)-1]
			return
		}
		if x.price != 0 {
			a.orders[i].price = x.price
		}
		if x.qty != 0 {
			a.orders[i].qty = x.qty
		}
		a.orders[i].leaves = x.leaves
		return
	}
	if !x.over && x.account != 0 {
		a.orders = append(a.orders, x.own)
	}
}

// anyOrder returns an order that the agent believes to be live.
func (a *agent) anyOrder() *own {
	if len(a.orders) == 0 {
		return nil
	}
	return &a.orders[a.what.Below(uint64(len(a.orders)))]
}

// someAccount returns an account of the agent.
func (a *agent) someAccount() venue.AccountID {
	return a.accounts[a.where.Below(uint64(len(a.accounts)))]
}

// tell lets the agents hear of their orders.
func (s *Sim) tell(entries []venue.Entry) {
	for i := range entries {
		switch e := entries[i].Event.(type) { //nolint:gochecksumtype // What happens to orders.
		case *venue.OrderAccepted:
			s.hear(e.Account, false, own{e.Order, e.Account, e.Instrument, e.Side, e.Price, e.Qty, e.Qty})
		case *venue.OrderAmended:
			s.hear(e.Account, false, own{id: e.Order, price: e.Price, qty: e.Qty, leaves: e.Leaves})
		case *venue.OrderReduced:
			s.hear(e.Account, false, own{id: e.Order, leaves: e.Leaves})
		case *venue.OrderCanceled:
			s.hear(e.Account, true, own{id: e.Order})
		case *venue.Traded:
			s.hear(e.Maker.Account, e.Maker.Leaves == 0, own{id: e.Maker.Order, leaves: e.Maker.Leaves})
			s.hear(e.Taker.Account, e.Taker.Leaves == 0, own{id: e.Taker.Order, leaves: e.Taker.Leaves})
		}
	}
}

func (s *Sim) hear(a venue.AccountID, over bool, o own) {
	if a >= venue.FirstAccount && int(a-venue.FirstAccount) < len(s.byAccount) {
		s.byAccount[a-venue.FirstAccount].hear(s.now, over, o)
	}
}

// wakeNow wakes agents of a role at once.
func (s *Sim) wakeNow(r role) {
	for _, a := range s.agents {
		if a.role == r {
			s.kernel.Schedule(s.now+1, kernel.Wake, a.from, 1)
		}
	}
}

// act lets an agent look around and do something.
func (s *Sim) act(a *agent, struck bool) {
	a.read(s.now)
	switch a.role {
	case roleTaker:
		s.take(a)
	case roleMaker:
		s.make(a)
	case roleLeveraged:
		s.lever(a)
	case roleBank:
		s.transfer(a)
	case roleContributor:
		s.contribute(a)
	case roleOperator:
		s.operate(a)
	case roleNonsense:
		s.nonsense(a)
	case roleSweeper:
		s.sweep(a, struck)
	case rolePair:
		s.drain(a, struck)
	case roleQuoter:
		s.quote(a)
	case roleProvider:
		s.meter(a)
	case rolePartner:
	}
}
