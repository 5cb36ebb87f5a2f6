package lobster

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/internal/testenv"
	"github.com/clearhour/clearhour/venue"
)

// A flow made by hand with three levels, in dollars times 10,000. The book
// before it: asks 10.02 x 5 and 10.05 x 7, bids 10.00 x 4, 9.99 x 9, 9.98 x 1.
const (
	handMessages = `34200.000000001,1,101,3,100000,1
34200.1,4,77,4,100000,1
34200.2,4,101,1,100000,1
34200.3,2,88,2,100200,-1
34200.4,5,0,10,100100,1
34200.5,1,102,6,100300,-1
34200.6,3,101,2,100000,1
34200.7,3,102,6,100300,-1
34200.8,7,0,0,-1,-1
`
	handBook = `100200,5,100000,7,100500,7,99900,9,9999999999,0,99800,1
100200,5,100000,3,100500,7,99900,9,9999999999,0,99800,1
100200,5,100000,2,100500,7,99900,9,9999999999,0,99800,1
100200,3,100000,2,100500,7,99900,9,9999999999,0,99800,1
100200,3,100000,2,100500,7,99900,9,9999999999,0,99800,1
100200,3,100000,2,100300,6,99900,9,100500,7,99800,1
100200,3,99900,9,100300,6,99800,1,100500,7,99700,30
100200,3,99900,9,100500,7,99800,1,100600,2,99700,30
100200,3,99900,9,100500,7,99800,1,100600,2,99700,30`
)

func TestByHand(t *testing.T) {
	got, err := Replay(Source{"m", strings.NewReader(handMessages)}, Source{"b", strings.NewReader(handBook)}, Options{})
	want := Result{Rows: 9, Equal: 9, Levels: 3, Executions: 2, InTurn: 2, Fed: 2}
	if err != nil || got != want {
		t.Fatalf("Replay = %+v (%v), %v; want %+v", got, got.First, err, want)
	}
}

// A row that is wrong is reported as that row, and the run goes on.
func TestDifference(t *testing.T) {
	for _, c := range []struct {
		row       int
		old, with string
		equal     int
		side      venue.Side
	}{
		{3, "100200,5,100000,2,", "100200,5,100000,3,", 8, venue.Buy},
		{4, "100200,3,", "100200,4,", 8, venue.Sell},
		{6, "100300,6,", "100400,6,", 8, venue.Sell},
	} {
		rows := strings.Split(handBook, "\n")
		rows[c.row-1] = strings.Replace(rows[c.row-1], c.old, c.with, 1)
		got, err := Replay(Source{"m", strings.NewReader(handMessages)}, Source{"b", strings.NewReader(strings.Join(rows, "\n"))}, Options{})
		if err != nil || got.Rows != 9 || got.Equal != c.equal || got.First == nil || got.First.Row != c.row || got.First.Side != c.side {
			t.Errorf("row %d with %s: %+v, first %v, error %v; want %d equal rows", c.row, c.with, got, got.First, err, c.equal)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, c := range []struct{ messages, book, want string }{
		{"34200.1,1,101,3,100000,1\n1,2,3", handBook, "m:2: 3 fields, want 6"},
		{"34200.1,9,101,3,100000,1", handBook, `m:1: field 2 is "9", want a number from 1 to 7`},
		{"x,1,101,3,100000,1", handBook, `m:1: field 1 is "x", want seconds with at most 9 decimal places`},
		{"1.0000000001,1,101,3,100000,1", handBook, `m:1: field 1 is "1.0000000001", want seconds with at most 9 decimal places`},
		{"34200.1,1,101,-3,100000,1", handBook, `m:1: field 4 is "-3", want a number from 1 to 67108864`},
		{"34200.1,1,101,3,100050,1", handBook, "m:1: field 5 is 100050, want a multiple of 100"},
		{"34200.1,1,101,3,100000,0", handBook, "m:1: field 6 is 0, want 1 or -1"},
		{handMessages, "100200,5,100000", "b:1: 3 fields, want 4 for each level"},
		{handMessages, "100200,5,100000,0", `b:1: field 4 is "0", want a number from 1 to 67108864`},
		{handMessages, handBook[:55], "b:1: ends before m"},
		{"34200.000000001,1,101,3,100000,1", handBook, "m:1: ends before b"},
	} {
		_, err := Replay(Source{"m", strings.NewReader(c.messages)}, Source{"b", strings.NewReader(c.book)}, Options{})
		var typed *Error
		if !errors.As(err, &typed) || err.Error() != c.want {
			t.Errorf("messages %q, book %q: error %v, want %s", c.messages, c.book, err, c.want)
		}
	}
}

// TestSample is the oracle: 999 real messages and the book after each.
func TestSample(t *testing.T) {
	got, heard := sample(t, nil)
	want := Result{Rows: 999, Equal: 999, Levels: 10, Executions: 98, InTurn: 98, Fed: got.Fed}
	if got != want || heard != 9 {
		t.Errorf("Replay = %+v, first %v, %d calls of Progress; want %+v and 9", got, got.First, heard, want)
	}
	t.Logf("%d/%d rows, %d levels; %d/%d executions in turn, %d levels fed", got.Equal, got.Rows, got.Levels, got.InTurn, got.Executions, got.Fed)
}

// A wrong size anywhere in the recorded book is found in its row.
func TestSampleDamaged(t *testing.T) {
	got, _ := sample(t, func(rows []string) {
		fields := strings.Split(rows[499], ",")
		fields[7] += "1" // The size of the second bid.
		rows[499] = strings.Join(fields, ",")
	})
	if got.Rows != 999 || got.First == nil || got.First.Row != 500 || got.First.Side != venue.Buy {
		t.Errorf("Replay = %+v, first %v; want the first difference in row 500", got, got.First)
	}
}

// sample replays the recorded files, the book with a change, and counts calls of
// Progress.
func sample(t *testing.T, change func([]string)) (Result, int) {
	messages, err := os.Open(testenv.Data(t, "lobster-AAPL-20120621-message-10-first999.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer messages.Close()
	book, err := os.ReadFile(testenv.Data(t, "lobster-AAPL-20120621-orderbook-10-first999.csv"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(book)
	if change != nil {
		rows := strings.Split(text, "\n")
		change(rows)
		text = strings.Join(rows, "\n")
	}
	heard := 0
	got, err := Replay(Source{"messages", messages}, Source{"book", strings.NewReader(text)},
		Options{Every: 111, Progress: func(int) { heard++ }})
	if err != nil {
		t.Fatal(err)
	}
	return got, heard
}
