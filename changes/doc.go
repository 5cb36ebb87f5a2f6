// Package changes keeps what operators want changed: who the operators are, which
// changes are proposed or approved, and what one change may move, with how much
// notice.
//
// A proposal wraps the command that is to be done. One operator proposes, another
// approves; when the notice has run from the approval the change is due, and the
// engine does it. A lone operator can propose and cancel, nothing else.
//
//	Propose ──► proposed ── Approve by another ──► approved ── due ──► Take
//	               │                                  │
//	               ├── Cancel, or nobody approves ────┴── Cancel
//	               ▼
//	             ended
//
// What may be wrapped, and within which bounds, is one table: Rules. The table of
// docs/spec/admin.md is written from it.
//
// The package never does a change: it knows no market and no account. Invariants:
// at most MaxPending changes are pending, at most one for the same thing, and one
// that is due is the first of the list; at most MaxOperators are enrolled, and once
// there are two there are never fewer; what Propose took can be decoded.
package changes
