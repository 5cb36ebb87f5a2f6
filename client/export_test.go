package client

// Break makes the book differ from the venue's, for tests.
func (b *Book) Break() {
	b.mu.Lock()
	b.bids = append(b.bids, Level{Price: 1, Qty: 1})
	b.mu.Unlock()
}
