package main

import (
	"context"
	"errors"

	"github.com/clearhour/clearhour/venue"
)

// referenceRules say how the mark of an instrument follows an index, and what
// the index is when it is not listed yet.
type referenceRules struct {
	Index string `json:"index"`
	// Kind is what the index is made of, "price" if it is empty. An "availability"
	// index has no contributors, clamp, cap and widest window; it is metered by
	// PublishSeconds and takes meters for WindowSeconds.
	Kind string `json:"kind,omitempty"`
	// Contributors is the least number of them; Clamp and Cap are fractions.
	Contributors uint16 `json:"contributors"`
	Clamp        string `json:"clamp"`
	Cap          string `json:"cap"`
	// PublishSeconds is the time between publications, WindowSeconds and
	// WidestSeconds how old a reading may be that counts.
	PublishSeconds int64 `json:"publish_seconds"`
	WindowSeconds  int64 `json:"window_seconds"`
	WidestSeconds  int64 `json:"widest_seconds"`
	// Impact is in lots, Band a fraction.
	Impact int64  `json:"impact"`
	Band   string `json:"band"`
	// The memory of the basis, the time between marks, and how old the index and
	// the last trade may be.
	SpanSeconds     int64 `json:"span_seconds"`
	EverySeconds    int64 `json:"every_seconds"`
	IndexAgeSeconds int64 `json:"index_age_seconds"`
	LastAgeSeconds  int64 `json:"last_age_seconds"`
	// Stale is the factor on initial margin while the mark is stale.
	Stale string `json:"stale"`
	// FundingSeconds is the funding period of a perpetual, else 0.
	FundingSeconds int64 `json:"funding_seconds,omitempty"`
}

func seconds(n int64) venue.Time { return venue.Time(n) * venue.Second }

// index returns the terms of the index but for its number.
func (r *referenceRules) index(p *parser) venue.Index {
	x := venue.Index{
		Symbol: r.Index, Contributors: r.Contributors,
		Period: seconds(r.PublishSeconds), Window: seconds(r.WindowSeconds), Widest: seconds(r.WidestSeconds),
	}
	switch r.Kind {
	case "", venue.PriceIndex.String():
		x.Clamp, x.Cap = p.rate("clamp", r.Clamp), p.rate("cap", r.Cap)
	case venue.AvailabilityIndex.String():
		x.Kind = venue.AvailabilityIndex
	default:
		p.fail("kind", r.Kind, errors.New("want price or availability"))
	}
	return x
}

// follow lets the mark of an instrument follow its index, listed before if need
// be. The instrument is halted.
func (v *instance) follow(ctx context.Context, id venue.InstrumentID, l *listing) error {
	r := l.Reference
	p := parser{what: l.Symbol}
	ref := venue.Reference{
		Impact: venue.Qty(r.Impact), Band: p.rate("band", r.Band), Span: seconds(r.SpanSeconds), Every: seconds(r.EverySeconds),
		IndexAge: seconds(r.IndexAgeSeconds), LastAge: seconds(r.LastAgeSeconds), Stale: p.rate("stale", r.Stale), Funding: seconds(r.FundingSeconds),
	}
	terms := r.index(&p)
	if p.err != nil {
		return p.err
	}
	listed := v.market.Indices(nil)
	for _, x := range listed {
		if x.Symbol == r.Index {
			ref.Index = x.ID
		}
	}
	if ref.Index == 0 {
		terms.ID = venue.IndexID(len(listed) + 1)
		ref.Index = terms.ID
		if err := v.do(ctx, &venue.ListIndex{Terms: terms}); err != nil {
			return err
		}
	}
	return v.do(ctx, &venue.SetReference{Instrument: id, Reference: ref})
}
