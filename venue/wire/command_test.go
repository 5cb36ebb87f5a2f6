package wire

import (
	"reflect"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

func TestBatchRoundTrip(t *testing.T) {
	commands := []venue.Command{
		&venue.PlaceOrder{Account: 17, Instrument: 3, Side: venue.Buy, Type: venue.Limit, Price: -5, Qty: 9},
		&venue.Tick{},
		&venue.ListAsset{Asset: 2, Symbol: "H100C", Decimals: 6},
		&venue.ListInstrument{Terms: venue.Instrument{ID: 1, Symbol: "X", Grade: "C", Brackets: []venue.Bracket{{Upto: 1, Initial: 2, Maintenance: 3}}}},
	}
	b := AppendBatchHeader(nil, 41, 99, uint32(len(commands)))
	for _, c := range commands {
		b = AppendCommand(b, 7, c)
	}
	var d Decoder
	if err := d.Reset(b); err != nil {
		t.Fatal(err)
	}
	for i, want := range commands {
		var e venue.Envelope
		ok, err := d.Next(&e)
		if !ok || err != nil {
			t.Fatalf("command %d: %v %v", i, ok, err)
		}
		if e.Seq != venue.Seq(41+i) || e.Time != 99 || e.Session != 7 || !reflect.DeepEqual(e.Command, want) {
			t.Errorf("command %d: got %+v %+v, want %+v", i, e, e.Command, want)
		}
	}
	var e venue.Envelope
	if ok, err := d.Next(&e); ok || err != nil {
		t.Errorf("after the last: %v %v, want false nil", ok, err)
	}
}
