package testenv

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browserLimit bounds what a test does with its browser, start included.
const browserLimit = 2 * time.Minute

// browsers are the names under which distributions install Chromium.
var browsers = []string{
	"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
	"chromium", "chromium-browser", "google-chrome",
}

// Chromium starts a headless browser with an empty profile and returns the
// chromedp context of its first tab. The browser ends with the test, and no
// later than two minutes after its start. Without Chromium the test skips.
func Chromium(t testing.TB) context.Context {
	t.Helper()
	path := findBrowser()
	if path == "" {
		missing(t, "chromium", "Chromium is not installed; the page is not tested. On Debian: apt-get install chromium.")
	}
	limited, cancel := context.WithTimeout(context.Background(), browserLimit)
	t.Cleanup(cancel)
	allocator, stop := chromedp.NewExecAllocator(limited, options(path)...)
	t.Cleanup(stop)
	tab, closeTab := chromedp.NewContext(allocator, chromedp.WithErrorf(t.Logf))
	t.Cleanup(closeTab)
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("testenv: start %s: %v", path, err)
	}
	// Cancel waits until the browser has gone and its profile is deleted.
	t.Cleanup(func() {
		if err := chromedp.Cancel(tab); err != nil {
			t.Logf("testenv: stop the browser: %v", err)
		}
	})
	return tab
}

func findBrowser() string {
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// options keeps the browser off the network but for the pages asked for, and
// lets it run where tests run as root. The allocator adds an empty profile.
func options(path string) []chromedp.ExecAllocatorOption {
	opts := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	opts = append(
		opts,
		chromedp.ExecPath(path),
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(1280, 800),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	// The sandbox needs rights that containers seldom give to root.
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	return opts
}
