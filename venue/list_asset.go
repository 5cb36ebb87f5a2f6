package venue

// ListAsset adds an asset that accounts can hold.
type ListAsset struct {
	// Asset is the next free id.
	Asset AssetID
	// Symbol is 1 to 32 visible ASCII bytes, unique.
	Symbol string
	// Decimals says how many decimal places the smallest unit has, 0 to 18.
	Decimals uint8
}

func (*ListAsset) isCommand() {}

// Kind returns KindListAsset.
func (*ListAsset) Kind() CommandKind { return KindListAsset }
