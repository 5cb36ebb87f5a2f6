package testenv

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
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
