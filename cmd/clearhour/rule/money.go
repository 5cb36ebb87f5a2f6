package rule

// moneyRules is the table of the rules of settlement, delivery and fees.
func moneyRules() []Rule {
	return nil
}
