// Package gateway speaks FIX to traders without a socket: the message model
// and its JSON encoding, the session protocol, the translation of order entry
// into commands and of events into reports and market data.
//
// It owns what a session is (sequence numbers, timers, what was sent), what the
// wire calls things (dictionary, error catalogue) and the state from which
// reports are written (orders with what was filled, books of subscribed
// feeds). It never opens a socket or a file, starts no goroutine and reads no
// clock: bytes arrive by call with the time of their arrival, messages leave
// through a Wire, stored messages through an Outbox. Package gateway/ws puts
// sockets around it, gateway/outbox files, gateway/auth keys.
//
// Invariants: the account of a command is that of the session's key, never of
// the message; every application message that a session is owed has one
// MsgSeqNum for ever and is in the outbox before it is on the wire; a report is
// made once per event, also when the events are heard again after a restart; a
// book that a client follows equals the venue's book at the sequence number
// that the message carries.
package gateway
