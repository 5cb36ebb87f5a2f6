package rule

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/clearhour/clearhour/markets"
	"github.com/clearhour/clearhour/venue"
)

// marksRules is the table of the rules of marks, indices and funding.
func marksRules() []Rule {
	return []Rule{
		define("MRK-01", "Median of index+basis, impact mid and clamped last; staleness; index band", mrk01),
		define("IDX-01", "GPU-hour price index: outlier clamp and contributor weight cap", idx01),
		define("IDX-02", "Availability index from metering; availability future settles to it", idx02),
		define("FUN-01", "Time-weighted premium with an auction inside the period", fun01),
		define("FUN-02", "Impact-price premium, default rate and clamp", fun02),
	}
}

type bookLevel struct {
	Tuple
	Price Decimal
	Qty   int64
}

type mrk01In struct {
	Bids     []bookLevel `json:"bids"`
	Asks     []bookLevel `json:"asks"`
	Last     Decimal     `json:"last"`
	Band     Decimal     `json:"band"`
	Previous Decimal     `json:"previous"`
	Cases    []mrk01Case `json:"cases"`
}

type mrk01Case struct {
	Name      string   `json:"name"`
	Index     Decimal  `json:"index"`
	Basis     Decimal  `json:"basis"`
	ImpactQty int64    `json:"impact_qty"`
	Fresh     []string `json:"fresh"`
}

type mrk01Out struct {
	Cases []mrk01Result `json:"cases"`
}

type mrk01Result struct {
	Name  string  `json:"name"`
	Mark  Decimal `json:"mark"`
	Stale bool    `json:"stale"`
}

// level is a level of a book in ticks.
type level struct {
	price venue.Price
	qty   venue.Qty
}

func mrk01(in *mrk01In) (*mrk01Out, error) {
	var u Units
	places := Places(in.Last, in.Previous)
	for _, l := range slices.Concat(in.Bids, in.Asks) {
		places = max(places, Places(l.Price))
	}
	for _, x := range in.Cases {
		places = max(places, Places(x.Index, x.Basis))
	}
	price := func(d Decimal) venue.Price {
		u.Positive(d)
		return venue.Price(u.within(d, places, int64(venue.MaxAmount)))
	}
	bids := u.levels("bids", in.Bids, price, -1)
	asks := u.levels("asks", in.Asks, price, 1)
	if len(bids) > 0 && len(asks) > 0 && bids[0].price > asks[0].price {
		u.Refuse("bids", "the best bid is above the best ask")
	}
	m := markets.Marking{Last: price(in.Last), Previous: price(in.Previous), Tick: 1, Band: u.fraction(in.Band)}
	out := &mrk01Out{Cases: make([]mrk01Result, len(in.Cases))}
	for i, x := range in.Cases {
		path := fmt.Sprintf("cases[%d]", i)
		m.Index = venue.Amount(price(x.Index))
		m.Basis = venue.Amount(u.within(x.Basis, places, int64(venue.MaxAmount)))
		m.Fresh = u.sources(path+".fresh", x.Fresh)
		want := u.lots(path+".impact_qty", x.ImpactQty, 1)
		if u.Err != nil {
			return nil, u.Err
		}
		m.Bid, m.Ask = impact(bids, want), impact(asks, want)
		mark, _ := m.Mark() // There is one, because there is one before.
		out.Cases[i] = mrk01Result{x.Name, ratio(mark.Price, places), mark.Stale}
	}
	return out, u.Err
}

// levels reads the levels of a side and puts the best first: the highest with
// order -1, the lowest with 1.
func (u *Units) levels(path string, in []bookLevel, price func(Decimal) venue.Price, order int) []level {
	out := make([]level, len(in))
	for i, l := range in {
		out[i] = level{price(l.Price), u.lots(fmt.Sprintf("%s[%d][1]", path, i), l.Qty, 1)}
	}
	slices.SortStableFunc(out, func(a, b level) int { return order * cmp.Compare(a.price, b.price) })
	return out
}

func impact(side []level, want venue.Qty) markets.Impact {
	i := markets.Impact{Want: want}
	for _, l := range side {
		if !i.Take(l.price, l.qty) {
			break
		}
	}
	return i
}

// sources reads the names of fresh sources, each at most once.
func (u *Units) sources(path string, names []string) markets.Source {
	var all markets.Source
	for i, name := range names {
		at := fmt.Sprintf("%s[%d]", path, i)
		var s markets.Source
		switch name {
		case "index":
			s = markets.FromIndex
		case "book":
			s = markets.FromBook
		case "last":
			s = markets.FromLast
		default:
			u.Refuse(at, "is %.20q, want index, book or last", name)
			return 0
		}
		if all.Has(s) {
			u.Refuse(at, "%s is given twice", name)
		}
		all |= s
	}
	return all
}
