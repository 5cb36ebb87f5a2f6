package marketdata

import (
	"slices"
	"strings"
	"sync"

	"github.com/clearhour/clearhour/venue"
)

// Asset is an asset that accounts can hold.
type Asset struct {
	ID venue.AssetID
	// Symbol is its name.
	Symbol string
	// Decimals is the number of decimal places of its smallest unit.
	Decimals uint8
	// Price is that of a whole unit in micro-dollars where the asset counts as
	// collateral, else 0; Rate is the part of the value that counts (MAR-04).
	Price venue.Amount
	Rate  venue.Rate
}

// Feed names what an update belongs to; each feed of an instrument counts its
// own RptSeq.
type Feed uint8

// Feeds.
const (
	// NoFeed is an update that the public does not see.
	NoFeed Feed = iota
	// FeedBook is the levels of an instrument.
	FeedBook
	// FeedTrades is the trades of an instrument.
	FeedTrades
	// FeedState is reference data, phase and mark; it has no RptSeq.
	FeedState
)

// Change says what an event did to the public picture. The event itself has
// the values.
type Change struct {
	// Instrument is the market, 0 when none changed.
	Instrument venue.InstrumentID
	// Feed is the feed that moved.
	Feed Feed
	// Action says what happened to a level, for FeedBook.
	Action Action
	// Rank is the place of the level before it was deleted or after it was set,
	// 0 for the best, -1 beyond the 1000th, for FeedBook.
	Rank int
	// RptSeq is the new number of the feed.
	RptSeq uint64
}

// market is the picture of one instrument.
type market struct {
	terms   *venue.Instrument
	holds   venue.Rate // The taker rate of the listing.
	step    int64
	phase   venue.Phase
	auction Auction
	mark    venue.Price
	marked  bool
	stale   bool
	from    venue.MarkSources
	refers  referred

	bids, asks ladder
	bookSeq    uint64
	tradeSeq   uint64
	seq        venue.Seq
	time       venue.Time

	trades              ring[Trade]
	minutes, hours, day candles
}

// View is the public picture. Use New.
type View struct {
	mu       sync.RWMutex
	markets  []*market // By InstrumentID; nil where none is listed.
	bySymbol map[string]*market
	listed   []*venue.Instrument // Replaced as a whole, so that readers may keep it.
	assets   []Asset             // Replaced as a whole too.
	indices  []Index             // By IndexID; entry 0 is none.

	operators []venue.OperatorID // Rising.
	proposals []Proposal         // The oldest first.
	insurance Insurance

	seq   venue.Seq
	index uint32
	time  venue.Time
}

// New returns an empty view. It knows USD, which every venue has without a
// listing.
func New() *View {
	return &View{bySymbol: map[string]*market{}, assets: []Asset{{ID: venue.USD, Symbol: "USD", Decimals: 6}}}
}

// Apply takes one event and says what it changed. Events must come in order;
// one that was applied before changes nothing. Only one goroutine may call
// Apply and ApplyAll.
func (v *View) Apply(e *venue.Entry) Change {
	v.mu.Lock()
	c := v.apply(e)
	v.mu.Unlock()
	return c
}

// ApplyAll takes the events of a batch under one lock.
func (v *View) ApplyAll(entries []venue.Entry) {
	v.mu.Lock()
	for i := range entries {
		v.apply(&entries[i])
	}
	v.mu.Unlock()
}

func (v *View) apply(e *venue.Entry) Change {
	if e.Seq < v.seq || e.Seq == v.seq && e.Seq != 0 && e.Index <= v.index {
		return Change{}
	}
	v.seq, v.index, v.time = e.Seq, e.Index, max(v.time, e.Time)
	switch ev := e.Event.(type) {
	case *venue.LevelChanged:
		return v.level(e, ev)
	case *venue.Traded:
		return v.trade(e, ev)
	case *venue.InstrumentListed:
		return v.list(&ev.Terms)
	case *venue.AssetListed:
		v.listAsset(ev)
		return Change{Feed: FeedState}
	case *venue.CollateralSet:
		v.collateral(ev)
		return Change{Feed: FeedState}
	case *venue.PhaseChanged:
		return v.phase(e, ev)
	case *venue.AuctionIndicative:
		return v.indicative(e, ev)
	case *venue.AuctionUncrossing:
		return v.uncrossing(e, ev)
	case *venue.MarkChanged:
		return v.mark(e, ev)
	case *venue.IndexListed:
		v.listIndex(ev)
	case *venue.IndexPublished:
		v.publishIndex(ev)
	case *venue.IndexMetered:
		v.meterIndex(ev)
	case *venue.ReferenceSet:
		return v.reference(ev)
	case *venue.FundingClosed:
		return v.fundingClosed(ev)
	case *venue.ChangeProposed, *venue.ChangeApproved, *venue.ChangeEnded, *venue.TermsSet, *venue.OperatorSet:
		return v.operate(e)
	case *venue.LiquidationSet:
		v.insurance.Terms = ev.Terms
	case *venue.Receipt:
		v.receipt(e, ev)
	case *venue.ScheduleSet, *venue.ProtectionsSet:
		// What follows of them is told when it happens.
	case *venue.Quoted, *venue.MassQuoted, *venue.QuoteProtectionSet, *venue.QuoteProtectionTriggered:
		// Levels show what is quoted.
	case *venue.FeeTiersSet, *venue.VariationPaid, *venue.InstrumentSettled, *venue.WindowMetered:
		// What operators do shows in phases and terms.
	case *venue.VersionSet, *venue.AccountOpened, *venue.Deposited, *venue.Withdrawn,
		*venue.CommandRejected, *venue.OrderAccepted, *venue.OrderRejected, *venue.RequestRepeated,
		*venue.OrderTriggered, *venue.OrderAmended, *venue.OrderReduced, *venue.OrderCanceled,
		*venue.CancelRejected, *venue.MassCanceled, *venue.BalanceChanged, *venue.PositionChanged,
		*venue.InsuranceFunded, *venue.AccountStateChanged, *venue.PositionTransferred, *venue.GainsHaircut, *venue.DebtPaid,
		*venue.FundingPaid, *venue.FundingSettled,
		*venue.Transferred, *venue.CollateralSeized, *venue.CollateralSold:
		// What an account does is not public: the book and the trades say it all.
	}
	return Change{}
}

// market returns the market of an instrument, or nil.
func (v *View) market(id venue.InstrumentID) *market {
	if int(id) >= len(v.markets) {
		return nil
	}
	return v.markets[id]
}

func (v *View) list(terms *venue.Instrument) Change {
	if v.market(terms.ID) != nil {
		return Change{} // It is listed once.
	}
	own := *terms
	own.Symbol = strings.Clone(terms.Symbol)
	own.Class, own.Region, own.Grade = strings.Clone(terms.Class), strings.Clone(terms.Region), strings.Clone(terms.Grade)
	own.Brackets = slices.Clone(terms.Brackets)
	m := &market{
		terms: &own, holds: own.Taker, step: priceStep(own.Tick), phase: venue.Halted,
		bids: ladder{side: venue.Buy}, asks: ladder{side: venue.Sell},
		trades:  ring[Trade]{max: MaxTrades},
		minutes: newCandles(Minute), hours: newCandles(Hour), day: newCandles(Day),
	}
	for int(own.ID) >= len(v.markets) {
		v.markets = append(v.markets, nil)
	}
	v.markets[own.ID] = m
	v.bySymbol[own.Symbol] = m
	v.listed = append(slices.Clone(v.listed), m.terms)
	return Change{Instrument: own.ID, Feed: FeedState}
}

func (v *View) listAsset(e *venue.AssetListed) {
	at, found := slices.BinarySearchFunc(v.assets, e.Asset, func(a Asset, id venue.AssetID) int { return int(a.ID) - int(id) })
	if !found {
		v.assets = slices.Insert(slices.Clone(v.assets), at, Asset{ID: e.Asset, Symbol: strings.Clone(e.Symbol), Decimals: e.Decimals})
	}
}

func (v *View) collateral(e *venue.CollateralSet) {
	for i := range v.assets {
		if v.assets[i].ID == e.Asset {
			v.assets = slices.Clone(v.assets)
			v.assets[i].Price, v.assets[i].Rate = e.Price, e.Rate
		}
	}
}

func (v *View) level(e *venue.Entry, ev *venue.LevelChanged) Change {
	m := v.market(ev.Instrument)
	if m == nil {
		return Change{}
	}
	side := &m.bids
	if ev.Side == venue.Sell {
		side = &m.asks
	}
	action, rank := side.set(Level{Price: ev.Price, Qty: ev.Qty, Orders: ev.Orders})
	m.seq, m.time = e.Seq, e.Time
	if action == NoAction {
		return Change{}
	}
	m.bookSeq++
	return Change{Instrument: ev.Instrument, Feed: FeedBook, Action: action, Rank: rank, RptSeq: m.bookSeq}
}

func (v *View) trade(e *venue.Entry, ev *venue.Traded) Change {
	m := v.market(ev.Instrument)
	if m == nil {
		return Change{}
	}
	m.tradeSeq++
	m.seq, m.time = e.Seq, e.Time
	m.trades.push(Trade{
		ID: ev.Trade, Seq: e.Seq, Time: e.Time, Price: ev.Price, Qty: ev.Qty,
		TakerSide: ev.TakerSide, RptSeq: m.tradeSeq,
	})
	m.minutes.add(e.Time, ev.Price, ev.Qty)
	m.hours.add(e.Time, ev.Price, ev.Qty)
	m.day.add(e.Time, ev.Price, ev.Qty)
	return Change{Instrument: ev.Instrument, Feed: FeedTrades, RptSeq: m.tradeSeq}
}

func (v *View) phase(e *venue.Entry, ev *venue.PhaseChanged) Change {
	m := v.market(ev.Instrument)
	if m == nil {
		return Change{}
	}
	m.phase, m.seq, m.time = ev.Phase, e.Seq, e.Time
	if !ev.Phase.Collecting() {
		m.auction = Auction{}
	}
	return Change{Instrument: ev.Instrument, Feed: FeedState}
}

func (v *View) mark(e *venue.Entry, ev *venue.MarkChanged) Change {
	m := v.market(ev.Instrument)
	if m == nil {
		return Change{}
	}
	m.mark, m.marked, m.seq, m.time = ev.Price, true, e.Seq, e.Time
	m.stale, m.from = ev.Stale, ev.Sources
	return Change{Instrument: ev.Instrument, Feed: FeedState}
}
