// Package agent holds simple traders as values of client.Strategy: the same
// value trades live through the gateway and, later, in a simulation.
//
// An agent owns its orders and its random choices. It knows the venue only
// through its Env, keeps no clock and no connection, and draws from the streams
// that the Env gives it, so that the same events make it do the same.
package agent
