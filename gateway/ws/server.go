package ws

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// Path is where the server is mounted, Subprotocol what a client must offer.
const (
	Path        = "/fix/v1"
	Subprotocol = "fix50sp2.json.v1"
)

var errTimeout = os.ErrDeadlineExceeded

// Config is what a Server works with. Zero values stand for the defaults.
type Config struct {
	// Hub is the gateway.
	Hub *gateway.Hub
	// Sync makes the outboxes durable; nil when they are in memory.
	Sync func() error
	// PerIP bounds the connections of one address, 32; Connections all of them,
	// 4096.
	PerIP, Connections int
	// LogonTimeout is how long a connection may take to log on, 5 s.
	LogonTimeout time.Duration
	// WriteTimeout is how long a client may take to read 256 KiB, 5 s.
	WriteTimeout time.Duration
	// SoftLimit is how many queued bytes make a client slow, so that books are
	// conflated: 1 MiB. Beyond HardLimit it is sent away: 8 MiB.
	SoftLimit, HardLimit int
	// SendBuffer is the size of the kernel's buffer, 256 KiB.
	SendBuffer int
	// Tick is how often timers are looked at, 100 ms.
	Tick time.Duration
	// CheckOrigin decides whether a page of another origin may connect; nil lets
	// only pages of the own host, and clients that are no browsers.
	CheckOrigin func(*http.Request) bool
}

func (c *Config) defaults() {
	set := func(v *int, def int) {
		if *v == 0 {
			*v = def
		}
	}
	wait := func(v *time.Duration, def time.Duration) {
		if *v == 0 {
			*v = def
		}
	}
	set(&c.PerIP, 32)
	set(&c.Connections, 4096)
	set(&c.SoftLimit, 1<<20)
	set(&c.HardLimit, 8<<20)
	set(&c.SendBuffer, 256<<10)
	wait(&c.LogonTimeout, 5*time.Second)
	wait(&c.WriteTimeout, 5*time.Second)
	wait(&c.Tick, 100*time.Millisecond)
}

// Source gives the events of the venue once they are durable. release gives the
// memory of the entries back. image says that the entries describe the state
// that the venue started from.
type Source interface {
	Next(ctx context.Context) (entries []venue.Entry, image bool, release func(), err error)
}

// Server is an http.Handler for Path and the loop that feeds its connections.
type Server struct {
	cfg      Config
	upgrader websocket.Upgrader

	mu     sync.Mutex
	conns  map[*conn]struct{}
	perIP  map[netip.Addr]int
	closed bool
	wait   sync.WaitGroup
	synced []waiter
	graces map[*time.Timer]struct{} // Cancels that wait for a session to come back.

	stats  stats
	failed chan error
}

type stats struct {
	slow, refused, opened atomic.Uint64
}

// Stats are counters since the start.
type Stats struct {
	// Open is how many connections there are.
	Open int
	// Opened and Refused count connections; Slow those that did not read.
	Opened, Refused, Slow uint64
}

// waiter waits until the loop is at an envelope.
type waiter struct {
	seq  venue.Seq
	done chan struct{}
}

// New returns a server. Run must be running for anybody to be told anything.
func New(cfg Config) *Server {
	cfg.defaults()
	s := &Server{cfg: cfg, conns: map[*conn]struct{}{}, perIP: map[netip.Addr]int{}, graces: map[*time.Timer]struct{}{}, failed: make(chan error, 1)}
	s.upgrader = websocket.Upgrader{
		HandshakeTimeout: cfg.LogonTimeout, ReadBufferSize: 64 << 10, WriteBufferSize: 512,
		Subprotocols: []string{Subprotocol}, CheckOrigin: cfg.CheckOrigin,
		// A compressed frame of 64 KiB can hold 64 MiB: none is taken.
		EnableCompression: false,
	}
	return s
}

func now() venue.Time { return venue.Time(time.Now().UnixNano()) }

// Stats returns the counters.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	open := len(s.conns)
	s.mu.Unlock()
	return Stats{Open: open, Opened: s.stats.opened.Load(), Refused: s.stats.refused.Load(), Slow: s.stats.slow.Load()}
}

// ServeHTTP upgrades a request and stays with the connection to its end.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		remote = netip.AddrPort{}
	}
	addr := remote.Addr().Unmap()
	if !s.enter(addr) {
		s.stats.refused.Add(1)
		w.Header().Set("Retry-After", "1")
		http.Error(w, gateway.TooManyConnections.String(), http.StatusTooManyRequests)
		return
	}
	defer s.leave(addr)
	h := &hijacker{ResponseWriter: w}
	socket, err := s.upgrader.Upgrade(h, r, nil)
	if err != nil {
		s.stats.refused.Add(1)
		return // The library has answered.
	}
	s.stats.opened.Add(1)
	s.serve(h.guard, socket, addr)
}

// enter counts a connection, unless there are too many.
func (s *Server) enter(addr netip.Addr) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.perIP[addr] >= s.cfg.PerIP || len(s.conns) >= s.cfg.Connections {
		return false
	}
	s.perIP[addr]++
	s.wait.Add(1)
	return true
}

func (s *Server) leave(addr netip.Addr) {
	s.mu.Lock()
	if s.perIP[addr]--; s.perIP[addr] == 0 {
		delete(s.perIP, addr)
	}
	s.mu.Unlock()
	s.wait.Done()
}

// hijacker lets the library take the connection with a guard around it.
type hijacker struct {
	http.ResponseWriter
	guard *guard
}

// Hijack implements http.Hijacker.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("ws: hijack: %w", err)
	}
	h.guard = &guard{Conn: c}
	return h.guard, rw, nil
}

// serve runs a connection to its end.
func (s *Server) serve(g *guard, socket *websocket.Conn, addr netip.Addr) {
	c := &conn{srv: s, net: g.Conn, ws: socket, remote: addr, wake: make(chan struct{}, 1), done: make(chan struct{})}
	c.link = s.cfg.Hub.NewLink(c, addr)
	if buffered, ok := g.Conn.(interface{ SetWriteBuffer(int) error }); ok {
		_ = buffered.SetWriteBuffer(s.cfg.SendBuffer) // A wish, the kernel decides.
	}
	g.c = c
	socket.SetReadLimit(gateway.MaxFrame)
	_ = g.Conn.SetReadDeadline(time.Now().Add(s.cfg.LogonTimeout)) // A broken socket fails at the first read.
	go c.write()
	if !s.add(c) {
		c.Close(gateway.CloseGoingAway, "the venue is going down")
	} else if socket.Subprotocol() != Subprotocol {
		c.Close(gateway.CloseProtocol, "subprotocol required: "+Subprotocol)
	}
	c.read()
	s.drop(c)
}

func (s *Server) add(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = struct{}{}
	return !s.closed
}

// drop forgets a connection and cancels what was to be canceled with it.
func (s *Server) drop(c *conn) {
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	id, grace, ok := c.link.Drop()
	if !ok {
		return
	}
	s.cancelAfter(id, time.Duration(grace))
}

// cancelAfter cancels the orders of a session that was lost, unless it comes back
// within the grace. When the venue goes down nothing is canceled here: the next
// process does it, with CancelOrphans, if the session is not back by then.
func (s *Server) cancelAfter(id venue.SessionID, grace time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.wait.Add(1)
	var t *time.Timer
	t = time.AfterFunc(grace, func() {
		defer s.wait.Done()
		s.mu.Lock() // Also waits until t is set.
		_, due := s.graces[t]
		delete(s.graces, t)
		s.mu.Unlock()
		if due {
			_ = s.cfg.Hub.CancelOnDisconnect(now(), id) // Overloaded or closed: the next process does it.
		}
	})
	s.graces[t] = struct{}{}
}

// stopGraces forgets the cancels that wait.
func (s *Server) stopGraces() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.graces {
		if t.Stop() {
			s.wait.Done()
		}
	}
	clear(s.graces)
}

// fail makes Run end: the venue must not go on without its outboxes.
func (s *Server) fail(err error) {
	select {
	case s.failed <- err:
	default:
	}
}

// Run takes the events of the venue until ctx is done or the source ends, and
// tells everybody. It returns the error that ended it, nil when ctx did.
func (s *Server) Run(ctx context.Context, src Source) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var timers sync.WaitGroup
	timers.Go(func() { s.timers(ctx, cancel) })
	err := s.loop(ctx, src)
	cancel(nil)
	timers.Wait()
	if cause := context.Cause(ctx); err == nil || errors.Is(err, context.Canceled) && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (s *Server) loop(ctx context.Context, src Source) error {
	for {
		entries, image, release, err := src.Next(ctx)
		if err != nil {
			return fmt.Errorf("ws: events: %w", err)
		}
		err = s.cfg.Hub.Apply(entries, image)
		release()
		if err != nil {
			return fmt.Errorf("ws: outbox: %w", err)
		}
		s.reached()
	}
}

// timers looks at the timers of all connections.
func (s *Server) timers(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(s.cfg.Tick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case err := <-s.failed:
			cancel(fmt.Errorf("ws: outbox: %w", err))
			return
		case <-tick.C:
		}
		at := now()
		for _, c := range s.all() {
			if err := c.link.Tick(at); err != nil {
				s.fail(err)
			}
		}
		s.cfg.Hub.Tick(at)
	}
}

func (s *Server) all() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	return conns
}

// reached wakes those who wait for an envelope that was applied.
func (s *Server) reached() {
	at := s.cfg.Hub.Applied()
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.synced[:0]
	for _, w := range s.synced {
		if w.seq <= at {
			close(w.done)
		} else {
			kept = append(kept, w)
		}
	}
	s.synced = kept
}

// Sync returns when every report of the envelopes up to seq is durable in the
// outboxes. Before that a snapshot of seq must not count: a restart from it
// would never make those reports again.
func (s *Server) Sync(ctx context.Context, seq venue.Seq) error {
	w := waiter{seq: seq, done: make(chan struct{})}
	s.mu.Lock()
	if s.cfg.Hub.Applied() >= seq {
		close(w.done)
	} else {
		s.synced = append(s.synced, w)
	}
	s.mu.Unlock()
	select {
	case <-w.done:
	case <-ctx.Done():
		return fmt.Errorf("ws: sync at %d: %w", seq, ctx.Err())
	}
	if err := s.cfg.Hub.Release(); err != nil {
		return fmt.Errorf("ws: outbox: %w", err)
	}
	if s.cfg.Sync == nil {
		return nil
	}
	if err := s.cfg.Sync(); err != nil {
		return fmt.Errorf("ws: outbox: %w", err)
	}
	return nil
}

// CancelOrphans cancels, after grace, the orders of sessions that were cut by
// the end of the last process and have not come back. Call it once, after the
// image was applied.
func (s *Server) CancelOrphans(grace time.Duration) {
	for _, id := range s.cfg.Hub.Sessions() {
		s.cancelAfter(id, grace)
	}
}

// Close says Logout to everybody and returns when all connections are gone.
// When ctx ends first they are cut.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	for _, c := range s.all() {
		if err := c.link.Logout(now(), gateway.ShuttingDown, "the venue is going down"); err != nil {
			s.fail(err)
		}
	}
	s.stopGraces()
	gone := make(chan struct{})
	go func() {
		s.wait.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
	}
	for _, c := range s.all() {
		_ = c.net.Close() // The reader ends with it.
	}
	<-gone
	return fmt.Errorf("ws: close: %w", ctx.Err())
}
