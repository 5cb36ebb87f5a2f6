package testenv

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Look is how a page is looked at.
type Look struct {
	Width, Height int64
	// Dark asks for the dark colours, Mobile for a touch screen.
	Dark, Mobile bool
}

// TradePage is the venue's page in a browser, driven as a trader would.
type TradePage struct {
	// Tab is the context of the browser's tab, for what is not here.
	Tab context.Context
	t   testing.TB
}

// OpenTradePage opens the page at a URL.
func OpenTradePage(t testing.TB, url string, look Look) *TradePage {
	t.Helper()
	p := &TradePage{Tab: Chromium(t), t: t}
	p.Look(look)
	if err := chromedp.Do(p.Tab, chromedp.Navigate(url)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	return p
}

// Look changes the size and the colours.
func (p *TradePage) Look(l Look) {
	p.t.Helper()
	scheme := "light"
	if l.Dark {
		scheme = "dark"
	}
	err := chromedp.Do(p.Tab, chromedp.EmulateViewport(l.Width, l.Height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
	if err != nil {
		p.t.Fatalf("look at the page as %+v: %v", l, err)
	}
}

// Do runs JavaScript in the page; what says why in failures.
func (p *TradePage) Do(what, script string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.Tab, chromedp.Evaluate[chromedp.Void](script)); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// Wait polls until a JavaScript expression is true, for ten seconds at most.
func (p *TradePage) Wait(what, condition string) {
	p.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ok, err := chromedp.Run(p.Tab, chromedp.Evaluate[bool]("!!("+condition+")"))
		if ok {
			return
		}
		if err != nil || time.Now().After(end) {
			p.t.Fatalf("waiting for %s: %v; the page says:\n%s", what, err, p.Text("body"))
		}
	}
}

// Text returns the visible text of the first element of a CSS selector.
func (p *TradePage) Text(selector string) string {
	p.t.Helper()
	text, err := chromedp.Run(p.Tab, chromedp.Evaluate[string]("document.querySelector("+strconv.Quote(selector)+")?.innerText ?? ''"))
	if err != nil {
		p.t.Fatalf("text of %s: %v", selector, err)
	}
	return text
}

// Click clicks an element of a CSS selector as a mouse does.
func (p *TradePage) Click(selector string) {
	p.t.Helper()
	if err := chromedp.Do(p.Tab, chromedp.Click(selector, chromedp.NodeVisible)); err != nil {
		p.t.Fatalf("click %s: %v", selector, err)
	}
}

// Type replaces what is in a field with text, key by key.
func (p *TradePage) Type(selector, text string) {
	p.t.Helper()
	p.Do("select "+selector, "(e => { e.focus(); e.select(); })(document.querySelector("+strconv.Quote(selector)+"))")
	p.Keys(text)
}

// Keys presses keys: text, or the names of package kb.
func (p *TradePage) Keys(keys string, opts ...chromedp.KeyOption) {
	p.t.Helper()
	if err := chromedp.Do(p.Tab, chromedp.KeyEvent(keys, opts...)); err != nil {
		p.t.Fatalf("keys %q: %v", keys, err)
	}
}

// Press presses a key that is a command and writes nothing, as a browser does
// when the page takes the key for itself.
func (p *TradePage) Press(key string) {
	p.t.Helper()
	err := chromedp.Do(p.Tab, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
			if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: key}); err != nil {
				return err
			}
		}
		return nil
	}))
	if err != nil {
		p.t.Fatalf("press %q: %v", key, err)
	}
}

// WaitForBook waits until the page is logged on and shows both sides of a book.
func (p *TradePage) WaitForBook() {
	p.t.Helper()
	p.Wait("a live connection", `document.getElementById("pill").dataset.state === "on"`)
	p.Wait("asks and bids", `document.querySelector("#asks .lrow:not([hidden])") && document.querySelector("#bids .lrow:not([hidden])")`)
}

// Trade does what a trader does first: it waits for a book, buys a lot at
// market, sees the fill, rests a bid below the market and cancels it. The market
// needs an ask, and the account the money for two lots.
func (p *TradePage) Trade() {
	p.t.Helper()
	p.WaitForBook()
	p.Click(".wide label:nth-of-type(2)") // Market.
	p.Type("#size", "1")
	p.Wait("a price of the order", `!document.getElementById("sum").innerText.includes("–")`)
	p.Click("#send")
	p.Wait("the order filled", `document.getElementById("answer").innerText.includes("Bought 1 of 1")`)
	p.Click("#tab-fills")
	p.Wait("a row among the fills", `document.querySelector("#pane-fills tbody tr")`)
	p.Click(".wide label:nth-of-type(1)") // Limit.
	p.Click("#price")
	for range 3 {
		p.Keys(kb.ArrowDown, chromedp.KeyModifiers(chromedp.ModifierShift)) // Ten ticks each.
	}
	p.Keys(kb.Enter)
	p.Wait("the order accepted", `document.getElementById("answer").innerText.includes("Accepted")`)
	p.Click("#tab-orders")
	p.Wait("one open order", `document.querySelectorAll("#pane-orders tbody tr").length === 1`)
	p.Click("#pane-orders tbody button")
	p.Wait("no open order", `document.querySelectorAll("#pane-orders tbody tr").length === 0`)
	p.Wait("the cancel confirmed", `document.getElementById("answer").innerText.includes("Cancelled")`)
}
