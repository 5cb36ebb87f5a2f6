package mutants

// Rules returns the mutants of the rulebook.
func Rules() []Mutant {
	var all []Mutant
	for _, part := range [][]Mutant{auctions, matching, margin, marks, funding, liquidation, waterfall, settlement, accounts, changes} {
		all = append(all, part...)
	}
	return all
}

var auctions = []Mutant{
	{
		Rule: "AUC-01", Fault: "an auction looks at the best prices alone",
		File: "matching/auction.go", Old: "for bid.more() && ask.more() && bid.price >= ask.price {", New: "if bid.more() && ask.more() && bid.price >= ask.price {",
	},
	{
		Rule: "AUC-02", Fault: "a surplus to buy takes the lowest price",
		File: "matching/auction.go", Old: "a.Price, a.Surplus = hi, bid.left", New: "a.Price, a.Surplus = lo, bid.left",
	},
	{
		Rule: "AUC-02", Fault: "without a reference the midpoint is rounded up",
		File: "matching/auction.go", Old: "return (lo + hi) >> 1", New: "return (lo + hi + 1) >> 1",
	},
	{
		Rule: "AUC-02", Fault: "a reference between the prices is ignored",
		File: "matching/auction.go", Old: "return min(max(r.Price, lo), hi)", New: "return hi",
	},
	{
		Rule: "AUC-03", Fault: "icebergs count with what they show",
		File: "matching/auction.go", Old: "if b.asides[inst].icebergs == 0 {", New: "if true {",
	},
	{
		Rule: "AUC-07", Fault: "an auction in parts forgets how much it may do",
		File: "engine/uncrossing.go", Old: "return e.call.work >= e.limits.CrossedPerTick }", New: "return e.call.work >= e.limits.CrossedPerTick && e.now < 0 }",
		Tests: "TestScenarios",
	},
	{
		Rule: "MAT-04", Fault: "the breaker measures from the last trade",
		File: "markets/breaker.go", Old: "if b.highs.n > 0 {", New: "if false {",
	},
	{
		Rule: "MAT-04", Fault: "the limits of the breaker change sides",
		File: "markets/breaker.go", Old: "return high - b.variant, low + b.variant", New: "return low - b.variant, high + b.variant",
	},
	{
		Rule: "MAT-04", Fault: "a trade stays in the window at its very end",
		File: "markets/breaker.go", Old: "e.at(0).at <= until", New: "e.at(0).at < until",
	},
	{
		Rule: "MAT-04", Fault: "only the last of several trades is looked at",
		File: "markets/breaker.go", Old: "lower <= min(first, last) && max(first, last) <= upper", New: "lower <= last && last <= upper",
	},
	{
		Rule: "MAT-04", Fault: "an immediate order starts an auction",
		File: "engine/auction.go", Old: "return t == venue.Market || t == venue.Stop || tif == venue.IOC || tif == venue.FOK", New: "return t == venue.Market || t == venue.Stop",
	},
	{
		Rule: "MAT-05", Fault: "a price on the bound is a breach",
		File: "markets/protect.go", Old: ".Cmp(most) > 0", New: ".Cmp(most) >= 0",
	},
	{
		Rule: "MAT-05", Fault: "a trigger prolongs an auction again and again",
		File: "markets/protect.go", Old: "\t\t\tc.breached |= 1 << i\n", New: "",
	},
}

var matching = []Mutant{
	{
		Rule: "MAT-01", Fault: "shares below two lots are kept",
		File: "matching/prorata.go", Old: "const minShare = 2", New: "const minShare = 1",
	},
	{
		Rule: "MAT-02", Fault: "an own order that is not reached prevents the trade",
		File: "matching/match.go", Old: "for leaves != 0 && l.agg != 0 && budget > 0 {",
		New: "for (leaves != 0 || l.agg != 0 && b.orders[l.head].owner == o.owner) && l.agg != 0 && budget > 0 {",
	},
	{
		Rule: "MAT-02", Fault: "when both are to be canceled the incoming order goes on",
		File: "matching/match.go", Old: "if mode == venue.CancelTaker || mode == venue.CancelBoth {", New: "if mode == venue.CancelTaker {",
	},
	{
		Rule: "MAT-03", Fault: "bounds of the band are rounded outward",
		File: "markets/markets.go", Old: "venue.MulDiv(price, int64(venue.One-rate), parts, venue.Up)", New: "venue.MulDiv(price, int64(venue.One-rate), parts, venue.Down)",
	},
	{
		Rule: "MAT-07", Fault: "bought and sold lots do not cancel out",
		File: "markets/quotes.go", Old: "quoteFill{now, max(signed, -signed), signed}", New: "quoteFill{now, max(signed, -signed), max(signed, -signed)}",
	},
	{
		Rule: "MAT-07", Fault: "the limit itself does not trigger",
		File: "markets/quotes.go", Old: "if q.qty < q.limits.Qty && max(q.delta, -q.delta) < q.limits.Delta {", New: "if q.qty <= q.limits.Qty && max(q.delta, -q.delta) <= q.limits.Delta {",
	},
	{
		Rule: "FEE-01", Fault: "the trade counts for its own tier",
		File: "markets/feebook.go", Old: "\tmakes, takes := b.tierOf(by.Maker, now), b.tierOf(by.Taker, now)\n", New: "\tb.add(by.Maker, now, value)\n\tb.add(by.Taker, now, value)\n\tmakes, takes := b.tierOf(by.Maker, now), b.tierOf(by.Taker, now)\n",
		Package: "engine", Tests: "TestScenarios",
	},
	{
		Rule: "FEE-01", Fault: "a rebate is larger than what the taker pays",
		File: "markets/fees.go", Old: "return max(venue.Fee(notional, makerRate), -taker), taker", New: "return venue.Fee(notional, makerRate), taker",
	},
	{
		Rule: "FEE-01", Fault: "a volume at the threshold stays in the tier below",
		File: "markets/fees.go", Old: "tiers[i].Min > volume", New: "tiers[i].Min >= volume",
	},
}

var margin = []Mutant{
	{
		Rule: "MAR-01", Fault: "a requirement is rounded down",
		File: "risk/schedule.go", Old: "return t.whole + venue.Amount((n+uint64(venue.One)-1)/uint64(venue.One))", New: "return t.whole + venue.Amount(n/uint64(venue.One))",
	},
	{
		Rule: "MAR-01", Fault: "the rate of the top bracket holds for all of the notional",
		File: "risk/schedule.go", Old: "next = step{from: b.Upto, whole: whole, part: part}", New: "next = step{whole: 0 * whole, part: 0 * part}",
	},
	{
		Rule: "MAR-02", Fault: "buys and sells are added up",
		File: "risk/need.go", Old: "venue.Amount(max(long, short)) * venue.Amount(mark)", New: "venue.Amount(long+short) * venue.Amount(mark)",
	},
	{
		Rule: "MAR-02", Fault: "orders are free of open loss",
		File: "risk/need.go", Old: "\te.openLoss += loss(o, mark, tickValue)\n", New: "",
	},
	{
		Rule: "MAR-04", Fault: "the haircut shrinks a debt",
		File: "risk/collateral.go", Old: "if cut.Cmp(whole) < 0 {", New: "if true {",
		Package: "cmd/clearhour/rule",
	},
	{
		Rule: "MAR-08", Fault: "closing lots are the worst instead of the best",
		File: "risk/capped.go", Old: "return cmp.Compare(b.Price, a.Price)", New: "return cmp.Compare(a.Price, b.Price)",
		Package: "cmd/clearhour/rule",
	},
	{
		Rule: "MAR-09", Fault: "an order that flips the position counts as closing",
		File: "risk/check.go", Old: "case covered || qty <= reducible:", New: "case covered || reducible > 0:",
	},
	{
		Rule: "MAR-11", Fault: "unrealised profit can be withdrawn",
		File: "risk/account.go", Old: "func spendable(a *ledger.Account) venue.Amount { return a.Cash - a.Held + a.Losses - a.Needs }", New: "func spendable(a *ledger.Account) venue.Amount { return a.Cash - a.Held + a.Unrealised - a.Needs }",
	},
}

// accounts are faults in what an account may do with others of its owner, with
// other assets, and in futures that are paid in full.
var accounts = []Mutant{
	{
		Rule: "MAR-03", Fault: "open interest scales maintenance margin",
		File: "risk/terms.go", Old: "func (t *Terms) Maintenance(notional venue.Amount) venue.Amount { return t.maintenance.of(notional) }",
		New: "func (t *Terms) Maintenance(notional venue.Amount) venue.Amount {\n\tif t.grown.above != 0 {\n\t\treturn t.maintenance.grownTo(notional, t.grown)\n\t}\n\treturn t.maintenance.of(notional)\n}",
	},
	{
		Rule: "MAR-03", Fault: "the scale begins at no open interest at all",
		File: "risk/openinterest.go", Old: "above = open - s.Low", New: "above = min(open, width)",
	},
	{
		Rule: "MAR-03", Fault: "requirements are rounded up twice",
		File: "risk/openinterest.go", Old: "\tmargin := t.base().Add(venue.WideProduct(int64(notional-t.from), int64(t.rate)))\n",
		New:     "\t_, margin := t, venue.WideProduct(int64(s.of(notional)), int64(venue.One))\n",
		Package: "cmd/clearhour/rule",
	},
	{
		Rule: "MAR-12", Fault: "the limit of an owner is that of each account",
		File: "risk/limit.go", Old: "a != 0; a = r.ledger.Older(a) {", New: "a == o.Account; a = r.ledger.Older(a) {",
		Package: "engine", Tests: "TestScenarios",
	},
	{
		Rule: "MAR-12", Fault: "the limit itself is too much",
		File: "risk/limit.go", Old: "if total > limit {", New: "if total >= limit {",
		Package: "engine", Tests: "TestScenarios",
	},
	{
		Rule: "MAR-13", Fault: "the fund pays before it takes collateral",
		File: "engine/fund.go", Old: "if owed -= e.seize(a, owed); owed == 0 {", New: "if owed -= 0; owed == 0 {",
		Tests: "TestScenarios",
	},
	{
		Rule: "MAR-14", Fault: "an isolated account trades everywhere",
		File: "risk/ledger/asset.go", Old: "if only := l.Isolated(a); only != 0 && only != i {", New: "if only := l.Isolated(a); only != 0 && only != i && i == 0 {",
		Package: "engine", Tests: "TestScenarios",
	},
	{
		Rule: "LIQ-06", Fault: "a haircut goes below maintenance margin",
		File: "risk/haircut.go", Old: "s.Equity()-s.Held-s.Committed-s.Maintenance))", New: "s.Equity()-s.Held-s.Committed))",
		Package: "engine", Tests: "TestDebtsEnd|TestScenarios",
	},
	{
		Rule: "LIQ-06", Fault: "what is given is what is kept",
		File: "engine/haircut.go", Old: "e.cutGains(gained-taken, gained)", New: "e.cutGains(taken, gained)",
		Tests: "TestScenarios",
	},
	{
		Rule: "MAR-15", Fault: "the fee is forgotten in the bound of a closing",
		File: "risk/closing.go", Old: "rest, round := venue.One-fee, venue.Up", New: "rest, round := venue.One, venue.Up",
		Tests: "TestClosingBoundLeavesNoDebt",
	},
	{
		Rule: "MAR-15", Fault: "orders that rest are not looked at again",
		File: "engine/expel.go", Old: "for again := true; again; {", New: "for again := false; again; {",
		Tests: "TestScenarios",
	},
	{
		Rule: "ORD-18", Fault: "a stale mark wakes stops",
		File: "markets/admit.go", Old: "return mark.Price, mark.Version != 0 && !mark.Stale }", New: "return mark.Price, mark.Version != 0 }",
		Package: "engine", Tests: "TestScenarios",
	},
}

// changes are faults in the keeping of two keys.
var changes = []Mutant{
	{
		Rule: "ADM-05", Fault: "one operator turns both keys",
		File: "changes/changes.go", Old: "case p.Proposal.Operator == c.Operator:", New: "case p.Proposal.Operator == c.Operator && now < 0:",
		Package: "engine", Tests: "TestScenarios",
	},
	{
		Rule: "ADM-05", Fault: "the second key turns for another change than was read",
		File: "changes/changes.go", Old: "case p.Digest != c.Digest:", New: "case p.Digest != c.Digest && now < 0:",
		Package: "engine", Tests: "TestScenarios",
	},
	{
		Rule: "ADM-07", Fault: "notice runs from the proposal",
		File: "changes/changes.go", Old: "p.At = max(p.Proposal.Effective, now+notice(p.Command))", New: "p.At = p.Proposal.Effective",
		Package: "engine", Tests: "TestScenarios",
	},
}

var marks = []Mutant{
	{
		Rule: "MRK-01", Fault: "the mark is the mean of its sources",
		File: "markets/mark.go", Old: "if s.n != 2 {", New: "if s.n == 1 {",
	},
	{
		Rule: "MRK-01", Fault: "a source that is not fresh is used",
		File: "markets/mark.go", Old: "\tif !fresh.Has(from) {\n\t\treturn\n\t}\n", New: "",
	},
	{
		Rule: "MRK-01", Fault: "the last trade is taken outside of the touch",
		File: "markets/mark.go", Old: "p = max(p, bid)", New: "p = min(p, max(p, bid))",
	},
	{
		Rule: "MRK-01", Fault: "the band around the index binds below alone",
		File: "markets/mark.go", Old: "\tif p.Cmp(upper) > 0 {\n\t\treturn upper\n\t}\n\treturn p\n}\n\n// sources", New: "\t_ = upper\n\treturn p\n}\n\n// sources",
	},
	{
		Rule: "MRK-02", Fault: "a stale mark liquidates",
		File: "engine/judge.go", Old: "\tif !e.risk.Fresh(a, e.marks()) {\n\t\treturn\n\t}\n\tif st.Strained", New: "\tif st.Strained",
		Tests: "TestScenarios",
	},
	{
		Rule: "MRK-02", Fault: "a stale mark settles the day",
		File: "engine/variation.go", Old: " || mark.Version == 0 || mark.Stale {", New: " || mark.Version == 0 {",
		Tests: "TestScenarios",
	},
	{
		Rule: "IDX-01", Fault: "outliers count with their own price",
		File: "feeds/index.go", Old: "\tif p.Cmp(upper) > 0 {\n\t\treturn upper\n\t}\n", New: "",
	},
	{
		Rule: "IDX-01", Fault: "the median of an even number is the upper one",
		File: "feeds/index.go", Old: "venue.ToWide(prices[(n-1)/2])", New: "venue.ToWide(prices[n/2])",
	},
	{
		Rule: "IDX-02", Fault: "unattested hours count as delivered",
		File: "feeds/availability.go", Old: "a.Counted += d.Delivered - d.Unattested", New: "a.Counted += d.Delivered",
	},
	{
		Rule: "IDX-02", Fault: "availability is rounded half up",
		File: "feeds/availability.go", Old: "venue.HalfEven", New: "venue.HalfUp",
	},
}

var funding = []Mutant{
	{
		Rule: "FUN-01", Fault: "time in auction is counted",
		File: "markets/funding.go", Old: "\tif f.paused != 0 {\n\t\treturn\n\t}\n", New: "",
	},
	{
		Rule: "FUN-01", Fault: "the mean of the counted time is paid for the whole period",
		File: "markets/funding.go", Old: "Den: venue.ToWide(p.Period)}", New: "Den: venue.ToWide(p.Counted)}",
	},
	{
		Rule: "FUN-01", Fault: "the observation before a pause holds after it",
		File: "markets/funding.go", Old: "\tf.advance(now)\n\tf.mark = v\n", New: "\tf.advance(now)\n\tif f.paused == 0 {\n\t\tf.mark = v\n\t}\n",
	},
	{
		Rule: "FUN-01", Fault: "who trades during the payments is paid for what he has then",
		File: "engine/funding.go", Old: "if i, ok := slices.BinarySearch(p.left, h); ok {", New: "if i, ok := slices.BinarySearch(p.left, h); ok && false {",
		Tests: "TestFunding|TestScenarios",
	},
	{
		Rule: "FUN-02", Fault: "the rate is not clamped below zero",
		File: "markets/funding.go", Old: "if r.Rate.Cmp(bound) < 0 {", New: "if false {",
	},
	{
		Rule: "FUN-02", Fault: "the premium of the ask is added",
		File: "markets/funding.go", Old: "return max(0, bid-index) - max(0, index-ask)", New: "return max(0, bid-index) + max(0, index-ask)",
	},
}

var liquidation = []Mutant{
	{
		Rule: "LIQ-01", Fault: "an account at its maintenance margin is liquidated",
		File: "risk/liquidation.go", Old: "return maintenance > 0 && equity < maintenance", New: "return maintenance > 0 && equity <= maintenance",
	},
	{
		Rule: "LIQ-01", Fault: "the liquidation price of a short is that of a long",
		File: "risk/liquidation.go", Old: "slope := int64(venue.One) - sign*int64(s.rate)", New: "slope := int64(venue.One) - int64(s.rate)",
	},
	{
		Rule: "LIQ-02", Fault: "one lot more than needed is closed",
		File: "risk/liquidation.go", Old: "return x, ok && x <= to", New: "return min(x+1, to), ok && x <= to",
		Package: "cmd/clearhour/rule",
	},
	{
		Rule: "LIQ-02", Fault: "the fee of the liquidation is forgotten",
		File: "risk/liquidation.go", Old: "Add(venue.WideProduct(int64(p.Fee), int64(p.Exec), int64(tickValue), million))", New: "Add(venue.WideProduct(0, int64(p.Exec), int64(tickValue), million))",
		Package: "cmd/clearhour/rule",
	},
	{
		Rule: "LIQ-02", Fault: "orders are left when a position is closed",
		File: "engine/liquidate.go", Old: "\te.cancelFor(a, 0)\n\tst = e.risk.Status(a, e.marks())\n\th, ok := e.pick(a, &st)\n", New: "\th, ok := e.pick(a, &st)\n",
		Tests: "TestScenarios",
	},
	{
		Rule: "LIQ-02", Fault: "the position that frees the least goes first",
		File: "engine/liquidate.go", Old: "!ok || r.Before(most)", New: "!ok || most.Before(r)",
		Tests: "TestScenarios",
	},
	{
		Rule: "LIQ-03", Fault: "all of the equity stands behind each position",
		File: "risk/bankruptcy.go", Old: "int64(lots), int64(s.Equity), int64(s.Maintenance))", New: "int64(lots), int64(s.Equity), int64(s.Total))",
	},
	{
		Rule: "LIQ-03", Fault: "the bankruptcy value is rounded down",
		File: "risk/bankruptcy.go", Old: "num.Quo(den, venue.Up)", New: "num.Quo(den, venue.Down)",
	},
	{
		Rule: "LIQ-03", Fault: "the fund receives all that is left over",
		File: "risk/bankruptcy.go", Old: "return min(delta, venue.Amount(limit))", New: "_ = limit\n\treturn delta",
	},
	{
		Rule: "LIQ-07", Fault: "the limit is the better of the two prices",
		File: "risk/derive.go", Old: "return min(bankrupt, s.Mark-priceOf", New: "return max(bankrupt, s.Mark-priceOf",
		Package: "engine", Tests: "TestScenarios",
	},
	{
		Rule: "LIQ-08", Fault: "money leaves while somebody owes",
		File: "engine/admin.go", Old: "e.liq.owing > 0", New: "false",
		Tests: "TestScenarios",
	},
}

var waterfall = []Mutant{
	{
		Rule: "LIQ-04", Fault: "a step takes all that is on offer",
		File: "risk/disposal.go", Old: "return min(want, part(available, d.MaxConsumed))", New: "return min(want, available)",
		Package: "cmd/clearhour/rule",
	},
	{
		Rule: "LIQ-04", Fault: "a fraction is rounded down and never ends",
		File: "risk/disposal.go", Old: "int64(venue.One), venue.Up)", New: "int64(venue.One), venue.Down)",
		Package: "cmd/clearhour/rule",
	},
	{
		Rule: "LIQ-05", Fault: "what was drawn does not count",
		File: "risk/deleverage.go", Old: "venue.Amount(most)-d.Drawn, d.Fund", New: "venue.Amount(most), d.Fund",
	},
	{
		Rule: "LIQ-05", Fault: "the fund pays more than it has",
		File: "risk/deleverage.go", Old: "return max(0, min(venue.Amount(most)-d.Drawn, d.Fund))", New: "return max(0, venue.Amount(most)-d.Drawn)",
	},
	{
		Rule: "LIQ-05", Fault: "rank is by profit only",
		File: "risk/deleverage.go", Old: "return venue.Ratio{Num: venue.WideProduct(profit, notional), Den: venue.WideProduct(cost, equity)}", New: "_, _ = notional, equity\n\t\treturn venue.Ratio{Num: venue.WideProduct(profit), Den: venue.WideProduct(cost)}",
	},
	{
		Rule: "LIQ-05", Fault: "losses are multiplied by the leverage",
		File: "risk/deleverage.go", Old: "Num: venue.WideProduct(profit, equity), Den: venue.WideProduct(cost, notional)", New: "Num: venue.WideProduct(profit, notional), Den: venue.WideProduct(cost, equity)",
	},
	{
		Rule: "LIQ-05", Fault: "of equals the smaller position is deleveraged",
		File: "risk/deleverage.go", Old: "cmp.Compare(b.size(), a.size())", New: "cmp.Compare(a.size(), b.size())",
	},
	{
		Rule: "LIQ-05", Fault: "who is deleveraged keeps his orders",
		File: "engine/deleverage.go", Old: "\t\te.cancelFor(c.Account, i)\n", New: "",
		Tests: "TestScenarios",
	},
	{
		Rule: "LIQ-06", Fault: "the residue goes to the last",
		File: "risk/haircut.go", Old: "return cmp.Or(b.rest.Cmp(a.rest), cmp.Compare(a.at, b.at))", New: "return cmp.Compare(b.at, a.at)",
	},
	{
		Rule: "LIQ-06", Fault: "of equal remainders the later one is paid",
		File: "risk/haircut.go", Old: "cmp.Compare(a.at, b.at))", New: "cmp.Compare(b.at, a.at))",
		Package: "cmd/clearhour/rule",
	},
}

var settlement = []Mutant{
	{
		Rule: "SET-01", Fault: "who trades before his turn is settled with what he has then",
		File: "engine/variation.go", Old: "\tif e.variation.inst == e.ledger.Holding(h).Instrument {", New: "\tif false && e.variation.inst == e.ledger.Holding(h).Instrument {",
		Tests: "TestVariationInSlices|TestScenarios",
	},
	{
		Rule: "SET-01", Fault: "gains are rounded up",
		File: "settlement/variation.go", Old: "Quo(at.Den, venue.Down)", New: "Quo(at.Den, venue.Up)",
	},
	{
		Rule: "SET-03", Fault: "an hour is carried for ever",
		File: "settlement/final.go", Old: "if m.Known == 0 || m.run > m.MaxCarry {", New: "if m.Known == 0 {",
	},
	{
		Rule: "SET-03", Fault: "dropped hours stay in the mean",
		File: "settlement/final.go", Old: "n := m.Known + m.Carried\n", New: "n := m.Known + m.Carried + m.Dropped\n",
	},
	{
		Rule: "SET-03", Fault: "risk goes to zero with the last hour",
		File: "settlement/final.go", Old: "floor.Cmp(hours) > 0", New: "floor.Cmp(hours) > 0 && false",
	},
}
