package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

func TestCommandRoundTrip(t *testing.T) {
	// rules: WIRE-02, WIRE-04
	var d Decoder // Reused, so that what an earlier batch left behind would show.
	rapid.Check(t, func(t *rapid.T) {
		first := venue.Seq(rapid.Uint64Range(1, math.MaxUint64-16).Draw(t, "first"))
		time := venue.Time(rapid.Int64().Draw(t, "time"))
		commands := rapid.SliceOfN(drawnCommand(), 1, 6).Draw(t, "commands")
		b := AppendBatchHeader([]byte("before"), first, time, uint32(len(commands)))
		for i, c := range commands {
			b = AppendCommand(b, venue.SessionID(i), c)
		}
		b = bytes.TrimPrefix(b, []byte("before"))
		if err := d.Reset(b); err != nil {
			t.Fatal(err)
		}
		if d.First() != first || d.Time() != time || int(d.Count()) != len(commands) {
			t.Fatalf("header is %d %d %d, want %d %d %d", d.First(), d.Time(), d.Count(), first, time, len(commands))
		}
		var e venue.Envelope
		for i, want := range commands {
			if ok, err := d.Next(&e); !ok || err != nil {
				t.Fatalf("command %d: %v %v", i, ok, err)
			}
			if e.Seq != first+venue.Seq(i) || e.Time != time || e.Session != venue.SessionID(i) {
				t.Fatalf("command %d is at %d %d of %d", i, e.Seq, e.Time, e.Session)
			}
			if !reflect.DeepEqual(e.Command, want) {
				t.Fatalf("got %+v, want %+v", e.Command, want)
			}
		}
		if ok, err := d.Next(&e); ok || err != nil {
			t.Fatalf("after the last command: %v %v, want false nil", ok, err)
		}
	})
}

func drawnCommand() *rapid.Generator[venue.Command] {
	return rapid.Custom(func(t *rapid.T) venue.Command {
		c := rapid.SampledFrom(newCommands()).Draw(t, "kind")
		draw(t, reflect.ValueOf(c).Elem())
		return c
	})
}

func TestEventRoundTrip(t *testing.T) {
	var d EventDecoder
	rapid.Check(t, func(t *rapid.T) {
		var b []byte
		entries := rapid.SliceOfN(rapid.Custom(drawEntry), 0, 6).Draw(t, "entries")
		for i := range entries {
			b = AppendEvent(b, &entries[i])
		}
		d.Reset(b)
		var e venue.Entry
		for i := range entries {
			if ok, err := d.Next(&e); !ok || err != nil {
				t.Fatalf("event %d: %v %v", i, ok, err)
			}
			if !reflect.DeepEqual(e, entries[i]) {
				t.Fatalf("got %+v %+v, want %+v %+v", e, e.Event, entries[i], entries[i].Event)
			}
		}
		if ok, err := d.Next(&e); ok || err != nil {
			t.Fatalf("after the last event: %v %v, want false nil", ok, err)
		}
	})
}

func drawEntry(t *rapid.T) venue.Entry {
	e := venue.Entry{
		Seq:     venue.Seq(rapid.Uint64().Draw(t, "seq")),
		Index:   rapid.Uint32().Draw(t, "index"),
		Session: venue.SessionID(rapid.Uint32().Draw(t, "session")),
		Time:    venue.Time(rapid.Int64().Draw(t, "time")),
		Event:   rapid.SampledFrom(newEvents()).Draw(t, "kind"),
	}
	draw(t, reflect.ValueOf(e.Event).Elem())
	return e
}

// TestBodyIsPackedFields compares the bodies of fixed length with a slow twin:
// the fields in the order of their declaration, little-endian, without gaps.
func TestBodyIsPackedFields(t *testing.T) {
	// rules: WIRE-01
	rapid.Check(t, func(t *rapid.T) {
		c := drawnCommand().Draw(t, "command")
		if commandSize(c.Kind()) != variable {
			comparePacked(t, AppendCommand(nil, 7, c)[recordHeaderSize:], c)
		}
		e := drawEntry(t)
		if eventSize(e.Event.Kind()) != variable {
			comparePacked(t, AppendEvent(nil, &e)[eventHeaderSize:], e.Event)
		}
	})
}

func comparePacked(t *rapid.T, got []byte, m any) {
	want, err := binary.Append(nil, binary.LittleEndian, m)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("%s %+v is %x, want %x", nameOf(m), m, got, want)
	}
}

func TestPutBatchHeaderInPlace(t *testing.T) {
	b := bytes.Repeat([]byte{0xff}, BatchHeaderSize)
	b = AppendCommand(b, 7, &venue.Tick{})
	PutBatchHeader(b, 41, 1_800_000_000_123_456_789, 1)
	if want := batchOf(7, &venue.Tick{}); !bytes.Equal(b, want) {
		t.Errorf("got %x, want %x", b, want)
	}
}

// TestDecodedListingsAreFresh changes the bytes after they were read: the core
// keeps the terms of an instrument, the bytes are written again.
func TestDecodedListingsAreFresh(t *testing.T) {
	var d Decoder
	var e venue.Envelope
	want := sampleCommands()[venue.KindListInstrument-1]
	b := batchOf(7, want)
	if err := d.Reset(b); err != nil {
		t.Fatal(err)
	}
	if ok, err := d.Next(&e); !ok || err != nil {
		t.Fatal(ok, err)
	}
	kept := e.Command.(*venue.ListInstrument).Terms
	clear(b)
	if err := d.Reset(batchOf(7, &venue.ListInstrument{Terms: venue.Instrument{Brackets: make([]venue.Bracket, 2)}})); err != nil {
		t.Fatal(err)
	}
	if ok, err := d.Next(&e); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got := (&venue.ListInstrument{Terms: kept}); !reflect.DeepEqual(got, want) {
		t.Errorf("kept %+v, want %+v", got, want)
	}
}

func TestEventHash(t *testing.T) {
	// rules: WIRE-07
	var all, half EventHash
	var records []byte
	for n := range 400 {
		e := entryOf(sampleEvents()[n%22])
		e.Seq = venue.Seq(n)
		all.Add(e)
		if n == 200 {
			half = ResumeEventHash(half.Sum())
		}
		half.Add(e)
		records = AppendEvent(records, e)
	}
	if got, want := all.Sum(), slowCRC64(records); got != want {
		t.Errorf("Sum() = %016x, want %016x", got, want)
	}
	if got, want := half.Sum(), all.Sum(); got != want {
		t.Errorf("resumed Sum() = %016x, want %016x", got, want)
	}
	var none EventHash
	if none.Sum() != 0 {
		t.Errorf("Sum() of nothing = %016x, want 0", none.Sum())
	}
}

// slowCRC64 is the checksum bit by bit, as ECMA-182 and xz define it.
func slowCRC64(b []byte) uint64 {
	crc := ^uint64(0)
	for _, v := range b {
		crc ^= uint64(v)
		for range 8 {
			low := crc & 1
			crc >>= 1
			if low == 1 {
				crc ^= 0xC96C5795D7870F42
			}
		}
	}
	return ^crc
}

// TestGroups reads a batch in groups and wants what Next reads, and a group that
// ends after each command that is not frequent.
func TestGroups(t *testing.T) {
	var frame []byte
	frame = AppendBatchHeader(frame, 5, 7, 41)
	for i := range 41 {
		a := venue.AccountID(100 + i)
		switch {
		case i == 20:
			frame = AppendCommand(frame, 3, &venue.SetMark{Instrument: 4, Price: 9})
		case i%3 == 0:
			frame = AppendCommand(frame, 3, &venue.PlaceOrder{Account: a, Qty: venue.Qty(i)})
		case i%3 == 1:
			frame = AppendCommand(frame, 3, &venue.CancelOrder{Account: a, Order: venue.OrderID(i)})
		default:
			frame = AppendCommand(frame, 3, &venue.AmendOrder{Account: a, Qty: venue.Qty(i)})
		}
	}
	var one, many Decoder
	if err := errors.Join(one.Reset(frame), many.Reset(frame)); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{16, 5, 16, 4, 0} {
		group, err := many.NextGroup()
		if err != nil || len(group) != want {
			t.Fatalf("group %d has %d commands, error %v; want %d", i, len(group), err, want)
		}
		for j := range group {
			var e venue.Envelope
			if more, err := one.Next(&e); !more || err != nil || !reflect.DeepEqual(e, group[j]) {
				t.Fatalf("command %d of group %d is %+v, want %+v (error %v)", j, i, group[j], e, err)
			}
		}
	}
	short := frame[:len(frame)-1]
	if err := many.Reset(short); err != nil {
		t.Fatal(err)
	}
	n := 0
	for {
		group, err := many.NextGroup()
		n += len(group)
		if err != nil {
			break
		}
	}
	if n != 40 {
		t.Errorf("%d commands before the bad one, want 40", n)
	}
}
