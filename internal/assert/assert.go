package assert

// That panics with message when cond is false. The message is a constant so that
// a passing check allocates nothing.
func That(cond bool, message string) {
	if !cond {
		panic("clearhour: broken invariant: " + message)
	}
}
