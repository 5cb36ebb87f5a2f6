package testenv

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestChromiumRunsAPage(t *testing.T) {
	tab := Chromium(t)
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><button onclick="out.textContent = 6 * 7">go</button><p id="out"></p>`)
	})
	server := httptest.NewServer(page)
	defer server.Close()
	if err := chromedp.Do(tab, chromedp.Navigate(server.URL), chromedp.Click("button")); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(tab, chromedp.Text("#out"))
	if err != nil || got != "42" {
		t.Errorf("after a click the page shows %q, %v, want 42", got, err)
	}
}

func TestDataIsFoundThroughTheVariable(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CLEARHOUR_DATA", dir)
	want := filepath.Join(dir, "a.csv")
	if err := os.WriteFile(want, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Data(t, "a.csv"); got != want {
		t.Errorf("Data(a.csv) = %q, want %q", got, want)
	}
}

// outcome records how a test ended.
type outcome struct {
	testing.TB
	skipped, failed string
}

func (o *outcome) Helper() {}

func (o *outcome) Skip(args ...any) {
	o.skipped = fmt.Sprint(args...)
	runtime.Goexit()
}

func (o *outcome) Fatalf(format string, args ...any) {
	o.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func outcomeOf(f func(testing.TB)) *outcome {
	o := &outcome{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(o)
	}()
	<-done
	return o
}

func TestMissingSkipsOrFailsWithASentence(t *testing.T) {
	t.Setenv("CLEARHOUR_DATA", t.TempDir())
	t.Setenv("CLEARHOUR_REQUIRE", "")
	o := outcomeOf(func(tb testing.TB) { Data(tb, "absent.csv") })
	if !strings.Contains(o.skipped, "absent.csv") || o.failed != "" {
		t.Errorf("without the file: skipped %q, failed %q, want a skip that names absent.csv", o.skipped, o.failed)
	}
	t.Setenv("CLEARHOUR_REQUIRE", "chromium,data")
	o = outcomeOf(func(tb testing.TB) { Data(tb, "absent.csv") })
	if !strings.Contains(o.failed, "absent.csv") || o.skipped != "" {
		t.Errorf("with data required: skipped %q, failed %q, want a failure that names absent.csv", o.skipped, o.failed)
	}
}
