package orders

import (
	"fmt"

	"github.com/clearhour/clearhour/venue"
)

const day = 24 * 3600 * venue.Second

// arrange writes down the commands that set the venue up.
func (s *Stream) arrange() {
	for i := range s.mix.Spots + s.mix.Futures {
		s.list(i)
	}
	for i := range s.mix.Accounts {
		s.open(i)
	}
	for m := s.mix.Spots; m < s.mix.Spots+s.mix.Positions; m++ {
		for i := 0; i+1 < s.mix.Accounts; i += 2 {
			s.pair(&s.markets[m], i)
		}
	}
	s.filling = s.mix.Accounts * s.mix.Open
}

func (s *Stream) first(by venue.SessionID, c venue.Command) {
	s.setup = append(s.setup, venue.Envelope{Session: by, Command: c})
}

// list brings up one market: spot instruments first, then futures.
func (s *Stream) list(i int) {
	id := venue.InstrumentID(i + 1)
	t := venue.Instrument{
		ID: id, Kind: venue.Future, Class: "H100-SXM-80", Region: "NA-E", Grade: "C", Window: venue.WindowDay,
		Start: Start + venue.Time(30+i)*day, End: Start + venue.Time(31+i)*day, Quote: venue.USD, Tick: 1000, Hours: 24,
		Low: max(1, s.mix.Mark-s.mix.Range/2), High: max(1, s.mix.Mark-s.mix.Range/2) + s.mix.Range,
		MaxQty: 100_000, Band: s.mix.Band, Maker: 200, Taker: 500,
	}
	if i < s.mix.Spots {
		t.Kind, t.Base = venue.Spot, venue.USD+venue.AssetID(i+1)
		t.Symbol = fmt.Sprintf("H100.NAE.D.%d", i+1)
		s.first(0, &venue.ListAsset{Asset: t.Base, Symbol: t.Symbol})
	} else {
		t.Symbol = fmt.Sprintf("H100C.NAE.D.%d", i+1)
		t.Brackets = []venue.Bracket{
			{Upto: 50_000_000_000, Initial: 100_000, Maintenance: 50_000},
			{Upto: 500_000_000_000, Initial: 150_000, Maintenance: 75_000},
			{Upto: venue.MaxAmount, Initial: 250_000, Maintenance: 125_000},
		}
	}
	s.markets = append(s.markets, market{terms: t, mark: s.mix.Mark, last: s.mix.Mark})
	s.first(0, &venue.ListInstrument{Terms: t})
	s.first(0, &venue.SetMark{Instrument: id, Price: s.mix.Mark})
	s.first(0, &venue.SetPhase{Instrument: id, Phase: venue.Continuous})
}

// open brings up one account with its first money and units.
func (s *Stream) open(i int) {
	a, owner := venue.FirstAccount+venue.AccountID(i), venue.OwnerID(i+1)
	if s.mix.Pairs {
		owner = venue.OwnerID(i/2 + 1)
	}
	s.first(0, &venue.OpenAccount{Account: a, Owner: owner})
	if s.mix.Money > 0 {
		s.first(0, &venue.Deposit{Account: a, Asset: venue.USD, Amount: s.mix.Money, Ref: s.desk.name(noTicket)})
	}
	for b := range s.mix.Spots {
		if s.mix.Units > 0 {
			s.first(0, &venue.Deposit{Account: a, Asset: venue.USD + venue.AssetID(b+1), Amount: s.mix.Units, Ref: s.desk.name(noTicket)})
		}
	}
}

// pair gives two neighbours a position against each other. With owners in pairs
// the first of one pair trades with the second of the next.
func (s *Stream) pair(m *market, i int) {
	lots := venue.Qty(s.sizes.Between(1, int64(s.mix.Lots)))
	long, short := i, (i+1)%s.mix.Accounts
	if s.mix.Pairs {
		short = (i + 3) % s.mix.Accounts
	}
	if m.terms.ID%2 == 0 {
		long, short = short, long
	}
	o := venue.PlaceOrder{
		Instrument: m.terms.ID, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker, Price: m.mark, Qty: lots,
	}
	for _, side := range [2]venue.Side{venue.Sell, venue.Buy} {
		o.Side, o.Account = side, venue.FirstAccount+venue.AccountID(short)
		if side == venue.Buy {
			o.Account, o.TIF = venue.FirstAccount+venue.AccountID(long), venue.IOC
		}
		o.ClOrdID = s.desk.name(noTicket)
		one := o
		s.first(session(o.Account), &one)
	}
}
