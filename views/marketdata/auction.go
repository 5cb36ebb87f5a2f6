package marketdata

import "github.com/clearhour/clearhour/venue"

// Auction is what the uncrossing of a collecting market would come to.
type Auction struct {
	// Price is in ticks; it means nothing while Volume is 0.
	Price venue.Price
	// Volume is what would trade and Surplus what would find nobody, in lots;
	// buyers are left over above zero.
	Volume, Surplus venue.Qty
	// Ends is when a protective auction ends; 0 when the schedule or the operator
	// says so.
	Ends venue.Time
	// Uncrossing says that the trades are being made: Price is theirs and Volume
	// what is still to be traded.
	Uncrossing bool
}

// Trading returns the phase of an instrument and what the uncrossing of a
// collecting one would come to; zero values when it is not listed.
func (v *View) Trading(id venue.InstrumentID) (venue.Phase, Auction) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if m := v.market(id); m != nil {
		return m.phase, m.auction
	}
	return 0, Auction{}
}

func (v *View) indicative(e *venue.Entry, ev *venue.AuctionIndicative) Change {
	m := v.market(ev.Instrument)
	if m == nil {
		return Change{}
	}
	m.auction = Auction{Price: ev.Price, Volume: ev.Volume, Surplus: ev.Surplus, Ends: ev.Ends}
	m.seq, m.time = e.Seq, e.Time
	return Change{Instrument: ev.Instrument, Feed: FeedState}
}

func (v *View) uncrossing(e *venue.Entry, ev *venue.AuctionUncrossing) Change {
	m := v.market(ev.Instrument)
	if m == nil {
		return Change{}
	}
	m.auction = Auction{Price: ev.Price, Volume: ev.Left, Uncrossing: true}
	m.seq, m.time = e.Seq, e.Time
	return Change{Instrument: ev.Instrument, Feed: FeedState}
}
