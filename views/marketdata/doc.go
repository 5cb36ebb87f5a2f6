// Package marketdata keeps the public picture of the venue: reference data,
// books by price level, recent trades, candles, tickers and phases, all of it
// projected from events.
//
// It owns nothing that the venue knows: a view that is lost is filled again
// from events or from an image of the state. It never does IO, never reads a
// clock, starts no goroutine and never looks at an account. One goroutine calls
// Apply or ApplyAll; every other method may be called from any goroutine at the
// same time and returns copies or values that never change afterwards. A read
// holds a lock that keeps Apply waiting, so reads are bounded: by a depth, a
// number of trades or a number of candles.
//
// Invariants: events at or before the last one applied are ignored, so that
// hearing an event twice does no harm; levels are kept best first and hold at
// least one lot; RptSeq counts by one per instrument and feed from 1 for as
// long as the view lives (it is no property of the venue: a restarted gateway
// begins again with a snapshot). The checksum is that of docs/spec/marketdata.md, MD-03.
package marketdata
