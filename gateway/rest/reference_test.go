package rest

import (
	"encoding/json"
	"testing"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/marketdata"
)

// rules: MRK-01, FUN-01, FUN-02.
func TestMarkText(t *testing.T) {
	const ms = venue.Second / 1000
	ticker := marketdata.Ticker{
		Stale: true, Sources: venue.MarkFromIndex | venue.MarkFromLast, Referred: true,
		Index:       marketdata.Index{ID: 1, Symbol: "PIX", Price: 2_165_700, At: 5 * ms, Contributors: 5},
		Funding:     marketdata.Funding{Mark: 2_100_000, Index: 2_000_000, Period: 60 * venue.Second, Counted: 30 * venue.Second},
		NextFunding: 9 * ms,
	}
	fleet := marketdata.Ticker{Referred: true, Index: marketdata.Index{
		ID: 1, Symbol: "AV", Kind: venue.AvailabilityIndex, Price: 79_660_000, At: 7200 * venue.Second, Contributors: 3,
		Metered: venue.IndexMetered{Start: 3600 * venue.Second, End: 7200 * venue.Second, Contracted: 1860 * 3600, Counted: 5_334_300, Providers: 3},
	}}
	impact := marketdata.Ticker{Funding: marketdata.Funding{
		Mark: 2_100_000, Index: 2_000_000, Period: 3600 * venue.Second, Counted: 1800 * venue.Second,
		Method: venue.ImpactPremium, Samples: 30, Premium: 3_750_000, Rate8h: 3_850_000,
	}}
	for _, c := range []struct {
		ticker marketdata.Ticker
		want   string
	}{
		{marketdata.Ticker{}, `{}`},
		{fleet, `{"index":{"symbol":"AV","kind":"availability","price":"79.660000","time_ms":7200000,"contributors":3,"stale":false,` +
			`"metered_from_ms":3600000,"metered_to_ms":7200000,"contracted_gpu_s":"6696000","counted_gpu_s":"5334300"}}`},
		// 0.00385 for eight hours is 0.000240625 for half an hour.
		{impact, `{"funding":{"mark":"2.100000","index":"2.000000","period_ms":3600000,"counted_ms":1800000,"rate":"0.000241",` +
			`"method":"impact-premium","samples":30,"premium":"0.003750000","rate_8h":"0.003850000"}}`},
		{ticker, `{"mark_stale":true,"mark_sources":["index","last"],"index":{"symbol":"PIX","kind":"price","price":"2.165700","time_ms":5,"contributors":5,"stale":false},` +
			`"funding":{"mark":"2.100000","index":"2.000000","period_ms":60000,"counted_ms":30000,"rate":"0.025000","method":"time-weighted","samples":0,"premium":"0.000000000"},"next_funding_ms":9}`},
	} {
		got, err := json.Marshal(markTextOf(&c.ticker))
		if err != nil || string(got) != c.want {
			t.Errorf("markTextOf(%+v) = %s, %v, want %s", c.ticker, got, err, c.want)
		}
	}
	if got := windowText(0) + windowText(venue.WindowDay); got != "D" {
		t.Errorf("windows are %q", got)
	}
}
