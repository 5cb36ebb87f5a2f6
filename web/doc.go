// Package web serves the page of the venue: an order book, trades, a chart, one
// order ticket, and the account behind it, for a trader with a browser.
//
// It owns the page in src (TypeScript without a framework) and the bundle of it
// in dist, which is embedded, so that building the binary needs no JavaScript
// tool. The page speaks the same protocol as any client, FIX-JSON on /fix/v1 and
// REST on /v1; this package knows nothing of either, imports no package of ours,
// and keeps no state of a visitor.
//
// Invariants: the bundle is what src gives (a test builds it again and compares);
// no answer allows a script, style, font or connection from anywhere else, an
// inline script or style, or a frame around the page; in the page no money, price
// or size passes through floating point.
package web
