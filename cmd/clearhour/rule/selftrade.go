package rule

import (
	"fmt"
	"slices"

	"github.com/clearhour/clearhour/matching"
	"github.com/clearhour/clearhour/venue"
)

type mat02In struct {
	Owner string `json:"owner"`
	Cases []struct {
		Name  string     `json:"name"`
		Mode  string     `json:"mode"`
		Asks  []mat02Ask `json:"asks"`
		Order mat02Order `json:"order"`
	} `json:"cases"`
}

type mat02Ask struct {
	Tuple
	Owner string
	Qty   int64
	Price Decimal
}

type mat02Order struct {
	Side  string  `json:"side"`
	Qty   int64   `json:"qty"`
	Price Decimal `json:"price"`
	TIF   string  `json:"tif"`
}

type mat02Out struct {
	Cases []mat02Case `json:"cases"`
}

type mat02Case struct {
	Name string `json:"name"`
	// Trades are maker owner, quantity and price.
	Trades         [][]any `json:"trades"`
	TakerCancelled int64   `json:"taker_cancelled"`
	TakerResting   int64   `json:"taker_resting"`
	OwnMakerLeft   int64   `json:"own_maker_left"`
	Prevented      int64   `json:"prevented"`
}

func mat02(in *mat02In) (*mat02Out, error) {
	out := &mat02Out{Cases: make([]mat02Case, len(in.Cases))}
	for i := range in.Cases {
		c := &in.Cases[i]
		x := selfTrade{path: fmt.Sprintf("cases[%d]", i), owners: []string{in.Owner}, asks: c.Asks}
		result, err := x.run(c.Mode, c.Order)
		if err != nil {
			return nil, err
		}
		result.Name = c.Name
		out.Cases[i] = *result
	}
	return out, nil
}

// selfTrade is one case of MAT-02. The owner of the rule is the first.
type selfTrade struct {
	Units
	path   string
	owners []string
	asks   []mat02Ask
	grid   grid
}

func (x *selfTrade) run(mode string, in mat02Order) (*mat02Case, error) {
	prices := []Decimal{in.Price}
	for _, a := range x.asks {
		prices = append(prices, a.Price)
	}
	x.grid = plainGrid(prices...)
	at := x.path + ".order"
	taker := resting(len(x.asks), x.side(at+".side", in.Side), x.grid.price(&x.Units, in.Price), x.lots(at+".qty", in.Qty, 1))
	taker.Owner, taker.TIF, taker.STP = 1, x.tif(at+".tif", in.TIF), x.mode(mode)
	makers := x.makers()
	ticks := []venue.Price{taker.Price}
	for i := range makers {
		ticks = append(ticks, makers[i].Price)
	}
	low, high := span(ticks)
	books := x.books(x.path, len(makers), low, high)
	if x.Err != nil {
		return nil, x.Err
	}
	defer books.Close()
	var m matching.Matched
	ids := make([]venue.OrderID, len(makers))
	for i := range makers {
		ids[i], _ = books.Add(&makers[i])
		books.Rest(ids[i], &m)
	}
	m.Reset()
	id, _ := books.Add(&taker)
	books.Match(id, &m)
	return x.result(books, makers, ids, &m), nil
}

// makers are the asks as orders in time order.
func (x *selfTrade) makers() []matching.Order {
	makers := make([]matching.Order, len(x.asks))
	for i, a := range x.asks {
		at := fmt.Sprintf("%s.asks[%d][1]", x.path, i)
		makers[i] = resting(i, venue.Sell, x.grid.price(&x.Units, a.Price), x.lots(at, a.Qty, 1))
		owner := slices.Index(x.owners, a.Owner)
		if owner < 0 {
			owner = len(x.owners)
			x.owners = append(x.owners, a.Owner)
		}
		makers[i].Owner = venue.OwnerID(owner + 1)
	}
	return makers
}

func (x *selfTrade) result(books *matching.Books, makers []matching.Order, ids []venue.OrderID, m *matching.Matched) *mat02Case {
	out := &mat02Case{Trades: [][]any{}, Prevented: int64(m.Prevented)}
	for _, f := range m.Fills {
		out.Trades = append(out.Trades, []any{x.asks[f.MakerTag].Owner, int64(f.Qty), x.grid.decimal(f.Price)})
	}
	if m.End == venue.OK {
		out.TakerResting = int64(m.Leaves)
	} else {
		out.TakerCancelled = int64(m.Leaves)
	}
	var v matching.View
	for i := range makers {
		if makers[i].Owner == 1 && books.Get(ids[i], &v) {
			out.OwnMakerLeft += int64(v.Leaves)
		}
	}
	return out
}

func (x *selfTrade) mode(text string) venue.SelfTrade {
	for s := venue.CancelTaker; s <= venue.Decrement; s++ {
		if s.String() == text {
			return s
		}
	}
	x.Refuse(x.path+".mode", "is %.20q, want cancel_taker, cancel_maker, cancel_both or decrement", text)
	return venue.CancelTaker
}

// tif reads a time in force. DAY and GTD rest like GTC here.
func (u *Units) tif(path, text string) venue.TimeInForce {
	for t := venue.Day; t <= venue.GTD; t++ {
		if t.String() == text {
			return t
		}
	}
	u.Refuse(path, "is %.20q, want DAY, GTC, IOC, FOK or GTD", text)
	return venue.GTC
}
