package gateway_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/internal/script"
)

const (
	errorsPage  = "../docs/spec/errors.md"
	messagePage = "../docs/spec/fix-json.md"
	generated   = "<!-- The rest of this page is generated from the dictionary of package gateway. -->\n"
)

// golden compares a page with what it should be, or writes it.
func golden(t *testing.T, path, want string) {
	t.Helper()
	if script.Rewriting() {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the code says; run the test with -rewrite", path)
	}
}

func TestErrorsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Error catalogue

Every refusal carries a number (ErrorCode(25016) in FIX, ` + "`numeric`" + ` in REST) and stands here under a name that never changes. A
request whose error is retryable may be sent again unchanged. This page is generated from the table in package gateway.

| number | name | 373 | 103 | 102 | 380 | 281 | retryable | meaning |
|---|---|---|---|---|---|---|---|---|
`)
	last := gateway.CodeNone
	for _, e := range gateway.Catalogue {
		if e.Code <= last {
			t.Errorf("%d %s stands after %d", e.Code, e.Name, last)
		}
		last = e.Code
		retry := ""
		if e.Retryable {
			retry = "yes"
		}
		cell := func(v int16, number int64) string {
			if v == 0 {
				return ""
			}
			return fmt.Sprint(number)
		}
		md := ""
		if e.FIX.MarketData != 0 {
			md = string(rune(e.FIX.MarketDataReason()))
		}
		fmt.Fprintf(&b, "| %d | `%s` | %s | %s | %s | %s | %s | %s | %s |\n", e.Code, e.Name, cell(e.FIX.Reject, e.FIX.RejectReason()),
			cell(e.FIX.Order, e.FIX.OrderReason()), cell(e.FIX.Cancel, e.FIX.CancelReason()), cell(e.FIX.Business, e.FIX.BusinessReason()), md, retry, e.Text)
	}
	golden(t, errorsPage, b.String())
}

// TestMessagePage checks the tables and the examples of the page.
func TestMessagePage(t *testing.T) {
	page, err := os.ReadFile(messagePage)
	if err != nil {
		t.Fatal(err)
	}
	text, _, ok := strings.Cut(string(page), generated)
	if !ok {
		t.Fatal("the page has lost its mark")
	}
	golden(t, messagePage, text+generated+tables())
	examples := 0
	for i, block := range strings.Split(text, "```json\n")[1:] {
		frame, _, _ := strings.Cut(block, "```")
		var m gateway.Message
		err := gateway.Decode([]byte(strings.TrimSpace(frame)), &m)
		if p := m.Problem(); err != nil || p.Is() {
			t.Errorf("example %d: %v %+v\n%s", i+1, err, p, frame)
		}
		examples++
	}
	if examples < 8 {
		t.Errorf("%d examples, want at least 8", examples)
	}
}

func tables() string {
	var b strings.Builder
	b.WriteString("\n## Messages\n\n| type | name | to the venue | from the venue |\n|---|---|---|---|\n")
	yes := func(v bool) string {
		if v {
			return "x"
		}
		return ""
	}
	for _, m := range gateway.Messages {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", m.Type, m.Name, yes(m.In), yes(m.Out))
	}
	b.WriteString("\n## Fields\n\nA star marks the messages that require the field. Fields of a group stand in its entries; the first one is required there.\n\n")
	b.WriteString("| tag | name | type | messages | group |\n|---|---|---|---|---|\n")
	names := map[gateway.Tag]string{}
	for _, f := range gateway.Dictionary {
		names[f.Tag] = f.Name
	}
	for _, f := range gateway.Dictionary {
		var members []string
		for _, m := range f.Members {
			members = append(members, names[m])
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s |\n", f.Tag, f.Name, f.Format, f.In, strings.Join(members, ", "))
	}
	return b.String()
}

// TestCodes checks that every reason of the core has a code of its own meaning.
func TestCodes(t *testing.T) {
	names := map[string]bool{}
	for _, e := range gateway.Catalogue {
		if names[e.Name] || e.Text == "" || !strings.HasSuffix(e.Text, ".") {
			t.Errorf("entry %d %s: a name stands once, the text is a sentence", e.Code, e.Name)
		}
		names[e.Name] = true
	}
}
