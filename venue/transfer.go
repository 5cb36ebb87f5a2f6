package venue

// Transfer moves money or an asset between two accounts of one owner, at most what
// could be withdrawn (ACC-01). The same Ref again is answered with the first outcome.
type Transfer struct {
	// Account pays.
	Account AccountID
	// To receives; it has the owner of Account.
	To AccountID
	// Asset is what moves.
	Asset AssetID
	// Amount is positive, in units of the asset.
	Amount Amount
	// Ref identifies the transfer within the account that pays.
	Ref ClOrdID
}

func (*Transfer) isCommand() {}

// Kind returns KindTransfer.
func (*Transfer) Kind() CommandKind { return KindTransfer }
