package client

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"net"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// Subprotocol is what the client offers to speak.
const Subprotocol = "fix50sp2.json.v1"

// Config says where to connect and as whom. URL, CompID, KeyID and one of
// Ed25519 and Secret are required.
type Config struct {
	// URL is the endpoint, for example "wss://host/fix/v1".
	URL string
	// CompID names the session among those of the account: 1 to 32 letters,
	// digits, underscores and dashes.
	CompID string
	// Venue is the CompID of the venue, "CLEARHOUR" when empty.
	Venue string
	// KeyID names the key.
	KeyID string
	// Ed25519 is the private key whose public half the venue knows.
	Ed25519 ed25519.PrivateKey
	// Secret is the shared secret of an HMAC key.
	Secret []byte
	// Heartbeat is the interval of heartbeats, 30 s; at least a second.
	Heartbeat time.Duration
	// CancelOnDisconnect asks the venue to cancel the orders of the session Grace
	// after the connection broke.
	CancelOnDisconnect bool
	Grace              time.Duration
	// RecvWindow is how old an order may be when it arrives, the venue's default
	// when 0.
	RecvWindow time.Duration
	// Reset begins the session anew: what it was owed is forgotten.
	Reset bool
	// Outbox keeps what was sent, so that it can be sent again; in memory when
	// nil. One that outlives the process lets the next one resume.
	Outbox gateway.Outbox
	// Once gives up when the connection breaks.
	Once bool
	// BackoffMin and BackoffMax bound the pause between attempts to reconnect,
	// 50 ms and 5 s.
	BackoffMin, BackoffMax time.Duration
	// OnReport is called with every report of order entry, in order, before any
	// call that waits for it returns. The report is valid during the call only;
	// the function must not block and must not wait for an answer of the venue.
	OnReport func(*Report)
	// OnQuotes is called when the protection of a set withdrew its quotes. The same
	// holds for it.
	OnQuotes func(QuoteNews)
	// OnTrade is called with public trades of followed instruments.
	OnTrade func(*Trade)
	// OnBook is called when a followed book changed.
	OnBook func(*Book)
	// Notices are called for what no request asked for.
	Notices Notices
	// OnState is called when the session comes and goes; err says why it went.
	OnState func(connected bool, err error)
	// DialContext opens the connection, net.Dialer when nil.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
}

func (c *Config) defaults() {
	if c.Venue == "" {
		c.Venue = "CLEARHOUR"
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = 30 * time.Second
	}
	if c.Outbox == nil {
		c.Outbox = &gateway.MemoryOutbox{}
	}
	if c.BackoffMin == 0 {
		c.BackoffMin = 50 * time.Millisecond
	}
	if c.BackoffMax == 0 {
		c.BackoffMax = 5 * time.Second
	}
	if c.DialContext == nil {
		c.DialContext = (&net.Dialer{Timeout: 5 * time.Second}).DialContext
	}
}

// credentials writes who we are into the Logon.
func (c *Config) credentials(at venue.Time) func(w *gateway.Writer, seq uint64, sent []byte) {
	return func(w *gateway.Writer, seq uint64, sent []byte) {
		w.Text(gateway.TagUsername, c.KeyID)
		if c.Ed25519 != nil {
			signed := (&gateway.Credentials{Sender: c.CompID, Target: c.Venue, SeqNum: utoa(seq), SendingTime: string(sent)}).SignedText()
			raw := gateway.SignLogonEd25519(c.Ed25519, signed)
			w.Int(gateway.TagRawDataLength, int64(len(raw))).Text(gateway.TagRawData, raw)
		} else {
			nonce := make([]byte, 24)
			rand.Read(nonce)
			raw := gateway.LogonRawData(int64(at)/1_000_000, nonce)
			w.Text(gateway.TagRawData, raw).Text(gateway.TagPassword, gateway.SignLogonHMAC(c.Secret, raw))
		}
		if c.CancelOnDisconnect {
			w.Flag(gateway.TagCancelOnDisconnect, true).Int(gateway.TagCoDGrace, c.Grace.Milliseconds())
		}
		if c.RecvWindow != 0 {
			w.Int(gateway.TagRecvWindow, c.RecvWindow.Milliseconds())
		}
	}
}
