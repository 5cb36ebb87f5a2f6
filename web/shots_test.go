package web_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/clearhour/clearhour/internal/testenv"
)

// TestShots writes pictures of the page into the directory that
// CLEARHOUR_SHOTS names, for people to look at.
func TestShots(t *testing.T) {
	dir := os.Getenv("CLEARHOUR_SHOTS")
	if dir == "" {
		t.Skip("CLEARHOUR_SHOTS names no directory; no pictures are made.")
	}
	r := startRig(t, true)
	r.live()
	p := testenv.OpenTradePage(t, r.url+"/", testenv.Look{Width: 1280, Height: 800})
	p.Wait("a live book", `document.getElementById("pill").dataset.state === "on" && document.querySelectorAll("#asks .lrow:not([hidden])").length > 5`)
	shot := func(name string) {
		t.Helper()
		time.Sleep(700 * time.Millisecond)
		png, err := chromedp.Run(p.Tab, chromedp.CaptureScreenshot())
		check(t, err)
		check(t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600))
	}
	p.Do("send two orders", `(() => {
		const set = (id, v) => { document.getElementById(id).value = v; document.getElementById(id).dispatchEvent(new Event("input", {bubbles: true})); };
		set("size", "12"); document.getElementById("send").click();
	})()`)
	p.Wait("a fill", `document.querySelectorAll("#pane-fills tbody tr").length > 0`)
	shot("filled-light")
	p.Do("rest", `(() => {
		const set = (id, v) => { document.getElementById(id).value = v; document.getElementById(id).dispatchEvent(new Event("input", {bubbles: true})); };
		const bids = document.querySelectorAll("#bids .lrow:not([hidden]) .px");
		set("price", bids[3].textContent); set("size", "8"); document.getElementById("send").click();
		set("price", bids[6].textContent); set("size", "15"); document.getElementById("send").click();
	})()`)
	p.Wait("two open orders", `document.querySelectorAll("#pane-orders tbody tr").length >= 2`)
	shot("desk-light")
	p.Look(testenv.Look{Width: 1280, Height: 800, Dark: true})
	shot("desk-dark")
	p.Do("a refusal", `(() => {
		const set = (id, v) => { document.getElementById(id).value = v; document.getElementById(id).dispatchEvent(new Event("input", {bubbles: true})); };
		set("price", "9.000"); set("size", "4000"); document.getElementById("send").click();
	})()`)
	p.Do("messages", `document.getElementById("pill").click()`)
	shot("refused-messages-dark")
	p.Do("choose", `(() => { for (const b of document.querySelectorAll(".msg")) if (b.textContent.includes("NewOrder")) { b.click(); break; } })()`)
	p.Look(testenv.Look{Width: 1280, Height: 800})
	shot("messages-light")
	p.Do("close, pick", `document.getElementById("drawer-close").click(); document.getElementById("pick").click()`)
	shot("picker-light")
	p.Do("future", `document.querySelectorAll(".option")[3].click()`)
	p.Wait("the future's book", `document.querySelectorAll("#asks .lrow:not([hidden])").length > 5`)
	p.Do("buy", `document.getElementById("send").click()`)
	time.Sleep(500 * time.Millisecond)
	p.Do("positions", `document.getElementById("tab-positions").click()`)
	shot("future-light")
	p.Do("keys", `document.getElementById("help").click()`)
	shot("keys-light")
	p.Do("close keys", `document.getElementById("keys-close").click()`)
	for _, dark := range []bool{false, true} {
		p.Look(testenv.Look{Width: 390, Height: 844, Dark: dark, Mobile: true})
		name := map[bool]string{false: "light", true: "dark"}[dark]
		for _, view := range []string{"trade", "chart", "account"} {
			p.Do("view", `document.querySelector("[data-to=`+view+`]").click()`)
			shot("phone-" + view + "-" + name)
		}
	}
	p.Do("sell at market", `document.querySelector("[data-to=trade]").click(); document.querySelector("input[name=side][value='2']").click(); document.querySelector("input[name=type][value='1']").click()`)
	shot("phone-sell-dark")
	p.Look(testenv.Look{Width: 1280, Height: 800})
	p.Do("live", `document.querySelector("[data-r=live]").click(); document.getElementById("tab-balances").click()`)
	shot("sell-live-light")
	p.Look(testenv.Look{Width: 390, Height: 844, Dark: true})
	p.Do("phone messages", `document.querySelector("[data-to=messages]").click()`)
	shot("phone-messages-dark")
	p.Do("back", `document.querySelector("[data-to=trade]").click()`)
	r.cut.Store(true)
	p.Do("cut", `0`)
	r.drop()
	p.Look(testenv.Look{Width: 1280, Height: 800})
	time.Sleep(900 * time.Millisecond)
	shot("stale-light")
}

// TestShotsOfAVenue trades on the page of a running demo, whose address is in
// CLEARHOUR_PAGE, and writes pictures into CLEARHOUR_SHOTS. With
// CLEARHOUR_SYMBOL it trades that market.
func TestShotsOfAVenue(t *testing.T) {
	url, dir := os.Getenv("CLEARHOUR_PAGE"), os.Getenv("CLEARHOUR_SHOTS")
	if url == "" || dir == "" {
		t.Skip("CLEARHOUR_PAGE and CLEARHOUR_SHOTS are not set; no demo is looked at.")
	}
	p := testenv.OpenTradePage(t, url, desk)
	p.WaitForBook()
	if symbol := os.Getenv("CLEARHOUR_SYMBOL"); symbol != "" {
		p.Do("choose the market", `document.getElementById("pick").click()`)
		p.Type("#find", symbol)
		p.Keys(kb.Enter)
		p.WaitForBook()
	}
	p.Do("a bid that rests", `document.getElementById("send").click()`)
	time.Sleep(30 * time.Second) // The live chart remembers only what it saw.
	p.Do("live", `document.querySelector("[data-r=live]").click()`)
	for _, x := range []struct {
		name, view, tab string
		look            testenv.Look
	}{
		{"desk-light", "trade", "positions", desk},
		{"desk-dark", "trade", "positions", testenv.Look{Width: 1280, Height: 800, Dark: true}},
		{"wide", "trade", "positions", testenv.Look{Width: 1600, Height: 1000}},
		{"tablet", "trade", "positions", testenv.Look{Width: 900, Height: 1200}},
		{"phone-trade", "trade", "orders", phone},
		{"phone-chart", "chart", "orders", phone},
		{"phone-positions", "account", "positions", phone},
		{"phone-dark", "account", "positions", testenv.Look{Width: 390, Height: 844, Dark: true}},
	} {
		p.Look(x.look)
		p.Do("view", `document.querySelector("[data-to=`+x.view+`]").click(); document.getElementById("tab-`+x.tab+`").click()`)
		time.Sleep(time.Second)
		png, err := chromedp.Run(p.Tab, chromedp.CaptureScreenshot())
		check(t, err)
		check(t, os.WriteFile(filepath.Join(dir, "demo-"+x.name+".png"), png, 0o600))
	}
}
