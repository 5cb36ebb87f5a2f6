package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// office is a venue in a process of its own, started from the genesis file of the
// runbook, with the keys of its operators.
type office struct {
	t       *testing.T
	dir     string
	address string
	secrets map[string]string
}

var (
	secretLine  = regexp.MustCompile(`secret +(\S+)`)
	genesisText = regexp.MustCompile("(?s)```json genesis\n(.*?)```")
)

func openOffice(t *testing.T) *office {
	t.Helper()
	page, err := os.ReadFile("../../docs/runbook/venue.md")
	if err != nil {
		t.Fatal(err)
	}
	example := genesisText.FindSubmatch(page)
	if example == nil {
		t.Fatal("docs/runbook/venue.md has no genesis file")
	}
	return openOfficeWith(t, func() []byte { return example[1] }, map[string][]string{
		"ann": {"--operator", "1"}, "ann2": {"--operator", "1"}, "ben": {"--operator", "2"}, "mallory": {"--operator", "9"},
		"feed1": {"--source", "1"}, "trader": {"--account", "16"},
	})
}

// openOfficeWith makes the keys, and then the genesis file with which it starts.
func openOfficeWith(t *testing.T, genesis func() []byte, keys map[string][]string) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), address: freeAddress(t), secrets: map[string]string{}}
	for name, flags := range keys {
		out := call(t, o.dir, append([]string{"keys", "create", name, "--kind", "hmac", "--data", "data"}, flags...)...)
		o.secrets[name] = secretLine.FindStringSubmatch(out)[1]
	}
	if err := os.WriteFile(filepath.Join(o.dir, "genesis.json"), genesis(), 0o600); err != nil {
		t.Fatal(err)
	}
	o.start()
	return o
}

func (o *office) start() {
	o.t.Helper()
	var log bytes.Buffer
	c := program(o.dir, "serve", "--data", "data", "--genesis", "genesis.json", "--listen", o.address, "--ops", "")
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		answer, err := http.Get("http://" + o.address + "/readyz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Since(start) > 30*time.Second {
			_ = c.Process.Kill()
			_ = c.Wait()
			o.t.Fatalf("the venue does not answer\n%s", log.String())
		}
	}
}

// admin runs `clearhour admin` with somebody's key and returns its output.
func (o *office) admin(who string, args ...string) (string, bool) {
	o.t.Helper()
	c := program(o.dir, append([]string{"admin", "--url", "http://" + o.address, "--key", who}, args...)...)
	c.Env = append(c.Env, "CLEARHOUR_SECRET="+o.secrets[who])
	out, err := c.CombinedOutput()
	return string(out), err == nil
}

func (o *office) wants(want string, who string, args ...string) {
	o.t.Helper()
	if out, ok := o.admin(who, args...); !ok || !strings.Contains(out, want) {
		o.t.Fatalf("%s: admin %s: %v\n%s\nwant %q", who, strings.Join(args, " "), ok, out, want)
	}
}

func (o *office) refuses(want string, who string, args ...string) {
	o.t.Helper()
	if out, ok := o.admin(who, args...); ok || !strings.Contains(out, want) {
		o.t.Fatalf("%s: admin %s: %v\n%s\nwant it refused with %q", who, strings.Join(args, " "), ok, out, want)
	}
}

func (o *office) get(path string) string {
	o.t.Helper()
	answer, err := http.Get("http://" + o.address + path)
	if err != nil {
		o.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return string(body)
}

func (o *office) phase(want string) {
	o.t.Helper()
	if got := o.get("/v1/ticker?symbol=H100C.NAE.M.2027-01"); !strings.Contains(got, `"phase":"`+want+`"`) {
		o.t.Fatalf("ticker %s, want phase %s", got, want)
	}
}

// TestOperators halts a market with two keys and resumes it, changes a margin with
// notice, and is refused with one key, with two keys of one operator, with the key
// of somebody who is no operator, and with a trader's key.
//
// rules: ADM-05, ADM-06, ADM-07, ADM-08, ADM-09
func TestOperators(t *testing.T) {
	const symbol = "H100C.NAE.M.2027-01"
	o := openOffice(t)
	o.phase("continuous")

	halt := []string{"propose", "phase", symbol, "halted", "--reason", "market-integrity", "--id", "halt-1"}
	o.refuses("no scope", "trader", halt...)
	o.refuses("no operator", "mallory", halt...)
	o.wants("waits for another operator", "ann", halt...)
	o.phase("continuous")
	o.refuses("cannot approve", "ann", "approve", "halt-1")
	o.refuses("cannot approve", "ann2", "approve", "halt-1")
	o.refuses("no operator", "mallory", "approve", "halt-1")
	o.refuses("digest", "ben", "approve", "halt-1", "--digest", strings.Repeat("0", 64))
	o.phase("continuous")
	o.wants("halt-1 applied", "ben", "approve", "halt-1")
	o.phase("halted")
	o.refuses("No change", "ben", "approve", "halt-1")

	o.wants("proposed", "ben", "propose", "phase", symbol, "continuous", "--reason", "market-integrity", "--id", "open-1")
	o.wants("open-1 applied", "ann", "approve", "open-1")
	o.phase("continuous")

	terms := []string{"propose", "terms", symbol, "--bracket", "/0.2/0.1", "--reason", "risk", "--id", "raise"}
	o.refuses("0.200000", "ann", "propose", "terms", symbol, "--bracket", "/0.9/0.1", "--reason", "risk")
	o.wants("proposed", "ann", terms...)
	o.wants("effective", "ben", "approve", "raise")
	o.wants("approved", "ann", "list")
	o.wants("no account would be in another state", "ann", "impact", "raise")
	if got := o.get("/v1/changes/raise/impact"); !strings.Contains(got, `"accounts":1,"complete":true,"states":[]`) {
		t.Errorf("impact of a change: %s", got)
	}
	if err := os.WriteFile(filepath.Join(o.dir, "halved.json"), []byte(`{"mark": {"symbol": "`+symbol+`", "price": "1.100"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	o.wants("could not be made now", "ann", "impact", "halved.json") // Its mark follows an index.
	o.refuses("no scope", "trader", "impact", "raise")
	o.refuses("No change", "ann", "impact", "halt-1")
	if got := o.get("/v1/instruments/" + symbol); !strings.Contains(got, `"initial":"0.1`) {
		t.Errorf("a change with notice is in force at once: %s", got)
	}
	o.wants("raise canceled", "ben", "cancel", "raise", "--reason", "risk")

	if err := os.WriteFile(filepath.Join(o.dir, "fund.json"), []byte(`{"insurance": {"amount": "500"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	o.wants("proposed", "ann", "propose", "file", "fund.json", "--reason", "risk", "--id", "fund")
	o.wants("applied", "ben", "approve", "fund")
	o.wants("applied", "ben", "list")

	o.wants("taken", "feed1", "reading", "PIX.H100C.NAE.H", "2.150", "100")
	o.refuses("no scope", "ann", "reading", "PIX.H100C.NAE.H", "2.150", "100")
	o.refuses("no such index", "feed1", "reading", "NOTHING", "2.150", "100")
	o.refuses("quantity", "feed1", "reading", "PIX.H100C.NAE.H", "2.150", "0.5")
	o.refuses("kind", "feed1", "meter", "PIX.H100C.NAE.H", "2027-01-01T00:00:00Z", "1", "1")
}

func TestEffective(t *testing.T) {
	now := time.UnixMilli(1_800_000_000_000)
	for text, want := range map[string]int64{"": 0, "+24h": 1_800_086_400_000, "2027-01-15T08:00:00Z": 1_800_000_000_000} {
		if got, err := effectiveMS(text, now); got != want || err != nil {
			t.Errorf("effectiveMS(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"tomorrow", "+soon"} {
		if got, err := effectiveMS(text, now); err == nil {
			t.Errorf("effectiveMS(%q) = %d, want an error", text, got)
		}
	}
}
