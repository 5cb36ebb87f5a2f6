package gateway_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// FuzzSession talks to a session in frames that are right but for what the input
// says, one byte a choice: whatever comes, it never panics, every message that
// it sends is in the dictionary (Send checks), and numbers on the wire rise by
// one but for repetitions.
func FuzzSession(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})
	f.Add([]byte{8, 8, 8, 20, 8, 3, 33, 12, 7, 7, 8, 3, 3})
	f.Add([]byte("send, drop, come back, ask for everything"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 200 {
			return
		}
		w := newWorld(t, gateway.Limits{})
		l := &link{w: w, name: "alice", room: 1 << 30}
		connect(w, l)
		for i, b := range in {
			w.now += venue.Time(b) * venue.Second / 50
			step(t, w, l, i, b)
			w.pump(t)
			if l.closed {
				l.link.Drop()
				l.closed = false
				connect(w, l)
			}
		}
		checkNumbers(t, w.out)
	})
}

func connect(w *world, l *link) {
	l.link = w.hub.NewLink(l, netip.MustParseAddr("127.0.0.1"))
	w.out = append(w.out, "connected")
	l.seq = 1
	frame(w, l, "A", fmt.Sprintf(`"HeartBtInt":"5","Username":"K16","RawData":"%d","ResetSeqNumFlag":"Y"`, len(w.used)), "")
	l.seq = 2
}

func frame(w *world, l *link, typ, body, header string) {
	stamp := string(gateway.AppendStamp(nil, w.now))
	l.link.Frame(w.now, fmt.Appendf(nil, `{"Header":{"BeginString":"FIXT.1.1","MsgType":"%s","SenderCompID":"ALICE","TargetCompID":"CLEARHOUR","MsgSeqNum":"%d","SendingTime":"%s"%s},"Body":{%s},"Trailer":{}}`,
		typ, l.seq, stamp, header, strings.ReplaceAll(body, "NOW", stamp)))
}

// step does what one byte says.
func step(t *testing.T, w *world, l *link, i int, b byte) {
	const symbol = `"Symbol":"H100C.NAE.D.2026-12-01"`
	bodies := []struct{ typ, body, header string }{
		{"0", ``, ""},
		{"1", `"TestReqID":"x"`, ""},
		{"2", fmt.Sprintf(`"BeginSeqNo":"%d","EndSeqNo":"0"`, b), ""},
		{"2", fmt.Sprintf(`"BeginSeqNo":"%d","EndSeqNo":"%d"`, b/16, b/8), ""},
		{"4", fmt.Sprintf(`"GapFillFlag":"Y","NewSeqNo":"%d"`, l.seq+int(b)), ""},
		{"4", fmt.Sprintf(`"NewSeqNo":"%d"`, int(b)), ""},
		{"5", ``, ""},
		{"D", fmt.Sprintf(`"ClOrdID":"o%d",%s,"Side":"%d","OrderQty":"%d","OrdType":"2","Price":"2.5","TransactTime":"NOW"`, i, symbol, b%2+1, b), ""},
		{"F", fmt.Sprintf(`"ClOrdID":"c%d","OrigClOrdID":"o%d",%s,"Side":"1","TransactTime":"NOW"`, i, b%32, symbol), ""},
		{"V", fmt.Sprintf(`"MDReqID":"%d","SubscriptionRequestType":"%d","MarketDepth":"%d","NoRelatedSym":[{%s}]`, b%4, b%3, b%5, symbol), ""},
		{"0", ``, `,"PossDupFlag":"Y","OrigSendingTime":"20261130-12:00:00"`},
		{"Z", ``, ""},
		{"q", fmt.Sprintf(`"ClOrdID":"m%d","MassCancelRequestType":"7","TransactTime":"NOW"`, i), ""},
		{"A", fmt.Sprintf(`"HeartBtInt":"5","Username":"K16","RawData":"%d"`, len(w.used)), ""},
	}
	switch choice := int(b) % (len(bodies) + 4); {
	case choice < len(bodies):
		x := bodies[choice]
		frame(w, l, x.typ, x.body, x.header)
		l.seq++
	case choice == len(bodies):
		l.seq += 3 // A gap.
	case choice == len(bodies)+1:
		l.seq = max(l.seq-2, 1)
	case choice == len(bodies)+2:
		l.room = int(b) * 20
		if _, err := l.link.Pump(w.now); err != nil {
			t.Fatal(err)
		}
	default:
		l.room = 1 << 30
		if err := l.link.Tick(w.now); err != nil {
			t.Fatal(err)
		}
	}
}

// checkNumbers reads what was printed: a message that is no repetition has the
// number behind all those before it.
func checkNumbers(t *testing.T, out []string) {
	last := 0
	for i, line := range out {
		if line == "connected" {
			last = 0
			continue
		}
		var n int
		var typ string
		if _, err := fmt.Sscanf(line, "alice < %s #%d", &typ, &n); err != nil {
			continue
		}
		if typ == "A" {
			last = n - 1 // It may begin anew.
		}
		if !strings.Contains(line, " dup") && n != last+1 && !(typ == "4" && n <= last+1) {
			t.Fatalf("%s after number %d:\n%s", line, last, strings.Join(out[max(0, i-12):i+1], "\n"))
		}
		if to := 0; typ == "4" {
			if _, rest, ok := strings.Cut(line, "NewSeqNo="); ok {
				fmt.Sscan(rest, &to)
				n = to - 1
			}
		}
		last = max(last, n)
	}
}
