package engine

import "github.com/clearhour/clearhour/venue"

// tick does what has become due: orders expire, stops that were too many for one
// command are elected, indices are published, marks follow them, and funding is
// paid.
func (e *Engine) tick() {
	if len(e.call.uncrossings) == 0 { // The trades of an auction are made first.
		e.due = e.books.Expire(e.now, e.due[:0])
		for _, id := range e.due {
			e.cancelLive(id, venue.Expired, venue.ClOrdID{})
		}
	}
	e.uncrossOn()
	e.sessions()
	e.expire()
	waiting := e.unelected
	e.unelected = nil
	for _, inst := range waiting {
		e.elect(inst)
	}
	e.withdrawQuotes()
	e.publishIndices()
	e.computeMarks()
	e.vary() // At marks of this moment: one that has become stale settles nobody.
	e.payFunding()
}
