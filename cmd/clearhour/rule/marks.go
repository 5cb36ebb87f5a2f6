package rule

// marksRules is the table of the rules of marks, indices and funding.
func marksRules() []Rule {
	return nil
}
