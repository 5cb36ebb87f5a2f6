package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/clearhour/clearhour/internal/script"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

// action does one line of a scenario and returns its output.
type action func(*floor, *script.Cmd) string

var commands = map[string]action{
	"limits":          (*floor).setLimits,
	"asset":           (*floor).listAsset,
	"list":            (*floor).list,
	"open":            (*floor).openMarket,
	"phase":           (*floor).setPhase,
	"mark":            (*floor).setMark,
	"index":           (*floor).listIndex,
	"reading":         (*floor).publishReading,
	"meter":           (*floor).publishMeter,
	"reference":       (*floor).setReference,
	"schedule":        (*floor).setSchedule,
	"protections":     (*floor).setProtections,
	"version":         (*floor).setVersion,
	"fee-tiers":       (*floor).setFeeTiers,
	"settle":          (*floor).settle,
	"account":         (*floor).openAccount,
	"deposit":         (*floor).transfer,
	"collateral":      (*floor).setCollateral,
	"move":            (*floor).move,
	"sell-collateral": (*floor).sellCollateral,
	"withdraw":        (*floor).transfer,
	"buy":             (*floor).place,
	"sell":            (*floor).place,
	"cancel":          (*floor).cancel,
	"amend":           (*floor).amend,
	"mass-cancel":     (*floor).massCancel,
	"venue-cancel":    (*floor).massCancel,
	"disconnect":      (*floor).massCancel,
	"ladder":          (*floor).ladder,
	"at":              (*floor).at,
	"tick":            (*floor).tick,
	"liquidation":     (*floor).setLiquidation,
	"insure":          (*floor).insure,
	"tick-when-due":   (*floor).tickWhenDue,
	"quote":           (*floor).massQuote,
	"protect-quotes":  (*floor).protectQuotes,
	"cancel-quotes":   (*floor).cancelQuotes,
	"run":             (*floor).run,
	"operator":        (*floor).setOperator,
	"terms":           (*floor).setTerms,
	"approve":         (*floor).approve,
	"cancel-change":   (*floor).cancelChange,
	"malformed":       (*floor).malformed,
}

func words() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for w := range maps.Keys(commands) {
			if !yield(w) {
				return
			}
		}
		for w := range maps.Keys(queries) {
			if !yield(w) {
				return
			}
		}
	})
}

// setLimits starts over with other limits; it comes first.
func (f *floor) setLimits(d *script.Cmd) string {
	l := f.limits
	l.Orders = script.NumOr(d, "orders", l.Orders)
	l.OrdersPerAccount = script.NumOr(d, "orders-per-account", l.OrdersPerAccount)
	l.OrdersPerHolding = script.NumOr(d, "orders-per-holding", l.OrdersPerHolding)
	l.Accounts = script.NumOr(d, "accounts", l.Accounts)
	l.Instruments = script.NumOr(d, "instruments", l.Instruments)
	l.FillsPerOrder = script.NumOr(d, "fills-per-order", l.FillsPerOrder)
	l.PaidPerTick = script.NumOr(d, "paid-per-tick", l.PaidPerTick)
	l.CrossedPerTick = script.NumOr(d, "crossed-per-tick", l.CrossedPerTick)
	l.RequestsPerAccount = script.NumOr(d, "requests-per-account", l.RequestsPerAccount)
	f.open(l)
	return ""
}

func (f *floor) listAsset(d *script.Cmd) string {
	return f.apply(d, 0, &venue.ListAsset{
		Asset: script.NumOr(d, "number", venue.AssetID(len(f.assets)+1)), Symbol: d.Word(0), Decimals: script.NumOr(d, "decimals", uint8(0)),
	})
}

// list lists an instrument. What is left out is as in the page of limits: a
// tick of 0.001, one GPU-hour per lot, no fees, a band of ten percent.
func (f *floor) list(d *script.Cmd) string {
	terms := f.readTerms(d)
	return f.apply(d, 0, &venue.ListInstrument{Terms: *terms})
}

func (f *floor) readTerms(d *script.Cmd) *venue.Instrument {
	symbol := d.Word(1)
	i := &venue.Instrument{
		ID: script.NumOr(d, "number", venue.InstrumentID(len(f.instruments)+1)), Symbol: symbol,
		Class: "H100-SXM-80", Region: "NA-E", Grade: "C", Window: venue.WindowDay, Quote: venue.USD,
		Tick: f.dollars(d, "tick", "0.001"), Hours: d.IntOr("hours", 1), MaxQty: script.NumOr(d, "max", venue.Qty(1000)),
		Band: f.rate(d, "band", "0.1"), Maker: f.rate(d, "maker", "0"), Taker: f.rate(d, "taker", "0"),
	}
	if d.ArgOr("match", "") == "pro-rata" {
		i.Match = venue.ProRata
	}
	i.Start, _ = scale.ParseRFC3339("2027-01-01T00:00:00Z")
	i.End = i.Start + 24*3600*venue.Second
	i.Low, i.High = f.priceOr(d, "low", i, i.Tick), f.priceOr(d, "high", i, 100_000*i.Tick)
	switch kind := d.Word(0); kind {
	case "spot":
		i.Kind, i.Base = venue.Spot, f.assets[d.ArgOr("base", symbol)]
	case "future":
		i.Kind, i.Brackets = venue.Future, f.brackets(d)
	case "perpetual":
		i.Kind, i.Brackets, i.Window, i.Start, i.End = venue.Perpetual, f.brackets(d), 0, 0, 0
	case "capped":
		i.Kind, i.Low = venue.Capped, f.priceOr(d, "low", i, 0)
		if d.Has("brackets") {
			i.Brackets = f.brackets(d)
		}
	default:
		d.Fatalf("%q is none of spot, future, perpetual and capped", kind)
	}
	i.Interest = venue.Interest{Low: script.NumOr(d, "interest-from", venue.Qty(0)), High: script.NumOr(d, "interest-to", venue.Qty(0))}
	i.MaxPosition = script.NumOr(d, "max-position", venue.Qty(0))
	return i
}

// brackets reads "1000:0.05/0.025,rest:0.1/0.05": up to which notional, and the
// initial and the maintenance rate.
func (f *floor) brackets(d *script.Cmd) []venue.Bracket {
	var found []venue.Bracket
	for text := range strings.SplitSeq(d.ArgOr("brackets", "rest:0.1/0.05"), ",") {
		upto, rates, _ := strings.Cut(text, ":")
		initial, maintenance, _ := strings.Cut(rates, "/")
		b := venue.Bracket{Upto: venue.MaxAmount, Initial: f.parseRate(d, initial), Maintenance: f.parseRate(d, maintenance)}
		if upto != "rest" {
			b.Upto = f.parseAmount(d, upto, scale.MoneyDecimals)
		}
		found = append(found, b)
	}
	return found
}

// openMarket lists an instrument, with its base asset if it is spot, sets its
// mark and opens it.
func (f *floor) openMarket(d *script.Cmd) string {
	var out []string
	symbol, mark := d.Word(1), d.Arg("mark")
	if base := d.ArgOr("base", symbol); d.Word(0) == "spot" && f.assets[base] == 0 {
		out = append(out, f.apply(d, 0, &venue.ListAsset{Asset: venue.AssetID(len(f.assets) + 1), Symbol: base}))
	}
	terms := f.readTerms(d)
	out = append(out, f.apply(d, 0, &venue.ListInstrument{Terms: *terms}))
	p, err := scale.ParsePrice(mark, terms)
	if err != nil {
		d.Fatalf("mark: %+v", err)
	}
	out = append(out, f.apply(d, 0, &venue.SetMark{Instrument: terms.ID, Price: p}))
	return strings.Join(append(out, f.apply(d, 0, &venue.SetPhase{Instrument: terms.ID, Phase: venue.Continuous})), "\n")
}

func (f *floor) setPhase(d *script.Cmd) string {
	return f.apply(d, 0, &venue.SetPhase{Instrument: f.instrument(d, d.Word(0)).ID, Phase: phaseOf(d.Word(1))})
}

func (f *floor) setMark(d *script.Cmd) string {
	i := f.instrument(d, d.Word(0))
	p, err := scale.ParsePrice(d.Word(1), i)
	if err != nil {
		d.Fatalf("%+v", err)
	}
	return f.apply(d, 0, &venue.SetMark{Instrument: i.ID, Price: p})
}

func (f *floor) setVersion(d *script.Cmd) string {
	n, _ := strconv.ParseUint(d.Word(0), 10, 32)
	return f.apply(d, 0, &venue.SetVersion{Version: uint32(n)})
}

// openAccount opens an account, its own owner unless told, and makes deposits
// such as USD=1000.
func (f *floor) openAccount(d *script.Cmd) string {
	name := d.Word(0)
	id := script.NumOr(d, "number", venue.FirstAccount+f.opened)
	if _, ok := f.accounts[name]; ok {
		d.Fatalf("there is a %s already", name)
	}
	f.accounts[name] = id
	c := &venue.OpenAccount{Account: id, Owner: script.NumOr(d, "owner", venue.OwnerID(id))}
	if d.Has("isolated") {
		c.Isolated = 99
		if i, ok := f.instruments[d.Arg("isolated")]; ok {
			c.Isolated = i.ID
		}
	}
	out := []string{f.apply(d, 0, c)}
	if f.tape.Entries[0].Event.Kind() != venue.EventAccountOpened {
		delete(f.accounts, name)
		return out[0]
	}
	f.opened++
	for _, symbol := range slices.Sorted(maps.Keys(f.assets)) {
		if !d.Has(symbol) {
			continue
		}
		f.transfers++
		ref, _ := venue.ParseClOrdID(fmt.Sprintf("dep-%d", f.transfers))
		as := f.assets[symbol]
		out = append(out, f.apply(d, 0, &venue.Deposit{Account: id, Asset: as, Amount: f.parseAmount(d, d.Arg(symbol), f.decimals[as]), Ref: ref}))
	}
	return strings.Join(out, "\n")
}

// transfer reads "deposit alice 1000 USD ref=d1".
func (f *floor) transfer(d *script.Cmd) string {
	as, ok := f.assets[d.Word(2)]
	if !ok {
		as = 99
	}
	f.unit = f.decimals[as]
	defer func() { f.unit = scale.MoneyDecimals }()
	account, ref := f.account(d), f.id(d, "ref")
	n := f.parseAmount(d, d.Word(1), f.decimals[as])
	if d.Name == "deposit" {
		return f.apply(d, 0, &venue.Deposit{Account: account, Asset: as, Amount: n, Ref: ref})
	}
	return f.apply(d, session(account), &venue.Withdraw{Account: account, Asset: as, Amount: n, Ref: ref})
}

// session is the one that an account uses unless told otherwise.
func session(a venue.AccountID) venue.SessionID { return venue.SessionID(a) }

var (
	tifs = map[string]venue.TimeInForce{"DAY": venue.Day, "GTC": venue.GTC, "IOC": venue.IOC, "FOK": venue.FOK, "GTD": venue.GTD}
	stps = map[string]venue.SelfTrade{"cancel_taker": venue.CancelTaker, "cancel_maker": venue.CancelMaker, "cancel_both": venue.CancelBoth, "decrement": venue.Decrement}
)

// place reads "buy alice H100 qty=5 px=2.150 id=a1": a limit order good till
// canceled unless it says otherwise.
func (f *floor) place(d *script.Cmd) string {
	i := f.instrument(d, d.Word(1))
	c := &venue.PlaceOrder{
		Account: f.account(d), Instrument: i.ID, Side: venue.Buy, Type: venue.Limit,
		STP: stps[d.ArgOr("stp", "cancel_taker")], ClOrdID: f.id(d, "id"),
		Qty: script.Num[venue.Qty](d, "qty"), MinQty: script.NumOr(d, "min", venue.Qty(0)), Display: script.NumOr(d, "display", venue.Qty(0)),
	}
	if d.Name == "sell" {
		c.Side = venue.Sell
	}
	usual := "GTC"
	switch {
	case d.Flag("market"):
		c.Type, usual = venue.Market, "IOC"
	case d.Has("stop") && d.Has("px"):
		c.Type = venue.StopLimit
	case d.Has("stop"):
		c.Type = venue.Stop
	}
	c.TIF = tifs[d.ArgOr("tif", usual)]
	for flag, word := range flagWords {
		if d.Flag(word) {
			c.Flags |= 1 << flag
		}
	}
	for key, p := range map[string]*venue.Price{"px": &c.Price, "stop": &c.Stop} {
		if !d.Has(key) {
			continue
		}
		v, err := scale.ParsePrice(d.Arg(key), i)
		if err != nil {
			return fmt.Sprintf("not sent: %s, %s, limit %s", reason(err.Reason), key, err.Limit)
		}
		*p = v
	}
	if d.Has("expire") {
		c.Expire = f.time(d, d.Arg("expire"))
	}
	return f.apply(d, script.NumOr(d, "session", session(c.Account)), c)
}

// cancel reads "cancel alice a1", or with the venue's number of an order
// "cancel alice order=alice/a1".
func (f *floor) cancel(d *script.Cmd) string {
	a := f.account(d)
	order, orig := f.target(d)
	return f.apply(d, session(a), &venue.CancelOrder{Account: a, Order: order, Orig: orig, ClOrdID: f.id(d, "id")})
}

func (f *floor) amend(d *script.Cmd) string {
	a := f.account(d)
	order, orig := f.target(d)
	c := &venue.AmendOrder{Account: a, Order: order, Orig: orig, ClOrdID: f.id(d, "id"), Qty: script.Num[venue.Qty](d, "qty")}
	if px := d.ArgOr("px", ""); px != "" {
		v, err := scale.ParsePrice(px, f.instrument(d, d.ArgOr("in", f.onlySymbol())))
		if err != nil {
			d.Fatalf("%+v", err)
		}
		c.Price = v
	}
	return f.apply(d, session(a), c)
}

// target returns the order that a line names.
func (f *floor) target(d *script.Cmd) (venue.OrderID, venue.ClOrdID) {
	label := d.ArgOr("order", "")
	if label == "" {
		orig, _ := venue.ParseClOrdID(d.Word(1))
		return 0, orig
	}
	for id, name := range f.orders {
		if name == label {
			return id, venue.ClOrdID{}
		}
	}
	d.Fatalf("no order %q was ever accepted", label)
	return 0, venue.ClOrdID{}
}

// massCancel reads "mass-cancel alice H100 buy". A venue-cancel is the venue's
// own, a disconnect is for the orders of one session.
func (f *floor) massCancel(d *script.Cmd) string {
	c := &venue.MassCancel{Account: f.account(d), ClOrdID: f.id(d, "id")}
	for _, w := range d.Words()[1:] {
		switch w {
		case "buy":
			c.Side = venue.Buy
		case "sell":
			c.Side = venue.Sell
		default:
			c.Instrument = f.instrument(d, w).ID
		}
	}
	switch d.Name {
	case "disconnect":
		c.Session = script.NumOr(d, "session", session(c.Account))
		return f.apply(d, 0, c)
	case "venue-cancel":
		return f.apply(d, 0, c)
	}
	return f.apply(d, session(c.Account), c)
}

// ladder places many alike orders, "ladder sell alice H100 qty=1 px=2.000
// step=0.001 count=300 id=s" with the ids s1 to s300, and says how many stand.
// With the word stop they are stops, with the word mark those by the mark.
func (f *floor) ladder(d *script.Cmd) string {
	i, a := f.instrument(d, d.Word(2)), f.accounts[d.Word(1)]
	sides := map[string]venue.Side{"buy": venue.Buy, "sell": venue.Sell}
	side, stop := sides[d.Word(0)], d.Flag("stop")
	price, step := f.priceOr(d, "px", i, 0), f.priceOr(d, "step", i, 0)
	accepted, count := 0, d.Int("count")
	for n := range count {
		f.quick = n < count-1
		id, _ := venue.ParseClOrdID(fmt.Sprintf("%s%d", d.Arg("id"), n+1))
		c := &venue.PlaceOrder{Account: a, Instrument: i.ID, Side: side, Type: venue.Limit, TIF: venue.GTC, STP: venue.CancelTaker, Qty: script.Num[venue.Qty](d, "qty"), Price: price, ClOrdID: id}
		if stop {
			c.Type, c.Price, c.Stop = venue.Stop, 0, price
		}
		if d.Flag("mark") {
			c.Flags |= venue.ByMark
		}
		f.apply(d, session(a), c)
		if f.tape.Entries[0].Event.Kind() == venue.EventOrderAccepted {
			accepted++
		}
		price += step
	}
	return fmt.Sprintf("accepted %d", accepted)
}

func (f *floor) at(d *script.Cmd) string {
	f.now = f.time(d, d.Word(0))
	return ""
}

func (f *floor) tick(d *script.Cmd) string { return f.apply(d, 0, &venue.Tick{}) }

// tickWhenDue goes to the venue's next deadline within a week, beyond which only
// the ends of markets lie, and ticks.
func (f *floor) tickWhenDue(d *script.Cmd) string {
	due, ok := f.core.NextDeadline()
	if !ok || due > f.now+7*24*3600*venue.Second {
		return "nothing is due"
	}
	f.now = max(f.now, due)
	out := f.apply(d, 0, &venue.Tick{})
	return "due " + clock(due) + "\n" + out
}

// run ticks at every deadline until a time, "run 2026-12-01T10:00:00Z", and shows
// the events with the time of each Tick that had any.
func (f *floor) run(d *script.Cmd) string {
	until := f.time(d, d.Word(0))
	var out []string
	for {
		due, ok := f.core.NextDeadline()
		if !ok || due > until {
			break
		}
		f.now = max(f.now, due)
		if lines := f.apply(d, 0, &venue.Tick{}); lines != "" {
			out = append(out, "at "+clock(f.now), lines)
		}
	}
	f.now = max(f.now, until)
	return strings.Join(out, "\n")
}

func (f *floor) account(d *script.Cmd) venue.AccountID {
	a, ok := f.accounts[d.Word(0)]
	if !ok {
		d.Fatalf("no account %q", d.Word(0))
	}
	return a
}

// instrument returns terms; NOTHING is what was never listed.
func (f *floor) instrument(d *script.Cmd, symbol string) *venue.Instrument {
	if symbol == "NOTHING" {
		return &venue.Instrument{ID: 999, Tick: 1000}
	}
	i, ok := f.instruments[symbol]
	if !ok {
		d.Fatalf("no instrument %q", symbol)
	}
	return i
}

func (f *floor) onlySymbol() string {
	for symbol := range f.instruments {
		if len(f.instruments) == 1 {
			return symbol
		}
	}
	return "say in="
}

func (f *floor) id(d *script.Cmd, key string) venue.ClOrdID {
	id, _ := venue.ParseClOrdID(d.ArgOr(key, ""))
	return id
}

func (f *floor) time(d *script.Cmd, text string) venue.Time {
	t, err := scale.ParseRFC3339(text)
	if err != nil {
		d.Fatalf("%+v", err)
	}
	return t
}

func (f *floor) priceOr(d *script.Cmd, key string, i *venue.Instrument, def venue.Amount) venue.Price {
	text := d.ArgOr(key, "")
	if text == "" {
		return venue.Price(def / max(i.Tick, 1))
	}
	p, err := scale.ParsePrice(text, i)
	if err != nil {
		d.Fatalf("%s: %+v", key, err)
	}
	return p
}

func (f *floor) dollars(d *script.Cmd, key, def string) venue.Amount {
	return f.parseAmount(d, d.ArgOr(key, def), scale.MoneyDecimals)
}

func (f *floor) parseAmount(d *script.Cmd, text string, decimals uint8) venue.Amount {
	n, err := scale.ParseAmount(text, decimals)
	if err != nil {
		d.Fatalf("%+v", err)
	}
	return n
}

func (f *floor) rate(d *script.Cmd, key, def string) venue.Rate {
	return f.parseRate(d, d.ArgOr(key, def))
}

func (f *floor) parseRate(d *script.Cmd, text string) venue.Rate {
	r, err := scale.ParseRate(text)
	if err != nil {
		d.Fatalf("%+v", err)
	}
	return r
}
