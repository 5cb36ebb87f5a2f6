package gateway

import (
	"slices"

	"github.com/clearhour/clearhour/venue"
)

// maxBookDepth bounds the depth of a book that is followed level by level; 0 asks
// for all levels.
const maxBookDepth = 1000

// maxReqID bounds MDReqID(262) and other ids of requests, in bytes.
const maxReqID = 64

// marketData answers V: with W and then X, or with Y.
func (l *Link) marketData(now venue.Time, s *Session) {
	id := l.m.Get(TagMDReqID)
	if len(id) > maxReqID {
		l.refuseData(now, s, BadValue, "MDReqID is longer than 64 bytes.")
		return
	}
	switch l.m.Char(TagSubscriptionRequestType) {
	case '0':
		l.subscribe(now, s, string(id), true)
	case '1':
		l.subscribe(now, s, string(id), false)
	case '2':
		l.unsubscribe(now, s, string(id))
	default:
		s.Reject(now, &l.m, problem(rejOutOfRange, TagSubscriptionRequestType))
	}
}

// refuseData answers V with Y.
func (l *Link) refuseData(now venue.Time, s *Session, code Code, text string) {
	e := code.Entry()
	if text == "" {
		text = e.Text
	}
	w := l.w.Begin().Bytes(TagMDReqID, l.m.Get(TagMDReqID)).Char(TagMDReqRejReason, e.FIX.MarketDataReason())
	s.Send(now, MsgMarketReject, w.Text(TagText, text).Int(TagErrorCode, int64(code)).End())
}

func (l *Link) unsubscribe(now venue.Time, s *Session, id string) {
	h := l.hub
	h.mu.Lock()
	sub := l.subs[id]
	if sub != nil {
		h.feeds.remove(sub)
		delete(l.subs, id)
	}
	h.mu.Unlock()
	if sub == nil {
		l.refuseData(now, s, UnknownSubscription, "")
	}
}

// subscribe answers with a snapshot of each instrument, and then increments
// unless only the snapshot was asked for.
func (l *Link) subscribe(now venue.Time, s *Session, id string, once bool) {
	keys, terms, code := l.wanted()
	if code == CodeNone && !once {
		code = l.mayListen(id, len(keys))
	}
	if code != CodeNone {
		l.refuseData(now, s, code, "")
		return
	}
	h := l.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	sub := &subscription{link: l, id: id}
	for i, k := range keys {
		sub.feeds = append(sub.feeds, h.feeds.get(h, k, terms[i]))
	}
	for _, x := range sub.feeds {
		x.subs = append(x.subs, sub)
	}
	for _, x := range sub.feeds {
		if !sub.snapshot(h, now, s, x) && !once {
			h.feeds.late(sub)
		}
	}
	if once {
		h.feeds.remove(sub)
		return
	}
	l.subs[id] = sub
}

// mayListen checks the limits of subscriptions.
func (l *Link) mayListen(id string, n int) Code {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if l.subs[id] != nil {
		return DuplicateMDReqID
	}
	for _, s := range l.subs {
		n += len(s.feeds)
	}
	if n > 2*l.hub.cfg.Limits.Subscriptions {
		return TooManySubscriptions // A subscription has a book and trades.
	}
	if len(l.subs) >= l.hub.cfg.Limits.Subscriptions {
		return TooManySubscriptions
	}
	return CodeNone
}

// wanted reads which feeds a V asks for.
func (l *Link) wanted() ([]feedKey, []*venue.Instrument, Code) {
	m := &l.m
	depth, ok := m.Int(TagMarketDepth)
	if !ok || depth < 0 || depth > maxBookDepth {
		return nil, nil, BadDepth
	}
	if m.Has(TagMDUpdateType) && m.Char(TagMDUpdateType) != '1' {
		return nil, nil, BadValue
	}
	if m.Has(TagAggregatedBook) && !m.Flag(TagAggregatedBook) {
		return nil, nil, BadValue
	}
	book, trades, ok := l.wantedTypes()
	if !ok {
		return nil, nil, BadEntryType
	}
	n := m.Entries(TagNoRelatedSym)
	if n == 0 {
		return nil, nil, MissingField
	}
	if n > l.hub.cfg.Limits.Symbols {
		return nil, nil, TooManySubscriptions
	}
	var keys []feedKey
	var terms []*venue.Instrument
	for i := range n {
		t := l.hub.instrument(m.In(TagNoRelatedSym, i, TagSymbol))
		if t == nil {
			return nil, nil, UnknownInstrument
		}
		if slices.ContainsFunc(keys, func(k feedKey) bool { return k.instrument == t.ID }) {
			return nil, nil, BadValue // A symbol twice.
		}
		if book {
			keys, terms = append(keys, feedKey{instrument: t.ID, depth: int(depth)}), append(terms, t)
		}
		if trades {
			keys, terms = append(keys, feedKey{instrument: t.ID, trades: true}), append(terms, t)
		}
	}
	return keys, terms, CodeNone
}

// wantedTypes reads MDEntryType(269) of the group: bids and offers come
// together, trades on their own; all of it when the group is absent.
func (l *Link) wantedTypes() (book, trades, ok bool) {
	m := &l.m
	if !m.Has(TagNoMDEntryTypes) {
		return true, true, true
	}
	bid, offer := false, false
	for i := range m.Entries(TagNoMDEntryTypes) {
		switch string(m.In(TagNoMDEntryTypes, i, TagMDEntryType)) {
		case "0":
			bid = true
		case "1":
			offer = true
		case "2":
			trades = true
		default:
			return false, false, false
		}
	}
	return bid, trades, bid == offer
}
