// Package gatewaytest is a venue in miniature for the tests of what stands
// around the gateway: sockets, clients, strategies.
//
// It owns a price-time book of limit orders per instrument and the memory of
// client ids, and nothing else: no margin, no stops, no journal. It emits the
// events that the engine would, in the same order, so that a client cannot tell
// the two apart as far as it goes. It is never linked into the venue.
package gatewaytest
