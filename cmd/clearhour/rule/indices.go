package rule

import (
	"fmt"

	"github.com/clearhour/clearhour/feeds"
	"github.com/clearhour/clearhour/settlement"
	"github.com/clearhour/clearhour/venue"
)

type idx01In struct {
	Clamp        Decimal `json:"clamp"`
	Cap          Decimal `json:"cap"`
	Contributors []struct {
		ID     string  `json:"id"`
		Price  Decimal `json:"price"`
		Volume Decimal `json:"volume"`
	} `json:"contributors"`
}

type idx01Out struct {
	Median    Decimal        `json:"median"`
	Weights   Pairs[Decimal] `json:"weights"`
	Raw       Decimal        `json:"raw"`
	Published Decimal        `json:"published"`
}

// indexPlaces is the number of decimals of a published price index.
const indexPlaces = 4

func idx01(in *idx01In) (*idx01Out, error) {
	var u Units
	prices, volumes := moneyPlaces, 0
	for _, c := range in.Contributors {
		prices, volumes = max(prices, Places(c.Price)), max(volumes, Places(c.Volume))
	}
	seen := map[string]bool{}
	cs := make([]feeds.Contribution, len(in.Contributors))
	for i, c := range in.Contributors {
		if seen[c.ID] {
			u.Refuse(fmt.Sprintf("contributors[%d].id", i), "%.50q is given twice", c.ID)
		}
		seen[c.ID] = true
		u.Positive(c.Price)
		u.Positive(c.Volume)
		cs[i] = feeds.Contribution{
			Price:  venue.Amount(u.within(c.Price, prices, int64(venue.MaxAmount))),
			Volume: venue.Qty(u.within(c.Volume, volumes, int64(venue.MaxAmount))),
		}
	}
	terms := feeds.Terms{Clamp: u.fraction(in.Clamp), Cap: u.fraction(in.Cap), Contributors: len(cs)}
	if n := len(cs); n == 0 || n > feeds.MaxContributors {
		u.Refuse("contributors", "there are %d, want 1 to %d", n, feeds.MaxContributors)
	} else if terms.Check().Refused() {
		u.Refuse(in.Cap.path, "%d contributors at %s do not make one", n, in.Cap)
	}
	if u.Err != nil {
		return nil, u.Err
	}
	v, _ := feeds.Compute(cs, &terms)
	step := pow10(prices - indexPlaces)
	published, ok := v.Publish(venue.Amount(step))
	if !ok {
		return nil, refuse("contributors", "the index is out of range")
	}
	out := &idx01Out{Median: ratio(v.Median, prices), Raw: ratio(v.Raw, prices), Weights: make(Pairs[Decimal], len(cs))}
	out.Published = Fixed(int64(published)/step, indexPlaces)
	for i := range cs {
		out.Weights[i] = Pair[Decimal]{in.Contributors[i].ID, ratio(v.Weights[i], 0)}
	}
	return out, nil
}

type idx02In struct {
	Providers []struct {
		Contracted Decimal `json:"contracted"`
		Delivered  Decimal `json:"delivered"`
		Unattested Decimal `json:"unattested"`
	} `json:"providers"`
	Contracts  int64   `json:"contracts"`
	Price      Decimal `json:"price"`
	PointValue Decimal `json:"point_value"`
}

type idx02Out struct {
	DeliveredCounted Decimal `json:"delivered_counted"`
	Index            Decimal `json:"index"`
	PayoffLong       Decimal `json:"payoff_long"`
}

// pointPlaces is the number of decimals of a published availability index.
const pointPlaces = 2

func idx02(in *idx02In) (*idx02Out, error) {
	var u Units
	fleet, places := in.fleet(&u)
	points, ok := fleet.Index()
	if !ok {
		u.Refuse("providers", "nothing is contracted, so that there is no index")
	}
	c := u.contract(in.PointValue, []Decimal{in.Price, Exactly(1, pointPlaces)}, nil)
	entry := c.price(&u, in.Price)
	qty := u.lots("contracts", in.Contracts, -venue.MaxQty)
	if u.Err != nil {
		return nil, u.Err
	}
	final, ok := venue.Mul(int64(points), pow10(c.places-pointPlaces))
	var p settlement.Position
	if !ok || !p.Trade(qty, entry, c.tickValue) {
		return nil, refuse("contracts", "the value of %d contracts is out of range", qty)
	}
	payoff, ok := p.Variation(settlement.Ticks(venue.Price(final)), c.tickValue)
	if !ok {
		return nil, refuse("contracts", "the payoff of %d contracts is out of range", qty)
	}
	return &idx02Out{Exactly(int64(fleet.Counted), places), Fixed(int64(points), pointPlaces), c.down(payoff)}, nil
}

// fleet adds up the providers and returns the decimals of its unit.
func (in *idx02In) fleet(u *Units) (feeds.Availability, int) {
	places := 0
	for _, p := range in.Providers {
		places = max(places, Places(p.Contracted, p.Delivered, p.Unattested))
	}
	var fleet feeds.Availability
	for _, p := range in.Providers {
		d := feeds.Delivery{
			Contracted: venue.GPUTime(u.Of(p.Contracted, places)),
			Delivered:  venue.GPUTime(u.Of(p.Delivered, places)),
			Unattested: venue.GPUTime(u.Of(p.Unattested, places)),
		}
		if why := d.Check(); why.Refused() {
			at := p.Contracted
			if why.Field == venue.FieldDelivered {
				at = p.Delivered
			}
			if why.Field == venue.FieldUnattested {
				at = p.Unattested
			}
			u.Refuse(at.path, "%s is out of range, the limit is %s", at, Exactly(why.Limit, places))
		}
		if u.Err != nil {
			break
		}
		if !fleet.Add(d) {
			u.Refuse(p.Contracted.path, "the sum is out of range")
		}
	}
	return fleet, places
}
