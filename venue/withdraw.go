package venue

// Withdraw debits what leaves for outside, at most what is free. The same Ref again is
// answered with the first outcome.
type Withdraw struct {
	// Account pays.
	Account AccountID
	// Asset is what leaves.
	Asset AssetID
	// Amount is positive, in units of the asset.
	Amount Amount
	// Ref identifies the transfer within the account.
	Ref ClOrdID
}

func (*Withdraw) isCommand() {}

// Kind returns KindWithdraw.
func (*Withdraw) Kind() CommandKind { return KindWithdraw }
