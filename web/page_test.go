package web_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/clearhour/clearhour/internal/testenv"
)

var (
	desk  = testenv.Look{Width: 1280, Height: 800}
	phone = testenv.Look{Width: 390, Height: 844}
)

func TestTraderBuysAndCancels(t *testing.T) {
	r := startRig(t, true)
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.Trade()
	p.Do("open the messages", `document.getElementById("pill").click()`)
	log := p.Text("#log")
	for _, want := range []string{"Logon", "MarketDataRequest", "NewOrderSingle", "ExecutionReport", "OrderCancelRequest"} {
		if !strings.Contains(log, want) {
			t.Errorf("the messages do not show %s:\n%s", want, log)
		}
	}
}

// expect fails when the text of an element lacks a part.
func expect(t *testing.T, p *testenv.TradePage, selector string, parts ...string) {
	t.Helper()
	text := p.Text(selector)
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s says %q, want it to say %q", selector, text, part)
		}
	}
}

func TestRefusalsAreShownAsTheVenueSaysThem(t *testing.T) {
	r := startRig(t, true)
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.WaitForBook()
	p.Type("#price", "9.000")
	p.Type("#size", "2")
	p.Wait("a warning before it is sent", `document.getElementById("warn").innerText.includes("no buy over 2.580")`)
	p.Click("#send")
	p.Wait("the refusal", `document.getElementById("answer").dataset.kind === "bad"`)
	expect(t, p, "#answer", "Refused", "The price is outside the band around the mark. The limit is 2.580.", "field Price", "code 2005 PRICE_BAND")

	p.Type("#price", "2.1234")
	p.Click("#send")
	p.Wait("a refusal of the page itself", `document.getElementById("answer").innerText.includes("Not sent")`)
	expect(t, p, "#answer", "steps of 0.001")
	expect(t, p, "#price-note", "steps of 0.001")
}

func TestPreviewIsExact(t *testing.T) {
	r := startRig(t, true)
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.WaitForBook()
	p.Type("#price", "2.001")
	p.Type("#size", "7")
	// 7 lots of 24 hours at 2.001 are 336.168; five in ten thousand of it are 0.168084.
	p.Wait("the sum", `document.getElementById("sum").innerText.includes("$336.168")`)
	expect(t, p, "#sum", "168", "$336.168", "$0.168084", "$336.336084", "$249,663.66")
}

func TestConnectionComesBackWithWhatWasMissed(t *testing.T) {
	r := startRig(t, true)
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.WaitForBook()
	px := p.Text("#bids .lrow:not([hidden]) .px")
	p.Type("#price", px)
	p.Type("#size", "3")
	p.Click("#send")
	p.Wait("the order accepted", `document.getElementById("answer").innerText.includes("Accepted")`)

	r.cut.Store(true)
	r.drop()
	p.Wait("the veil over the book", `!document.getElementById("veil").hidden && document.body.classList.contains("stale")`)
	p.Wait("the banner", `document.getElementById("banner").innerText.includes("may be wrong")`)
	if disabled := p.Text("#send:disabled"); disabled == "" {
		t.Error("the ticket sends while nobody is connected")
	}
	// The order is filled while the page is away.
	r.sellInto(px)
	r.cut.Store(false)
	p.Wait("the fill that was missed", `document.getElementById("answer").innerText.includes("Bought 3 of 3")`)
	p.WaitForBook()
	p.Wait("no veil", `document.getElementById("veil").hidden`)
	p.Do("open the messages", `document.getElementById("pill").click()`)
	log := p.Text("#log")
	if !strings.Contains(log, "trade W") {
		t.Errorf("the messages do not show the report that was sent again:\n%s", log)
	}
}

// TestDamagedBooksAreAskedForAgain spoils one update on its way into the page.
func TestDamagedBooksAreAskedForAgain(t *testing.T) {
	r := startRig(t, true)
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.WaitForBook()
	r.live()
	for n, spoil := range []string{`m.Body.BookChecksum = "1"`, `m.Body.NoMDEntries[0].RptSeq = String(Number(m.Body.NoMDEntries[0].RptSeq) + 5)`} {
		p.Do("spoil", `(() => {
			const parse = JSON.parse;
			JSON.parse = (text) => {
				const m = parse(text);
				if (m.Header?.MsgType === "X" && m.Body.BookChecksum) { JSON.parse = parse; `+spoil+`; }
				return m;
			};
		})()`)
		p.Do("open the messages", `if (document.getElementById("drawer").hidden) document.getElementById("pill").click()`)
		p.Wait("the book asked again", fmt.Sprintf(`document.getElementById("drawer-hint").innerText.includes("books asked again %d")`, n+1))
		p.Wait("a book that is shown", `document.getElementById("veil").hidden && document.querySelector("#asks .lrow:not([hidden])")`)
	}
}

func TestReloadShowsTheSameOrders(t *testing.T) {
	r := startRig(t, true)
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.WaitForBook()
	p.Type("#price", "2.000")
	p.Click("#send")
	p.Wait("the order accepted", `document.getElementById("answer").innerText.includes("Accepted")`)
	if err := chromedp.Do(p.Tab, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	p.WaitForBook()
	p.Wait("the order from before", `document.querySelectorAll("#pane-orders tbody tr").length === 1`)
	p.Click("#cancel-all")
	expect(t, p, "#cancel-all", "Really cancel 1?")
	p.Click("#cancel-all")
	p.Wait("no open order", `document.querySelectorAll("#pane-orders tbody tr").length === 0`)
}

func TestWithoutAKeyThePageReads(t *testing.T) {
	r := startRig(t, false)
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.Wait("a book", `document.querySelector("#asks .lrow:not([hidden])")`)
	p.Wait("trades", `document.querySelector("#tape li")`)
	expect(t, p, "#banner", "Read only", "clearhour demo")
	expect(t, p, "#pill", "Read only")
	if p.Text("#send:disabled") == "" {
		t.Error("the ticket can be sent without a key")
	}
}

func TestASecondPageReadsUntilTheFirstIsClosed(t *testing.T) {
	r := startRig(t, true)
	first := testenv.OpenTradePage(t, r.url+"/", desk)
	first.WaitForBook()
	second := testenv.OpenTradePage(t, r.url+"/", desk)
	second.Wait("a book", `document.querySelector("#asks .lrow:not([hidden])")`)
	expect(t, second, "#banner", "another page trades in this session")
	expect(t, second, "#pill", "Read only")
	if second.Text("#send:disabled") == "" {
		t.Error("the second page offers to send orders")
	}
	first.Do("leave", `location.href = "about:blank"`)
	second.Wait("the session", `document.getElementById("pill").dataset.state === "on"`)
	second.Trade()
}

func TestKeyboardAlone(t *testing.T) {
	r := startRig(t, true)
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.WaitForBook()
	p.Press("/")
	p.Wait("the list of instruments", `document.getElementById("picker").open`)
	p.Keys("a100 future")
	p.Keys(kb.Enter)
	p.Wait("the other instrument", `document.getElementById("pick-about").innerText.startsWith("A100C.NAE.M")`)
	p.Wait("its book", `document.querySelector("#asks .lrow:not([hidden]) .px")?.innerText.startsWith("1.")`)
	p.Press("s")
	p.Wait("the price of a sale", `document.activeElement.id === "price" && document.body.dataset.side === "2"`)
	p.Keys(kb.Escape)
	p.Press("o")
	p.Keys(kb.ArrowDown)
	p.Keys(kb.ArrowDown)
	best := p.Text("#bids .lrow:not([hidden]) .px")
	p.Press("b")
	p.Wait("the best bid in the ticket", `document.getElementById("price").value === "`+best+`" && document.body.dataset.side === "1"`)
	p.Press("?")
	p.Wait("the keys", `document.getElementById("keys").open`)
	p.Keys(kb.Escape)
	p.Press("m")
	p.Wait("the messages", `!document.getElementById("drawer").hidden`)
	p.Keys(kb.Escape)
	p.Wait("no messages", `document.getElementById("drawer").hidden`)
}

// TestNothingOverflows looks at both sizes: no element may make the page wider
// than the screen.
func TestNothingOverflows(t *testing.T) {
	r := startRig(t, true)
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.WaitForBook()
	for _, look := range []testenv.Look{desk, {Width: 390, Height: 844}, {Width: 820, Height: 1180}, {Width: 1920, Height: 1080}} {
		p.Look(look)
		for _, view := range []string{"trade", "chart", "account"} {
			p.Do("view", `document.querySelector("[data-to=`+view+`]").click()`)
			p.Wait(view+" without a bar to the side", `document.documentElement.scrollWidth <= innerWidth`)
		}
	}
}

// TestAccessibility runs the rules of axe-core when AXE names its script: the
// project does not carry it.
func TestAccessibility(t *testing.T) {
	path := os.Getenv("AXE")
	if path == "" {
		t.Skip("AXE does not name the script of axe-core; its rules are not checked.")
	}
	script, err := os.ReadFile(path)
	check(t, err)
	r := startRig(t, true)
	p := testenv.OpenTradePage(t, r.url+"/", desk)
	p.WaitForBook()
	p.Do("load axe", string(script))
	for _, look := range []testenv.Look{desk, {Width: 1280, Height: 800, Dark: true}, {Width: 390, Height: 844}, {Width: 390, Height: 844, Dark: true}} {
		p.Look(look)
		for _, open := range []string{`0`, `document.getElementById("pill").click()`, `document.getElementById("drawer-close").click(); document.getElementById("pick").click()`, `document.getElementById("picker").close(); document.getElementById("help").click()`, `document.getElementById("keys").close()`} {
			p.Do("open", open)
			found, err := chromedp.Run(p.Tab, chromedp.Evaluate[string](`axe.run().then(r => JSON.stringify(r.violations.map(v => ({id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " | " + n.failureSummary)}))))`, chromedp.EvalAwaitPromise))
			check(t, err)
			var list []map[string]any
			check(t, json.Unmarshal([]byte(found), &list))
			for _, v := range list {
				t.Errorf("%+v after %s: %v", look, open, v)
			}
		}
	}
}
