package engine

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// TestQueue compares the heap with sorting: the largest maintenance margin comes
// first, so that small accounts delay nobody.
func TestQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var slow []queued
		for a := range rapid.IntRange(0, 200).Draw(t, "steps") {
			if rapid.IntRange(0, 2).Draw(t, "pop") > 0 {
				m := venue.Amount(rapid.IntRange(0, 20).Draw(t, "maintenance"))
				q.push(venue.AccountID(a), m)
				slow = append(slow, queued{venue.AccountID(a), m})
				continue
			}
			slices.SortFunc(slow, func(a, b queued) int {
				if a.before(b) {
					return -1
				}
				return 1
			})
			got, ok := q.pop()
			if ok != (len(slow) > 0) {
				t.Fatalf("pop of %d accounts says %v", len(slow), ok)
			}
			if ok && got != slow[0].account {
				t.Fatalf("pop gives %d, want %d", got, slow[0].account)
			}
			slow = slow[min(1, len(slow)):]
		}
	})
}
