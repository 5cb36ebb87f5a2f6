package scale

import (
	"math"
	"regexp"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

const goFIX = "20060102-15:04:05"

func TestTimeTexts(t *testing.T) {
	at := venue.Time(time.Date(2026, 12, 1, 9, 5, 3, 120_045_006, time.UTC).UnixNano())
	tests := []struct{ got, want string }{
		{string(AppendUTCTimestamp(nil, at, 0)), "20261201-09:05:03"},
		{string(AppendUTCTimestamp(nil, at, 3)), "20261201-09:05:03.120"},
		{string(AppendUTCTimestamp(nil, at, 6)), "20261201-09:05:03.120045"},
		{string(AppendUTCTimestamp([]byte("60="), at, 9)), "60=20261201-09:05:03.120045006"},
		{string(AppendRFC3339(nil, at, 0)), "2026-12-01T09:05:03Z"},
		{string(AppendRFC3339(nil, at, 9)), "2026-12-01T09:05:03.120045006Z"},
		{string(AppendRFC3339(nil, at, 12)), "2026-12-01T09:05:03.120045006Z"},
		{string(AppendRFC3339(nil, at, -1)), "2026-12-01T09:05:03Z"},
		{string(AppendUTCTimestamp(nil, -1, 9)), "19691231-23:59:59.999999999"},
		{string(AppendUTCTimestamp(nil, -1, 3)), "19691231-23:59:59.999"},
		{string(AppendUTCTimestamp(nil, math.MinInt64, 9)), "16770921-00:12:43.145224192"},
		{string(AppendRFC3339(nil, math.MaxInt64, 9)), "2262-04-11T23:47:16.854775807Z"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

func TestTimeErrors(t *testing.T) {
	fix := []struct {
		text string
		want Problem
	}{
		{"20261201-09:05:03", 0},
		{"20240229-00:00:00", 0},
		{"20000229-23:59:59.999", 0},
		{"16770921-00:12:43.145224192", 0},
		{"22620411-23:47:16.854775807", 0},
		{"16770921-00:12:43.145224191", TimeOutOfRange},
		{"16770921-00:12:43", TimeOutOfRange},
		{"22620411-23:47:16.854775808", TimeOutOfRange},
		{"00000101-00:00:00", TimeOutOfRange},
		{"99991231-23:59:59.999999999", TimeOutOfRange},
		{"20250229-00:00:00", NotATime},
		{"19000229-00:00:00", NotATime},
		{"20260431-00:00:00", NotATime},
		{"20261301-00:00:00", NotATime},
		{"20260001-00:00:00", NotATime},
		{"20260100-00:00:00", NotATime},
		{"20260101-24:00:00", NotATime},
		{"20260101-00:60:00", NotATime},
		{"20260101-23:59:60", NotATime},
		{"20260101-00:00:00.", NotATime},
		{"20260101-00:00:00.1", NotATime},
		{"20260101-00:00:00.1234", NotATime},
		{"20260101-00:00:00.123456789012", NotATime},
		{"20260101-00:00:00.12x", NotATime},
		{"20260101-00:00:00,123", NotATime},
		{"20260101 00:00:00", NotATime},
		{"2026010x-00:00:00", NotATime},
		{"-0260101-00:00:00", NotATime},
		{"", NotATime},
	}
	for _, tt := range fix {
		if _, err := ParseUTCTimestamp(tt.text); problemOf(err) != tt.want {
			t.Errorf("ParseUTCTimestamp(%q) gives %v, want problem %d", tt.text, err, tt.want)
		}
	}
	rfc := []struct {
		text string
		want Problem
	}{
		{"2026-12-01T09:05:03Z", 0},
		{"2026-12-01T09:05:03.5Z", 0},
		{"2026-12-01T09:05:03.123456789Z", 0},
		{"9999-12-01T09:05:03Z", TimeOutOfRange},
		{"2026-12-01T09:05:03", NotATime},
		{"2026-12-01T09:05:03.Z", NotATime},
		{"2026-12-01T09:05:03.1234567890Z", NotATime},
		{"2026-12-01T09:05:03+00:00", NotATime},
		{"2026-12-01t09:05:03z", NotATime},
		{"2026-12-01 09:05:03Z", NotATime},
		{"2026-02-30T09:05:03Z", NotATime},
		{"2026-12-01T09:05:03ZZ", NotATime},
		{"", NotATime},
	}
	for _, tt := range rfc {
		if _, err := ParseRFC3339(tt.text); problemOf(err) != tt.want {
			t.Errorf("ParseRFC3339(%q) gives %v, want problem %d", tt.text, err, tt.want)
		}
	}
	_, err := ParseUTCTimestamp("tomorrow")
	if got, want := message(err), `value "tomorrow" is not a time of the form YYYYMMDD-HH:MM:SS[.sss[sss[sss]]]`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func problemOf(err *Error) Problem {
	if err == nil {
		return 0
	}
	return err.Problem
}

// TestEveryDay compares the calendar with that of package time.
func TestEveryDay(t *testing.T) {
	for d := time.Date(1677, 9, 22, 0, 0, 0, 0, time.UTC); d.Year() < 2262; d = d.AddDate(0, 0, 1) {
		text := d.Format(goFIX)
		got, err := ParseUTCTimestamp(text)
		if err != nil || int64(got) != d.UnixNano() {
			t.Fatalf("ParseUTCTimestamp(%s) = %d, %v, want %d", text, got, err, d.UnixNano())
		}
		if back := string(AppendUTCTimestamp(nil, got, 0)); back != text {
			t.Fatalf("AppendUTCTimestamp(%d) = %s, want %s", got, back, text)
		}
	}
}

func TestTimeAgainstStandard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := venue.Time(rapid.Int64().Draw(t, "time"))
		std := time.Unix(0, int64(at)).UTC()
		for _, f := range []struct {
			decimals int
			layout   string
		}{{0, ""}, {3, ".000"}, {6, ".000000"}, {9, ".000000000"}} {
			fix, rfc := AppendUTCTimestamp(nil, at, f.decimals), AppendRFC3339(nil, at, f.decimals)
			if want := std.Format(goFIX + f.layout); string(fix) != want {
				t.Fatalf("AppendUTCTimestamp(%d, %d) = %s, want %s", at, f.decimals, fix, want)
			}
			if want := std.Format("2006-01-02T15:04:05" + f.layout + "Z"); string(rfc) != want {
				t.Fatalf("AppendRFC3339(%d, %d) = %s, want %s", at, f.decimals, rfc, want)
			}
			if f.decimals < 9 {
				continue
			}
			if got, err := ParseUTCTimestamp(fix); err != nil || got != at {
				t.Fatalf("ParseUTCTimestamp(%s) = %d, %v, want %d", fix, got, err, at)
			}
			if got, err := ParseRFC3339(rfc); err != nil || got != at {
				t.Fatalf("ParseRFC3339(%s) = %d, %v, want %d", rfc, got, err, at)
			}
		}
	})
}

var fixTime = regexp.MustCompile(`^\d{8}-\d\d:\d\d:\d\d(\.(\d{3}){1,3})?$`)

// compareTime reads a text with package time, which takes more forms and more years.
func compareTime(t failer, s string) {
	t.Helper()
	std, stdErr := time.Parse(goFIX, s)
	got, err := ParseUTCTimestamp(s)
	early, late := time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)
	want := Problem(0)
	switch {
	case stdErr != nil || !fixTime.MatchString(s):
		want = NotATime
	case std.Before(early) || std.After(late):
		want = TimeOutOfRange
	}
	if problemOf(err) != want || want == 0 && int64(got) != std.UnixNano() {
		t.Fatalf("ParseUTCTimestamp(%q) = %d, %v, want %v, problem %d", s, got, err, std, want)
	}
}

func TestParseTimeAgainstStandard(t *testing.T) {
	texts := rapid.OneOf(
		rapid.StringMatching(`[012][0-9]{3}[01][0-9][0-3][0-9]-[012][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{3,9})?`),
		rapid.StringMatching(`20[0-9]{2}0[1-9][0-2][0-9]-[01][0-9]:[0-5][0-9]:[0-5][0-9](\.([0-9]{3}){1,3})?`),
		rapid.StringMatching(`(16770921|22620411)-(00:12:43|23:47:16)(\.([0-9]{3}){1,3})?`),
	)
	rapid.Check(t, func(t *rapid.T) { compareTime(t, texts.Draw(t, "text")) })
}

func FuzzParseUTCTimestamp(f *testing.F) {
	f.Add("20261201-09:05:03")
	f.Add("16770921-00:12:43.145224192")
	f.Add("20240229-23:59:60.999")
	f.Fuzz(func(t *testing.T, s string) {
		compareTime(t, s)
		if at, err := ParseRFC3339(s); err == nil {
			if back, err := ParseRFC3339(AppendRFC3339(nil, at, 9)); err != nil || back != at {
				t.Fatalf("%q is %d and comes back as %d, %v", s, at, back, err)
			}
		}
	})
}
