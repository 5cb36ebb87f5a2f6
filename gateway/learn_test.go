package gateway_test

import (
	"reflect"
	"testing"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/gatewaytest"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
)

// TestViewsLearnEveryEvent applies one event of each kind that a tape can hold:
// an event that the hub does not know would leave the views behind.
func TestViewsLearnEveryEvent(t *testing.T) {
	market, accounts := marketdata.New(), blotter.New(blotter.Limits{})
	hub, err := gateway.NewHub(gateway.HubConfig{
		Name: "CLEARHOUR", Submit: &gatewaytest.Venue{}, Market: market, Blotter: accounts,
		Margin: margin.New(market, accounts, margin.Config{}), Store: &gateway.MemoryStore{},
	})
	if err != nil {
		t.Fatal(err)
	}
	var tape venue.Tape
	kinds, seq := reflect.ValueOf(&tape), venue.Seq(0)
	for i := range kinds.NumMethod() {
		method := kinds.Method(i)
		if method.Type().NumIn() != 0 || method.Type().NumOut() != 1 {
			continue // Begin and Reset.
		}
		seq++
		tape.Reset()
		tape.Begin(&venue.Envelope{Seq: seq, Time: venue.Time(seq)})
		method.Call(nil)
		if err := hub.Apply(tape.Entries, false); err != nil {
			t.Fatal(err)
		}
		if at, _ := market.Position(); at != seq {
			t.Errorf("after %T the view is at %d, want %d", tape.Entries[0].Event, at, seq)
		}
	}
	if seq < 22 {
		t.Errorf("tried %d kinds of event, want all", seq)
	}
}
