// Package ws serves FIX-JSON over WebSocket: path /fix/v1, subprotocol
// fix50sp2.json.v1, one message per text frame.
//
// It owns sockets, the goroutines around them and the bytes that wait to be
// written; what the bytes mean is the business of package gateway. A connection
// has two goroutines: one reads, decodes and submits, one writes whatever is
// queued in as few system calls as possible. One more goroutine, Run, takes the
// venue's events and queues reports and market data for everybody; it never
// waits for a socket.
//
// It never takes compressed frames, never buffers without a bound and never
// drops a message silently: a client that does not read is sent away with a
// close code. Nothing is written to a socket before the outbox of its session
// is with the operating system.
package ws
