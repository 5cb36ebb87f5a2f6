package venue

// InsuranceFunded says that the venue paid into the insurance fund.
type InsuranceFunded struct {
	// Amount is in micro-dollars.
	Amount Amount
}

func (*InsuranceFunded) isEvent() {}

// Kind returns EventInsuranceFunded.
func (*InsuranceFunded) Kind() EventKind { return EventInsuranceFunded }
