package marketdata

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// rules: MRK-01, FUN-01.
func TestReferenceIsShown(t *testing.T) {
	v := New()
	at := venue.Seq(0)
	tell := func(e venue.Event) {
		at++
		v.Apply(&venue.Entry{Seq: at, Time: venue.Time(at) * venue.Second, Event: e})
	}
	tell(&venue.InstrumentListed{Terms: venue.Instrument{ID: 1, Symbol: "PERP", Kind: venue.Perpetual, Tick: 1000, Hours: 1}})
	tell(&venue.IndexPublished{Index: 1, Price: 1}) // Of an index that nobody listed.
	tell(&venue.IndexListed{Terms: venue.Index{ID: 1, Symbol: "PIX"}})
	tell(&venue.ReferenceSet{Instrument: 1, Reference: venue.Reference{Index: 1, Funding: 3600 * venue.Second}})
	tell(&venue.ReferenceSet{Instrument: 7})
	tell(&venue.FundingClosed{Instrument: 7})
	tell(&venue.IndexPublished{Index: 1, Price: 2_000_000, At: 6, Contributors: 5})
	tell(&venue.MarkChanged{Instrument: 1, Price: 2010, Stale: true, Sources: venue.MarkFromBook})
	tell(&venue.FundingClosed{Instrument: 1, Mark: 1_990_000, Index: 2_000_000, Period: 60, Counted: 30})
	got, _ := v.Ticker(1, 0)
	if !got.Marked || got.Mark != 2010 || !got.Stale || got.Sources != venue.MarkFromBook {
		t.Errorf("mark is %+v", got)
	}
	if want := (Index{ID: 1, Symbol: "PIX", Price: 2_000_000, At: 6, Contributors: 5}); !got.Referred || got.Index != want {
		t.Errorf("index is %+v, want %+v", got.Index, want)
	}
	if got.NextFunding != 3600*venue.Second || got.Funding.Rate() != -2500 {
		t.Errorf("next funding %d, rate %d, want 3600 s and -2500", got.NextFunding, got.Funding.Rate())
	}
	if all := v.Indices(nil); len(all) != 1 || all[0] != got.Index {
		t.Errorf("indices are %+v", all)
	}
	none := Funding{Mark: 5, Period: 1}
	if r := none.Rate(); r != 0 {
		t.Errorf("rate without an index is %d", r)
	}
}
