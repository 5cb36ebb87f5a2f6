package random

import (
	"fmt"

	"github.com/clearhour/clearhour/venue"
)

const (
	second = venue.Second
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// Start is the time of the first command: 2027-01-01T23:30:00Z, half an hour before
// the positions of a day are settled and the first future ends.
const Start venue.Time = 1798761600*second + 23*hour + 30*minute

// dollar is one dollar in micro-dollars.
const dollar venue.Amount = 1_000_000

// bill is an asset that counts as collateral.
const bill venue.AssetID = 4

// classes is how many kinds of hardware there are, each with a true price and an
// index.
const classes = 2

// listing is an instrument with what the agents know of it.
type listing struct {
	terms venue.Instrument
	class int
	// follows says that its mark follows the index; otherwise the operator gives it.
	follows bool
	// depth is how many lots makers quote at a price.
	depth int64
}

// brackets are those of futures: twenty times leverage for small positions.
func brackets() []venue.Bracket {
	return []venue.Bracket{
		{Upto: 60_000 * dollar, Initial: 50_000, Maintenance: 25_000},
		{Upto: 600_000 * dollar, Initial: 100_000, Maintenance: 50_000},
		{Upto: venue.MaxAmount, Initial: 200_000, Maintenance: 100_000},
	}
}

// terms returns the contract of an instrument of a class, for which the caller
// fills in what is particular.
func terms(id venue.InstrumentID, symbol string, k venue.Kind) venue.Instrument {
	t := venue.Instrument{
		ID: id, Symbol: symbol, Kind: k, Class: "H100-SXM-80", Region: "NA-E", Grade: "C", Quote: venue.USD, Tick: 1000, Hours: 24,
		Low: 50, High: 9_000, MaxQty: 20_000, Band: 80_000, Maker: 200, Taker: 500,
	}
	if k != venue.Spot {
		t.Brackets = brackets()
	}
	if k != venue.Perpetual {
		t.Window, t.Start, t.End = venue.WindowDay, Start-Start%day+30*day, Start-Start%day+31*day
	}
	return t
}

// setup brings the venue up by commands alone.
func (s *Sim) setup() {
	s.command(0, &venue.ListAsset{Asset: 2, Symbol: "H100.D"})
	s.command(0, &venue.ListAsset{Asset: 3, Symbol: "A100.D"})
	s.command(0, &venue.ListAsset{Asset: bill, Symbol: "TBILL", Decimals: 6})
	s.command(0, &venue.SetCollateral{Asset: bill, Price: 100 * dollar, Rate: 900_000})
	for o := venue.OperatorID(1); o <= 2; o++ {
		s.command(0, &venue.SetOperator{Operator: o, Enrolled: true})
	}
	for i := range classes {
		s.command(0, &venue.ListIndex{Terms: venue.Index{
			ID: venue.IndexID(i + 1), Symbol: fmt.Sprint("PIX.", i+1), Clamp: 50_000, Cap: 400_000, Contributors: 3,
			Period: 5 * second, Window: 20 * second, Widest: 40 * second,
		}})
	}
	s.command(0, &venue.ListIndex{Terms: venue.Index{
		ID: fleetIndex, Symbol: "AV", Kind: venue.AvailabilityIndex, Period: 2 * minute, Window: 90 * second,
	}})
	s.markets()
	s.command(0, &venue.SetFeeTiers{Tiers: []venue.FeeTier{
		{Min: 0, Maker: 200, Taker: 500}, {Min: 200_000 * dollar, Maker: 0, Taker: 400}, {Min: 2_000_000 * dollar, Maker: -100, Taker: 300},
	}})
	r := s.stream("setup", "terms")
	s.command(0, &venue.SetLiquidation{Terms: venue.LiquidationTerms{
		Target: 1_100_000 + venue.Rate(r.Below(400_000)), Fee: 5_000, Spread: 1_500_000, Fraction: 250_000, MaxConsumed: 300_000,
		FullSize: 20, Cap: [...]venue.Rate{300_000, 600_000, venue.One}[r.Below(3)], Window: 10 * minute, Step: second,
	}})
	s.command(0, &venue.FundInsurance{Amount: 1_000 * dollar})
	for _, a := range s.agents {
		for _, id := range a.accounts {
			s.command(0, &venue.OpenAccount{Account: id, Owner: a.owner, Isolated: a.isolated})
			s.funds(id, bill, a.bills)
			s.funds(id, venue.USD, a.money)
			for as := venue.AssetID(2); as <= 3 && a.units > 0; as++ {
				s.funds(id, as, a.units)
			}
		}
	}
}

// funds deposits what an account begins with.
func (s *Sim) funds(a venue.AccountID, as venue.AssetID, n venue.Amount) {
	if n > 0 {
		s.command(0, &venue.Deposit{Account: a, Asset: as, Amount: n, Ref: s.bank.name()})
	}
}

// markets lists the instruments and opens them.
func (s *Sim) markets() {
	spot := terms(1, "H100.NAE.D", venue.Spot)
	spot.Base = 2
	s.list(listing{terms: spot, depth: 30})
	s.list(listing{terms: terms(2, "H100C.NAE.D", venue.Future), follows: true, depth: 40})
	grows := terms(3, "H100C.NAE.PERP", venue.Perpetual)
	grows.Interest, grows.MaxPosition = venue.Interest{Low: 300, High: 4_000}, 700
	s.list(listing{terms: grows, follows: true, depth: 40})
	pro := terms(4, "A100.NAE.D", venue.Future)
	pro.Match, pro.Class = venue.ProRata, "A100-SXM-80"
	s.list(listing{terms: pro, class: 1, follows: true, depth: 40})
	thin := terms(5, "A100C.NAE.PERP", venue.Perpetual)
	thin.Class, thin.Band = "A100-SXM-80", 200_000
	s.list(listing{terms: thin, class: 1, follows: true, depth: 6})
	given := terms(6, "A100.NAE.S", venue.Spot)
	given.Base = 3
	s.list(listing{terms: given, class: 1, depth: 20})
	s.fleets()
	s.hourly()
}

// hourly lists the future that ends with the hour after next, with the operator's
// marks.
func (s *Sim) hourly() {
	id := venue.InstrumentID(len(s.listings))
	end := s.now - s.now%hour + hour
	if end-s.now < 5*minute {
		end += hour
	}
	t := terms(id, fmt.Sprint("H100.NAE.H.", int64(end/hour)), venue.Future)
	t.Window, t.Start, t.End = venue.WindowHour, end-hour, end
	s.list(listing{terms: t, depth: 25})
	c := capped(id+1, fmt.Sprint("AV.H.", int64(end/hour)))
	c.Window, c.Start, c.End = venue.WindowHour, end-hour, end
	s.list(listing{terms: c, depth: 15})
}

// list brings up one market: half of them with protections and a schedule.
func (s *Sim) list(l listing) {
	id := l.terms.ID
	s.listings = append(s.listings, l)
	s.view = append(s.view, quote{})
	s.command(0, &venue.ListInstrument{Terms: l.terms})
	s.command(0, &venue.SetMark{Instrument: id, Price: s.world.fair(&l)})
	if l.follows {
		f := venue.Time(0)
		if l.terms.Kind == venue.Perpetual {
			f = 10 * minute
		}
		r := venue.Reference{
			Index: venue.IndexID(l.class + 1), Impact: 15, Band: 100_000, Span: minute, Every: 5 * second, IndexAge: 30 * second,
			LastAge: 30 * second, Stale: 1_500_000, Funding: f,
		}
		if id == 5 {
			r.Method, r.Default, r.Factor = venue.ImpactPremium, 100, venue.One
		}
		if l.terms.Kind == venue.Capped {
			r.Index, r.IndexAge = fleetIndex, 5*minute
		}
		s.command(0, &venue.SetReference{Instrument: id, Reference: r})
	}
	if id == 2 || id == 4 {
		s.command(0, &venue.SetProtections{Instrument: id, Protections: protections()})
	}
	if id == 2 || id == 3 {
		s.command(0, &venue.SetSchedule{Instrument: id, Steps: schedule(venue.Time(id) * 7 * minute)})
	}
	s.command(0, &venue.SetPhase{Instrument: id, Phase: venue.Continuous})
}

func protections() venue.Protections {
	return venue.Protections{
		Breaker: 60_000, Window: 30 * second, Base: 30 * second,
		Triggers: []venue.Trigger{{Move: 50_000, Extend: 15 * second}, {Move: 150_000, Extend: 30 * second}},
	}
}

// schedule closes and opens a market four times a day.
func schedule(from venue.Time) (all []venue.Step) {
	for _, at := range [...]venue.Time{0, 6 * hour, 12 * hour, 23*hour + 25*minute} {
		for i, p := range [...]venue.Phase{venue.ClosingAuction, venue.PreOpen, venue.OpenAuction, venue.Continuous} {
			all = append(all, venue.Step{At: at + from%(30*minute) + venue.Time(i)*minute, Phase: p})
		}
	}
	return all
}
