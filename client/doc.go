// Package client is the Go SDK of the venue: it trades and follows markets over
// FIX-JSON, and runs a Strategy.
//
// A Client owns one session: it logs on with a key, keeps the connection, comes
// back by itself after it broke and resumes by sequence number, so that every
// report arrives once and in order. Prices are in ticks and quantities in lots,
// as in the venue; Instrument converts from and to decimal text. The codec and
// the session protocol are those of package gateway, the same code that the
// venue runs.
//
// It never sends an order again under another id, and never says that an order
// failed when it does not know: an order without an answer is an Error with the
// code StatusUnknown, and may be placed again under the same ClOrdID.
//
// A Strategy is a function of events and knows nothing of connections; Run
// drives it over a Client.
package client
