// Package rest answers HTTP requests: reference data, market data, what an
// account has, the state of the service and its metrics.
//
// It owns the routes with the scope that each needs, the limits per address and
// per key, and the text of answers. It reads the views and never the core, never
// places an order, and knows no key: who a request is from is said by an
// Authenticator. Times are milliseconds since 1970, money, prices and quantities
// are decimal text, and what is not known to a route (a query parameter, a
// second value of one) is refused. Errors are RFC 9457 problems with a code of
// the catalogue.
//
// Invariants: every route is registered with the access that it needs, so that
// none is open by omission; an id of an account that is not the caller's is
// answered exactly as one that does not exist; every list is bounded and paged.
package rest
