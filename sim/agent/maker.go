package agent

import (
	"time"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/venue"
)

// Maker quotes both sides around a fair price and leans against its inventory.
type Maker struct {
	// Fair is what a symbol is worth in ticks, 0 when that is not known.
	Fair func(symbol string) venue.Price
	// Edge is half the distance between its best bid and offer, in ticks; Step
	// the distance between its levels.
	Edge, Step venue.Price
	// Levels is how many orders stand on each side, Lots the largest of them.
	Levels int
	Lots   int64
	// Inventory is the position at which the quotes have moved by a whole Edge.
	Inventory venue.Qty
	// Pace is how often quotes are looked at.
	Pace time.Duration
}

// quote is a timer's tag: it is time to look at the quotes.
type quote struct{}

// Start implements client.Strategy.
func (m *Maker) Start(e client.Env) error {
	m.requote(e)
	e.Every(m.Pace, quote{})
	return nil
}

// On implements client.Strategy.
func (m *Maker) On(e client.Env, event client.Event) {
	if t, ok := event.(client.TimerEvent); ok && t.Tag == (quote{}) {
		m.requote(e)
	}
}

// Stop implements client.Strategy.
func (m *Maker) Stop(client.Env) {}

// requote cancels quotes that are out of place and fills the gaps.
func (m *Maker) requote(e client.Env) {
	standing := map[string][2]int{}
	e.Account().Open(func(ref client.Ref, r *client.Report) {
		if r.Instrument == nil {
			return
		}
		centre := m.centre(e, r.Instrument.Symbol)
		distance := (r.Price - centre) * -venue.Price(r.Side.Sign())
		if centre == 0 || distance < m.Edge || distance > m.Edge+m.Step*venue.Price(m.Levels)*2 {
			e.Cancel(ref)
			return
		}
		n := standing[r.Instrument.Symbol]
		n[r.Side-1]++
		standing[r.Instrument.Symbol] = n
	})
	for _, i := range e.Instruments() {
		n := standing[i.Symbol]
		for level := n[0]; level < m.Levels; level++ {
			m.quote(e, i, venue.Buy, level)
		}
		for level := n[1]; level < m.Levels; level++ {
			m.quote(e, i, venue.Sell, level)
		}
	}
}

// centre is the fair price, moved against the inventory.
func (m *Maker) centre(e client.Env, symbol string) venue.Price {
	fair := m.Fair(symbol)
	if fair == 0 {
		return 0
	}
	lean := venue.Price(e.Account().Position(symbol)) * m.Edge / venue.Price(m.Inventory)
	return fair - min(max(lean, -3*m.Edge), 3*m.Edge)
}

func (m *Maker) quote(e client.Env, i *client.Instrument, side venue.Side, level int) {
	centre := m.centre(e, i.Symbol)
	if centre == 0 {
		return
	}
	r := e.Rand("quote")
	away := m.Edge + m.Step*venue.Price(level) + venue.Price(r.Int64N(int64(m.Step)+1))
	price := centre - away*venue.Price(side.Sign())
	if price < i.Low || price > i.High {
		return
	}
	e.Submit(client.Order{
		Symbol: i.Symbol, Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker,
		Flags: venue.PostOnly | venue.CancelOnDisconnect, Price: price, Qty: venue.Qty(1 + r.Int64N(m.Lots)),
	})
}
