package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clearhour/clearhour/internal/testenv"
)

// asProgram makes the test binary be clearhour itself.
const asProgram = "CLEARHOUR_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program returns a command that runs clearhour with arguments in a directory.
func program(dir string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Dir = dir
	c.Env = append(os.Environ(), asProgram+"=1")
	return c
}

// call runs clearhour to its end and returns its output.
func call(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := program(dir, args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("clearhour %s: %v\n%s%s", strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String()
}

// freeAddress returns a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// running is a demo in a process of its own.
type running struct {
	*exec.Cmd
	address string
	out     bytes.Buffer
}

// startDemo starts a demo and waits until its page answers.
func startDemo(t *testing.T, dir string) *running {
	t.Helper()
	r := &running{address: freeAddress(t)}
	r.Cmd = program(dir, "demo", "--listen", r.address, "--ops", freeAddress(t))
	r.Stdout, r.Stderr = &r.out, &r.out
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for {
		answer, err := http.Get("http://" + r.address + "/")
		if err == nil {
			body, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK && bytes.Contains(body, []byte("<title>")) {
				t.Logf("the page answered %v after the start of the program", time.Since(start).Round(time.Millisecond))
				return r
			}
		}
		if time.Since(start) > 30*time.Second {
			_ = r.Process.Kill()
			t.Fatalf("no page after %v\n%s", time.Since(start), r.out.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// interrupt ends a demo as Ctrl-C does.
func (r *running) interrupt(t *testing.T) {
	t.Helper()
	if err := r.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- r.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Fatalf("the demo ended with %v\n%s", err, r.out.String())
		}
	case <-time.After(20 * time.Second):
		_ = r.Process.Kill()
		t.Fatalf("the demo did not end\n%s", r.out.String())
	}
}

var fillLine = regexp.MustCompile(`filled (\d+) at (\d+\.\d+)`)

func TestDemoTradesAndComesBackTheSame(t *testing.T) {
	dir := t.TempDir()
	d := startDemo(t, dir)
	symbol := demoListings(time.Now())[0].Symbol
	waitFor(t, "two sides in the book", func() bool {
		book := call(t, dir, "trade", "book", symbol, "-o", "json")
		return strings.Count(book, `"orders"`) >= 2 && !strings.Contains(book, `"asks":[]`) && !strings.Contains(book, `"bids":[]`)
	})
	bought := call(t, dir, "trade", "buy", symbol, "1")
	if !fillLine.MatchString(bought) {
		t.Errorf("buy at the market: %q, want a fill", bought)
	}
	rests := call(t, dir, "trade", "sell", symbol, "1", "12.000", "--id", "far-away")
	if !strings.Contains(rests, "open: 1 of 1") {
		t.Errorf("sell far away: %q, want it open", rests)
	}
	future := demoListings(time.Now())[demoDays].Symbol
	waitFor(t, "a fill in the future", func() bool {
		return fillLine.MatchString(call(t, dir, "trade", "buy", future, "1"))
	})
	fleet := demoClasses[0].fleet(time.Time{}).Symbol[:len("AVL.H100C")]
	waitFor(t, "a fill in the future on the availability of the fleet", func() bool {
		return fillLine.MatchString(call(t, dir, "trade", "buy", fleet, "1"))
	})
	if out := call(t, dir, "trade", "quote", future, "0.500", "12.000", "1"); !strings.Contains(out, "1 at 0.500") || !strings.Contains(out, "1 at 12.000") {
		t.Errorf("quote far away: %q, want both sides", out)
	}
	if out := call(t, dir, "trade", "quote", "--window", "1s", "--max-lots", "5"); !strings.Contains(out, "5 lots") {
		t.Errorf("protect quotes: %q", out)
	}
	before := mine(t, dir)
	d.interrupt(t)

	d = startDemo(t, dir)
	if after := mine(t, dir); after != before {
		t.Errorf("after a restart:\n%s\nwant as before:\n%s", after, before)
	}
	if fills := call(t, dir, "trade", "fills"); !strings.Contains(fills, symbol) {
		t.Errorf("fills after a restart: %q, want that of %s", fills, symbol)
	}
	if out := call(t, dir, "trade", "cancel", "far-away"); !strings.Contains(out, "canceled") {
		t.Errorf("cancel: %q", out)
	}
	if out := call(t, dir, "trade", "quote", "--cancel"); !strings.Contains(out, "2 orders canceled") {
		t.Errorf("cancel quotes: %q", out)
	}
	d.interrupt(t)
	report := call(t, dir, "verify", filepath.Join(dir, defaultData))
	if !strings.Contains(report, "difference 0") || !strings.Contains(report, "same state") {
		t.Errorf("verify: %q", report)
	}
}

// mine is what the visitor has: orders, positions and balances. What the mark
// moves is left out.
func mine(t *testing.T, dir string) string {
	t.Helper()
	var positions struct {
		Positions []struct{ Symbol, Qty, Cost string }
	}
	if err := json.Unmarshal([]byte(call(t, dir, "trade", "positions", "-o", "json")), &positions); err != nil {
		t.Fatal(err)
	}
	var balances struct {
		Balances []struct{ Asset, Total string }
	}
	if err := json.Unmarshal([]byte(call(t, dir, "trade", "balances", "-o", "json")), &balances); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(call(t, dir, "trade", "orders"), positions, balances)
}

// waitFor polls what the demo's traders bring about.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s after 30 s", what)
		}
	}
}

func TestSessionFileIsForThePageAlone(t *testing.T) {
	dir := t.TempDir()
	d := startDemo(t, dir)
	defer d.interrupt(t)
	ask := func(host, site string) int {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+d.address+"/demo/session.json", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		if site != "" {
			r.Header.Set("Sec-Fetch-Site", site)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	for _, c := range []struct {
		host, site string
		want       int
	}{
		{d.address, "same-origin", 200},
		{d.address, "", 200},
		{d.address, "cross-site", 404},
		{d.address, "same-site", 404},
		{"evil.example:8080", "same-origin", 404},
		{"evil.example", "", 404},
	} {
		if got := ask(c.host, c.site); got != c.want {
			t.Errorf("session file for host %s from %q: %d, want %d", c.host, c.site, got, c.want)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		code int
		text string
	}{
		{[]string{"trade", "balances"}, exitFailed, "no credentials"},
		{[]string{"serve", "--listen", "0.0.0.0:8080"}, exitUsage, "not loopback"},
		{[]string{"serve", "--data", filepath.Join(dir, "empty"), "--listen", freeAddress(t), "--ops", ""}, exitFailed, "nothing is listed"},
		{[]string{"demo", "--offers", "x"}, exitUsage, "go together"},
		{[]string{"frobnicate"}, exitUsage, "unknown command"},
		{[]string{"replay", "lobster", "no-file", "no-file"}, exitFailed, "no such file"},
	} {
		p := program(dir, c.args...)
		out, err := p.CombinedOutput()
		if code := p.ProcessState.ExitCode(); err == nil || code != c.code || !strings.Contains(string(out), c.text) {
			t.Errorf("clearhour %v: exit %d, %q; want exit %d and %q", c.args, code, out, c.code, c.text)
		}
	}
}

// TestInterrupted ends work that is not done, as Ctrl-C does: with its code, a
// word, and nothing left behind.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	p := program(dir, "replay", "mixed", "--commands", "100000000")
	p.Env = append(p.Env, "TMPDIR="+dir)
	var out bytes.Buffer
	p.Stdout, p.Stderr = &out, &out
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "journal of the run", func() bool {
		found, err := filepath.Glob(filepath.Join(dir, "clearhour-mixed-*", "journal", "journal-*"))
		return err == nil && len(found) > 0
	})
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := p.Wait()
	if code := p.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(out.String(), "interrupted") {
		t.Errorf("interrupted run ended with %v, %q; want exit code %d", err, out.String(), exitInterrupted)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("interrupted run left %v (%v)", left, err)
	}
}

// rules: AUTH-08

func TestRevokedKeyIsOutWithinSeconds(t *testing.T) {
	dir := t.TempDir()
	d := startDemo(t, dir)
	defer d.interrupt(t)
	call(t, dir, "trade", "balances")
	watch := program(dir, "trade", "watch", "--output", "json")
	watched, err := watch.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := watched.Read(make([]byte, 1)); err != nil {
		t.Fatalf("watch prints nothing: %v", err)
	}
	revoked := time.Now()
	for _, key := range []string{"demo-trade", "demo-watch"} {
		call(t, dir, "keys", "revoke", key, "--data", filepath.Join(dir, defaultData))
	}
	_, _ = io.Copy(io.Discard, watched)
	if err := watch.Wait(); watch.ProcessState.ExitCode() != exitAuth {
		t.Errorf("watch with a revoked key ended with %v, want exit code %d", err, exitAuth)
	}
	t.Logf("the session ended %v after its key was revoked", time.Since(revoked).Round(time.Millisecond))
	waitFor(t, "refusal of a revoked key", func() bool {
		p := program(dir, "trade", "balances")
		out, _ := p.CombinedOutput()
		return p.ProcessState.ExitCode() == exitAuth && strings.Contains(string(out), "AUTH_INVALID_KEY")
	})
}

func TestPageTradesOnTheDemo(t *testing.T) {
	d := startDemo(t, t.TempDir())
	defer d.interrupt(t)
	p := testenv.OpenTradePage(t, "http://"+d.address+"/", testenv.Look{Width: 1280, Height: 800})
	p.Trade()
}
