package venue

// MaxCollaterals is how many assets beside money may count as collateral at the
// same time.
const MaxCollaterals = 8

// SetCollateral lets an asset other than money count towards the margin of
// whoever has it (MAR-04). It is the operator's. The same asset again gets
// another price or rate; with a Price of 0 it counts no longer.
type SetCollateral struct {
	// Asset is what counts. No spot instrument delivers it.
	Asset AssetID
	// Price is that of a whole unit, which is 10 to the power of the asset's
	// decimals, in micro-dollars, from 0 to MaxCollateralPrice.
	Price Amount
	// Rate is the part of the value that counts, from 0 to One.
	Rate Rate
	// Index is what the price follows from its next publication on, 0 for none:
	// one that is stale leaves the price as it is.
	Index IndexID
}

// MaxCollateralPrice is the highest price of a whole unit: a billion dollars.
const MaxCollateralPrice Amount = 1_000_000_000_000_000

func (*SetCollateral) isCommand() {}

// Kind returns KindSetCollateral.
func (*SetCollateral) Kind() CommandKind { return KindSetCollateral }
