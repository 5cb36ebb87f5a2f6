// Command clearhour is the venue and everything that goes with it: serve and
// demo run it, trade talks to it, replay drives recorded flow through its core,
// verify checks a journal, rule runs one rule of docs/spec, keys manages who may
// come in, bench measures.
//
// This package owns only the wiring: it opens files and sockets, reads the
// clock, starts goroutines, and joins the packages that do the work. It logs
// with slog to standard error; standard output carries results.
package main
