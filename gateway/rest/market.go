package rest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/marketdata"
)

// Limits of answers.
const (
	maxPage   = 1000
	maxDepth  = 1000
	maxTrades = marketdata.MaxTrades
)

type instrumentText struct {
	Symbol   string        `json:"symbol" example:"H100C.NAE.D.2026-12-01"`
	ID       uint16        `json:"id" doc:"Number of the instrument."`
	Kind     string        `json:"kind" enum:"spot,future,perpetual,capped"`
	Class    string        `json:"class" doc:"Class of the hardware."`
	Region   string        `json:"region"`
	Grade    string        `json:"grade"`
	Window   string        `json:"window" doc:"Length of the delivery window; empty for a perpetual."`
	StartMS  int64         `json:"start_ms"`
	Start    string        `json:"start,omitempty" doc:"Start of the delivery window as RFC 3339."`
	EndMS    int64         `json:"end_ms"`
	End      string        `json:"end,omitempty" doc:"End of the delivery window as RFC 3339."`
	Base     string        `json:"base,omitempty" doc:"Asset that a spot instrument delivers."`
	Quote    string        `json:"quote" doc:"Asset of its money."`
	Tick     string        `json:"tick" doc:"Price step in dollars per GPU-hour."`
	LotHours string        `json:"lot_hours" doc:"GPU-hours in one lot; quantities are in lots."`
	Low      string        `json:"low" doc:"Lowest price of an order."`
	High     string        `json:"high" doc:"Highest price of an order."`
	MaxQty   string        `json:"max_qty" doc:"Largest order in lots."`
	Band     string        `json:"band" doc:"Distance from the mark within which orders are taken, as a fraction."`
	Maker    string        `json:"maker_fee" doc:"Fraction of the notional."`
	Taker    string        `json:"taker_fee" doc:"Fraction of the notional."`
	Margin   []bracketText `json:"margin" doc:"Margin schedule; empty for what is paid for in full."`
	Interest *interestText `json:"open_interest_scale,omitempty" doc:"Between which open interests, in lots, initial margin grows from the schedule to all of the notional, spec MAR-03."`
	MaxOwned string        `json:"max_position,omitempty" doc:"How many lots one owner may hold on one side with all of his accounts, spec MAR-12."`
}

type interestText struct {
	Low  string `json:"low"`
	High string `json:"high"`
}

type bracketText struct {
	Upto        string `json:"upto" doc:"Upper end of the bracket in dollars of notional."`
	Initial     string `json:"initial"`
	Maintenance string `json:"maintenance"`
}

// Cached is the input of a route that can say that nothing changed.
type Cached struct {
	IfNoneMatch string `header:"If-None-Match"`
}

type oneInstrument struct {
	Cached
	Symbol string `path:"symbol" maxLength:"64"`
}

type instrumentsAnswer struct {
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Instruments []instrumentText `json:"instruments"`
	}
}

type instrumentAnswer struct {
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         instrumentText
}

// revalidate lets clients keep an answer as long as they ask whether it changed.
const revalidate = "no-cache"

// instrumentCache keeps the list of instruments as text. It is made again when
// the view has another list: one was listed, or has other terms.
type instrumentCache struct {
	mu   sync.Mutex
	of   []*venue.Instrument
	tag  string
	list []instrumentText
}

func (s *Server) marketRoutes() {
	open := Access{Open: true}
	route(s, open, "/v1/instruments", "instruments", "All instruments with their terms", s.instruments)
	route(s, open, "/v1/instruments/{symbol}", "instrument", "Terms of an instrument", s.instrument)
	route(s, open, "/v1/book", "book", "Price levels of an instrument", s.book)
	route(s, open, "/v1/trades", "trades", "Recent trades, newest first", s.trades)
	route(s, open, "/v1/ticker", "ticker", "An instrument at a glance", s.ticker)
	route(s, open, "/v1/candles", "candles", "Candles, newest first", s.candles)
}

// terms returns the instrument of a symbol.
func (s *Server) terms(symbol string) (*venue.Instrument, error) {
	if terms, ok := s.config.Market.BySymbol(symbol); ok {
		return terms, nil
	}
	return nil, refuse(gateway.UnknownInstrument, "symbol", "")
}

func (s *Server) asset(id venue.AssetID) (marketdata.Asset, bool) {
	for _, a := range s.config.Market.Assets() {
		if a.ID == id {
			return a, true
		}
	}
	return marketdata.Asset{ID: id}, false
}

func (s *Server) instrumentText(i *venue.Instrument) instrumentText {
	quote, _ := s.asset(i.Quote)
	t := instrumentText{
		Symbol: i.Symbol, ID: uint16(i.ID), Kind: i.Kind.String(), Class: i.Class, Region: i.Region, Grade: i.Grade,
		Window: windowText(i.Window), StartMS: millis(i.Start), Start: dateText(i.Start), EndMS: millis(i.End), End: dateText(i.End),
		Quote: quote.Symbol, Tick: priceText(1, i), LotHours: strconv.FormatInt(i.Hours, 10),
		Low: priceText(i.Low, i), High: priceText(i.High, i), MaxQty: qtyText(i.MaxQty),
		Band: rateText(i.Band), Maker: rateText(i.Maker), Taker: rateText(i.Taker), Margin: []bracketText{},
	}
	if i.Base != 0 {
		base, _ := s.asset(i.Base)
		t.Base = base.Symbol
	}
	if i.Interest.High != 0 {
		t.Interest = &interestText{qtyText(i.Interest.Low), qtyText(i.Interest.High)}
	}
	if i.MaxPosition != 0 {
		t.MaxOwned = qtyText(i.MaxPosition)
	}
	for _, b := range i.Brackets {
		t.Margin = append(t.Margin, bracketText{moneyText(b.Upto), rateText(b.Initial), rateText(b.Maintenance)})
	}
	return t
}

// list returns all instruments as text with the tag of the list.
func (s *Server) list() ([]instrumentText, string) {
	terms := s.config.Market.Instruments()
	s.listed.mu.Lock()
	defer s.listed.mu.Unlock()
	if s.listed.tag == "" || !slices.Equal(terms, s.listed.of) {
		list := make([]instrumentText, 0, len(terms))
		for _, t := range terms {
			list = append(list, s.instrumentText(t))
		}
		s.listed.of, s.listed.list, s.listed.tag = terms, list, tagOf(list)
	}
	return s.listed.list, s.listed.tag
}

// tagOf returns a strong entity tag of what an answer is made of.
func tagOf(v any) string {
	h := sha256.New()
	// The types of this package can be marshalled, and a hash takes any bytes.
	_ = json.NewEncoder(h).Encode(v)
	return `"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12]) + `"`
}

// unchanged is the answer to who has it already.
func unchanged(tag string) error {
	return huma.ErrorWithHeaders(huma.Status304NotModified(), http.Header{"ETag": {tag}, "Cache-Control": {revalidate}})
}

func (s *Server) instruments(_ context.Context, in *Cached) (*instrumentsAnswer, error) {
	list, tag := s.list()
	if matches(in.IfNoneMatch, tag) {
		return nil, unchanged(tag)
	}
	a := &instrumentsAnswer{ETag: tag, CacheControl: revalidate}
	a.Body.Instruments = list
	return a, nil
}

func (s *Server) instrument(_ context.Context, in *oneInstrument) (*instrumentAnswer, error) {
	terms, err := s.terms(in.Symbol)
	if err != nil {
		return nil, err
	}
	text := s.instrumentText(terms)
	tag := tagOf(text)
	if matches(in.IfNoneMatch, tag) {
		return nil, unchanged(tag)
	}
	return &instrumentAnswer{ETag: tag, CacheControl: revalidate, Body: text}, nil
}

type bookInput struct {
	Symbol string `query:"symbol" required:"true" maxLength:"64"`
	Depth  int    `query:"depth" minimum:"1" maximum:"1000" default:"50" doc:"Levels of each side."`
}

type bookAnswer struct {
	Body struct {
		Symbol   string      `json:"symbol"`
		Sequence uint64      `json:"sequence" doc:"Number of the last command that touched the instrument."`
		RptSeq   uint64      `json:"rpt_seq" doc:"Number of the last update of the book, as in the stream."`
		TimeMS   int64       `json:"time_ms"`
		Checksum uint32      `json:"checksum" doc:"CRC-32 of the best ten levels, spec MD-03."`
		Phase    string      `json:"phase"`
		Bids     []levelText `json:"bids" doc:"Best first."`
		Asks     []levelText `json:"asks" doc:"Best first."`
	}
}

type levelText struct {
	Price  string `json:"price"`
	Qty    string `json:"qty"`
	Orders uint32 `json:"orders"`
}

func (s *Server) book(_ context.Context, in *bookInput) (*bookAnswer, error) {
	terms, err := s.terms(in.Symbol)
	if err != nil {
		return nil, err
	}
	var b marketdata.Book
	s.config.Market.Book(terms.ID, in.Depth, &b)
	a := &bookAnswer{}
	a.Body.Symbol, a.Body.Sequence, a.Body.RptSeq, a.Body.TimeMS = terms.Symbol, uint64(b.Seq), b.RptSeq, millis(b.Time)
	a.Body.Checksum, a.Body.Phase = b.Checksum, b.Phase.String()
	a.Body.Bids, a.Body.Asks = levelTexts(b.Bids, terms), levelTexts(b.Asks, terms)
	return a, nil
}

func levelTexts(levels []marketdata.Level, terms *venue.Instrument) []levelText {
	list := make([]levelText, len(levels))
	for i, l := range levels {
		list[i] = levelText{priceText(l.Price, terms), qtyText(l.Qty), l.Orders}
	}
	return list
}

type tradesInput struct {
	Symbol string `query:"symbol" required:"true" maxLength:"64"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Cursor string `query:"cursor" maxLength:"64" doc:"next_cursor of the page before."`
}

type tradesAnswer struct {
	Body struct {
		Trades     []tradeText `json:"trades"`
		NextCursor string      `json:"next_cursor,omitempty"`
	}
}

type tradeText struct {
	ID        string `json:"id"`
	TimeMS    int64  `json:"time_ms"`
	Price     string `json:"price"`
	Qty       string `json:"qty"`
	TakerSide string `json:"taker_side" enum:"buy,sell"`
	Sequence  uint64 `json:"sequence"`
}

func (s *Server) trades(_ context.Context, in *tradesInput) (*tradesAnswer, error) {
	terms, err := s.terms(in.Symbol)
	if err != nil {
		return nil, err
	}
	var before uint64
	if in.Cursor != "" {
		if before, err = strconv.ParseUint(in.Cursor, 10, 64); err != nil || before == 0 {
			return nil, badCursor()
		}
	}
	a := &tradesAnswer{}
	a.Body.Trades = []tradeText{}
	list := s.config.Market.Trades(terms.ID, venue.TradeID(before), in.Limit, nil)
	for _, t := range list {
		a.Body.Trades = append(a.Body.Trades, s.tradeText(&t, terms))
	}
	if len(list) == in.Limit {
		a.Body.NextCursor = a.Body.Trades[len(list)-1].ID
	}
	return a, nil
}

func (s *Server) tradeText(t *marketdata.Trade, terms *venue.Instrument) tradeText {
	return tradeText{
		strconv.FormatUint(uint64(t.ID), 10), millis(t.Time), priceText(t.Price, terms), qtyText(t.Qty), t.TakerSide.String(), uint64(t.Seq),
	}
}

type symbolInput struct {
	Symbol string `query:"symbol" required:"true" maxLength:"64"`
}

type tickerAnswer struct {
	Body struct {
		Symbol   string `json:"symbol"`
		Phase    string `json:"phase"`
		Sequence uint64 `json:"sequence"`
		TimeMS   int64  `json:"time_ms"`
		Mark     string `json:"mark,omitempty"`
		MarkText
		Auction *auctionText `json:"auction,omitempty" doc:"What the uncrossing would come to, while orders are collected (AUC-01)."`
		Bid     *levelText   `json:"bid,omitempty"`
		Ask     *levelText   `json:"ask,omitempty"`
		Last    *tradeText   `json:"last,omitempty"`
		Day     dayText      `json:"day" doc:"The last 24 hours, to the minute."`
	}
}

type auctionText struct {
	Price      string `json:"price,omitempty" doc:"Dollars per GPU-hour; none while no bid reaches an ask."`
	Volume     string `json:"volume" doc:"Lots that would trade."`
	Surplus    string `json:"surplus" doc:"Lots that would find nobody, above zero to buy, below to sell."`
	EndsMS     int64  `json:"ends_ms,omitempty" doc:"When a protective auction ends; the schedule or the operator ends the others."`
	Uncrossing bool   `json:"uncrossing,omitempty" doc:"The trades are being made: the price is theirs and the volume is still to be traded (AUC-07)."`
}

func auctionTextOf(x *marketdata.Auction, terms *venue.Instrument) *auctionText {
	t := &auctionText{Volume: qtyText(x.Volume), Surplus: qtyText(x.Surplus), Uncrossing: x.Uncrossing}
	if x.Volume > 0 {
		t.Price = priceText(x.Price, terms)
	}
	if x.Ends != 0 {
		t.EndsMS = millis(x.Ends)
	}
	return t
}

type dayText struct {
	Open   string `json:"open,omitempty"`
	High   string `json:"high,omitempty"`
	Low    string `json:"low,omitempty"`
	Volume string `json:"volume"`
	Trades uint64 `json:"trades"`
}

func (s *Server) ticker(_ context.Context, in *symbolInput) (*tickerAnswer, error) {
	terms, err := s.terms(in.Symbol)
	if err != nil {
		return nil, err
	}
	t, _ := s.config.Market.Ticker(terms.ID, s.now())
	a := &tickerAnswer{}
	b := &a.Body
	b.Symbol, b.Phase, b.Sequence, b.TimeMS = terms.Symbol, t.Phase.String(), uint64(t.Seq), millis(t.Time)
	if t.Marked {
		b.Mark = priceText(t.Mark, terms)
		b.MarkText = markTextOf(&t)
	}
	if t.Phase.Collecting() {
		b.Auction = auctionTextOf(&t.Auction, terms)
	}
	if t.Bid.Qty > 0 {
		b.Bid = &levelTexts([]marketdata.Level{t.Bid}, terms)[0]
	}
	if t.Ask.Qty > 0 {
		b.Ask = &levelTexts([]marketdata.Level{t.Ask}, terms)[0]
	}
	if t.Last.ID != 0 {
		last := s.tradeText(&t.Last, terms)
		b.Last = &last
	}
	b.Day = dayText{Volume: qtyText(t.Volume), Trades: t.Trades}
	if t.Trades > 0 {
		b.Day.Open, b.Day.High, b.Day.Low = priceText(t.Open, terms), priceText(t.High, terms), priceText(t.Low, terms)
	}
	return a, nil
}

type candlesInput struct {
	Symbol     string `query:"symbol" required:"true" maxLength:"64"`
	Resolution string `query:"resolution" required:"true" enum:"1m,1h,1d"`
	Start      int64  `query:"start" minimum:"0" maximum:"9000000000000" doc:"Earliest start in milliseconds."`
	End        int64  `query:"end" minimum:"0" maximum:"9000000000000" doc:"Candles start before this, in milliseconds; 0 for now."`
	Limit      int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Cursor     string `query:"cursor" maxLength:"64" doc:"next_cursor of the page before; instead of end."`
}

type candlesAnswer struct {
	Body struct {
		Candles    []candleText `json:"candles" doc:"Intervals without a trade have none."`
		NextCursor string       `json:"next_cursor,omitempty"`
	}
}

type candleText struct {
	StartMS int64  `json:"start_ms"`
	Open    string `json:"open"`
	High    string `json:"high"`
	Low     string `json:"low"`
	Close   string `json:"close"`
	Volume  string `json:"volume"`
	Trades  uint32 `json:"trades"`
}

// resolutions are the candles that are kept, by name.
var resolutions = map[string]marketdata.Resolution{
	marketdata.Minute.String(): marketdata.Minute,
	marketdata.Hour.String():   marketdata.Hour,
	marketdata.Day.String():    marketdata.Day,
}

const nanosPerMilli = 1_000_000

func (s *Server) candles(_ context.Context, in *candlesInput) (*candlesAnswer, error) {
	terms, err := s.terms(in.Symbol)
	if err != nil {
		return nil, err
	}
	end := in.End
	if in.Cursor != "" {
		if end, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || end <= 0 || end > 9_000_000_000_000 || in.End != 0 {
			return nil, badCursor()
		}
	}
	list := s.config.Market.Candles(terms.ID, resolutions[in.Resolution], venue.Time(in.Start*nanosPerMilli), venue.Time(end*nanosPerMilli), in.Limit, nil)
	a := &candlesAnswer{}
	a.Body.Candles = []candleText{}
	for _, c := range list {
		a.Body.Candles = append(a.Body.Candles, candleText{
			millis(c.Start), priceText(c.Open, terms), priceText(c.High, terms), priceText(c.Low, terms), priceText(c.Close, terms), qtyText(c.Volume), c.Trades,
		})
	}
	if len(list) == in.Limit {
		a.Body.NextCursor = strconv.FormatInt(millis(list[len(list)-1].Start), 10)
	}
	return a, nil
}
