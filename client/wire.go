package client

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/clearhour/clearhour/gateway"
)

// maxInbound bounds a message of the venue: a snapshot of a deep book is large.
const maxInbound = 64 << 20

// maxQueued bounds what waits to be written.
const maxQueued = 16 << 20

// wire is a connection to the venue: the gateway.Wire of the session. The
// library masks and frames into a buffer; one goroutine writes the buffer, so
// that many messages share a system call.
type wire struct {
	ws    *websocket.Conn
	batch *batcher

	mu     sync.Mutex
	frame  []byte
	closed bool
}

// dialWire connects and shakes hands.
func dialWire(ctx context.Context, cfg *Config) (*wire, error) {
	w := &wire{}
	d := websocket.Dialer{
		Subprotocols: []string{Subprotocol}, HandshakeTimeout: 5 * time.Second,
		ReadBufferSize: 64 << 10, WriteBufferSize: 4 << 10,
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := cfg.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			w.batch = newBatcher(c)
			return w.batch, nil
		},
	}
	ws, resp, err := d.DialContext(ctx, cfg.URL, nil) //nolint:bodyclose // After the handshake there is no body; of a refusal gorilla keeps a copy.
	if resp != nil && resp.StatusCode == http.StatusTooManyRequests {
		return nil, &Error{Code: gateway.TooManyConnections}
	}
	if err != nil {
		return nil, fmt.Errorf("client: connect: %w", err)
	}
	ws.SetReadLimit(maxInbound)
	w.ws = ws
	w.batch.start()
	return w, nil
}

// Send implements gateway.Wire.
func (w *wire) Send(head, body, tail []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.frame = append(append(append(w.frame[:0], head...), body...), tail...)
	// It can only fail because the connection is broken: the reader sees that.
	_ = w.ws.WriteMessage(websocket.TextMessage, w.frame)
}

// Release implements gateway.Wire.
func (w *wire) Release() { w.batch.flush() }

// Room implements gateway.Wire.
func (w *wire) Room() int { return 1<<20 - w.batch.queued() }

// Slow implements gateway.Wire.
func (w *wire) Slow() bool { return false }

// Closed implements gateway.Wire.
func (w *wire) Closed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed
}

// Close implements gateway.Wire.
func (w *wire) Close(code gateway.CloseCode, reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.closed = true
	_ = w.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(int(code), reason))
	w.batch.finish()
}

// batcher is a connection that writes later: what was written since the last
// system call goes out in the next one.
type batcher struct {
	net.Conn
	wake chan struct{}
	done chan struct{}

	mu       sync.Mutex
	started  bool
	ending   bool
	buf      []byte
	spare    []byte
	inFlight int
	err      error
}

func newBatcher(c net.Conn) *batcher {
	return &batcher{Conn: c, wake: make(chan struct{}, 1), done: make(chan struct{})}
}

// start begins to batch; the handshake before was written directly.
func (b *batcher) start() {
	b.mu.Lock()
	b.started = true
	b.mu.Unlock()
	go b.run()
}

// Write implements net.Conn.
func (b *batcher) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.started {
		return b.Conn.Write(p)
	}
	if b.err != nil {
		return 0, b.err
	}
	if len(b.buf)+b.inFlight+len(p) > maxQueued {
		return 0, ErrNotConnected
	}
	b.buf = append(b.buf, p...)
	return len(p), nil
}

// SetWriteDeadline does nothing once the batcher sets its own.
func (b *batcher) SetWriteDeadline(t time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.started {
		return nil
	}
	return b.Conn.SetWriteDeadline(t)
}

func (b *batcher) queued() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.buf) + b.inFlight
}

// flush lets the goroutine write what there is.
func (b *batcher) flush() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// finish ends the goroutine when all is written.
func (b *batcher) finish() {
	b.mu.Lock()
	b.ending = true
	b.mu.Unlock()
	b.flush()
}

func (b *batcher) run() {
	defer close(b.done)
	for range b.wake {
		b.mu.Lock()
		out, ending := b.buf, b.ending
		b.buf, b.spare = b.spare[:0], nil
		b.inFlight = len(out)
		b.mu.Unlock()
		var err error
		if len(out) > 0 {
			_ = b.Conn.SetWriteDeadline(time.Now().Add(10 * time.Second)) // The write fails then too.
			_, err = b.Conn.Write(out)
		}
		b.mu.Lock()
		b.inFlight, b.spare = 0, out[:0]
		if err != nil {
			b.err = err
		}
		b.mu.Unlock()
		if err != nil || ending {
			return
		}
	}
}
