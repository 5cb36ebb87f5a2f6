package orders

import "github.com/clearhour/clearhour/venue"

// transfer chooses who moves how much of what.
func (s *Stream) transfer() venue.Deposit {
	d := venue.Deposit{
		Account: s.someone(), Asset: venue.USD, Amount: venue.Amount(s.world.Between(1, int64(s.mix.Money)/50+1)), Ref: s.desk.name(noTicket),
	}
	if s.mix.Spots > 0 && s.world.OneIn(2) {
		d.Asset = venue.USD + venue.AssetID(s.world.Between(1, int64(s.mix.Spots)))
		d.Amount = venue.Amount(s.world.Between(1, int64(s.mix.Units)/20+1))
	}
	return d
}

func (s *Stream) depositSome() (venue.SessionID, venue.Command) {
	s.deposit = s.transfer()
	s.note(memory{kind: venue.KindDeposit, funds: s.deposit})
	return 0, &s.deposit
}

func (s *Stream) withdrawSome() (venue.SessionID, venue.Command) {
	s.withdraw = venue.Withdraw(s.transfer())
	if s.world.OneIn(4) {
		s.withdraw.Amount *= 40 // Mostly more than there is.
	}
	s.note(memory{kind: venue.KindWithdraw, funds: venue.Deposit(s.withdraw)})
	return session(s.withdraw.Account), &s.withdraw
}

// moveMark takes a mark a step further, rarely a large one, and keeps it in the
// middle half of the range.
func (s *Stream) moveMark() (venue.SessionID, venue.Command) {
	m := s.somewhere()
	step := int64(m.mark) / 200
	if s.world.OneIn(40) {
		step = int64(m.mark) / 10
	}
	quarter := (m.terms.High - m.terms.Low) / 4
	p := m.mark + venue.Price(s.world.Between(-step, step))
	m.mark = min(max(p, m.terms.Low+quarter/4), m.terms.High-quarter)
	if s.world.OneIn(3) {
		m.last = m.mark // Traders follow the mark.
	}
	s.mark = venue.SetMark{Instrument: m.terms.ID, Price: m.mark}
	return 0, &s.mark
}

// closed returns a market whose pause is over.
func (s *Stream) closed() *market {
	for i := range s.markets {
		if m := &s.markets[i]; m.reopen != 0 && s.seq >= m.reopen {
			return m
		}
	}
	return nil
}

// changePhase pauses a market for a while.
func (s *Stream) changePhase() (venue.SessionID, venue.Command) {
	m := s.somewhere()
	m.reopen = s.seq + venue.Seq(s.world.Between(5, 200))
	return s.setPhase(m, venue.Phase(s.world.Between(int64(venue.CancelOnly), int64(venue.Halted))))
}

func (s *Stream) setPhase(m *market, p venue.Phase) (venue.SessionID, venue.Command) {
	if p == venue.Continuous {
		m.reopen = 0
	}
	s.phase = venue.SetPhase{Instrument: m.terms.ID, Phase: p}
	return 0, &s.phase
}
