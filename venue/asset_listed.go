package venue

// AssetListed says that an asset was added.
type AssetListed struct {
	// Asset is its id.
	Asset AssetID
	// Symbol is its name.
	Symbol string
	// Decimals is the number of decimal places of its unit.
	Decimals uint8
}

func (*AssetListed) isEvent() {}

// Kind returns EventAssetListed.
func (*AssetListed) Kind() EventKind { return EventAssetListed }
