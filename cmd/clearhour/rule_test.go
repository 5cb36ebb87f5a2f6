package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestRuleCommand(t *testing.T) {
	const good = `{"cases": [{"name": "x", "gains": {"A": 1, "B": 2}, "collected": 2}]}`
	for _, c := range []struct {
		args, in, out, err string
		code               int
	}{
		{"LIQ-06", good, `"B": 1`, "", exitOK},
		{"liq-06", good, `"B": 1`, "", exitOK},
		{"--list", "", "LIQ-06   Pro-rata haircut of gains, exact to the last unit\n", "", exitOK},
		{"LIQ-06 --shape", "", `in   {"cases": [{"name": "<text>", "gains": {"<key>": "<int>"}, "collected": "<int>"}]}`, "", exitOK},
		{"LIQ-06", `{}`, "", "rule LIQ-06: cases: missing (clearhour rule LIQ-06 --shape shows what is read)", exitFailed},
		{"LIQ-06", ``, "", "rule LIQ-06: input: the JSON ends too early", exitFailed},
		{"LIQ-99", good, "", `rule "LIQ-99" is unknown: there are LIQ-01, LIQ-02`, exitUsage},
		{"XYZ-1", good, "", `rule "XYZ-1" is unknown: try: clearhour rule --list`, exitUsage},
		{"", good, "", "rule: which one?", exitUsage},
		{"LIQ-06 --list", good, "", "rule: --list goes alone", exitUsage},
		{"LIQ-06 LIQ-05", good, "", "accepts at most 1 arg", exitUsage},
	} {
		var out bytes.Buffer
		cmd := ruleCommand()
		cmd.SilenceUsage, cmd.SilenceErrors = true, true
		cmd.SetArgs(strings.Fields(c.args))
		cmd.SetIn(strings.NewReader(c.in))
		cmd.SetOut(&out)
		err := cmd.Execute()
		text, code := "", exitOK
		if err != nil {
			text, code = err.Error(), exitUsage
		}
		if coded := (*codedError)(nil); errors.As(err, &coded) {
			code = coded.code
		}
		if code != c.code || !strings.Contains(out.String(), c.out) || !strings.HasPrefix(text, c.err) || (err != nil) != (out.Len() == 0) {
			t.Errorf("rule %s < %s = %d %q %q, want %d %q %q", c.args, c.in, code, out.String(), text, c.code, c.out, c.err)
		}
	}
}
