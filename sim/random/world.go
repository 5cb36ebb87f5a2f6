package random

import (
	"github.com/clearhour/clearhour/sim/kernel"
	"github.com/clearhour/clearhour/sim/rng"
	"github.com/clearhour/clearhour/venue"
)

// world is what is true outside of the venue.
type world struct {
	from  kernel.Source
	noise [classes]rng.Source
	shock rng.Source
	// price is in dollars per GPU-hour, to which it comes back slowly; pull is what
	// a crash or a spike does to it each second until ends.
	price, home [classes]float64
	pull        [classes]float64
	ends        [classes]venue.Time
	// crisis is until when takers are many, away until when makers are.
	crisis, away venue.Time
	silent       [classes]venue.Time
	// points is the availability of the fleet, and broken until when it is a bad one.
	fleet  rng.Source
	points float64
	broken venue.Time
	next   uint64
}

// Payloads of events of the world.
const (
	eventPrice uint64 = iota
	eventShock
	eventOutageOver
)

func newWorld(s *Sim) world {
	w := world{from: s.kernel.Source("world"), shock: s.stream("world", "shock")}
	w.home = [classes]float64{2.5, 1.4}
	w.price = w.home
	w.fleet, w.points = s.stream("world/fleet", "points"), 95
	for i := range w.noise {
		w.noise[i] = s.stream("world/"+string(rune('a'+i)), "price")
	}
	return w
}

// ticks returns the true price of a class as a price of the venue.
func (w *world) ticks(class int, tick venue.Amount) venue.Price {
	return venue.Price(w.price[class]*1e6/float64(tick) + 0.5)
}

// move lets a second pass.
func (w *world) move(now venue.Time) {
	for i := range w.price {
		step := float64(0.0004 * w.noise[i].Normal())
		if now < w.ends[i] {
			step += w.pull[i]
		}
		step += float64(0.0008 * (rng.Ln(w.home[i]) - rng.Ln(w.price[i])))
		w.price[i] = min(max(float64(w.price[i]*rng.ExpOf(step)), 0.2), 7.5)
	}
}

// fair returns what something is worth, as a price of the venue.
func (w *world) fair(l *listing) venue.Price {
	if l.terms.Kind == venue.Capped {
		return venue.Price(w.points*1e6/float64(l.terms.Tick) + 0.5)
	}
	return w.ticks(l.class, l.terms.Tick)
}

// run lets a second pass for the fleet: it comes back to what it is in good times,
// or in bad ones.
func (w *world) run(now venue.Time) {
	to := 95.0
	if now < w.broken {
		to = 20
	}
	w.points = min(max(float64(w.points+float64(0.02*(to-w.points))+float64(0.3*w.fleet.Normal())), 0), 100)
}

// crash makes a price fall by a part, or rise when the part is negative, over
// some seconds.
func (w *world) crash(class int, part float64, over venue.Time, now venue.Time) {
	w.pull[class] = rng.Ln(1-part) / float64(over/second)
	w.ends[class] = now + over
	w.crisis = max(w.crisis, now+over+minute)
}

// Shocks, one after the other in an order that the seed shuffles.
const (
	shockCrash = iota
	shockSpike
	shockSweep
	shockDrain
	shockOutage
	shockSilence
	shockExit
	shocks
)

// ShockNames are the words for the shocks of a Result, in its order.
var ShockNames = [shocks]string{"crash", "spike", "sweep", "drain", "outage", "silence", "exit of makers"}

// strike brings the next shock.
func (s *Sim) strike() {
	w := &s.world
	kind := (w.next + s.seed) % shocks
	w.next++
	s.shocks[kind]++
	class := int(w.shock.Below(classes))
	depth := 0.2 + float64(0.4*w.shock.Float())
	over := venue.Time(3+w.shock.Below(20)) * second
	switch kind {
	case shockCrash: // Makers see it coming, some of them.
		w.crash(class, depth, over, s.now)
		if w.shock.OneIn(2) {
			w.away = s.now + minute
		}
	case shockSpike:
		w.crash(class, -depth, over, s.now)
	case shockSweep:
		s.wakeNow(roleSweeper)
	case shockDrain: // The pair knows what is coming, and nobody else is there.
		w.away = s.now + 2*minute
		s.wakeNow(rolePair)
		w.crash(1, depth, over+5*second, s.now)
	case shockOutage:
		s.down = s.now + minute
	case shockSilence:
		w.silent[class] = s.now + 3*minute
		w.broken = s.now + 4*minute
		w.away = s.now + 3*minute
	case shockExit:
		w.away = s.now + 2*minute
		w.crisis = max(w.crisis, s.now+minute)
	}
}

// happen is an event of the world.
func (s *Sim) happen(e *kernel.Event) {
	w := &s.world
	switch e.Payload {
	case eventPrice:
		w.move(s.now)
		w.run(s.now)
		s.kernel.Schedule(s.now+second, kernel.World, w.from, eventPrice)
	case eventShock:
		s.strike()
		s.kernel.Schedule(s.now+minute+s.soon(&w.shock, 2*minute), kernel.World, w.from, eventShock)
	}
}

// soon returns a random time of a mean, at least a nanosecond and at most ten
// times the mean.
func (s *Sim) soon(r *rng.Source, mean venue.Time) venue.Time {
	return 1 + min(venue.Time(r.Exp()*float64(mean)), 10*mean)
}
