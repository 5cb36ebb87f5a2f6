package lobster

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/marketdata"
)

// Options change how a flow is replayed.
type Options struct {
	// Every is after how many rows Progress is called; 0 for never.
	Every int
	// Progress hears how many rows were compared.
	Progress func(rows int)
}

// Result says how the engine's book compared with the recorded one.
type Result struct {
	// Rows were compared, Equal of them are equal on all levels and both sides.
	Rows, Equal int
	// Levels is how many levels of each side the book file shows.
	Levels int
	// Executions of visible orders were replayed; InTurn of them met the order
	// that the file names, or one of the unnamed that were there before.
	Executions, InTurn int
	// Fed counts levels that came into the window from outside and were taken
	// from the book file.
	Fed int
	// First is the first difference, nil when there is none.
	First *Difference
}

// Difference is a side of a row where the books differ.
type Difference struct {
	// Row is the line in both files, from 1.
	Row  int
	Side venue.Side
	// Got is the engine's, Want the recorded one, best levels first.
	Got, Want []Level
}

// String returns the row, the side and both books.
func (d *Difference) String() string {
	return fmt.Sprintf("row %d, %s side: got %v, want %v", d.Row, d.Side, d.Got, d.Want)
}

// Replay runs the flow of two files, of which line k of books is the book after
// line k of messages. It returns *Error for malformed lines and files of
// different length, together with the result so far.
func Replay(messages, books Source, o Options) (Result, error) {
	r := newReplay()
	defer r.core.Close()
	in, truth := newLines(messages), newLines(books)
	var m message
	for {
		errM, errB := in.message(&m), truth.sheet(&r.sheet)
		switch {
		case errors.Is(errM, io.EOF) && errors.Is(errB, io.EOF):
			return r.result, nil
		case errors.Is(errM, io.EOF):
			return r.result, &Error{in.name, in.line, "ends before " + truth.name}
		case errors.Is(errB, io.EOF):
			return r.result, &Error{truth.name, truth.line, "ends before " + in.name}
		case errM != nil:
			return r.result, errM
		case errB != nil:
			return r.result, errB
		}
		r.row(&m, len(truth.fields)/4)
		if o.Every > 0 && r.result.Rows%o.Every == 0 && o.Progress != nil {
			o.Progress(r.result.Rows)
		}
	}
}

// replay is the state of a run.
type replay struct {
	*floor
	sheet  sheet
	edges  [3]venue.Price // By side: the last price of the window before.
	shown  marketdata.Book
	got    []Level
	result Result
}

func newReplay() *replay { return &replay{floor: newFloor()} }

// row applies one message and compares the book with the sheet after it.
func (r *replay) row(m *message, levels int) {
	r.result.Rows++
	if r.result.Rows == 1 {
		r.result.Levels = levels
		r.open(m)
	}
	r.now = max(r.now, m.time)
	switch m.kind {
	case submission:
		r.rest(m.id, m.side, m.price, m.qty)
	case partialCancel, deletion:
		r.remove(m.id, m.side, m.price, m.qty, m.kind == deletion)
	case execution:
		r.result.Executions++
		if r.execute(m.id, m.side, m.price, m.qty) {
			r.result.InTurn++
		}
	case hidden, cross, halt: // Nothing that is shown changes.
	}
	equal := true
	for _, side := range [2]venue.Side{venue.Sell, venue.Buy} {
		r.feed(side)
		equal = r.compare(side) && equal
	}
	if equal {
		r.result.Equal++
	}
}

// open places the book before the first message: the first sheet with that
// message undone. Its orders have no names.
func (r *replay) open(m *message) {
	for _, side := range [2]venue.Side{venue.Sell, venue.Buy} {
		found := false
		for _, l := range r.sheet.of(side) {
			if m.kind < hidden && m.side == side && m.price == l.Price {
				l.Qty, found = l.Qty+undone(m), true
			}
			if l.Qty > 0 {
				r.fill(side, l.Price, l.Qty)
			}
		}
		if q := undone(m); !found && m.kind < hidden && m.side == side && q > 0 {
			r.fill(side, m.price, q)
		}
		r.edges[side] = edge(r.sheet.of(side), 0)
	}
}

// undone is what a message took from its level, or, negative, added to it.
func undone(m *message) venue.Qty {
	if m.kind == submission {
		return -m.qty
	}
	return m.qty
}

// edge returns the last price of a side of a sheet.
func edge(levels []Level, none venue.Price) venue.Price {
	if len(levels) == 0 {
		return none
	}
	return levels[len(levels)-1].Price
}

// beyond says whether a price is further from the market than another.
func beyond(side venue.Side, p, than venue.Price) bool {
	if side == venue.Buy {
		return p < than
	}
	return p > than
}

// feed takes from the sheet the levels that came into the window from outside:
// those beyond the edge before. What the engine kept there may have changed, or
// gone, unseen.
func (r *replay) feed(side venue.Side) {
	want, was := r.sheet.of(side), r.edges[side]
	now := edge(want, was)
	r.edges[side] = now
	if was == 0 || !beyond(side, now, was) {
		return
	}
	for _, p := range r.known(side) {
		inside := beyond(side, p, was) && !beyond(side, p, now)
		if inside && !slices.ContainsFunc(want, func(l Level) bool { return l.Price == p }) {
			r.clear(side, p)
		}
	}
	for _, l := range want {
		if beyond(side, l.Price, was) && r.size(side, l.Price) != l.Qty {
			r.clear(side, l.Price)
			r.fill(side, l.Price, l.Qty)
			r.result.Fed++
		}
	}
}

// compare says whether a side of the published book is that of the sheet.
func (r *replay) compare(side venue.Side) bool {
	r.view.Book(instrument, r.result.Levels, &r.shown)
	shown := r.shown.Bids
	if side == venue.Sell {
		shown = r.shown.Asks
	}
	r.got = r.got[:0]
	for _, l := range shown {
		r.got = append(r.got, Level{l.Price, l.Qty})
	}
	want := r.sheet.of(side)
	if slices.Equal(r.got, want) {
		return true
	}
	if r.result.First == nil {
		r.result.First = &Difference{r.result.Rows, side, slices.Clone(r.got), slices.Clone(want)}
	}
	return false
}

// limits bound the venue: a window of some levels never has as many orders.
func limits() engine.Limits {
	return engine.Limits{
		Orders: 1 << 17, OrdersPerAccount: 1 << 15, OrdersPerHolding: 1 << 15, Accounts: 64, Holdings: 64, Instruments: 4,
		Requests: 1 << 19, RequestsPerAccount: 1 << 16,
	}
}
