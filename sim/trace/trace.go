package trace

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/ulikunitz/xz"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// Offer is capacity that a host offered in a snapshot of a marketplace.
type Offer struct {
	// Day is the day of the snapshot, "2026-03-06".
	Day string
	// Model is the kind of GPU, as the marketplace calls it.
	Model string
	// Host and Machine say whose it is.
	Host, Machine string
	// GPUs is how many come together.
	GPUs int
	// Price is for one GPU and one hour in micro-dollars, rounded up.
	Price venue.Amount
}

// Job is a job of a cluster.
type Job struct {
	// Start is when it was submitted.
	Start venue.Time
	// Duration is how long it ran, in whole seconds, rounded up.
	Duration int64
	// GPUs is how many it used at the same time.
	GPUs int
	// Cluster is who ran it.
	Cluster string
}

// Error says where a file is not as expected.
type Error struct {
	File   string
	Line   int
	Column string
	Err    error
}

func (e *Error) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
	}
	return fmt.Sprintf("%s:%d: %s: %v", e.File, e.Line, e.Column, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ReadOffers reads a file of offers with the columns collected_utc, model,
// machine_id, host_id, num_gpus and dph_total (dollars per hour for all GPUs of
// the offer); further columns are ignored.
func ReadOffers(path string) ([]Offer, error) {
	var all []Offer
	err := read(path, []string{"collected_utc", "model", "machine_id", "host_id", "num_gpus", "dph_total"}, func(r *row) {
		day, _, _ := strings.Cut(r.text("collected_utc"), "T")
		o := Offer{Day: day, Model: r.text("model"), Machine: r.text("machine_id"), Host: r.text("host_id"), GPUs: r.count("num_gpus")}
		o.Price = r.share("dph_total", int64(o.GPUs))
		all = append(all, o)
	})
	return all, err
}

// ReadJobs reads a file of jobs with the columns timestamp (UTC), duration
// (seconds), num_gpus and cluster; further columns are ignored.
func ReadJobs(path string) ([]Job, error) {
	var all []Job
	err := read(path, []string{"timestamp", "duration", "num_gpus", "cluster"}, func(r *row) {
		all = append(all, Job{Start: r.time("timestamp"), Duration: r.seconds("duration"), GPUs: r.count("num_gpus"), Cluster: r.text("cluster")})
	})
	return all, err
}

// open opens a file and undoes the compression that its name tells.
func open(path string) (io.Reader, io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	var in io.Reader = f
	switch {
	case strings.HasSuffix(path, ".xz"):
		in, err = xz.NewReader(f)
	case strings.HasSuffix(path, ".gz"):
		in, err = gzip.NewReader(f)
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return in, f, nil
}

// read calls each with the rows of a CSV file that has the columns.
func read(path string, columns []string, each func(*row)) error {
	in, file, err := open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	lines := csv.NewReader(in)
	lines.ReuseRecord = true
	head, err := lines.Read()
	if err != nil {
		return &Error{File: path, Line: 1, Err: err}
	}
	r := &row{at: map[string]int{}}
	for i, name := range head {
		r.at[name] = i
	}
	for _, name := range columns {
		if _, ok := r.at[name]; !ok {
			return &Error{File: path, Line: 1, Column: name, Err: errors.New("no such column")}
		}
	}
	for {
		r.cells, err = lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		line, _ := lines.FieldPos(0)
		if err != nil {
			return &Error{File: path, Line: line, Err: err}
		}
		if each(r); r.err != nil {
			return &Error{File: path, Line: line, Column: r.column, Err: r.err}
		}
	}
}

// row reads cells by the name of their column and keeps the first error.
type row struct {
	at     map[string]int
	cells  []string
	column string
	err    error
}

func (r *row) fail(column string, err error) {
	if r.err == nil {
		r.column, r.err = column, err
	}
}

// text returns a cell that is not empty.
func (r *row) text(column string) string {
	s := strings.TrimSpace(r.cells[r.at[column]])
	if s == "" {
		r.fail(column, errors.New("empty"))
	}
	return s
}

// count returns a whole number from 1 to 1<<20.
func (r *row) count(column string) int {
	n, err := strconv.Atoi(r.text(column))
	if err == nil && (n < 1 || n > 1<<20) {
		err = fmt.Errorf("%d is not from 1 to %d", n, 1<<20)
	}
	if err != nil {
		r.fail(column, err)
	}
	return n
}

// seconds returns a decimal number of seconds, rounded up, from 0 to ten years.
func (r *row) seconds(column string) int64 {
	const tenYears = 10 * 366 * 24 * 3600
	n, err := ceil(r.text(column), 0)
	if err == nil && (n < 0 || n > tenYears) {
		err = fmt.Errorf("%d s is not from 0 to %d", n, tenYears)
	}
	if err != nil {
		r.fail(column, err)
	}
	return n
}

// share returns a decimal number of dollars divided among n, in micro-dollars
// and rounded up.
func (r *row) share(column string, n int64) venue.Amount {
	total, err := ceil(r.text(column), 12)
	if err != nil || n < 1 {
		r.fail(column, err)
		return 0
	}
	const perMicro = 1_000_000 // Of the 12 places that were read.
	v, ok := venue.MulDiv(total, 1, n*perMicro, venue.Up)
	if !ok || v < 0 {
		r.fail(column, errors.New("out of range"))
	}
	return venue.Amount(v)
}

// time returns a UTC time "2017-10-09 07:01:55".
func (r *row) time(column string) venue.Time {
	text := r.text(column)
	t, bad := scale.ParseRFC3339(strings.Replace(text, " ", "T", 1) + "Z")
	if bad != nil {
		r.fail(column, bad)
	}
	return t
}

// ceil reads a decimal and returns it in units of 10^-places, rounded up. Files
// carry more digits than anything here needs, since they were written as floats.
func ceil(text string, places int) (int64, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	more := false
	if len(fraction) > places {
		more = strings.Trim(fraction[places:], "0") != ""
		fraction = fraction[:places]
	}
	if whole == "" {
		return 0, fmt.Errorf("%q is not a decimal", text)
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", places-len(fraction)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a decimal in range", text)
	}
	if more && n >= 0 {
		n++
	}
	return n, nil
}
