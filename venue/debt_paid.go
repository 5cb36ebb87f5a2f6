package venue

// DebtPaid says that a part of what an account without positions owed was paid for
// it.
type DebtPaid struct {
	// Account owed the amount.
	Account AccountID
	// From paid: Insurance (LIQ-05), or Residue, through which the gains of others
	// come (LIQ-06).
	From AccountID
	// Amount is in micro-dollars, above 0.
	Amount Amount
}

func (*DebtPaid) isEvent() {}

// Kind returns EventDebtPaid.
func (*DebtPaid) Kind() EventKind { return EventDebtPaid }
