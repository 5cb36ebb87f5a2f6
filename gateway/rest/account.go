package rest

import (
	"context"
	"strconv"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/marketdata"
)

func (s *Server) accountRoutes() {
	read := Access{Scope: gateway.ReadAccount}
	route(s, read, "/v1/orders", "orders", "Open orders, oldest first, or lately ended ones, newest first", s.orders)
	route(s, read, "/v1/orders/{id}", "order", "An order by the id of the venue", s.order)
	route(s, read, "/v1/orders:by-cl-id/{cl}", "order-by-cl-id", "An order by an id of the client", s.orderByClient)
	route(s, read, "/v1/fills", "fills", "Recent fills, newest first", s.fills)
	route(s, read, "/v1/balances", "balances", "Balances", s.balances)
	route(s, read, "/v1/quote-protections", "quote-protections", "What may happen to one's quotes before they are withdrawn", s.quoteProtections)
}

// Whose is the account that a request names. It is exported because the framework
// reads embedded parameters of exported types only.
type Whose struct {
	Account uint32 `query:"account" minimum:"0" doc:"One of the key's accounts; its first one when not given."`
}

// account returns the account that is meant. One of somebody else is answered as
// one that does not exist.
func account(ctx context.Context, w Whose) (venue.AccountID, error) {
	c := caller(ctx)
	a := venue.AccountID(w.Account)
	if a == venue.NoAccount && len(c.Accounts) > 0 {
		return c.Accounts[0], nil
	}
	if !c.Owns(a) {
		return 0, refuse(gateway.UnknownAccount, "account", "")
	}
	return a, nil
}

// Chosen narrows a list.
type Chosen struct {
	Symbol string `query:"symbol" maxLength:"64"`
	Side   string `query:"side" enum:"buy,sell"`
}

func (s *Server) filter(c Chosen) (blotter.Filter, error) {
	var f blotter.Filter
	if c.Symbol != "" {
		terms, err := s.terms(c.Symbol)
		if err != nil {
			return f, err
		}
		f.Instrument = terms.ID
	}
	switch c.Side {
	case venue.Buy.String():
		f.Side = venue.Buy
	case venue.Sell.String():
		f.Side = venue.Sell
	}
	return f, nil
}

// page reads what every list of an account is asked by: whose, which of it, and
// from where on.
func (s *Server) page(ctx context.Context, w Whose, c Chosen, cursor string) (venue.AccountID, blotter.Filter, blotter.Place, error) {
	acct, err := account(ctx, w)
	if err != nil {
		return 0, blotter.Filter{}, blotter.Place{}, err
	}
	f, err := s.filter(c)
	if err != nil {
		return 0, f, blotter.Place{}, err
	}
	at, p := parsePlace(cursor)
	if p != nil { // A nil *Problem is no nil error.
		return 0, f, at, p
	}
	return acct, f, at, nil
}

type ordersInput struct {
	Whose
	Chosen
	Status string `query:"status" enum:"open,ended" default:"open"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Cursor string `query:"cursor" maxLength:"64" doc:"next_cursor of the page before; open orders only."`
}

type ordersAnswer struct {
	Body struct {
		Orders     []orderTextFields `json:"orders"`
		NextCursor string            `json:"next_cursor,omitempty"`
	}
}

type orderAnswer struct{ Body orderTextFields }

type orderTextFields struct {
	ID          string `json:"id,omitempty" doc:"Id of the venue; none when the order was rejected."`
	Account     uint32 `json:"account"`
	ClOrdID     string `json:"cl_ord_id" doc:"Id of the client at entry."`
	LastClOrdID string `json:"last_cl_ord_id" doc:"Id of the last request that changed the order."`
	Symbol      string `json:"symbol,omitempty"`
	Side        string `json:"side"`
	Type        string `json:"type"`
	TIF         string `json:"tif"`
	PostOnly    bool   `json:"post_only,omitempty"`
	ReduceOnly  bool   `json:"reduce_only,omitempty"`
	CancelOnDis bool   `json:"cancel_on_disconnect,omitempty"`
	Quote       bool   `json:"quote,omitempty" doc:"Whether it is a side of a quote."`
	Trigger     string `json:"trigger,omitempty" enum:"last,mark" doc:"By which price a stop wakes."`
	Triggered   bool   `json:"triggered,omitempty" doc:"Whether a stop was elected."`
	Status      string `json:"status" enum:"new,partially_filled,filled,canceled,expired,rejected"`
	Reason      string `json:"reason,omitempty" doc:"Why it ended or was refused: a code of the error catalogue, or what ended it."`
	Price       string `json:"price,omitempty"`
	Stop        string `json:"stop,omitempty"`
	Qty         string `json:"qty"`
	Filled      string `json:"filled"`
	Leaves      string `json:"leaves"`
	AvgPrice    string `json:"avg_price,omitempty" doc:"Six decimals, a half to the even digit, over the fills that this gateway has heard of."`
	Fees        string `json:"fees" doc:"Dollars, over the same fills."`
	ExpireMS    int64  `json:"expire_ms,omitempty"`
	CreatedMS   int64  `json:"created_ms"`
	UpdatedMS   int64  `json:"updated_ms"`
	Sequence    uint64 `json:"sequence" doc:"Number of the last command that changed the order."`
}

// orderFields writes an order as text. The refusal of an order may name an
// instrument that does not exist; such a one has no price either.
func (s *Server) orderFields(o *blotter.Order) orderTextFields {
	t := orderTextFields{
		ID: orderText(o.ID), Account: uint32(o.Account), ClOrdID: o.ClOrdID.String(), LastClOrdID: o.LastClOrdID.String(),
		Side: o.Side.String(), Type: o.Type.String(), TIF: o.TIF.String(),
		PostOnly: o.Flags.Has(venue.PostOnly), ReduceOnly: o.Flags.Has(venue.ReduceOnly), CancelOnDis: o.Flags.Has(venue.CancelOnDisconnect),
		Quote: o.Flags.Has(venue.Quote), Triggered: o.Triggered, Status: o.Status.String(), Reason: reasonText(o.Reason),
		Qty: qtyText(o.Qty), Filled: qtyText(o.Filled), Leaves: qtyText(o.Leaves), Fees: moneyText(o.Fees),
		CreatedMS: millis(o.Created), UpdatedMS: millis(o.Updated), Sequence: uint64(o.LastSeq),
	}
	if o.Expire != 0 {
		t.ExpireMS = millis(o.Expire)
	}
	terms, ok := s.config.Market.Instrument(o.Instrument)
	if !ok {
		return t
	}
	t.Symbol, t.AvgPrice = terms.Symbol, averageText(o, terms)
	if o.Type == venue.Limit || o.Type == venue.StopLimit || o.Price != 0 {
		t.Price = priceText(o.Price, terms)
	}
	if o.Type == venue.Stop || o.Type == venue.StopLimit {
		t.Stop, t.Trigger = priceText(o.Stop, terms), "last"
		if o.Flags.Has(venue.ByMark) {
			t.Trigger = "mark"
		}
	}
	return t
}

// ends names the reasons that are no errors: somebody wanted the end.
var ends = map[venue.Reason]string{
	venue.CanceledByUser:       "CANCELED_BY_USER",
	venue.CanceledByMass:       "CANCELED_BY_MASS",
	venue.CanceledByDisconnect: "CANCELED_BY_DISCONNECT",
	venue.CanceledByVenue:      "CANCELED_BY_VENUE",
	venue.Replaced:             "REPLACED",
}

// reasonText names a reason: the other ones as the catalogue does.
func reasonText(r venue.Reason) string {
	if r == venue.OK {
		return ""
	}
	if name, ok := ends[r]; ok {
		return name
	}
	return gateway.CodeOf(r).String()
}

func (s *Server) orders(ctx context.Context, in *ordersInput) (*ordersAnswer, error) {
	acct, f, after, err := s.page(ctx, in.Whose, in.Chosen, in.Cursor)
	if err != nil {
		return nil, err
	}
	if in.Status == "ended" && in.Cursor != "" {
		return nil, refuse(gateway.BadValue, "cursor", "ended orders have one page")
	}
	list := s.ordersOf(acct, in.Status, f, after, in.Limit)
	a := &ordersAnswer{}
	a.Body.Orders = make([]orderTextFields, len(list))
	for i := range list {
		a.Body.Orders[i] = s.orderFields(&list[i])
	}
	if n := len(list); n == in.Limit && in.Status == "open" {
		a.Body.NextCursor = placeText(blotter.Place{Seq: list[n-1].Seq, Index: list[n-1].Index})
	}
	return a, nil
}

func (s *Server) ordersOf(acct venue.AccountID, status string, f blotter.Filter, after blotter.Place, n int) []blotter.Order {
	if status == "ended" {
		return s.config.Blotter.Ended(acct, f, n, nil)
	}
	return s.config.Blotter.Live(acct, f, after, n, nil)
}

type orderInput struct {
	ID string `path:"id" maxLength:"20"`
}

func (s *Server) order(ctx context.Context, in *orderInput) (*orderAnswer, error) {
	if id, ok := parseOrder(in.ID); ok {
		if o, ok := s.config.Blotter.Order(id); ok && caller(ctx).Owns(o.Account) {
			return &orderAnswer{Body: s.orderFields(&o)}, nil
		}
	}
	return nil, refuse(gateway.UnknownOrder, "id", "")
}

type orderByClientInput struct {
	Whose
	ClOrdID string `path:"cl" maxLength:"20"`
}

func (s *Server) orderByClient(ctx context.Context, in *orderByClientInput) (*orderAnswer, error) {
	acct, err := account(ctx, in.Whose)
	if err != nil {
		return nil, err
	}
	if id, ok := venue.ParseClOrdID(in.ClOrdID); ok {
		if o, ok := s.config.Blotter.ByClient(acct, id); ok {
			return &orderAnswer{Body: s.orderFields(&o)}, nil
		}
	}
	return nil, refuse(gateway.UnknownOrder, "cl", "")
}

type fillsInput struct {
	Whose
	Chosen
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Cursor string `query:"cursor" maxLength:"64" doc:"next_cursor of the page before."`
}

type fillsAnswer struct {
	Body struct {
		Fills      []fillText `json:"fills"`
		NextCursor string     `json:"next_cursor,omitempty"`
	}
}

type fillText struct {
	TradeID   string `json:"trade_id"`
	OrderID   string `json:"order_id"`
	ClOrdID   string `json:"cl_ord_id,omitempty"`
	Symbol    string `json:"symbol"`
	Side      string `json:"side"`
	Liquidity string `json:"liquidity" enum:"maker,taker"`
	Price     string `json:"price"`
	Qty       string `json:"qty"`
	Leaves    string `json:"leaves" doc:"What the order had open afterwards."`
	Fee       string `json:"fee"`
	TimeMS    int64  `json:"time_ms"`
	Sequence  uint64 `json:"sequence"`
}

func (s *Server) fills(ctx context.Context, in *fillsInput) (*fillsAnswer, error) {
	acct, f, before, err := s.page(ctx, in.Whose, in.Chosen, in.Cursor)
	if err != nil {
		return nil, err
	}
	list := s.config.Blotter.Fills(acct, f, before, in.Limit, nil)
	a := &fillsAnswer{}
	a.Body.Fills = []fillText{}
	for i := range list {
		a.Body.Fills = append(a.Body.Fills, s.fillText(&list[i]))
	}
	if n := len(list); n >= in.Limit {
		a.Body.NextCursor = placeText(blotter.Place{Seq: list[n-1].Seq, Index: list[n-1].Index})
	}
	return a, nil
}

func (s *Server) fillText(f *blotter.Fill) fillText {
	t := fillText{
		TradeID: strconv.FormatUint(uint64(f.Trade), 10), OrderID: orderText(f.Order), ClOrdID: f.ClOrdID.String(),
		Side: f.Side.String(), Liquidity: "taker", Qty: qtyText(f.Qty), Leaves: qtyText(f.Leaves),
		Fee: moneyText(f.Fee), TimeMS: millis(f.Time), Sequence: uint64(f.Seq),
	}
	if f.Maker {
		t.Liquidity = "maker"
	}
	if terms, ok := s.config.Market.Instrument(f.Instrument); ok {
		t.Symbol, t.Price = terms.Symbol, priceText(f.Price, terms)
	}
	return t
}

type accountInput struct{ Whose }

type balancesAnswer struct {
	Body struct {
		Balances []balanceText `json:"balances"`
	}
}

type balanceText struct {
	Asset    string `json:"asset"`
	Total    string `json:"total"`
	Held     string `json:"held" doc:"What open orders and positions need."`
	Free     string `json:"free"`
	Sequence uint64 `json:"sequence"`
}

func (s *Server) balances(ctx context.Context, in *accountInput) (*balancesAnswer, error) {
	acct, err := account(ctx, in.Whose)
	if err != nil {
		return nil, err
	}
	a := &balancesAnswer{}
	a.Body.Balances = []balanceText{}
	for _, b := range s.config.Blotter.Balances(acct) {
		asset, known := s.asset(b.Asset)
		if !known {
			continue // An asset is listed before anybody can have it.
		}
		a.Body.Balances = append(a.Body.Balances, balanceText{
			asset.Symbol, amountText(b.Total, asset), amountText(b.Held, asset), amountText(b.Total-b.Held, asset), uint64(b.Seq),
		})
	}
	return a, nil
}

func amountText(v venue.Amount, a marketdata.Asset) string {
	return string(appendAmount(nil, v, a.Decimals))
}
