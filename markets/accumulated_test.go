package markets

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// accumulator is what has a state of its own.
type accumulator interface {
	AppendState(dst []byte) []byte
	LoadState(src []byte) ([]byte, error)
}

// reload loads the state of a into b and compares; every prefix is refused.
func reload(t *rapid.T, a, b accumulator) {
	state := a.AppendState(nil)
	rest, err := b.LoadState(append(bytes.Clone(state), 7, 8))
	if err != nil || !bytes.Equal(rest, []byte{7, 8}) {
		t.Fatalf("LoadState(%x) = %x, %v", state, rest, err)
	}
	if got := b.AppendState(nil); !bytes.Equal(got, state) {
		t.Fatalf("state = %x, want %x", got, state)
	}
	cut := rapid.IntRange(0, len(state)-1).Draw(t, "cut")
	if _, err := b.LoadState(state[:cut]); err == nil {
		t.Fatalf("%d of %d bytes of a state were taken", cut, len(state))
	}
	if got := b.AppendState(nil); !bytes.Equal(got, state) {
		t.Fatalf("a state that was refused changed %x to %x", state, got)
	}
}

func TestAccumulatedState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, v := StartFunding(5, 2000, 1990), Volume{}
		var p Premiums
		now := venue.Time(5)
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			now += venue.Time(rapid.Int64Range(0, int64(3*day)).Draw(t, "time"))
			x := venue.Amount(rapid.Int64Range(1, int64(venue.MaxAmount)).Draw(t, "value"))
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				f.Mark(now, x)
			case 1:
				f.Index(now, -x)
			case 2:
				f.Pause(now, Pause(rapid.IntRange(1, 7).Draw(t, "why")))
			case 3:
				f.Resume(now, StaleMark)
			case 4:
				v.Add(now, x)
				p.Add(x, venue.MaxAmount, x)
			}
		}
		var g Funding
		var q Premiums
		var w Volume
		reload(t, &f, &g)
		reload(t, &p, &q)
		reload(t, &v, &w)
		if f != g || p != q || v != w {
			t.Fatalf("loaded %+v %+v %+v, want %+v %+v %+v", g, q, w, f, p, v)
		}
	})
}

func FuzzLoadAccumulated(f *testing.F) {
	x := StartFunding(5, 2000, 1990)
	var v Volume
	v.Add(day, 1000)
	f.Add(x.AppendState(nil))
	f.Add(v.AppendState(nil))
	f.Add((&Premiums{}).AppendState(nil))
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, a := range []accumulator{&Basis{}, &Funding{}, &Premiums{}, &Volume{}} {
			rest, err := a.LoadState(src)
			if err != nil {
				continue
			}
			if got := append(a.AppendState(nil), rest...); !bytes.Equal(got, src) {
				t.Fatalf("%T of %x writes %x", a, src, got)
			}
		}
	})
}
