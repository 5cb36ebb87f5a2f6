package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// Client is a session with the venue. Its methods are safe for concurrent use.
// Create it with Dial, end it with Close.
type Client struct {
	cfg     Config
	session *gateway.Session
	cancel  context.CancelFunc
	done    chan struct{}
	on      atomic.Bool
	leaving atomic.Bool

	// listed is what is listed, by symbol; it is replaced as a whole.
	listed atomic.Pointer[map[string]*Instrument]

	// sendMu makes one message at a time.
	sendMu sync.Mutex
	w      gateway.Writer
	ids    idMaker

	mu      sync.Mutex
	closed  error // Why there is no session any more, nil while there may be.
	orders  map[venue.ClOrdID]waiter
	replies map[string]*reply
	feeds   map[string]*Book // By MDReqID.
	changed chan struct{}    // Closed and replaced when the state changes.

	// What the reader alone touches.
	m      gateway.Message
	report Report
	trade  Trade
}

func clock() venue.Time { return venue.Time(time.Now().UnixNano()) }

func utoa(n uint64) string { return strconv.FormatUint(n, 10) }

// Dial connects, logs on and learns what is listed. An error of the first
// attempt is returned; later the client reconnects by itself, until Close.
func Dial(ctx context.Context, cfg Config) (*Client, error) {
	cfg.defaults()
	run, cancel := context.WithCancel(context.Background())
	c := &Client{
		cfg: cfg, session: gateway.NewClientSession(cfg.CompID, cfg.Venue, cfg.Outbox), cancel: cancel, done: make(chan struct{}),
		orders: map[venue.ClOrdID]waiter{}, replies: map[string]*reply{}, feeds: map[string]*Book{}, changed: make(chan struct{}),
	}
	c.ids.begin()
	c.listed.Store(&map[string]*Instrument{})
	first := make(chan error, 1)
	go c.run(run, first)
	select {
	case err := <-first:
		if err != nil {
			<-c.done
			return nil, err
		}
	case <-ctx.Done():
		cancel()
		<-c.done
		return nil, fmt.Errorf("client: log on: %w", ctx.Err())
	}
	if _, err := c.Instruments(ctx); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// run keeps the session connected until it is told to stop.
func (c *Client) run(ctx context.Context, first chan error) {
	defer close(c.done)
	reset, pause := c.cfg.Reset, c.cfg.BackoffMin
	tell := func(err error) {
		if first != nil {
			first <- err
			first = nil
		}
	}
	for {
		err := c.connect(ctx, reset, func() {
			reset, pause = false, c.cfg.BackoffMin
			tell(nil)
		})
		if ctx.Err() != nil {
			err = ErrClosed
		}
		if first != nil || c.cfg.Once || c.leaving.Load() || ctx.Err() != nil || fatal(err) {
			c.end(err)
			tell(err)
			return
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			c.end(ErrClosed)
			return
		}
		pause = min(2*pause, c.cfg.BackoffMax)
	}
}

// fatal says that trying again is of no use: the venue refused the key.
func fatal(err error) bool {
	var e *Error
	return errors.As(err, &e) && !e.Retryable() && e.Code >= gateway.AuthMissing && e.Code < gateway.Malformed
}

// connect runs one connection from the handshake to its end.
func (c *Client) connect(ctx context.Context, reset bool, ready func()) error {
	w, err := dialWire(ctx, &c.cfg)
	if err != nil {
		return err
	}
	at := clock()
	beat := venue.Time(c.cfg.Heartbeat.Round(time.Second))
	c.session.Join(at, w, max(beat, venue.Second), reset, c.cfg.credentials(at))
	w.Release()
	stop := make(chan struct{})
	var timers sync.WaitGroup
	timers.Go(func() { c.timers(ctx, w, stop) })
	err = c.read(w, ready)
	close(stop)
	timers.Wait()
	w.Close(gateway.CloseNormal, "")
	select {
	case <-w.batch.done:
	case <-time.After(time.Second):
	}
	_ = w.batch.Conn.Close() // The reader has ended already.
	<-w.batch.done
	c.session.Detach(w)
	if c.on.Swap(false) && c.cfg.OnState != nil {
		c.cfg.OnState(false, err)
	}
	c.lost()
	return err
}

// timers looks at the timers of the session, and ends the connection with ctx.
func (c *Client) timers(ctx context.Context, w *wire, stop chan struct{}) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ctx.Done():
			w.Close(gateway.CloseGoingAway, "")
			_ = w.batch.SetReadDeadline(time.Now().Add(time.Second)) // A broken socket ends the reader anyway.
			<-stop
			return
		case <-tick.C:
			c.session.Tick(clock())
			w.Release()
		}
	}
}

// read takes messages until the connection ends.
func (c *Client) read(w *wire, ready func()) error {
	buf := make([]byte, 64<<10)
	_ = w.batch.SetReadDeadline(time.Now().Add(10 * time.Second)) // Of the Logon.
	for {
		kind, r, err := w.ws.NextReader()
		if err != nil {
			return ended(err)
		}
		buf, err = readInto(r, buf[:cap(buf)])
		if err != nil {
			return ended(err)
		}
		if kind != websocket.TextMessage {
			return errors.New("client: the venue sent a binary message")
		}
		if err := gateway.Decode(buf, &c.m); err != nil {
			return fmt.Errorf("client: message of the venue: %w", err)
		}
		switch c.session.Receive(clock(), &c.m) {
		case gateway.App:
			c.handle()
		case gateway.LoggedOn:
			_ = w.batch.SetReadDeadline(time.Time{}) // A broken socket ends the reader anyway.
			c.joined(ready)
		case gateway.Refused:
			if e := failed(&c.m); e != nil {
				return e
			}
			return errors.New("client: the venue refused the logon")
		case gateway.Handled, gateway.Relogon:
		}
		w.Release()
	}
}

// ended makes sense of the end of a connection.
func ended(err error) error {
	var e *websocket.CloseError
	if errors.As(err, &e) && e.Code == int(gateway.CloseSlow) {
		return &Error{Code: gateway.SlowConsumer, Text: e.Text}
	}
	return fmt.Errorf("client: connection: %w", err)
}

// readInto reads a message into buf, which grows when it must.
func readInto(r io.Reader, buf []byte) ([]byte, error) {
	n := 0
	for {
		if n == len(buf) {
			buf = append(buf, make([]byte, len(buf))...)
		}
		k, err := r.Read(buf[n:])
		n += k
		if err == io.EOF {
			return buf[:n], nil
		}
		if err != nil {
			return buf, err
		}
	}
}

// joined says that the session is on, and asks for the books again.
func (c *Client) joined(ready func()) {
	c.on.Store(true)
	c.stateChanged()
	ready()
	if c.cfg.OnState != nil {
		c.cfg.OnState(true, nil)
	}
	c.mu.Lock()
	var books []*Book
	for _, b := range c.feeds {
		books = append(books, b)
	}
	c.mu.Unlock()
	for _, b := range books {
		c.refollow(b)
	}
}

// stateChanged wakes those who wait for a session.
func (c *Client) stateChanged() {
	c.mu.Lock()
	close(c.changed)
	c.changed = make(chan struct{})
	c.mu.Unlock()
}

// lost answers requests whose answer will not come any more: those that are not
// sent again. Orders keep waiting, their reports are resent.
func (c *Client) lost() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, r := range c.replies {
		delete(c.replies, id)
		r.fail(ErrNotConnected)
	}
}

// end says that there will be no session any more.
func (c *Client) end(err error) {
	c.mu.Lock()
	c.closed = err
	for id, w := range c.orders {
		delete(c.orders, id)
		w.ch <- answer{err: &Error{Code: gateway.StatusUnknown, Text: "the session ended without an answer"}}
	}
	c.mu.Unlock()
	c.lost()
	c.stateChanged()
}

// Connected says whether the session is on.
func (c *Client) Connected() bool { return c.on.Load() }

// WaitConnected returns when the session is on, or will not be any more.
func (c *Client) WaitConnected(ctx context.Context) error {
	for {
		c.mu.Lock()
		changed, closed := c.changed, c.closed
		c.mu.Unlock()
		if closed != nil {
			return closed
		}
		if c.on.Load() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Err returns why the client gave up, nil while it did not.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// Close logs out and ends the client. It returns when its goroutines are gone.
func (c *Client) Close(ctx context.Context) error {
	if c.on.Load() {
		c.leaving.Store(true)
		c.session.Logout(clock(), gateway.CodeNone, "")
		_ = c.session.Release() // The outbox of a client that ends is not needed.
		select {
		case <-c.done:
		case <-ctx.Done():
		case <-time.After(3 * time.Second):
		}
	}
	c.stop()
	return ctx.Err()
}

func (c *Client) stop() {
	c.cancel()
	<-c.done
}
