package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/clearhour/clearhour/internal/testenv"
)

const (
	twoOffers = "collected_utc,model,machine_id,host_id,num_gpus,dph_total\n" +
		"2026-03-05T10:00:00+00:00,H100 SXM,1,7,8,8.00\n" + // Of the day before: not for sale.
		"2026-03-06T10:00:00+00:00,H100 SXM,1,7,8,8.00\n" +
		"2026-03-06T10:00:00+00:00,H100 SXM,1,7,2,2.50\n" // A part of the same machine.
	twoJobs = "timestamp,duration,num_gpus,cluster\n" +
		"2017-10-09 22:30:00,7200.0,4,a\n" + // Two hours of four GPUs; one is left of the day after 23:00.
		"2017-10-09 07:01:55,66.0,1,b\n"
)

func TestClearingMatchesOffersAndJobs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"offers.csv": twoOffers, "jobs.csv": twoJobs} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := call(t, dir, "demo", "--offers", "offers.csv", "--jobs", "jobs.csv", "--seed", "3")
	// 24 hours of the one machine, two hours of one job and one of the other.
	for _, want := range []string{"1 from 1 hosts, 192 GPU-hours", "2 of 2 clusters, 9 GPU-hours", "27 orders answered", "difference 0"} {
		if !strings.Contains(out, want) {
			t.Errorf("clearing: %q, want %q", out, want)
		}
	}
	if strings.Contains(out, "refused") {
		t.Errorf("clearing: %q, want no order refused", out)
	}
}

func TestClearingOfRealFiles(t *testing.T) {
	offers := testenv.Data(t, "vast-offers-20260227-20260306.csv.xz")
	jobs := testenv.Data(t, "gpujobs-philly-2017.csv.xz")
	out := call(t, t.TempDir(), "demo", "--offers", offers, "--jobs", jobs)
	for _, want := range []string{"9537 orders answered", "difference 0"} {
		if !strings.Contains(out, want) {
			t.Errorf("clearing: %q, want %q", out, want)
		}
	}
	// How much is matched depends a little on which cluster comes first.
	all := regexp.MustCompile(`all +12288 +7878 +([0-9]+)`).FindStringSubmatch(out)
	if len(all) != 2 || len(all[1]) != 4 || all[1] < "5000" {
		t.Errorf("clearing: %q, want more than 5000 of 7878 GPU-hours matched", out)
	}
}
