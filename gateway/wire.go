package gateway

// Wire is the connection of a session. A session calls it under its lock, so
// its methods must not block and must not call the session.
type Wire interface {
	// Send queues one message, given as head, body and tail. It is not written
	// before Release or Close.
	Send(head, body, tail []byte)
	// Release lets everything queued so far be written.
	Release()
	// Slow says that so much is queued that what can be left out should be.
	Slow() bool
	// Room returns how many bytes of old messages may be queued now: a resend
	// waits while it is not positive.
	Room() int
	// Closed says that nothing that is sent will arrive any more.
	Closed() bool
	// Close ends the connection once everything queued is written.
	Close(code CloseCode, reason string)
}

// CloseCode is the status of a WebSocket close frame.
type CloseCode uint16

// Close codes. Those from 4000 are of this venue.
const (
	CloseNormal      CloseCode = 1000
	CloseGoingAway   CloseCode = 1001
	CloseBinary      CloseCode = 1003
	CloseUTF8        CloseCode = 1007
	CloseProtocol    CloseCode = 4000
	CloseGarbled     CloseCode = 4001
	CloseAuth        CloseCode = 4003
	CloseSlow        CloseCode = 4008
	CloseThrottled   CloseCode = 4009
	CloseMaintenance CloseCode = 4010
	CloseDuplicate   CloseCode = 4011
)
