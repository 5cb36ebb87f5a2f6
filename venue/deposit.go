package venue

// Deposit credits what arrived from outside. The same Ref again is answered with the
// first outcome.
type Deposit struct {
	// Account receives.
	Account AccountID
	// Asset is what arrived.
	Asset AssetID
	// Amount is positive, in units of the asset.
	Amount Amount
	// Ref identifies the transfer within the account.
	Ref ClOrdID
}

func (*Deposit) isCommand() {}

// Kind returns KindDeposit.
func (*Deposit) Kind() CommandKind { return KindDeposit }
