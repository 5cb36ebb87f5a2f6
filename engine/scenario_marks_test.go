package engine_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// listIndex reads "index PIX clamp=0.1 cap=0.5 least=3 period=1m window=10m
// widest=1h".
// An index of availability is "index AV availability period=1h grace=2h".
func (f *floor) listIndex(d *script.Cmd) string {
	if words := d.Words(); len(words) > 1 && words[1] == "availability" {
		return f.apply(d, 0, &venue.ListIndex{Terms: venue.Index{
			Symbol: words[0], ID: script.NumOr(d, "number", venue.IndexID(len(f.indices)+1)), Kind: venue.AvailabilityIndex,
			Cap: f.rate(d, "cap", "0"), Period: f.span(d, "period", "1h"), Window: f.span(d, "grace", "2h"),
		}})
	}
	t := venue.Index{
		Symbol: d.Word(0), ID: script.NumOr(d, "number", venue.IndexID(len(f.indices)+1)),
		Clamp: f.rate(d, "clamp", "0.1"), Cap: f.rate(d, "cap", "0.5"), Contributors: script.NumOr(d, "least", uint16(3)),
		Period: f.span(d, "period", "1m"), Window: f.span(d, "window", "10m"), Widest: f.span(d, "widest", "1h"),
	}
	return f.apply(d, 0, &venue.ListIndex{Terms: t})
}

// publishReading reads "reading PIX source=1 px=2.150 volume=500 age=30s".
func (f *floor) publishReading(d *script.Cmd) string {
	return f.apply(d, 0, &venue.PublishReading{
		Index: f.index(d.Word(0)), Source: script.Num[venue.SourceID](d, "source"), Price: f.dollars(d, "px", "0"),
		Volume: script.NumOr(d, "volume", venue.Qty(100)), At: f.now - f.span(d, "age", "0s"),
	})
}

// publishMeter reads "meter AV source=1 start=2026-12-01T08:00:00Z contracted=8h
// delivered=7h30m unattested=10m age=30s": all of it GPU time.
func (f *floor) publishMeter(d *script.Cmd) string {
	start, err := scale.ParseRFC3339(d.Arg("start"))
	if err != nil {
		d.Fatalf("start: %+v", err)
	}
	gpu := func(key string) venue.GPUTime { return venue.GPUTime(f.span(d, key, "0s") / venue.Second) }
	return f.apply(d, 0, &venue.PublishMeter{
		Index: f.index(d.Word(0)), Source: script.NumOr(d, "source", venue.SourceID(1)), Start: start,
		Contracted: gpu("contracted"), Delivered: gpu("delivered"), Unattested: gpu("unattested"), At: f.now - f.span(d, "age", "0s"),
	})
}

// setReference reads "reference H100 PIX impact=10 band=0.1 span=30s every=1s
// index-age=5m last-age=1m stale=1.5 funding=1h method=impact default=0.0001 factor=6".
func (f *floor) setReference(d *script.Cmd) string {
	method := venue.TimeWeighted
	if d.ArgOr("method", "") == "impact" {
		method = venue.ImpactPremium
	}
	return f.apply(d, 0, &venue.SetReference{Instrument: f.instrument(d, d.Word(0)).ID, Reference: venue.Reference{
		Index: f.index(d.Word(1)), Impact: script.NumOr(d, "impact", venue.Qty(10)), Band: f.rate(d, "band", "0.1"),
		Span: f.span(d, "span", "30s"), Every: f.span(d, "every", "1s"), IndexAge: f.span(d, "index-age", "5m"),
		LastAge: f.span(d, "last-age", "1m"), Stale: f.rate(d, "stale", "1.5"), Funding: f.span(d, "funding", "0s"),
		Method: method, Default: f.rate(d, "default", "0"), Factor: f.rate(d, "factor", "0"),
	}})
}

func (f *floor) index(symbol string) venue.IndexID {
	if id, ok := f.indices[symbol]; ok {
		return id
	}
	return 99
}

// span reads a length of time.
func (f *floor) span(d *script.Cmd, key, def string) venue.Time {
	v, err := time.ParseDuration(d.ArgOr(key, def))
	if err != nil {
		d.Fatalf("%s: %v", key, err)
	}
	return venue.Time(v)
}

// mark says what a mark is made of; one that was given says nothing.
func (f *floor) mark(x *venue.MarkChanged) string {
	s := fmt.Sprintf("mark %s: %s", f.symbol(x.Instrument), f.price(x.Instrument, x.Price))
	var from []string
	for i, word := range [...]string{"index", "book", "last"} {
		if x.Sources.Has(1 << i) {
			from = append(from, word)
		}
	}
	if len(from) > 0 {
		s += " of " + strings.Join(from, ", ")
	}
	if x.Stale {
		s += ", stale"
	}
	return s
}

// referenceLine prints what is about indices, references and funding.
func (f *floor) referenceLine(e venue.Event) (string, bool) {
	switch x := e.(type) {
	case *venue.IndexListed:
		f.indices[x.Terms.Symbol] = x.Terms.ID
		if x.Terms.Kind == venue.AvailabilityIndex {
			return fmt.Sprintf("index %s: %d, availability every %v, final after %v", x.Terms.Symbol, x.Terms.ID,
				time.Duration(x.Terms.Period), time.Duration(x.Terms.Window)), true
		}
		return fmt.Sprintf("index %s: %d, at least %d contributors every %v", x.Terms.Symbol, x.Terms.ID,
			x.Terms.Contributors, time.Duration(x.Terms.Period)), true
	case *venue.IndexPublished:
		return f.published(x), true
	case *venue.IndexMetered:
		return fmt.Sprintf("metered %s: %s to %s, %v of %v by %d", f.indexSymbol(x.Index), clock(x.Start), clock(x.End),
			gpuTime(x.Counted), gpuTime(x.Contracted), x.Providers), true
	case *venue.WindowMetered:
		return fmt.Sprintf("metered %s for %s: %v of %v", f.indexSymbol(x.Index), f.symbol(x.Instrument), gpuTime(x.Counted), gpuTime(x.Contracted)), true
	case *venue.ReferenceSet:
		return fmt.Sprintf("reference %s: %s, %d lots every %v", f.symbol(x.Instrument), f.indexSymbol(x.Reference.Index),
			x.Reference.Impact, time.Duration(x.Reference.Every)), true
	case *venue.FundingClosed:
		return f.fundingClosed(x), true
	case *venue.FundingPaid:
		return fmt.Sprintf("funding %s/%s: %+d pays %s", f.symbol(x.Instrument), f.name(x.Account), x.Qty, money(x.Amount)), true
	case *venue.FundingSettled:
		return fmt.Sprintf("funding %s settled: %d positions, residue %s", f.symbol(x.Instrument), x.Positions, money(x.Residue)), true
	}
	return "", false
}

func (f *floor) fundingClosed(x *venue.FundingClosed) string {
	s := fmt.Sprintf("funding %s: mark %s, index %s, %v of %v", f.symbol(x.Instrument), money(x.Mark), money(x.Index),
		time.Duration(x.Counted), time.Duration(x.Period))
	if x.Method == venue.ImpactPremium {
		s += fmt.Sprintf(", %s for 8h of %d samples, premium %s, at %s", scale.AppendFineRate(nil, x.Rate), x.Samples,
			scale.AppendFineRate(nil, x.Premium), money(x.Last))
	}
	return s
}

func (f *floor) published(x *venue.IndexPublished) string {
	s := fmt.Sprintf("index %s: ", f.indexSymbol(x.Index))
	if x.At == 0 {
		s += "nothing yet"
	} else {
		s += string(scale.AppendAmount(nil, x.Price, scale.MoneyDecimals))[:len(scale.AppendAmount(nil, x.Price, scale.MoneyDecimals))-2]
	}
	s += " of " + strconv.Itoa(int(x.Contributors))
	if x.Stale {
		s += ", stale since " + clock(x.At)
	}
	return s
}

func gpuTime(t venue.GPUTime) time.Duration { return time.Duration(t) * time.Second }

func (f *floor) indexSymbol(id venue.IndexID) string {
	for symbol, i := range f.indices {
		if i == id {
			return symbol
		}
	}
	return fmt.Sprintf("index %d", id)
}
