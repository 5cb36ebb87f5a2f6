// Package matching owns the live orders of every instrument and matches them by
// price and time, or by price and pro rata where the instrument says so.
//
// It owns orders from Add to their end: resting in a book, dormant as stops, or
// idle between two calls. It knows no phase, clock, account, margin or fee, asks
// nobody, emits no event and calls nobody back: what happened stands in a Matched
// that the caller owns. Whoever calls has validated the order (range, lot, band)
// and acts on what is returned: it moves money for each fill, ends what Elect and
// Expire hand out, and never matches an order that is not idle.
//
// An order is a slot of a slab: 32 bytes that matching reads, 16 bytes for its
// holding and tag, 32 bytes that only icebergs, stops, expiring orders and
// minimum quantities touch. Its id is generation<<32 | slot, so that finding it
// is one comparison and an id is never used twice; there is no map. Levels are
// queues in pages of 512 ticks that exist while an order stands in them; bitmaps
// over levels, pages and groups of pages find the next level whatever the gap.
// Nothing here has a pointer, nothing allocates in a steady stream.
//
// An auction collects orders with Rest, so that the book may be crossed; Indicative
// says what would trade (AUC-01, AUC-02) and Uncross trades it at one price
// (AUC-03), in steps. Between a first and a last step nothing else may happen to
// the book. Preview says what Match would trade, for whoever must decide before.
//
// Invariants: outside auctions trades are made at the resting order's price, best
// price first, oldest first or pro rata; nobody trades with himself; a partial
// fill keeps its place; what a refusal (post-only, fill-or-kill, minimum quantity,
// limits) says is decided before the first change; a live order is in exactly one
// of book, trigger book or caller's hands; a level shows what the orders in it
// show; the bytes of AppendState depend only on the calls so far, restored from
// such bytes in between or not.
package matching
