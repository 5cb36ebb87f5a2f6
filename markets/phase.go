package markets

import "github.com/clearhour/clearhour/venue"

// Action is what a phase allows or does not.
type Action uint8

// Actions.
const (
	// Enter takes a new order.
	Enter Action = iota
	// Amend changes the price of an order or makes it larger.
	Amend
	// Reduce makes an order smaller at its price.
	Reduce
	// Cancel takes an order out for its account.
	Cancel
	// VenueCancel takes orders out for the venue: mass cancels, expiry.
	VenueCancel
	actions
)

// String returns the word of the table in the package comment.
func (a Action) String() string {
	switch a {
	case Enter:
		return "enter"
	case Amend:
		return "amend"
	case Reduce:
		return "reduce"
	case Cancel:
		return "cancel"
	case VenueCancel:
		return "venue-cancel"
	case actions:
	}
	return "action?"
}

// allowed is the table of the package comment; a test compares the two.
var allowed = [...][actions]bool{
	venue.Continuous: {Enter: true, Amend: true, Reduce: true, Cancel: true, VenueCancel: true},
	venue.CancelOnly: {Reduce: true, Cancel: true, VenueCancel: true},
	venue.Halted:     {VenueCancel: true},

	venue.Settled:        {},
	venue.PreOpen:        {Enter: true, Amend: true, Reduce: true, Cancel: true, VenueCancel: true},
	venue.OpenAuction:    {Enter: true, VenueCancel: true},
	venue.ClosingAuction: {Enter: true, Amend: true, Reduce: true, Cancel: true, VenueCancel: true},
	venue.ProtectAuction: {Enter: true, Amend: true, Reduce: true, Cancel: true, VenueCancel: true},
}

// Allows says whether a phase allows an action.
func Allows(p venue.Phase, a Action) bool { return allowed[p][a] }

// Admits refuses NotOpen, with the phase as the limit, where the phase of the
// market does not allow the action, and Uncrossing while the market is uncrossed.
func (m *Market) Admits(a Action) venue.Refusal {
	if m.Uncrossing {
		return refuse(venue.Uncrossing, venue.FieldPhase, int64(m.Phase))
	}
	if !Allows(m.Phase, a) {
		return refuse(venue.NotOpen, venue.FieldPhase, int64(m.Phase))
	}
	return venue.Refusal{}
}

// SetUncrossing says that a market that exists is being uncrossed, or is no more.
func (s *Markets) SetUncrossing(id venue.InstrumentID, on bool) { s.markets[id].Uncrossing = on }

// SetPhase moves a market to another phase. It refuses UnknownInstrument and a
// phase that is none (BadField), and NotOpen for a market that is over.
func (s *Markets) SetPhase(id venue.InstrumentID, p venue.Phase) venue.Refusal {
	m := s.Get(id)
	if m == nil {
		return s.unknown()
	}
	if m.Over {
		return m.Ended()
	}
	if !p.Valid() {
		return refuse(venue.BadField, venue.FieldPhase, int64(venue.ProtectAuction))
	}
	m.Phase = p
	x := &s.sessions[id]
	x.Ends = 0
	x.chain.Reset()
	if !p.Collecting() {
		x.Told = venue.AuctionIndicative{}
	}
	s.resume()
	s.rephase(id)
	return venue.Refusal{}
}

// collects refuses NotInAuction for orders that cannot wait for the uncrossing of
// a collecting phase: those that trade at once or not at all, and post-only ones,
// as nobody knows yet which of two resting orders an uncrossing lets take.
func (m *Market) collects(o *venue.PlaceOrder) venue.Refusal {
	switch {
	case !m.Phase.Collecting():
		return venue.Refusal{}
	case o.Type == venue.Market:
		return refuse(venue.NotInAuction, venue.FieldType, int64(venue.Limit))
	case o.TIF == venue.IOC || o.TIF == venue.FOK:
		return refuse(venue.NotInAuction, venue.FieldTIF, int64(venue.GTC))
	case o.Flags.Has(venue.PostOnly):
		return refuse(venue.NotInAuction, venue.FieldFlags, int64(anyFlags&^venue.PostOnly))
	}
	return venue.Refusal{}
}

func refuse(r venue.Reason, f venue.Field, limit int64) venue.Refusal {
	return venue.Refusal{Reason: r, Field: f, Limit: limit}
}
