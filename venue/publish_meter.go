package venue

// PublishMeter is what one provider of a fleet owed and delivered in a period of
// an availability index (IDX-02). Whoever hands it in has checked where it comes
// from; a provider from which nothing was heard is handed in with nothing
// delivered, for what is not handed in counts as not owed. A later meter of the
// same provider and period takes the place of the earlier one, until the period is
// final.
type PublishMeter struct {
	// Index is the index it is for.
	Index IndexID
	// Source is the provider.
	Source SourceID
	// Start is the beginning of the period.
	Start Time
	// Contracted is what was owed, Delivered what the meters say of it, Unattested
	// the part of Delivered without an attested reading, which does not count.
	Contracted, Delivered, Unattested GPUTime
	// At is when this was put together, from the end of the period on.
	At Time
}

func (*PublishMeter) isCommand() {}

// Kind returns KindPublishMeter.
func (*PublishMeter) Kind() CommandKind { return KindPublishMeter }
