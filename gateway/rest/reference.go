package rest

import (
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/marketdata"
)

// MarkText says where a mark comes from. All of it is left out for a mark that
// the operator set.
type MarkText struct {
	Stale   bool         `json:"mark_stale,omitempty" doc:"No fresh source stands behind the mark: it is held."`
	Sources []string     `json:"mark_sources,omitempty" doc:"What the mark was made of: index, book, last."`
	Index   *indexText   `json:"index,omitempty" doc:"The index that the mark follows."`
	Funding *fundingText `json:"funding,omitempty" doc:"The last funding period of a perpetual."`
	NextMS  int64        `json:"next_funding_ms,omitempty" doc:"When the present funding period ends."`
}

type indexText struct {
	Symbol       string `json:"symbol"`
	Kind         string `json:"kind" doc:"What it is made of: price or availability."`
	Price        string `json:"price,omitempty" doc:"Last published value in dollars per GPU-hour, or in points from 0 to 100."`
	TimeMS       int64  `json:"time_ms,omitempty" doc:"When that was computed."`
	Contributors uint16 `json:"contributors" doc:"Readings, or providers, that the last publication had."`
	Stale        bool   `json:"stale" doc:"The last publication had too few readings, or nothing was contracted."`
	// Of an availability index.
	StartMS    int64  `json:"metered_from_ms,omitempty" doc:"Start of the last period that was metered."`
	EndMS      int64  `json:"metered_to_ms,omitempty" doc:"End of that period."`
	Contracted string `json:"contracted_gpu_s,omitempty" doc:"GPU-seconds that the fleet owed in that period."`
	Counted    string `json:"counted_gpu_s,omitempty" doc:"GPU-seconds of it that were delivered with an attested reading."`
}

type fundingText struct {
	Mark      string `json:"mark" doc:"Time-weighted mean of the mark in dollars per GPU-hour."`
	Index     string `json:"index" doc:"Time-weighted mean of the index."`
	PeriodMS  int64  `json:"period_ms" doc:"Length of the period."`
	CountedMS int64  `json:"counted_ms" doc:"The part of it that counted."`
	Rate      string `json:"rate" doc:"What a long paid as a share of the index, negative when it received."`
	Method    string `json:"method" doc:"How it was paid: time-weighted or impact-premium."`
	Samples   uint32 `json:"samples" doc:"How often the impact prices were compared with the index."`
	Premium   string `json:"premium" doc:"Mean of the samples, as a share of the index."`
	Rate8h    string `json:"rate_8h,omitempty" doc:"The rate for eight hours, of the method impact-premium."`
}

func markTextOf(t *marketdata.Ticker) MarkText {
	m := MarkText{Stale: t.Stale, Sources: sourceTexts(t.Sources)}
	if t.Referred {
		m.Index = indexTextOf(&t.Index)
	}
	if f := &t.Funding; f.Period != 0 {
		m.Funding = &fundingText{
			Mark: moneyText(f.Mark), Index: moneyText(f.Index), PeriodMS: millis(f.Period), CountedMS: millis(f.Counted),
			Rate: rateText(f.Rate()), Method: f.Method.String(), Samples: f.Samples, Premium: fineText(f.Premium),
		}
		if f.Method == venue.ImpactPremium {
			m.Funding.Rate8h = fineText(f.Rate8h)
		}
	}
	if t.NextFunding != 0 {
		m.NextMS = millis(t.NextFunding)
	}
	return m
}

// windowText is empty for a contract without a window.
func windowText(w venue.Window) string {
	if w == 0 {
		return ""
	}
	return w.String()
}
