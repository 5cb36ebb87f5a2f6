package rule

// marginRules is the table of the rules of margin.
func marginRules() []Rule {
	return nil
}
