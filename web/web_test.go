package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/clearhour/clearhour/internal/testenv"
	"github.com/clearhour/clearhour/web"
)

// get asks the handler for a path.
func get(t *testing.T, method, path string, headers map[string]string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	web.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	check(t, err)
	return string(b)
}

func TestHandlerAnswers(t *testing.T) {
	tests := []struct {
		method, path string
		status       int
		contentType  string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8"},
		{"GET", "/index.html", 200, "text/html; charset=utf-8"},
		{"HEAD", "/app.js", 200, "text/javascript; charset=utf-8"},
		{"GET", "/app.css", 200, "text/css; charset=utf-8"},
		{"GET", "/inter.woff2", 200, "font/woff2"},
		{"GET", "/icon.svg", 200, "image/svg+xml"},
		{"GET", "/web.go", 404, "text/plain; charset=utf-8"},
		{"GET", "/../web.go", 404, "text/plain; charset=utf-8"},
		{"POST", "/", 405, "text/plain; charset=utf-8"},
	}
	for _, tt := range tests {
		r := get(t, tt.method, tt.path, nil)
		if r.StatusCode != tt.status || r.Header.Get("Content-Type") != tt.contentType {
			t.Errorf("%s %s = %d %q, want %d %q", tt.method, tt.path, r.StatusCode, r.Header.Get("Content-Type"), tt.status, tt.contentType)
		}
		for _, part := range []string{"default-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
			if got := r.Header.Get("Content-Security-Policy"); !strings.Contains(got, part) || strings.Contains(got, "unsafe") {
				t.Errorf("%s %s has the policy %q, want it to have %q and nothing unsafe", tt.method, tt.path, got, part)
			}
		}
		if got := r.Header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s %s has X-Content-Type-Options %q, want nosniff", tt.method, tt.path, got)
		}
		if b := body(t, r.Body); tt.method == "HEAD" && b != "" {
			t.Errorf("HEAD %s has a body of %d bytes", tt.path, len(b))
		}
	}
}

func TestHandlerCompressesAndRevalidates(t *testing.T) {
	plain := get(t, "GET", "/app.js", nil)
	want := body(t, plain.Body)
	packed := get(t, "GET", "/app.js", map[string]string{"Accept-Encoding": "br, gzip;q=0.8"})
	if got := packed.Header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding = %q, want gzip", got)
	}
	z, err := gzip.NewReader(packed.Body)
	check(t, err)
	if got := body(t, z); got != want {
		t.Errorf("the compressed script has %d bytes, want the %d of the plain one", len(got), len(want))
	}
	if got := get(t, "GET", "/app.js", map[string]string{"Accept-Encoding": "gzip;q=0"}).Header.Get("Content-Encoding"); got != "" {
		t.Errorf("with gzip;q=0 Content-Encoding = %q, want none", got)
	}
	tag, packedTag := plain.Header.Get("ETag"), packed.Header.Get("ETag")
	if tag == "" || tag == packedTag {
		t.Errorf("ETags are %q plain and %q compressed, want two different ones", tag, packedTag)
	}
	for _, header := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
		if r := get(t, "GET", "/app.js", map[string]string{"If-None-Match": header}); r.StatusCode != http.StatusNotModified {
			t.Errorf("If-None-Match %s = %d, want 304", header, r.StatusCode)
		}
	}
	if r := get(t, "GET", "/app.js", map[string]string{"If-None-Match": packedTag}); r.StatusCode != http.StatusOK {
		t.Errorf("the tag of the compressed script = %d for the plain one, want 200", r.StatusCode)
	}
}

// TestPageHasNothingInline guards what the policy would block.
func TestPageHasNothingInline(t *testing.T) {
	page := body(t, get(t, "GET", "/", nil).Body)
	for _, bad := range []string{`<style`, `style="`, `<script>`, `javascript:`, `https?://`, ` on[a-z]+="`} {
		if m := regexp.MustCompile(bad).FindString(page); m != "" {
			t.Errorf("the page has %q", m)
		}
	}
}

// bundler returns the command of the bundler, or skips.
func bundler(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	root := testenv.Root(t)
	tool := []string{"tool", "-modfile=tools/go.mod", "esbuild"}
	probe := exec.Command("go", append(tool, "--version")...)
	probe.Dir = root
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("The bundler of tools/go.mod cannot be built here, so the bundle is not compared with its sources: %v: %s", err, out)
	}
	c := exec.Command("go", append(tool, args...)...)
	c.Dir = root
	return c
}

func TestBundleIsWhatTheSourcesGive(t *testing.T) {
	bundler(t)
	root, dir := testenv.Root(t), t.TempDir()
	c := exec.Command("bash", "web/build.sh", dir)
	c.Dir = root
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("build the page: %v\n%s", err, out)
	}
	dist := filepath.Join(root, "web", "dist")
	names := map[string]bool{}
	for _, d := range []string{dir, dist} {
		list, err := os.ReadDir(d)
		check(t, err)
		for _, e := range list {
			names[e.Name()] = true
		}
	}
	for name := range names {
		want, _ := os.ReadFile(filepath.Join(dir, name))
		got, err := os.ReadFile(filepath.Join(dist, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("web/dist/%s is not what web/src gives (%d bytes, want %d, %v): run make web", name, len(got), len(want), err)
		}
	}
}

// TestLogic runs the tests of web/src/test in the browser.
func TestLogic(t *testing.T) {
	dir := t.TempDir()
	out, err := bundler(t, "web/src/test/all.ts", "--bundle", "--target=es2022", "--sourcemap=inline", "--outfile="+filepath.Join(dir, "test.js")).CombinedOutput()
	if err != nil {
		t.Fatalf("bundle the tests: %v\n%s", err, out)
	}
	check(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte(`<!doctype html><title>tests</title><script src="test.js"></script>`), 0o600))
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	p := testenv.OpenTradePage(t, server.URL+"/", desk)
	p.Wait("the tests", `window.results`)
	text, err := chromedp.Run(p.Tab, chromedp.Evaluate[string](`window.results.then(JSON.stringify)`, chromedp.EvalAwaitPromise))
	check(t, err)
	var results []struct{ Name, Error string }
	check(t, json.Unmarshal([]byte(text), &results))
	if len(results) < 15 {
		t.Errorf("%d tests ran, want all of web/src/test", len(results))
	}
	for _, r := range results {
		if r.Error != "" {
			t.Errorf("%s: %s", r.Name, r.Error)
		}
	}
}
