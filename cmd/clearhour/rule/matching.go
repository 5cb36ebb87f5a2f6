package rule

// matchingRules is the table of the rules of auctions, matching and market protections.
func matchingRules() []Rule {
	return nil
}
