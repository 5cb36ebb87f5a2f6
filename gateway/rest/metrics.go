package rest

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Gauges is the state of the venue at one moment, as whoever wires it knows it.
// A field that is not known stays zero.
type Gauges struct {
	// Sequenced is the number of the last command, Durable that of the last one
	// on disk, Projected that of the last one that the views have.
	Sequenced, Durable, Projected uint64
	// QueueBytes is what waits to be sequenced and QueueLimit how much may.
	QueueBytes, QueueLimit int
	// JournalBytes is the size of the journal.
	JournalBytes uint64
	// StateHash is the hash of the state at StateHashSeq, which is 0 when none was
	// taken.
	StateHash, StateHashSeq uint64
	// Connections is how many WebSocket connections are open.
	Connections int
	// LiveOrders is how many orders are live.
	LiveOrders int
}

// Metrics collects what Prometheus reads. Use NewMetrics.
type Metrics struct {
	registry *prometheus.Registry
	commands prometheus.Counter
	events   prometheus.Counter
	batches  prometheus.Counter
	bytes    prometheus.Counter
	sync     prometheus.Histogram
	apply    prometheus.Histogram
	batch    prometheus.Histogram
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
}

// NewMetrics returns metrics on a registry of their own. gauges is asked at each
// scrape, from any goroutine; nil for none.
func NewMetrics(gauges func() Gauges) *Metrics {
	if gauges == nil {
		gauges = func() Gauges { return Gauges{} }
	}
	durations := prometheus.ExponentialBuckets(50e-6, 2, 16) // 50 us to 1.6 s.
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		commands: counter("commands_total", "Commands applied."),
		events:   counter("events_total", "Events made."),
		batches:  counter("batches_total", "Frames written to the journal."),
		bytes:    counter("journal_written_bytes_total", "Bytes written to the journal."),
		sync:     histogram("journal_sync_seconds", "Time to make a frame durable.", durations),
		apply:    histogram("apply_seconds", "Time to apply the commands of a frame.", durations),
		batch:    histogram("batch_commands", "Commands in a frame.", prometheus.ExponentialBuckets(1, 2, 14)),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "http_requests_total", Help: "Requests by route and status.",
		}, []string{"route", "status"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "http_request_seconds", Help: "Time to answer a request.", Buckets: durations,
		}, []string{"route"}),
	}
	m.registry.MustRegister(
		m.commands, m.events, m.batches, m.bytes, m.sync, m.apply, m.batch, m.requests, m.latency,
		&gaugeCollector{read: gauges},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

const namespace = "clearhour"

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
}

func histogram(name, help string, buckets []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets})
}

// Round counts one round of the sequencer: a frame with its commands. It
// allocates nothing and takes well below a microsecond, so that the goroutine of
// the core may call it.
func (m *Metrics) Round(commands, events, bytes int, sync, apply time.Duration) {
	m.commands.Add(float64(commands))
	m.events.Add(float64(events))
	m.batches.Inc()
	m.bytes.Add(float64(bytes))
	m.sync.Observe(sync.Seconds())
	m.apply.Observe(apply.Seconds())
	m.batch.Observe(float64(commands))
}

// Registry returns the registry, for metrics of other packages.
func (m *Metrics) Registry() prometheus.Registerer { return m.registry }

// request counts an answered request. route is a pattern, never a path.
func (m *Metrics) request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(route).Observe(took.Seconds())
}

func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}

// gaugeCollector reads all gauges at once, so that they belong together.
type gaugeCollector struct{ read func() Gauges }

// gaugeDescs describe the gauges in the order in which values lists them.
var gaugeDescs = []*prometheus.Desc{
	gauge("sequenced", "Number of the last command."),
	gauge("durable", "Number of the last command on disk."),
	gauge("durable_lag", "Commands sequenced and not on disk yet."),
	gauge("projected", "Number of the last command in the views."),
	gauge("projected_lag", "Commands on disk and not in the views yet."),
	gauge("queue_bytes", "Bytes that wait to be sequenced."),
	gauge("queue_limit_bytes", "Bytes that may wait to be sequenced."),
	gauge("journal_bytes", "Size of the journal."),
	gauge("connections", "WebSocket connections open."),
	gauge("live_orders", "Live orders."),
}

// stateHashDesc carries the hash as a label: a float has not its 64 bits.
var stateHashDesc = prometheus.NewDesc(namespace+"_state_hash_info", "Hash of the state, equal on all replicas at one sequence.", []string{"sequence", "hash"}, nil)

func gauge(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(namespace+"_"+name, help, nil, nil)
}

// Describe implements prometheus.Collector.
func (c *gaugeCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range gaugeDescs {
		ch <- d
	}
	ch <- stateHashDesc
}

// Collect implements prometheus.Collector.
func (c *gaugeCollector) Collect(ch chan<- prometheus.Metric) {
	g := c.read()
	for i, v := range [...]float64{
		float64(g.Sequenced), float64(g.Durable), lag(g.Sequenced, g.Durable), float64(g.Projected), lag(g.Durable, g.Projected),
		float64(g.QueueBytes), float64(g.QueueLimit), float64(g.JournalBytes),
		float64(g.Connections), float64(g.LiveOrders),
	} {
		ch <- prometheus.MustNewConstMetric(gaugeDescs[i], prometheus.GaugeValue, v)
	}
	if g.StateHashSeq == 0 {
		return
	}
	ch <- prometheus.MustNewConstMetric(stateHashDesc, prometheus.GaugeValue, 1,
		strconv.FormatUint(g.StateHashSeq, 10), strconv.FormatUint(g.StateHash, 16))
}

// lag returns how far b is behind a; numbers that are read one after the other
// may pass each other.
func lag(a, b uint64) float64 {
	if b >= a {
		return 0
	}
	return float64(a - b)
}
