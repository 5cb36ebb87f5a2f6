package web_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/internal/testenv"
	"github.com/clearhour/clearhour/venue"
)

// signed reads a path of the account with the key of the page.
func (r *rig) signed(path string, into any) {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+path, http.NoBody)
	check(r.t, err)
	at := strconv.FormatInt(time.Now().UnixMilli(), 10)
	q.Header.Set(gateway.HeaderKey, "page")
	q.Header.Set(gateway.HeaderTimestamp, at)
	q.Header.Set(gateway.HeaderSignature, gateway.SignRequestHMAC(r.secret, gateway.RequestPayload(at, q.Method, path, nil)))
	a, err := http.DefaultClient.Do(q)
	check(r.t, err)
	defer func() { _ = a.Body.Close() }()
	body, err := io.ReadAll(a.Body)
	check(r.t, err)
	if err := json.Unmarshal(body, into); err != nil || a.StatusCode != http.StatusOK {
		r.t.Fatalf("%s: %d %s %v", path, a.StatusCode, body, err)
	}
}

// TestPositionsAreThoseOfREST sells a future and compares what the page shows of
// margin, mark, liquidation and deleveraging with REST.
func TestPositionsAreThoseOfREST(t *testing.T) {
	r := startRig(t, true)
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.WaitForBook()
	n := 3 // The first future.
	r.place(maker, n, venue.Buy, venue.GTC, 2150, 400)
	r.place(trader, n, venue.Sell, venue.IOC, 2140, 300)
	r.settle()
	p.Do("positions", `document.getElementById("tab-positions").click()`)
	p.Wait("the position", `document.querySelectorAll("#pane-positions tbody tr").length === 1 && !document.querySelector(".mbar").hidden`)
	var list struct {
		Positions []struct {
			Symbol, Mark, Margin string
			Liquidation          string   `json:"liquidation_price"`
			Sources              []string `json:"mark_sources"`
			Stale                bool     `json:"mark_stale"`
			Rank                 int      `json:"adl_rank"`
			Of                   int      `json:"adl_of"`
			Lamps                int      `json:"adl_lamps"`
		}
	}
	r.signed("/v1/positions", &list)
	if len(list.Positions) != 1 || list.Positions[0].Liquidation == "" || list.Positions[0].Rank != 1 {
		t.Fatalf("REST says %+v, want one position with a price of liquidation and a place", list)
	}
	x := list.Positions[0]
	p.Wait("the numbers of REST", `document.querySelector("#pane-positions tbody .liq").innerText === "`+x.Liquidation[:len(x.Liquidation)-3]+`"`)
	const row = "#pane-positions tbody tr "
	expect(t, p, row, x.Symbol, "▼ short 300")
	expect(t, p, row+".mark", x.Mark)
	expect(t, p, row+".adl", strings.Repeat("●", x.Lamps)+strings.Repeat("○", 5-x.Lamps))
	p.Wait("what the mark was made of", `document.querySelector("`+row+`.mark").title === "Set by the operator"`)
	p.Wait("the place in words", `document.querySelector("`+row+`.adl").title.startsWith("`+strconv.Itoa(x.Rank)+" of "+strconv.Itoa(x.Of)+`")`)
	var sum struct{ State string }
	r.signed("/v1/account", &sum)
	expect(t, p, ".mbar", sum.State, "equity", "maintenance")
	if cents := "$" + group(x.Margin[:len(x.Margin)-4]); !strings.Contains(p.Text(row+".margin"), cents) {
		t.Errorf("the margin is %q, want %s", p.Text(row+".margin"), cents)
	}
}

// TestAuctionAndActs shows what an auction would give while orders are collected,
// what the venue does to the account, and the fund that stands behind it.
func TestAuctionAndActs(t *testing.T) {
	r := startRig(t, true)
	r.submit(&venue.SetLiquidation{Terms: venue.LiquidationTerms{
		Target: 1_200_000, Fee: 5000, Spread: 1_500_000, Fraction: 100_000, MaxConsumed: 250_000, FullSize: 10, Cap: 250_000,
		Window: 8 * 3600 * venue.Second, Step: venue.Second,
	}})
	r.submit(&venue.FundInsurance{Amount: 1_000_000_000_000})
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.WaitForBook()
	p.Wait("the fund", `document.getElementById("fund").innerText.includes("Insurance fund $1,000,000.00 · may lose 25%")`)
	r.submit(&venue.MassCancel{Account: maker, ClOrdID: r.ref("Z")})
	r.submit(&venue.SetPhase{Instrument: r.terms[0].ID, Phase: venue.PreOpen})
	r.place(maker, 0, venue.Buy, venue.GTC, 2150, 9)
	r.place(taker, 0, venue.Sell, venue.GTC, 2140, 5)
	p.Wait("the auction", `document.getElementById("mid-about").innerText.startsWith("5 lots would trade, 4 lots left to buy")`)
	expect(t, p, "#phase", "Pre-open")
	expect(t, p, "#mid-px", "2.1")
	r.submit(&venue.SetPhase{Instrument: r.terms[0].ID, Phase: venue.Continuous})
	p.Wait("open again", `document.getElementById("phase").innerText === "Open" && document.getElementById("mid-about").innerText === "last trade"`)
	n := 3 // The first future: 900 lots need most of 250,000 dollars, and the price falls by 14 %.
	r.place(maker, n, venue.Sell, venue.GTC, 2150, 900)
	r.place(trader, n, venue.Buy, venue.IOC, 2150, 900)
	r.submit(&venue.SetMark{Instrument: r.terms[n].ID, Price: 2000})
	r.submit(&venue.SetMark{Instrument: r.terms[n].ID, Price: 1850})
	p.Wait("what the venue did", `document.getElementById("toasts").innerText.includes("Taken over by the insurance fund: `+r.terms[n].Symbol+`")`)
}

// group puts commas between thousands.
func group(s string) string {
	whole, rest, _ := strings.Cut(s, ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	return whole + "." + rest
}
