package ws

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/clearhour/clearhour/gateway"
)

// Opcodes of frames, with the bit that says that the frame is the last of its
// message.
const (
	finText  = 0x81
	finClose = 0x88
	opMask   = 0x8f
)

// drainTime is how long a connection that was closed is read on, so that the
// close frame is not destroyed by a reset.
const drainTime = time.Second

// writeChunk bounds one write: its deadline measures progress.
const writeChunk = 256 << 10

// conn is one connection. It is the gateway.Wire of its session: messages are
// held until they are released, then the writer takes all of them at once.
//
//	Send -> held --Release--> ready --writer--> socket
type conn struct {
	srv    *Server
	net    net.Conn
	ws     *websocket.Conn
	remote netip.Addr
	link   *gateway.Link
	logged bool // The reader's: the time limit of the logon is off.

	wake chan struct{} // Has room for one: there is something to do.
	done chan struct{} // Closed when the writer is finished.

	mu       sync.Mutex
	held     []byte
	ready    []byte
	spare    []byte // What the writer wrote last, for reuse.
	inFlight int
	closing  bool // No more messages; a close frame is in ready.
	peerGone bool // Nothing can be written any more.
}

// queued returns the bytes that wait or are being written.
func (c *conn) queued() int { return len(c.held) + len(c.ready) + c.inFlight }

// Send implements gateway.Wire.
func (c *conn) Send(head, body, tail []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	n := len(head) + len(body) + len(tail)
	if c.queued()+n > c.srv.cfg.HardLimit {
		c.tooSlow()
		return
	}
	c.held = appendHeader(c.held, finText, n)
	c.held = append(c.held, head...)
	c.held = append(c.held, body...)
	c.held = append(c.held, tail...)
}

// appendHeader writes the header of an unmasked frame.
func appendHeader(dst []byte, first byte, n int) []byte {
	switch {
	case n < 126:
		return append(dst, first, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, first, 126), uint16(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, first, 127), uint64(n))
}

// Release implements gateway.Wire.
func (c *conn) Release() {
	c.mu.Lock()
	c.release()
	c.mu.Unlock()
}

func (c *conn) release() {
	if len(c.held) == 0 {
		return
	}
	if len(c.ready) == 0 {
		c.ready, c.held = c.held, c.ready
	} else {
		c.ready = append(c.ready, c.held...)
		c.held = c.held[:0]
	}
	c.notify()
}

func (c *conn) notify() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Room implements gateway.Wire: old messages are sent again in portions of a
// quarter of the soft limit.
func (c *conn) Room() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return 0
	}
	return c.srv.cfg.SoftLimit/4 - c.queued()
}

// Slow implements gateway.Wire.
func (c *conn) Slow() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.queued() > c.srv.cfg.SoftLimit
}

// Closed implements gateway.Wire.
func (c *conn) Closed() bool { return c.isClosing() }

// Close implements gateway.Wire.
func (c *conn) Close(code gateway.CloseCode, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		c.release()
		c.close(int(code), reason)
	}
}

// maxReason is what fits a close frame beside the code.
const maxReason = 123

func (c *conn) close(code int, reason string) {
	if len(reason) > maxReason {
		reason = reason[:maxReason]
	}
	c.closing = true
	c.ready = appendHeader(c.ready, finClose, 2+len(reason))
	c.ready = binary.BigEndian.AppendUint16(c.ready, uint16(code))
	c.ready = append(c.ready, reason...)
	c.notify()
}

// tooSlow gives up a client that does not read: all that is not being written
// is dropped, it resumes by sequence.
func (c *conn) tooSlow() {
	c.held, c.ready = c.held[:0], c.ready[:0]
	c.srv.stats.slow.Add(1)
	c.close(int(gateway.CloseSlow), gateway.SlowConsumer.String())
}

// control takes a frame that the WebSocket library wrote: pong or close.
func (c *conn) control(frame []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing || len(frame) == 0 {
		return len(frame), nil
	}
	c.release()
	if frame[0]&opMask == finClose {
		c.closing = true
	} else if c.queued() > c.srv.cfg.HardLimit {
		c.tooSlow() // A flood of pings.
		return len(frame), nil
	}
	c.ready = append(c.ready, frame...)
	c.notify()
	return len(frame), nil
}

// write is the writer: it ends when a close frame was written or nothing can be.
func (c *conn) write() {
	defer close(c.done)
	for range c.wake {
		batch, last := c.take()
		if len(batch) > 0 && !c.writeAll(batch) {
			c.gone()
			return
		}
		if more := !c.wrote(batch); last && !more {
			_ = c.net.SetReadDeadline(time.Now().Add(drainTime)) // The reader ends, one way or the other.
			return
		} else if more {
			c.notify()
		}
		if err := c.pump(); err != nil {
			c.srv.fail(err)
		}
	}
}

// take takes everything that may be written, and whether that is the end.
func (c *conn) take() (batch []byte, last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	batch, c.ready = c.ready, c.spare[:0]
	c.spare = nil
	c.inFlight = len(batch)
	return batch, c.closing || c.peerGone
}

// wrote gives the memory back, and says whether nothing came meanwhile.
func (c *conn) wrote(batch []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight = 0
	if cap(batch) <= c.srv.cfg.SoftLimit {
		c.spare = batch[:0]
	}
	return len(c.ready) == 0
}

// writeAll writes a batch in portions, each of which must make progress.
func (c *conn) writeAll(batch []byte) bool {
	for len(batch) > 0 {
		n := min(len(batch), writeChunk)
		if c.net.SetWriteDeadline(time.Now().Add(c.srv.cfg.WriteTimeout)) != nil {
			return false
		}
		if _, err := c.net.Write(batch[:n]); err != nil {
			if errors.Is(err, errTimeout) {
				c.srv.stats.slow.Add(1)
			}
			return false
		}
		batch = batch[n:]
		c.mu.Lock()
		c.inFlight -= n
		c.mu.Unlock()
	}
	return true
}

// gone says that nothing can be written; the reader ends with it.
func (c *conn) gone() {
	c.mu.Lock()
	c.closing, c.peerGone = true, true
	c.held, c.ready, c.inFlight = nil, nil, 0
	c.mu.Unlock()
	_ = c.net.Close() // The reader sees it.
}

// pump goes on with a resend when there is room for it.
func (c *conn) pump() error {
	if c.Room() <= 0 {
		return nil
	}
	_, err := c.link.Pump(now())
	return err
}

// read is the reader: it ends with the connection.
func (c *conn) read() {
	buf := make([]byte, gateway.MaxFrame)
	for !c.isClosing() {
		kind, r, err := c.ws.NextReader()
		if err != nil {
			c.timedOut(err)
			break
		}
		n, err := readAll(r, buf)
		if err != nil {
			break
		}
		if kind != websocket.TextMessage {
			c.Close(gateway.CloseBinary, "only text frames are taken")
			break
		}
		c.link.Frame(now(), buf[:n])
		if !c.logged {
			c.loggedOn()
		}
	}
	c.finish()
}

// loggedOn takes the time limit off once there is a session: from then on its
// heartbeats say whether the peer is there.
func (c *conn) loggedOn() {
	if c.link.Session() != nil {
		c.logged = true
		_ = c.net.SetReadDeadline(time.Time{}) // A broken socket fails at the next read.
	}
}

// timedOut says goodbye to a client that did not log on.
func (c *conn) timedOut(err error) {
	var e net.Error
	if errors.As(err, &e) && e.Timeout() && !c.logged {
		c.Close(gateway.CloseProtocol, "no Logon in time")
	}
}

func (c *conn) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// readAll reads a message that is known to fit: the library has a read limit.
func readAll(r io.Reader, buf []byte) (int, error) {
	n := 0
	for {
		k, err := r.Read(buf[n:])
		n += k
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if n == len(buf) {
			// The limit is the size of the buffer: only the end can follow.
			if k, err := r.Read(make([]byte, 1)); k != 0 || err != io.EOF {
				return n, websocket.ErrReadLimit
			}
			return n, nil
		}
	}
}

// finish writes what is left, and reads on for a moment so that the peer gets
// to see it.
func (c *conn) finish() {
	c.mu.Lock()
	if !c.closing {
		c.closing = true // The peer went without a word.
		c.peerGone = true
	}
	c.mu.Unlock()
	c.notify()
	select {
	case <-c.done:
	case <-time.After(c.srv.cfg.WriteTimeout + drainTime):
		_ = c.net.Close()
		<-c.done
	}
	if half, ok := c.net.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_ = c.net.SetReadDeadline(time.Now().Add(drainTime))
		_, _ = io.CopyN(io.Discard, c.net, 64<<20)
	}
	_ = c.net.Close()
}

// guard stands between the WebSocket library and the socket. What the library
// writes goes into the queue of the connection, behind what is there; and before
// it waits for input, the answers to the input so far are released.
type guard struct {
	net.Conn
	c *conn // Nil during the handshake.
}

// Write queues control frames; the handshake is written directly.
func (g *guard) Write(b []byte) (int, error) {
	if g.c == nil {
		return g.Conn.Write(b)
	}
	return g.c.control(b)
}

// Read releases the answers, then waits for input.
func (g *guard) Read(b []byte) (int, error) {
	if g.c != nil {
		if err := g.c.link.Release(); err != nil {
			g.c.srv.fail(err)
		}
	}
	return g.Conn.Read(b)
}

// SetWriteDeadline does nothing once the writer sets its own.
func (g *guard) SetWriteDeadline(t time.Time) error {
	if g.c == nil {
		return g.Conn.SetWriteDeadline(t)
	}
	return nil
}
