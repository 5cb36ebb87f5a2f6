package ws

import (
	"net"
	"net/netip"
	"sync"
)

// LimitListener bounds the open connections of one address before anything is
// read from them: a flood is closed at once. It counts every connection of the
// server, of other paths too, so its limit is above that of the handler.
func LimitListener(l net.Listener, perIP int) net.Listener {
	return &limitListener{Listener: l, most: perIP, open: map[netip.Addr]int{}}
}

type limitListener struct {
	net.Listener
	most int

	mu   sync.Mutex
	open map[netip.Addr]int
}

// Accept returns the next connection of an address that is below its limit.
func (l *limitListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err //nolint:wrapcheck // The caller compares it with net.ErrClosed.
		}
		addr, ok := address(c)
		if !ok || l.enter(addr) {
			return &limitedConn{Conn: c, leave: sync.OnceFunc(func() {
				if ok {
					l.leave(addr)
				}
			})}, nil
		}
		_ = c.Close() // It was never served.
	}
}

func address(c net.Conn) (netip.Addr, bool) {
	tcp, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Addr{}, false
	}
	return tcp.AddrPort().Addr().Unmap(), true
}

func (l *limitListener) enter(a netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[a] >= l.most {
		return false
	}
	l.open[a]++
	return true
}

func (l *limitListener) leave(a netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[a]--; l.open[a] == 0 {
		delete(l.open, a)
	}
}

// limitedConn gives its place back when it is closed.
type limitedConn struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (c *limitedConn) Close() error {
	c.leave()
	return c.Conn.Close() //nolint:wrapcheck // It stands for the connection.
}

// CloseWrite closes the sending half, where there is one.
func (c *limitedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return net.ErrClosed
}

// SetWriteBuffer sets the size of the kernel's buffer.
func (c *limitedConn) SetWriteBuffer(n int) error {
	if tcp, ok := c.Conn.(interface{ SetWriteBuffer(int) error }); ok {
		return tcp.SetWriteBuffer(n)
	}
	return nil
}
