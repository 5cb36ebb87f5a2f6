package outbox

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/gatewaytest"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
)

// listener is a client that only listens: it notes the reports by number.
type listener struct {
	t    *rapid.T
	got  map[string]string // ExecID by MsgSeqNum.
	seen map[string]bool
	dead bool
}

func (l *listener) Send(head, body, tail []byte) {
	var m gateway.Message
	if err := gateway.Decode(append(append(append([]byte(nil), head...), body...), tail...), &m); err != nil {
		l.t.Fatal(err)
	}
	if m.Type != gateway.MsgExecution {
		return
	}
	num, id := m.Text(gateway.TagMsgSeqNum), m.Text(gateway.TagExecID)
	if was, ok := l.got[num]; ok && was != id {
		l.t.Fatalf("number %s was %s and is %s now", num, was, id)
	}
	if l.got[num] == "" && l.seen[id] {
		l.t.Fatalf("report %s came under a second number %s", id, num)
	}
	l.got[num], l.seen[id] = id, true
}

func (l *listener) Release()                        {}
func (l *listener) Room() int                       { return 1 << 30 }
func (l *listener) Slow() bool                      { return false }
func (l *listener) Closed() bool                    { return l.dead }
func (l *listener) Close(gateway.CloseCode, string) { l.dead = true }

// rules: FIX-28

// TestKilledAndHeardAgain ends the process at any moment between two batches, or
// between a report and its flush, and hears the events again from any earlier
// one. The client that was told everything in between is told nothing twice,
// nothing is lost, and no number changes its meaning.
func TestKilledAndHeardAgain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := venue.Time(1_796_000_000) * venue.Second
		v := gatewaytest.New(func() venue.Time { return now }, true)
		dir := t.TempDir()
		id := gateway.FirstSession
		for i := range rapid.IntRange(5, 40).Draw(rt, "orders") {
			ref, _ := venue.ParseClOrdID(fmt.Sprint("o", i))
			side := venue.Side(rapid.IntRange(1, 2).Draw(rt, "side"))
			price := venue.Price(rapid.IntRange(100, 103).Draw(rt, "price"))
			if err := v.Submit(id, &venue.PlaceOrder{Account: 16, Instrument: 1, Side: side, Type: venue.Limit, TIF: venue.GTC, Price: price, Qty: 2, ClOrdID: ref}); err != nil {
				rt.Fatal(err)
			}
		}
		events := v.Replay(0)
		last := events[len(events)-1].Seq
		ear := &listener{t: rt, got: map[string]string{}, seen: map[string]bool{}}
		from, done := venue.Seq(0), venue.Seq(0)
		for done < last {
			store, err := Open(dir, Options{SegmentSize: 4 << 10})
			if err != nil {
				rt.Fatal(err)
			}
			hub := newHub(rt, store, v)
			if err := hub.Apply(upto(events, 0, from), true); err != nil {
				rt.Fatal(err)
			}
			ear.dead = false
			logon(hub, ear, now, len(ear.got))
			at := from
			for at < last {
				next := min(at+venue.Seq(rapid.IntRange(1, 6).Draw(rt, "batch")), last)
				if err := hub.Apply(upto(events, at, next), false); err != nil {
					rt.Fatal(err)
				}
				at = next
				if rapid.IntRange(0, 4).Draw(rt, "kill") == 0 {
					break
				}
			}
			done = max(done, at)
			ear.dead = true
			kill(store)
			// The next process starts from a snapshot of any envelope before.
			from = venue.Seq(rapid.Uint64Range(0, uint64(done)).Draw(rt, "snapshot"))
		}
		want := 0
		for i := range events {
			switch events[i].Event.(type) {
			case *venue.OrderAccepted:
				want++
			case *venue.Traded:
				want += 2
			}
		}
		if len(ear.seen) != want {
			rt.Fatalf("%d reports arrived, want %d", len(ear.seen), want)
		}
	})
}

// upto returns the events of the envelopes after one up to another.
func upto(events []venue.Entry, after, to venue.Seq) []venue.Entry {
	var out []venue.Entry
	for i := range events {
		if events[i].Seq > after && events[i].Seq <= to {
			out = append(out, events[i])
		}
	}
	return out
}

func newHub(rt *rapid.T, store gateway.Store, v *gatewaytest.Venue) *gateway.Hub {
	market, accounts := marketdata.New(), blotter.New(blotter.Limits{})
	hub, err := gateway.NewHub(gateway.HubConfig{
		Name: "CLEARHOUR", Submit: v, Auth: gatewaytest.Open{}, Market: market, Blotter: accounts, Margin: margin.New(market, accounts, margin.Config{}), Store: store,
	})
	if err != nil {
		rt.Fatal(err)
	}
	return hub
}

// logon connects the listener, which asks for everything from the start, so that
// what it was told before is compared with what it is told now.
func logon(hub *gateway.Hub, ear *listener, now venue.Time, n int) {
	link := hub.NewLink(ear, netip.MustParseAddr("127.0.0.1"))
	at := string(gateway.AppendStamp(nil, now))
	link.Frame(now, []byte(strings.ReplaceAll(fmt.Sprintf(`{"Header":{"BeginString":"FIXT.1.1","MsgType":"A","SenderCompID":"ALICE","TargetCompID":"CLEARHOUR","MsgSeqNum":"%d","SendingTime":"NOW"},`+
		`"Body":{"HeartBtInt":"30","Username":"K16","RawData":"x","NextExpectedMsgSeqNum":"1"},"Trailer":{}}`, n+1000), "NOW", at)))
}
