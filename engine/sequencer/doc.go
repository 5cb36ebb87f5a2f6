// Package sequencer is the goroutine around the core: it gives commands their
// order and time, makes them durable, applies them, and hands the events to
// readers.
//
// It owns the queue of commands that are not sequenced yet, the clock of the
// core, the journal while it is open, and the ring of event batches. It never
// interprets a command and never changes an event. Work goes in rounds: take
// everything that has arrived, make one frame of it, let the journal sync the
// frame while the core applies it, and when both are done publish the events.
// While a round lasts the next one gathers, so commits group by themselves and
// without delay.
//
// Invariants: nothing is visible before it is durable; live and replay decode
// the same bytes and call the same Apply; time never goes back; what is refused
// (ErrOverloaded, ErrClosed) was not sequenced; after a journal error nothing is
// published any more and Wait returns the error; a reader that falls behind the
// ring is told so and never slows the core.
package sequencer
