package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// TestSimRandom wants the same output for a seed, and a journal that both kinds of
// verify take and that ends in the same state.
func TestSimRandom(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "venue")
	var first, second bytes.Buffer
	r := randomRuns{seed: 2, seeds: 1, commands: 4_000, restarts: 1_000}
	if err := r.run(&first, io.Discard); err != nil {
		t.Fatal(err)
	}
	r.dir = dir
	if err := r.run(&second, io.Discard); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Errorf("seed 2 prints\n%s\nand then\n%s", first.String(), second.String())
	}
	var verified bytes.Buffer
	if err := verify(&verified, dir); err != nil {
		t.Fatal(err)
	}
	_, hash, _ := strings.Cut(first.String(), "state         hash ")
	if hash = strings.TrimSpace(hash); hash == "" || !strings.Contains(verified.String(), hash) {
		t.Errorf("verify prints\n%s\nwant the state %s", verified.String(), hash)
	}
	if err := verifyReceipts(&verified, dir, ""); err != nil {
		t.Error(err)
	}
	if err := r.run(io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "new directory") {
		t.Errorf("a second run into one journal says %v", err)
	}
	r.seeds = 2
	if err := r.run(io.Discard, io.Discard); err == nil {
		t.Error("two seeds went into one journal")
	}
}
