package rule

import (
	"fmt"
	"slices"

	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/venue"
)

// matchingRules is the table of the rules of auctions, matching and market protections.
func matchingRules() []Rule {
	return []Rule{
		define("AUC-01", "Maximum executable volume decides", auc01),
		define("AUC-02", "Ties: minimum surplus, one-sided surplus, then closest to the reference price", auc02),
		define("AUC-03", "Allocation at the uncrossing price (price, then time; icebergs count in full)", auc03),
		define("MAT-01", "Pro-rata with TOP order, 2-lot minimum and FIFO residue", mat01),
		define("MAT-02", "Self-trade prevention: four modes, unreachable own order, partial then self-cross", mat02),
		define("MAT-03", "Price band and market order with protection", mat03),
		define("MAT-04", "Rolling-window circuit breaker and atomic hand-over to auction", mat04),
		define("MAT-05", "Price-protection auction: duration from chained triggers", mat05),
		define("MAT-07", "Rolling-window quote protection", mat07),
	}
}

type auc01In struct {
	Tick      Decimal     `json:"tick"`
	Reference *Decimal    `json:"reference"`
	Bids      []bookLevel `json:"bids"`
	Asks      []bookLevel `json:"asks"`
}

type auc01Out struct {
	Price   *Decimal `json:"price"`
	Volume  int64    `json:"volume"`
	Surplus int64    `json:"surplus"`
}

func auc01(in *auc01In) (*auc01Out, error) {
	return uncrossed("", in.Tick, in.Reference, in.Bids, in.Asks)
}

type auc02In struct {
	Tick  Decimal `json:"tick"`
	Cases []struct {
		Name      string      `json:"name"`
		Reference *Decimal    `json:"reference"`
		Bids      []bookLevel `json:"bids"`
		Asks      []bookLevel `json:"asks"`
	} `json:"cases"`
}

type auc02Out struct {
	Cases []auc02Case `json:"cases"`
}

type auc02Case struct {
	Name    string   `json:"name"`
	Price   *Decimal `json:"price"`
	Volume  int64    `json:"volume"`
	Surplus int64    `json:"surplus"`
}

func auc02(in *auc02In) (*auc02Out, error) {
	out := &auc02Out{Cases: make([]auc02Case, len(in.Cases))}
	for i, c := range in.Cases {
		x, err := uncrossed(fmt.Sprintf("cases[%d]", i), in.Tick, c.Reference, c.Bids, c.Asks)
		if err != nil {
			return nil, err
		}
		out.Cases[i] = auc02Case{c.Name, x.Price, x.Volume, x.Surplus}
	}
	return out, nil
}

// uncrossed rests one order per level and asks the book for the indicative price.
func uncrossed(path string, tick Decimal, ref *Decimal, bids, asks []bookLevel) (*auc01Out, error) {
	var u Units
	prices := make([]Decimal, 0, len(bids)+len(asks)+1)
	for _, l := range slices.Concat(bids, asks) {
		prices = append(prices, l.Price)
	}
	if ref != nil {
		prices = append(prices, *ref)
	}
	a := auctionBook{grid: u.grid(tick, prices...)}
	for i, l := range slices.Concat(bids, asks) {
		side, at := venue.Buy, fmt.Sprintf("bids[%d][1]", i)
		if i >= len(bids) {
			side, at = venue.Sell, fmt.Sprintf("asks[%d][1]", i-len(bids))
		}
		a.orders = append(a.orders, resting(i, side, a.grid.price(&u, l.Price), u.lots(below(path, at), l.Qty, 1)))
	}
	x, crossed := a.indicative(&u, path, ref)
	if u.Err != nil {
		return nil, u.Err
	}
	defer a.books.Close()
	out := &auc01Out{Volume: int64(x.Volume), Surplus: int64(x.Surplus)}
	if crossed {
		p := a.grid.decimal(x.Price)
		out.Price = &p
	}
	return out, nil
}

// auctionBook is a book of collected orders.
type auctionBook struct {
	grid   grid
	orders []matching.Order
	books  *matching.Books
}

// indicative rests the orders in their order and returns what an uncrossing comes
// to. The reference is rounded to the nearest tick, which changes nothing because
// the prices that it decides between have no gap.
func (a *auctionBook) indicative(u *Units, path string, ref *Decimal) (matching.Auction, bool) {
	prices := make([]venue.Price, len(a.orders))
	for i := range a.orders {
		prices[i] = a.orders[i].Price
	}
	var r matching.Reference
	if ref != nil {
		r = matching.Reference{Price: a.grid.near(u, *ref), Known: true}
	}
	low, high := span(prices)
	if a.books = u.books(path, len(a.orders), low, high); u.Err != nil {
		return matching.Auction{}, false
	}
	var m matching.Matched
	for i := range a.orders {
		id, _ := a.books.Add(&a.orders[i])
		a.books.Rest(id, &m)
	}
	return a.books.Indicative(1, r)
}

type auc03In struct {
	Tick      Decimal      `json:"tick"`
	Reference *Decimal     `json:"reference"`
	Bids      []auc03Order `json:"bids"`
	Asks      []auc03Order `json:"asks"`
}

type auc03Order struct {
	ID      string  `json:"id"`
	Price   Decimal `json:"price"`
	Qty     int64   `json:"qty"`
	Display *int64  `json:"display,omitempty"`
	Time    int64   `json:"time"`
}

type auc03Out struct {
	Price  *Decimal `json:"price"`
	Volume int64    `json:"volume"`
	// Fills are the orders that trade, in the order of the input.
	Fills Pairs[int64] `json:"fills"`
}

func auc03(in *auc03In) (*auc03Out, error) {
	var u Units
	a, all := in.book(&u)
	x, crossed := a.indicative(&u, "", in.Reference)
	if u.Err != nil {
		return nil, u.Err
	}
	defer a.books.Close()
	out := &auc03Out{Volume: int64(x.Volume), Fills: Pairs[int64]{}}
	if !crossed {
		return out, nil
	}
	p := a.grid.decimal(x.Price)
	out.Price = &p
	filled := make([]int64, len(all))
	var c matching.Crossed
	for left := x.Volume; left > 0; {
		c.Reset()
		left = a.books.Uncross(1, x.Price, left, &c)
		for _, t := range c.Crosses {
			filled[t.Buy.Tag] += int64(t.Qty)
			filled[t.Sell.Tag] += int64(t.Qty)
		}
	}
	for i, q := range filled {
		if q > 0 {
			out.Fills = append(out.Fills, Pair[int64]{all[i].ID, q})
		}
	}
	return out, nil
}

// book returns the orders sorted by time, and those of the input by their tags.
func (in *auc03In) book(u *Units) (*auctionBook, []auc03Order) {
	all := slices.Concat(in.Bids, in.Asks)
	prices := make([]Decimal, 0, len(all)+1)
	for _, o := range all {
		prices = append(prices, o.Price)
	}
	if in.Reference != nil {
		prices = append(prices, *in.Reference)
	}
	a := &auctionBook{grid: u.grid(in.Tick, prices...)}
	seen := map[string]bool{}
	for i, o := range all {
		side, path := venue.Buy, fmt.Sprintf("bids[%d]", i)
		if i >= len(in.Bids) {
			side, path = venue.Sell, fmt.Sprintf("asks[%d]", i-len(in.Bids))
		}
		if seen[o.ID] {
			u.Refuse(path+".id", "%.50q is given twice", o.ID)
		}
		seen[o.ID] = true
		x := resting(i, side, a.grid.price(u, o.Price), u.lots(path+".qty", o.Qty, 1))
		if o.Display != nil {
			x.Display = u.lots(path+".display", *o.Display, 1)
			if x.Display > x.Qty {
				u.Refuse(path+".display", "%d is more than the quantity", x.Display)
			}
		}
		a.orders = append(a.orders, x)
	}
	slices.SortStableFunc(a.orders, func(x, y matching.Order) int {
		switch s, t := all[x.Tag].Time, all[y.Tag].Time; {
		case s < t:
			return -1
		case s > t:
			return 1
		}
		return 0
	})
	return a, all
}

type mat01In struct {
	Cases []struct {
		Name      string       `json:"name"`
		Aggressor int64        `json:"aggressor"`
		Resting   []mat01Order `json:"resting"`
	} `json:"cases"`
}

type mat01Order struct {
	ID  string `json:"id"`
	Qty int64  `json:"qty"`
	Top bool   `json:"top,omitempty"`
}

type mat01Out struct {
	Cases []mat01Case `json:"cases"`
}

type mat01Case struct {
	Name string `json:"name"`
	// Fills are all resting orders, those that get nothing with 0.
	Fills Pairs[int64] `json:"fills"`
}

func mat01(in *mat01In) (*mat01Out, error) {
	out := &mat01Out{Cases: make([]mat01Case, len(in.Cases))}
	for i, c := range in.Cases {
		var u Units
		path := fmt.Sprintf("cases[%d]", i)
		taker := resting(len(c.Resting), venue.Buy, 0, u.lots(path+".aggressor", c.Aggressor, 1))
		taker.TIF = venue.IOC
		fills := shared(&u, path, c.Resting, taker)
		if u.Err != nil {
			return nil, u.Err
		}
		out.Cases[i] = mat01Case{c.Name, fills}
	}
	return out, nil
}

// shared rests the orders at one price of a book that shares pro rata and lets
// the taker meet them. The TOP order is entered first, which makes it TOP; if
// there is none, a better order that is withdrawn again takes that away from the
// first.
func shared(u *Units, path string, orders []mat01Order, taker matching.Order) Pairs[int64] {
	fills := make(Pairs[int64], len(orders))
	entry := make([]matching.Order, 0, len(orders)+1)
	seen := map[string]bool{}
	top := -1
	for i, o := range orders {
		at := fmt.Sprintf("%s.resting[%d]", path, i)
		if seen[o.ID] {
			u.Refuse(at+".id", "%.50q is given twice", o.ID)
		}
		seen[o.ID] = true
		fills[i].Key = o.ID
		x := resting(i, venue.Sell, 0, u.lots(at+".qty", o.Qty, 1))
		if !o.Top {
			entry = append(entry, x)
			continue
		}
		if top >= 0 {
			u.Refuse(at+".top", "a second TOP order")
		}
		top = i
		entry = slices.Insert(entry, 0, x)
	}
	books := u.books(path+".resting", len(orders)+1, 0, 0)
	if u.Err != nil {
		return nil
	}
	defer books.Close()
	books.ShareProRata(1)
	var m matching.Matched
	better := resting(len(orders)+1, venue.Sell, -1, 1)
	id, _ := books.Add(&better)
	if top < 0 {
		books.Rest(id, &m)
	}
	for i := range entry {
		o, _ := books.Add(&entry[i])
		books.Rest(o, &m)
	}
	books.Cancel(id, venue.CanceledByVenue, &m)
	id, _ = books.Add(&taker)
	books.Match(id, &m)
	for _, f := range m.Fills {
		fills[f.MakerTag].Value += int64(f.Qty)
	}
	return fills
}
