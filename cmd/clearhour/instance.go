package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/engine/sequencer"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/auth"
	"github.com/clearhour/clearhour/gateway/outbox"
	"github.com/clearhour/clearhour/gateway/rest"
	"github.com/clearhour/clearhour/gateway/ws"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
	"github.com/clearhour/clearhour/web"
)

// Defaults of a venue.
const (
	defaultData   = "clearhour-data"
	defaultListen = "127.0.0.1:8080"
	defaultOps    = "127.0.0.1:8081"
	compID        = "CLEARHOUR"
	// operator is the session that the venue itself sends listings and marks by.
	operator venue.SessionID = 2
)

func journalDir(dir string) string { return filepath.Join(dir, "journal") }

// replayAll is how many commands a start replays rather than begin from a
// snapshot: at most about a second, for which trades, fills and candles are
// there again.
const replayAll = 1 << 20

// settings say where and how a venue runs.
type settings struct {
	dir, listen, ops  string
	certFile, keyFile string
	certificate       *tls.Certificate // Read from the files by check; nil without encryption.
	unsynced          bool             // The journal is written and not synced.
	limits            gateway.Limits
	queue             int           // Bytes that wait for a client before it is sent away, 0 for the default.
	core              engine.Limits // A journal is replayed with the limits that it was written with.
}

// instance is a running venue: everything from the disk to the sockets.
type instance struct {
	settings settings
	log      *slog.Logger
	disk     *journal.Dir
	journal  *journal.Journal
	core     *engine.Engine
	seq      *sequencer.Sequencer
	market   *marketdata.View
	blotter  *blotter.View
	margins  *margin.View
	keys     *auth.Store
	hub      *gateway.Hub
	ws       *ws.Server
	rest     *rest.Server
	mux      *http.ServeMux
	api, ops net.Listener
	closers  []func() error // Run in reverse by close.
	failed   chan error
}

// openInstance opens the files of a venue and recovers its state. Nothing
// listens yet.
func openInstance(ctx context.Context, s settings, log *slog.Logger) (_ *instance, err error) {
	v := &instance{settings: s, log: log, failed: make(chan error, 4), mux: http.NewServeMux()}
	defer func() {
		if err != nil {
			_ = v.release()
		}
	}()
	if err := v.openJournal(); err != nil {
		return nil, err
	}
	if err := v.bind(ctx); err != nil {
		return nil, err
	}
	if err := v.openGateway(); err != nil {
		return nil, err
	}
	return v, v.recover(ctx)
}

func (v *instance) openJournal() (err error) {
	dir := v.settings.dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data directory: %w; choose another with --data", err)
	}
	v.disk, err = journal.OS(journalDir(dir))
	if errors.Is(err, journal.ErrLocked) {
		return fmt.Errorf("data directory %s is in use, by another venue perhaps: stop that, or choose another with --data", dir)
	}
	if err != nil {
		return fmt.Errorf("data directory %s: %w", dir, err)
	}
	v.closers = append(v.closers, v.disk.Close)
	mode := journal.Synced
	if v.settings.unsynced {
		mode = journal.Written
	}
	j, found, err := journal.Open(v.disk, journal.Options{Mode: mode})
	if err != nil {
		return fmt.Errorf("data directory %s: %w", dir, err)
	}
	v.journal = j
	v.closers = append(v.closers, j.Close)
	if found.Dropped != nil {
		v.log.Warn("dropped a last frame that was never acknowledged", "frame", found.Dropped.String())
	}
	v.core = engine.New(v.settings.core)
	v.closers = append(v.closers, func() error { v.core.Close(); return nil })
	return nil
}

func (v *instance) openGateway() error {
	store, err := outbox.Open(filepath.Join(v.settings.dir, "outbox"), outbox.Options{})
	if err != nil {
		return err
	}
	v.closers = append(v.closers, store.Close)
	if v.keys, err = auth.Open(keysFile(v.settings.dir)); err != nil {
		return err
	}
	guard := auth.NewGuard(v.keys, time.Now)
	metrics := rest.NewMetrics(v.gauges)
	v.seq = sequencer.New(v.core, v.journal, sequencer.Config{
		ReplayAll:       replayAll,
		BeforeSnapshot:  func(seq venue.Seq) error { return v.ws.Sync(context.Background(), seq) },
		OnSnapshotError: func(err error) { v.log.Error("snapshot not written", "error", err) },
		OnRound: func(r sequencer.Round) {
			metrics.Round(r.Commands, r.Events, r.Bytes, r.Sync, r.Apply)
		},
	})
	v.market, v.blotter = marketdata.New(), blotter.New(blotter.Limits{})
	v.margins = margin.New(v.market, v.blotter, margin.Config{RankAge: venue.Second})
	v.hub, err = gateway.NewHub(gateway.HubConfig{
		Name: compID, Submit: v.seq, Auth: guard, Market: v.market, Blotter: v.blotter, Margin: v.margins, Store: store,
		Limits: v.settings.limits,
	})
	if err != nil {
		return err
	}
	v.ws = ws.New(ws.Config{Hub: v.hub, Sync: store.Sync, HardLimit: v.settings.queue})
	v.rest = rest.New(rest.Config{
		Market: v.market, Blotter: v.blotter, Margin: v.margins, Auth: guard, Operate: &desk{v: v}, Impact: newImpactDesk(v), Metrics: metrics, Ready: v.ready, Version: release,
	})
	v.mux.Handle("/fix/v1", v.ws)
	v.mux.Handle("/v1/", v.rest)
	v.mux.Handle("/healthz", v.rest)
	v.mux.Handle("/readyz", v.rest)
	v.mux.Handle("/", web.Handler())
	return nil
}

// source feeds the gateway's event loop from the ring.
type source struct{ reader *sequencer.Reader }

// Next implements ws.Source.
func (s source) Next(ctx context.Context) ([]venue.Entry, bool, func(), error) {
	b, err := s.reader.Next(ctx)
	if err != nil {
		return nil, false, nil, err
	}
	return b.Entries, b.Image, b.Release, nil
}

// recover starts the event loop and the sequencer, and waits until the views
// show the state of the journal.
func (v *instance) recover(ctx context.Context) error {
	reader := v.seq.NewReader(true)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := v.ws.Run(context.Background(), source{reader})
		reader.Close()
		if err != nil && !errors.Is(err, sequencer.ErrClosed) {
			v.failed <- fmt.Errorf("gateway: %w", err)
		}
	}()
	start := time.Now()
	r, err := v.seq.Start()
	if err != nil {
		return err
	}
	v.closers = append(v.closers, func() error { <-ended; return nil }, v.closeSequencer)
	if err := v.await(ctx, func() bool { return v.hub.Applied() >= r.Seq }); err != nil {
		return err
	}
	if err := v.ws.Sync(ctx, r.Seq); err != nil {
		return err
	}
	v.log.Info("recovered", "sequence", r.Seq, "snapshot", r.Snapshot, "replayed", r.Commands, "took", time.Since(start).Round(time.Millisecond))
	return nil
}

// await polls until done, the end of ctx, or the failure of the venue.
func (v *instance) await(ctx context.Context, done func() bool) error {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-v.failed:
			return err
		case <-v.seq.Done():
			return fmt.Errorf("the sequencer stopped: %w", v.seq.Err())
		case <-tick.C:
		}
	}
	return nil
}

func (v *instance) ready() error {
	select {
	case <-v.seq.Done():
		return errors.New("the sequencer has stopped")
	default:
		return nil
	}
}

func (v *instance) gauges() rest.Gauges {
	s := v.seq.Stats()
	return rest.Gauges{
		Sequenced: uint64(s.Published), Durable: uint64(s.Published), Projected: uint64(v.hub.Applied()),
		QueueBytes: s.QueueBytes, QueueLimit: s.QueueLimit, JournalBytes: sizeOf(journalDir(v.settings.dir)),
		Connections: v.ws.Stats().Open, LiveOrders: v.blotter.TotalLive(),
	}
}

// sizeOf adds up the files of a directory. One that goes away meanwhile, as old
// snapshots do, does not count.
func sizeOf(dir string) (sum uint64) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return 0
	}
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			sum += uint64(info.Size())
		}
	}
	return sum
}

// watchKeys reads the file of keys again every second, so that a key that was
// revoked ends its sessions and a new one works without a restart.
func (v *instance) watchKeys() {
	stop := make(chan struct{})
	v.closers = append(v.closers, func() error { close(stop); return nil })
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				if err := v.keys.Reload(); err != nil {
					v.log.Error("keys not read again", "error", err)
				}
			}
		}
	}()
}

// wait returns when ctx ends or the venue fails.
func (v *instance) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-v.failed:
		return err
	case <-v.seq.Done():
		return v.seq.Err()
	}
}

// stop ends sessions, sequences what is queued and writes a snapshot. The
// journal stays open to be read.
func (v *instance) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	return errors.Join(v.ws.Close(ctx), v.closeSequencer())
}

// closeTime bounds what the end of a venue may take.
const closeTime = 30 * time.Second

// closeSequencer ends the goroutine that uses core and journal, before either is
// closed. Doing it again changes nothing.
func (v *instance) closeSequencer() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	return v.seq.Close(ctx)
}

// close stops the venue and closes sockets and files.
func (v *instance) close() error {
	return errors.Join(v.stop(), v.release())
}

func (v *instance) release() error {
	var errs []error
	for _, c := range slices.Backward(v.closers) {
		errs = append(errs, c())
	}
	v.closers = nil
	return errors.Join(errs...)
}

// newLog returns the log of a venue: text on standard error.
func newLog(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
