package matching

import (
	"math/rand/v2"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// TestSteadyStreamAllocatesNothing runs every kind of call over books that are
// warm.
func TestSteadyStreamAllocatesNothing(t *testing.T) {
	b := New(Limits{Orders: 5000})
	defer b.Close()
	b.Open(1, 0, 10_000)
	random := rand.New(rand.NewPCG(1, 1))
	var m Matched
	var live [4096]venue.OrderID
	ids := make([]venue.OrderID, 0, 1000)
	now := venue.Time(1)
	var v View
	step := func() {
		now++
		m.Reset()
		slot := &live[random.IntN(len(live))]
		o := Order{
			Instrument: 1, Holding: venue.HoldingID(random.IntN(50)), Owner: venue.OwnerID(random.IntN(50)),
			Side: venue.Side(1 + random.IntN(2)), Type: venue.Limit, TIF: venue.TimeInForce(2 + random.IntN(3)),
			STP: venue.SelfTrade(1 + random.IntN(4)), Price: 4000 + venue.Price(random.IntN(2000)), Qty: 1 + venue.Qty(random.IntN(100)),
		}
		switch random.IntN(8) {
		case 0:
			o.Display = 1 + venue.Qty(random.IntN(int(o.Qty)))
		case 1:
			o.Expire = now + venue.Time(random.IntN(1000))
		case 2:
			o.Type, o.Stop = venue.StopLimit, 4000+venue.Price(random.IntN(2000))
		}
		b.Cancel(*slot, venue.CanceledByUser, &m)
		id, ok := b.Add(&o)
		if !ok {
			return
		}
		*slot = id
		if o.Type == venue.StopLimit {
			b.Park(id)
		} else {
			b.Match(id, &m)
		}
		for _, id := range b.Elect(1, o.Price, ids[:0]) {
			b.Match(id, &m)
		}
		for _, id := range b.Expire(now, ids[:0]) {
			b.Cancel(id, venue.Expired, &m)
		}
		b.Get(id, &v)
		b.Oldest(o.Holding)
	}
	for range 200_000 {
		step()
	}
	if n := testing.AllocsPerRun(20_000, step); n != 0 {
		t.Errorf("a step of a steady stream allocates %v times, want 0", n)
	}
	if err := b.check(); err != nil {
		t.Error(err)
	}
}
