package agent

import (
	"time"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/venue"
)

// Taker sends an order at the market now and then, and turns around when its
// position has become large.
type Taker struct {
	// Pace is the mean time between its orders.
	Pace time.Duration
	// Lots is the largest order.
	Lots int64
	// Limit is the position beyond which it only trades back.
	Limit venue.Qty
}

// take is a timer's tag: it is time for an order.
type take struct{}

// Start implements client.Strategy.
func (t *Taker) Start(e client.Env) error {
	t.wait(e)
	return nil
}

// wait asks for the next order after an exponential time.
func (t *Taker) wait(e client.Env) {
	e.After(time.Duration(e.Rand("arrival").ExpFloat64()*float64(t.Pace)), take{})
}

// On implements client.Strategy.
func (t *Taker) On(e client.Env, event client.Event) {
	if timer, ok := event.(client.TimerEvent); !ok || timer.Tag != (take{}) {
		return
	}
	t.wait(e)
	list := e.Instruments()
	if len(list) == 0 {
		return
	}
	r := e.Rand("order")
	i := list[r.IntN(len(list))]
	side := venue.Side(1 + r.IntN(2))
	switch position := e.Account().Position(i.Symbol); {
	case position > t.Limit:
		side = venue.Sell
	case position < -t.Limit:
		side = venue.Buy
	}
	if _, ok := e.Book(i.Symbol).Best(side.Opposite()); !ok {
		return
	}
	e.Submit(client.Order{
		Symbol: i.Symbol, Side: side, Type: venue.Market, TIF: venue.IOC, STP: venue.CancelTaker, Qty: venue.Qty(1 + r.Int64N(t.Lots)),
	})
}

// Stop implements client.Strategy.
func (t *Taker) Stop(client.Env) {}
