package rule

// liquidationRules is the table of the rules of liquidation and its waterfall.
func liquidationRules() []Rule {
	return nil
}
