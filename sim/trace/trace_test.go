package trace

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/internal/testenv"
	"github.com/clearhour/clearhour/venue"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCeil(t *testing.T) {
	for _, c := range []struct {
		text   string
		places int
		want   int64
	}{
		{"66.0", 0, 66},
		{"66.1", 0, 67},
		{"0", 0, 0},
		{"0.18666666666666668", 12, 186_666_666_667},
		{"2.5", 3, 2500},
		{"2.500000", 3, 2500},
		{"7", 2, 700},
		{"0.0004", 3, 1},
	} {
		if got, err := ceil(c.text, c.places); err != nil || got != c.want {
			t.Errorf("ceil(%q, %d) = %d, %v; want %d", c.text, c.places, got, err, c.want)
		}
	}
	for _, bad := range []string{"", "1e5", "NaN", "1.2.3", "99999999999999999999", "0x10"} {
		if got, err := ceil(bad, 2); err == nil {
			t.Errorf("ceil(%q, 2) = %d, want an error", bad, got)
		}
	}
}

func TestOffers(t *testing.T) {
	offers, err := ReadOffers(file(t, "host_id,model,machine_id,num_gpus,dph_total,collected_utc\n"+
		"7,H100 SXM,42,8,17.2,2026-03-06T10:00:00+00:00\n7,H100 SXM,42,3,1.00,2026-03-06T10:00:00+00:00\n"))
	want := []Offer{
		{Day: "2026-03-06", Model: "H100 SXM", Host: "7", Machine: "42", GPUs: 8, Price: 2_150_000},
		{Day: "2026-03-06", Model: "H100 SXM", Host: "7", Machine: "42", GPUs: 3, Price: 333_334},
	}
	if err != nil || len(offers) != 2 || offers[0] != want[0] || offers[1] != want[1] {
		t.Errorf("ReadOffers = %+v, %v; want %+v", offers, err, want)
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	head := "timestamp,duration,num_gpus,cluster\n"
	good := "2017-10-09 07:01:55,66.0,1,11cb48\n"
	for text, want := range map[string]string{
		"timestamp,duration,cluster\n": "data.csv:1: num_gpus: no such column",
		"":                             "data.csv:1: EOF",
		head + good + "2017-10-09 07:01:55,66.0,0,a": "data.csv:3: num_gpus: 0 is not from 1",
		head + "yesterday,66.0,1,a\n":                "data.csv:2: timestamp:",
		head + good + "2017-10-09 07:01:55,x,1,a\n":  "data.csv:3: duration: \"x\" is not a decimal",
		head + "2017-10-09 07:01:55,1,1\n":           "data.csv:2: record on line 2: wrong number of fields",
		head + "2017-10-09 07:01:55,1,1, \n":         "data.csv:2: cluster: empty",
	} {
		_, err := ReadJobs(file(t, text))
		var where *Error
		if !errors.As(err, &where) || !strings.Contains(err.Error(), want) {
			t.Errorf("ReadJobs(%q) error = %v, want %q", text, err, want)
		}
	}
}

func TestRealFiles(t *testing.T) {
	offers, err := ReadOffers(testenv.Data(t, "vast-offers-20260227-20260306.csv.xz"))
	if err != nil || len(offers) != 1936 {
		t.Errorf("read %d offers, %v; want 1936", len(offers), err)
	}
	jobs, err := ReadJobs(testenv.Data(t, "gpujobs-philly-2017.csv.xz"))
	if err != nil || len(jobs) != 82247 {
		t.Fatalf("read %d jobs, %v; want 82247", len(jobs), err)
	}
	want := Job{Start: 1_507_532_515 * venue.Second, Duration: 66, GPUs: 1, Cluster: "11cb48"}
	if jobs[0] != want {
		t.Errorf("first job = %+v, want %+v", jobs[0], want)
	}
}
