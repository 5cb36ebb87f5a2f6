package venue

// FundInsurance pays money of the venue into the insurance fund. It is the
// operator's and is not remembered: sent twice, it pays twice.
type FundInsurance struct {
	// Amount is in micro-dollars, above 0.
	Amount Amount
}

func (*FundInsurance) isCommand() {}

// Kind returns KindFundInsurance.
func (*FundInsurance) Kind() CommandKind { return KindFundInsurance }
