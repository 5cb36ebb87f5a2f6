package rule

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestExtremes puts extreme numbers in the place of those of each example: the
// rule answers or refuses by path, and never stops on a broken invariant.
func TestExtremes(t *testing.T) {
	for _, r := range List() {
		raw := example(t, r.ID)
		t.Run(r.ID, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				d := json.NewDecoder(strings.NewReader(raw))
				d.UseNumber()
				var in any
				if err := d.Decode(&in); err != nil {
					t.Fatal(err)
				}
				odds := rapid.IntRange(2, 12).Draw(t, "odds")
				changed, err := json.Marshal(extreme(t, in, odds))
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					if p := recover(); p != nil {
						t.Fatalf("Run(%s, %s) panics: %v", r.ID, changed, p)
					}
				}()
				out, err := r.Run(changed)
				var e *Error
				if err != nil && (!errors.As(err, &e) || e.Path == "" || e.Problem == "") {
					t.Fatalf("Run(%s, %s) = %v, want an *Error with a path", r.ID, changed, err)
				}
				if err == nil && !json.Valid(out) {
					t.Fatalf("Run(%s, %s) = %q", r.ID, changed, out)
				}
			})
		})
	}
}

// extreme replaces about one in some numbers of a JSON value.
func extreme(t *rapid.T, v any, odds int) any {
	replace := func() bool { return rapid.IntRange(1, odds).Draw(t, "replace") == 1 }
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			v[k] = extreme(t, v[k], odds)
		}
	case []any:
		for i := range v {
			v[i] = extreme(t, v[i], odds)
		}
		if len(v) > 0 && replace() {
			return v[:rapid.IntRange(0, len(v)).Draw(t, "length")]
		}
	case string:
		if strings.Trim(v, "-.0123456789") == "" && replace() {
			return rapid.SampledFrom([]string{
				"0", "-0", "-1", "1", "0.000001", "0.0000000001", "-0.5", "0.5", "0.999999", "999999999999", "2147483647", "4611686018427.387904",
				"1152921504606.846975", "1152921504606846975", "9223372036854775807", "-9223372036854775808", "123456789.123456789",
			}).Draw(t, "decimal")
		}
	case json.Number:
		if replace() {
			return json.Number(rapid.SampledFrom([]string{
				"0", "-1", "1", "2", "1000000", "2147483647", "-2147483647", "2147483648", "1152921504606846975", "9223372036854775807", "-9223372036854775808",
			}).Draw(t, "int"))
		}
	}
	return v
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
