package marketdata

import (
	"slices"
	"sort"

	"github.com/clearhour/clearhour/venue"
)

// Level is what a price shows.
type Level struct {
	// Price is in ticks.
	Price venue.Price
	// Qty is the displayed size in lots, at least 1.
	Qty venue.Qty
	// Orders is how many orders stand there.
	Orders uint32
}

// Action says what an update does to a level, in the meaning of the FIX field
// MDUpdateAction(279).
type Action uint8

// Actions.
const (
	// NoAction is an update that leaves the book as it was.
	NoAction Action = iota
	// Added means that the level is new.
	Added
	// Changed means that the level has another size or count.
	Changed
	// Deleted means that the level is gone.
	Deleted
)

// blockLevels is how many levels a block holds before it is split: few enough
// that shifting them is cheaper than a cache miss per tree node.
const blockLevels = 128

// ladder is one side of a book, best price first, in blocks:
//
//	blocks  [ 101 102 104 ] [ 105 109 ] [ 120 .. ]      asks, best = 101
//
// A plain sorted slice would be as quick at the top, where nearly all changes
// are, but one order far away in a book of a million levels would shift them
// all. Here an update costs a binary search over blocks, one within the block
// and a shift of at most blockLevels levels. Blocks are never empty.
type ladder struct {
	side   venue.Side
	blocks [][]Level
	spare  [][]Level // Emptied blocks, kept for the next split.
	count  int
}

// better says whether price a comes before price b on this side.
func (l *ladder) better(a, b venue.Price) bool {
	if l.side == venue.Buy {
		return a > b
	}
	return a < b
}

// find returns the block and position at which price stands or would stand.
func (l *ladder) find(price venue.Price) (block, pos int, found bool) {
	block = sort.Search(len(l.blocks), func(i int) bool {
		b := l.blocks[i]
		return !l.better(b[len(b)-1].Price, price)
	})
	if block == len(l.blocks) {
		if block == 0 {
			return 0, 0, false
		}
		return block - 1, len(l.blocks[block-1]), false
	}
	b := l.blocks[block]
	pos = sort.Search(len(b), func(i int) bool { return !l.better(b[i].Price, price) })
	return block, pos, b[pos].Price == price
}

// set gives a level its absolute value and returns what that did and the rank
// of the level among its side, 0 for the best, -1 when it is beyond maxRank.
func (l *ladder) set(level Level) (Action, int) {
	block, pos, found := l.find(level.Price)
	rank := l.rank(block, pos)
	switch {
	case found && level.Qty <= 0:
		l.remove(block, pos)
		return Deleted, rank
	case found:
		if l.blocks[block][pos] == level {
			return NoAction, rank
		}
		l.blocks[block][pos] = level
		return Changed, rank
	case level.Qty <= 0:
		return NoAction, -1
	}
	l.insert(block, pos, level)
	return Added, rank
}

// maxRank bounds the depth to which ranks are counted.
const maxRank = 1000

func (l *ladder) rank(block, pos int) int {
	rank := pos
	for _, b := range l.blocks[:block] {
		rank += len(b)
		if rank > maxRank {
			return -1
		}
	}
	return rank
}

func (l *ladder) insert(block, pos int, level Level) {
	l.count++
	if len(l.blocks) == 0 {
		l.blocks = append(l.blocks, append(l.newBlock(), level))
		return
	}
	if len(l.blocks[block]) == blockLevels {
		l.split(block)
		if half := len(l.blocks[block]); pos > half {
			block, pos = block+1, pos-half
		}
	}
	l.blocks[block] = slices.Insert(l.blocks[block], pos, level)
}

// split moves the worse half of a full block into a block of its own.
func (l *ladder) split(block int) {
	full := l.blocks[block]
	worse := append(l.newBlock(), full[blockLevels/2:]...)
	l.blocks[block] = full[:blockLevels/2]
	l.blocks = slices.Insert(l.blocks, block+1, worse)
}

func (l *ladder) remove(block, pos int) {
	l.count--
	l.blocks[block] = slices.Delete(l.blocks[block], pos, pos+1)
	if len(l.blocks[block]) == 0 {
		l.drop(block)
		return
	}
	l.merge(block)
	l.merge(block - 1)
}

// merge makes one of a block and the next when both are short: without this a
// book that was deep once would keep a block for every level left.
func (l *ladder) merge(block int) {
	next := block + 1
	if block < 0 || next >= len(l.blocks) || len(l.blocks[block])+len(l.blocks[next]) > blockLevels/2 {
		return
	}
	l.blocks[block] = append(l.blocks[block], l.blocks[next]...)
	l.drop(next)
}

func (l *ladder) drop(block int) {
	// One spare is enough: it serves the block that comes and goes at the top.
	if len(l.spare) == 0 {
		l.spare = append(l.spare, l.blocks[block])
	}
	l.blocks = slices.Delete(l.blocks, block, block+1)
}

func (l *ladder) newBlock() []Level {
	if n := len(l.spare); n > 0 {
		b := l.spare[n-1]
		l.spare = l.spare[:n-1]
		return b[:0]
	}
	return make([]Level, 0, blockLevels)
}

// top appends the best n levels to dst; all of them when n is negative.
func (l *ladder) top(n int, dst []Level) []Level {
	if n < 0 {
		n = l.count
	}
	for _, b := range l.blocks {
		if n <= len(b) {
			return append(dst, b[:n]...)
		}
		dst = append(dst, b...)
		n -= len(b)
	}
	return dst
}

// best returns the best level, one without lots when there is none.
func (l *ladder) best() Level {
	if len(l.blocks) == 0 {
		return Level{}
	}
	return l.blocks[0][0]
}
