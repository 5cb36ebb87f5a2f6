package venue

// ListIndex lists an index.
type ListIndex struct {
	// Terms are what it is; the id must be the next free one.
	Terms Index
}

func (*ListIndex) isCommand() {}

// Kind returns KindListIndex.
func (*ListIndex) Kind() CommandKind { return KindListIndex }
