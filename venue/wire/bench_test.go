package wire

import (
	"slices"
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// hotCommands returns the samples without listings, the only kinds with strings.
func hotCommands() []venue.Command {
	var hot []venue.Command
	for _, c := range sampleCommands() {
		switch c.Kind() {
		case venue.KindListAsset, venue.KindListInstrument, venue.KindListIndex, venue.KindSetFeeTiers, venue.KindSettleInstrument,
			venue.KindSetSchedule, venue.KindSetProtections, venue.KindSetTerms, venue.KindProposeChange:
		default:
			hot = append(hot, c)
		}
	}
	return hot
}

// hotEvents returns the samples without listings.
func hotEvents() []venue.Event {
	return slices.DeleteFunc(sampleEvents(), func(e venue.Event) bool { return eventSize(e.Kind()) == variable })
}

func TestAllocs(t *testing.T) {
	commands, events := hotCommands(), hotEvents()
	buf := make([]byte, 0, 1<<16)
	var d Decoder
	var e venue.Envelope
	check := func(name string, f func()) {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	check("a batch", func() {
		buf = AppendBatchHeader(buf[:0], 1, 2, uint32(len(commands)))
		for _, c := range commands {
			buf = AppendCommand(buf, 7, c)
		}
		_ = d.Reset(buf)
		for ok := true; ok; ok, _ = d.Next(&e) {
		}
	})
	if d.at != len(buf) {
		t.Fatal("the batch was not read to its end")
	}
	var ed EventDecoder
	var entry venue.Entry
	check("events", func() {
		buf = buf[:0]
		for i := range events {
			entry.Event = events[i]
			buf = AppendEvent(buf, &entry)
		}
		ed.Reset(buf)
		for ok := true; ok; ok, _ = ed.Next(&entry) {
		}
	})
	if ed.at != len(buf) {
		t.Fatal("the events were not read to their end")
	}
	var h EventHash
	check("a hash", func() { h.Add(&entry) })
}

func BenchmarkAppendCommand(b *testing.B) {
	buf := make([]byte, 0, 1<<12)
	for _, c := range hotCommands() {
		b.Run(nameOf(c), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				buf = AppendCommand(buf[:0], 7, c)
			}
		})
	}
}

// BenchmarkNext reads batches of 100 equal commands; the time is per command.
func BenchmarkNext(b *testing.B) {
	for _, c := range hotCommands() {
		buf := AppendBatchHeader(nil, 1, 2, 100)
		for range 100 {
			buf = AppendCommand(buf, 7, c)
		}
		b.Run(nameOf(c), func(b *testing.B) {
			b.ReportAllocs()
			var d Decoder
			var e venue.Envelope
			for b.Loop() {
				ok, err := d.Next(&e)
				if err != nil {
					b.Fatal(err)
				}
				if !ok {
					_ = d.Reset(buf)
				}
			}
		})
	}
}

func BenchmarkEvents(b *testing.B) {
	for _, event := range sampleEvents()[9:] {
		e := entryOf(event)
		record := AppendEvent(nil, e)
		b.Run("append/"+nameOf(event), func(b *testing.B) {
			buf := make([]byte, 0, 1<<12)
			for b.Loop() {
				buf = AppendEvent(buf[:0], e)
			}
		})
		b.Run("next/"+nameOf(event), func(b *testing.B) {
			var d EventDecoder
			var got venue.Entry
			for b.Loop() {
				d.Reset(record)
				if _, err := d.Next(&got); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	e := entryOf(sampleEvents()[venue.EventLevelChanged-1])
	b.Run("hash/LevelChanged", func(b *testing.B) {
		var h EventHash
		for b.Loop() {
			h.Add(e)
		}
	})
}
