package venue

// IndexListed says that there is a new index.
type IndexListed struct {
	// Terms are what it is.
	Terms Index
}

func (*IndexListed) isEvent() {}

// Kind returns EventIndexListed.
func (*IndexListed) Kind() EventKind { return EventIndexListed }
