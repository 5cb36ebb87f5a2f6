package gateway

import (
	"fmt"
	"maps"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
)

// HubConfig is what a Hub works with. All but Limits is required; zero Limits
// are DefaultLimits.
type HubConfig struct {
	// Name is the CompID of the venue.
	Name string
	// Submit is the way into the sequencer.
	Submit Submitter
	// Auth decides who logs on.
	Auth Authenticator
	// Market and Blotter are applied by the Hub and by nobody else; Margin reads
	// them, between batches.
	Market  *marketdata.View
	Blotter *blotter.View
	Margin  *margin.View
	// Store keeps what sessions are owed.
	Store Store
	// Limits bound connections.
	Limits Limits
}

// Hub is the middle of the gateway: all sessions, the feeds of market data, and
// the translation of events into what each is told. Links bring what clients
// ask, Apply brings what the venue says.
//
// Apply and Tick are for one goroutine each; everything else may be called from
// any. Lock order: Hub, Margin, Link, Session, Wire.
type Hub struct {
	cfg HubConfig

	// symbols finds instruments without a lock; it is replaced as a whole.
	symbols atomic.Pointer[map[string]*venue.Instrument]
	applied atomic.Uint64

	mu       sync.Mutex
	sessions []*Session // By id, from FirstSession.
	// byAccount holds the sessions of each account.
	byAccount map[venue.AccountID][]*Session
	feeds     feeds
	masses    map[massKey]byte           // 530 of mass cancels, and types of requests about quotes, that wait for their answer.
	transfers map[massKey]venue.Transfer // Those that wait for their answer.
	quoted    []venue.Quoted             // Of the mass quote whose acknowledgement comes.
	touched   []*Session                 // Sessions that got a report in the batch.
	w         Writer
}

type massKey struct {
	session venue.SessionID
	id      venue.ClOrdID
}

// NewHub returns a hub with all sessions of the store.
func NewHub(cfg HubConfig) (*Hub, error) {
	if cfg.Limits == (Limits{}) {
		cfg.Limits = DefaultLimits()
	}
	h := &Hub{cfg: cfg, masses: map[massKey]byte{}, byAccount: map[venue.AccountID][]*Session{}, transfers: map[massKey]venue.Transfer{}}
	h.symbols.Store(&map[string]*venue.Instrument{})
	err := cfg.Store.Each(func(id venue.SessionID, who Identity, out Outbox) {
		h.place(NewSession(id, who, cfg.Name, out))
	})
	if err != nil {
		return nil, fmt.Errorf("gateway: sessions of the store: %w", err)
	}
	return h, nil
}

// place enters a session under its id.
func (h *Hub) place(s *Session) {
	at := int(s.id - FirstSession)
	for at >= len(h.sessions) {
		h.sessions = append(h.sessions, nil)
	}
	h.sessions[at] = s
	h.byAccount[s.who.Account] = append(h.byAccount[s.who.Account], s)
}

// session returns the session of an id, nil when it is no FIX session.
func (h *Hub) session(id venue.SessionID) *Session {
	if at := int(id) - int(FirstSession); at >= 0 && at < len(h.sessions) {
		return h.sessions[at]
	}
	return nil
}

// open returns the session of an identity, made when it is new.
func (h *Hub) open(who Identity) (*Session, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id, out, err := h.cfg.Store.Open(who)
	if err != nil {
		return nil, fmt.Errorf("gateway: open session %s of account %d: %w", who.CompID, who.Account, err)
	}
	if s := h.session(id); s != nil {
		return s, nil
	}
	s := NewSession(id, who, h.cfg.Name, out)
	h.place(s)
	return s, nil
}

// instrument returns the terms of a symbol, nil when it is not listed.
func (h *Hub) instrument(symbol []byte) *venue.Instrument {
	return (*h.symbols.Load())[string(symbol)]
}

// Applied returns the number of the last envelope whose events were applied.
func (h *Hub) Applied() venue.Seq { return venue.Seq(h.applied.Load()) }

// Apply takes the events of a batch, in order. Those of an image describe the
// state that was restored: the views learn it and nobody is told.
func (h *Hub) Apply(entries []venue.Entry, image bool) error {
	if len(entries) == 0 {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cfg.Margin.Begin()
	defer h.cfg.Margin.End()
	h.touched = h.touched[:0]
	for i := range entries {
		e := &entries[i]
		if image {
			h.learn(e)
			continue
		}
		h.tell(e)
	}
	h.feeds.flush(h, entries[len(entries)-1].Time)
	var failed error
	for _, s := range h.touched {
		s.reported = false
		if err := s.Release(); err != nil && failed == nil {
			failed = err
		}
	}
	h.applied.Store(uint64(entries[len(entries)-1].Seq))
	return failed
}

// learn applies an event to the views.
func (h *Hub) learn(e *venue.Entry) marketdata.Change {
	change := h.cfg.Market.Apply(e)
	h.cfg.Blotter.Apply(e)
	if listed, ok := e.Event.(*venue.InstrumentListed); ok {
		h.list(listed.Terms.ID)
	}
	if changed, ok := e.Event.(*venue.TermsSet); ok {
		h.list(changed.Instrument)
	}
	return change
}

// list makes an instrument, or its new terms, known by its symbol.
func (h *Hub) list(id venue.InstrumentID) {
	terms, ok := h.cfg.Market.Instrument(id)
	if !ok {
		return
	}
	old := *h.symbols.Load()
	symbols := make(map[string]*venue.Instrument, len(old)+1)
	maps.Copy(symbols, old)
	symbols[terms.Symbol] = terms
	h.symbols.Store(&symbols)
}

// Tick does what is due without an event: books of clients that were too slow.
func (h *Hub) Tick(now venue.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.feeds.catchUp(h, now)
}

// Release hands all outboxes to the operating system.
func (h *Hub) Release() error {
	h.mu.Lock()
	sessions := append([]*Session(nil), h.sessions...)
	h.mu.Unlock()
	for _, s := range sessions {
		if s == nil {
			continue
		}
		if err := s.Release(); err != nil {
			return err
		}
	}
	return nil
}

// CancelOnDisconnect cancels what a session wanted canceled when it is lost. It
// does nothing while the session is logged on, and when there is nothing.
func (h *Hub) CancelOnDisconnect(now venue.Time, id venue.SessionID) error {
	h.mu.Lock()
	s := h.session(id)
	h.mu.Unlock()
	if s == nil || s.On() || !h.hasOrders(s) {
		return nil
	}
	var ref venue.ClOrdID
	copy(ref[:], fmt.Sprintf("COD-%x", uint64(now)))
	return h.cfg.Submit.Submit(0, &venue.MassCancel{Account: s.who.Account, Session: id, ClOrdID: ref})
}

// hasOrders says whether a live order of the session asks to be canceled with
// its connection.
func (h *Hub) hasOrders(s *Session) bool {
	var after blotter.Place
	var page []blotter.Order
	for {
		page = h.cfg.Blotter.Live(s.who.Account, blotter.Filter{}, after, 256, page[:0])
		for i := range page {
			if page[i].Session == s.id && page[i].Flags.Has(venue.CancelOnDisconnect) {
				return true
			}
		}
		if len(page) < 256 {
			return false
		}
		last := &page[len(page)-1]
		after = blotter.Place{Seq: last.Seq, Index: last.Index}
	}
}

// Sessions returns the ids of all sessions that are not logged on: after a
// restart their orders may be due to be canceled.
func (h *Hub) Sessions() []venue.SessionID {
	h.mu.Lock()
	defer h.mu.Unlock()
	var ids []venue.SessionID
	for _, s := range h.sessions {
		if s != nil && !s.On() {
			ids = append(ids, s.id)
		}
	}
	return ids
}

// NewLink returns the conversation of a new connection.
func (h *Hub) NewLink(w Wire, remote netip.Addr) *Link {
	return &Link{hub: h, wire: w, remote: remote, subs: map[string]*subscription{}}
}
