package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/gatewaytest"
	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
)

// start is when all scenarios begin.
var start = venue.Time(time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC).UnixNano())

// world is a gateway with a miniature venue and a clock that only "wait" moves.
type world struct {
	now   venue.Time
	venue *gatewaytest.Venue
	store gateway.MemoryStore
	hub   *gateway.Hub
	used  map[string]bool // RawData that was seen.

	revoked map[string]bool
	count   map[string]int // Sessions of each key.

	links map[string]*link
	order []string
	out   []string
}

// link is a connection of a scenario: the wire of its conversation.
type link struct {
	w      *world
	name   string
	link   *gateway.Link
	seq    int
	room   int
	slow   bool
	closed bool
}

func newWorld(t *testing.T, limits gateway.Limits) *world {
	w := &world{now: start, used: map[string]bool{}, revoked: map[string]bool{}, count: map[string]int{}, links: map[string]*link{}}
	w.venue = gatewaytest.New(func() venue.Time { return w.now }, true)
	w.boot(t, limits)
	w.pump(t)
	return w
}

// boot starts a gateway over the same store, as after a restart.
func (w *world) boot(t *testing.T, limits gateway.Limits) {
	market, accounts := marketdata.New(), blotter.New(blotter.Limits{})
	hub, err := gateway.NewHub(gateway.HubConfig{
		Name: "CLEARHOUR", Submit: w.venue, Auth: w, Market: market, Blotter: accounts, Margin: margin.New(market, accounts, margin.Config{}),
		Store: &w.store, Limits: limits,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.hub = hub
}

// Active implements gateway.KeyWatcher.
func (w *world) Active(key string) bool { return !w.revoked[key] }

// Acquire gives each key three sessions.
func (w *world) Acquire(key string) *gateway.Denial {
	if w.count[key] == 3 {
		return &gateway.Denial{Code: gateway.TooManyConnections}
	}
	w.count[key]++
	return nil
}

// Release implements gateway.KeyWatcher.
func (w *world) Release(key string) { w.count[key]-- }

// Logon refuses what was signed before; otherwise it is gatewaytest.Open.
func (w *world) Logon(c *gateway.Credentials) (gateway.Grant, gateway.Code) {
	if w.used[c.RawData] {
		return gateway.Grant{}, gateway.AuthReplay
	}
	w.used[c.RawData] = true
	g, code := gatewaytest.Open{}.Logon(c)
	g.Trade = g.Account != 19
	return g, code
}

// pump applies what the venue did.
func (w *world) pump(t *testing.T) {
	done, cancel := context.WithCancel(context.Background())
	cancel()
	for {
		entries, image, _, err := w.venue.Next(done)
		if err != nil {
			return
		}
		if err := w.hub.Apply(entries, image); err != nil {
			t.Fatal(err)
		}
	}
}

// Send implements gateway.Wire: it prints the message.
func (l *link) Send(head, body, tail []byte) {
	if l.closed {
		return
	}
	frame := append(append(append([]byte(nil), head...), body...), tail...)
	var m gateway.Message
	if err := gateway.Decode(frame, &m); err != nil {
		panic(fmt.Sprintf("%s: %v", frame, err))
	}
	if p := m.Problem(); p.Is() {
		panic(fmt.Sprintf("%s: %s %d", frame, p.Text(), p.Tag))
	}
	line := fmt.Sprintf("%s < %s #%s", l.name, m.Type, m.Text(gateway.TagMsgSeqNum))
	if m.Flag(gateway.TagPossDupFlag) {
		line += " dup"
	}
	l.room -= len(frame)
	l.w.out = append(l.w.out, line+show(body))
}

// show prints the fields of a body in their order.
func show(body []byte) string {
	d := json.NewDecoder(bytes.NewReader(body))
	var b strings.Builder
	var name string
	depth := 0
	key := true
	for {
		tok, err := d.Token()
		if err != nil {
			return b.String()
		}
		switch v := tok.(type) {
		case json.Delim:
			switch v {
			case '[':
				b.WriteString(" " + name + "[")
			case ']':
				b.WriteString(" ]")
			case '{':
				depth++
				if depth > 1 {
					b.WriteString(" {")
				}
			default:
				if depth > 1 {
					b.WriteString(" }")
				}
				depth--
			}
			key = true
		case string:
			if key {
				name = v
			} else if strings.Contains(v, " ") {
				fmt.Fprintf(&b, " %s=%q", name, v)
			} else {
				fmt.Fprintf(&b, " %s=%s", name, v)
			}
			key = !key
		}
	}
}

func (l *link) Release()   {}
func (l *link) Room() int  { return l.room }
func (l *link) Slow() bool { return l.slow }

func (l *link) Closed() bool { return l.closed }

func (l *link) Close(code gateway.CloseCode, reason string) {
	if l.closed {
		return
	}
	l.closed = true
	l.w.out = append(l.w.out, fmt.Sprintf("%s closed %d %s", l.name, code, reason))
}

// TestScenarios runs the conversations in testdata.
func TestScenarios(t *testing.T) {
	script.Fresh(t, "testdata/*.txt", func(t *testing.T) script.Handler {
		w := newWorld(t, gateway.Limits{})
		return func(t *testing.T, d *script.Cmd) string {
			w.out = w.out[:0]
			w.do(t, d)
			w.pump(t)
			return strings.Join(w.out, "\n")
		}
	})
}

func (w *world) do(t *testing.T, d *script.Cmd) {
	switch d.Name {
	case "connect":
		name := d.Word(0)
		l := &link{w: w, name: name, room: int(d.IntOr("room", 1<<20))}
		l.link = w.hub.NewLink(l, netip.MustParseAddr("127.0.0.1"))
		if old := w.links[name]; old != nil {
			old.link.Drop()
			l.seq = old.seq
		} else {
			w.order = append(w.order, name)
		}
		w.links[name] = l
	case "limits":
		limits := gateway.DefaultLimits()
		limits.Orders = gateway.Rate{PerSecond: d.IntOr("orders", 0), Burst: d.IntOr("burst", 1)}
		limits.Cancels = gateway.Rate{PerSecond: d.IntOr("cancels", 0), Burst: d.IntOr("burst", 1)}
		limits.Strikes = int(d.IntOr("strikes", 100))
		limits.Subscriptions = int(d.IntOr("subscriptions", 200))
		w.boot(t, limits)
		w.replay(t)
	case "restart":
		for _, name := range w.order {
			w.links[name].closed = true
			w.links[name].link.Drop()
		}
		w.boot(t, gateway.Limits{})
		w.replay(t)
	case "raw":
		w.links[d.Word(0)].link.Frame(w.now, []byte(strings.Join(d.Input, "\n")))
	case "send":
		w.send(d)
	case "drop":
		l := w.links[d.Word(0)]
		l.closed = true
		if id, _, ok := l.link.Drop(); ok {
			if err := w.hub.CancelOnDisconnect(w.now, id); err != nil {
				t.Fatal(err)
			}
		}
	case "slow":
		l := w.links[d.Word(0)]
		l.slow = d.Bool("is")
		w.hub.Tick(w.now)
	case "room":
		l := w.links[d.Word(0)]
		l.room = int(d.Int("bytes"))
		if _, err := l.link.Pump(w.now); err != nil {
			t.Fatal(err)
		}
		w.hub.Tick(w.now)
	case "wait":
		w.wait(t, d)
	case "revoke":
		w.revoked[d.Arg("key")] = true
	case "full":
		w.venue.SetFull(d.Bool("is"))
	default:
		d.Fatalf("unknown command")
	}
}

// replay hears all events again, as a process does that starts from an early
// snapshot.
func (w *world) replay(t *testing.T) {
	if err := w.hub.Apply(w.venue.Replay(0), false); err != nil {
		t.Fatal(err)
	}
}

func (w *world) wait(t *testing.T, d *script.Cmd) {
	for range d.Int("s") * 10 {
		w.now += venue.Second / 10
		before := len(w.out)
		for _, name := range w.order {
			if err := w.links[name].link.Tick(w.now); err != nil {
				t.Fatal(err)
			}
		}
		for i := before; i < len(w.out); i++ {
			w.out[i] = fmt.Sprintf("+%.1fs %s", float64(w.now-start)/1e9, w.out[i])
		}
	}
}

// send sends a message with the next number, unless the scenario wants another.
// The input is the inside of the body; NOW is the time.
func (w *world) send(d *script.Cmd) {
	l := w.links[d.Word(0)]
	typ := d.Word(1)
	l.seq++
	seq := d.IntOr("seq", int64(l.seq))
	if d.Has("seq") {
		l.seq = int(seq)
	}
	at := w.now + venue.Time(d.IntOr("late", 0))*-venue.Second
	stamp := string(gateway.AppendStamp(nil, at))
	header := fmt.Sprintf(`"BeginString":"%s","MsgType":"%s","SenderCompID":"%s","TargetCompID":"%s","MsgSeqNum":"%d","SendingTime":"%s"`,
		d.ArgOr("begin", "FIXT.1.1"), typ, d.ArgOr("sender", strings.ToUpper(l.name)), d.ArgOr("target", "CLEARHOUR"), seq, stamp)
	if d.Flag("dup") {
		header += `,"PossDupFlag":"Y"`
	}
	if d.Flag("resend") {
		header += `,"PossResend":"Y"`
	}
	if d.Has("orig") {
		header += fmt.Sprintf(`,"OrigSendingTime":"%s"`, gateway.AppendStamp(nil, at-venue.Time(d.Int("orig"))*venue.Second))
	}
	body := strings.Join(d.Input, ",")
	if d.Has("key") {
		body = fmt.Sprintf(`"EncryptMethod":"0","HeartBtInt":"%s","Username":"%s","RawData":"%d.%s-%d","Password":"x"`,
			d.ArgOr("hb", "30"), d.Arg("key"), int64(w.now)/1_000_000, l.name, len(w.used)) + prefix(body)
	}
	body = strings.ReplaceAll(body, "NOW", string(gateway.AppendStamp(nil, w.now)))
	l.link.Frame(w.now, []byte(`{"Header":{`+header+`},"Body":{`+body+`},"Trailer":{}}`))
}

func prefix(body string) string {
	if body == "" {
		return ""
	}
	return "," + body
}
