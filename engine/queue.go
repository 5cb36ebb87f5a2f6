package engine

import "github.com/clearhour/clearhour/venue"

// queue is a heap of the accounts to liquidate: the one with the largest
// maintenance margin first, so that many small ones cannot delay it, and of
// equals the smaller account.
type queue struct{ accounts []queued }

type queued struct {
	account     venue.AccountID
	maintenance venue.Amount // When it was queued.
}

func (q queued) before(o queued) bool {
	if q.maintenance != o.maintenance {
		return q.maintenance > o.maintenance
	}
	return q.account < o.account
}

func (q *queue) push(a venue.AccountID, maintenance venue.Amount) {
	q.accounts = append(q.accounts, queued{a, maintenance})
	s := q.accounts
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if !s[i].before(s[up]) {
			return
		}
		s[i], s[up] = s[up], s[i]
		i = up
	}
}

func (q *queue) pop() (venue.AccountID, bool) {
	n := len(q.accounts) - 1
	if n < 0 {
		return 0, false
	}
	s := q.accounts
	first := s[0].account
	s[0] = s[n]
	q.accounts = s[:n]
	s = q.accounts
	for i := 0; ; {
		next := 2*i + 1
		if next >= n {
			return first, true
		}
		if next+1 < n && s[next+1].before(s[next]) {
			next++
		}
		if !s[next].before(s[i]) {
			return first, true
		}
		s[i], s[next] = s[next], s[i]
		i = next
	}
}
