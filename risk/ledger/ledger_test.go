package ledger

import (
	"testing"

	"github.com/clearhour/clearhour/venue"
)

// Instruments of the tests.
const (
	future  venue.InstrumentID = 1 // 720 hours of ticks of 1000 micro-dollars.
	spot    venue.InstrumentID = 2 // Delivers asset 2, taker fee.
	other   venue.InstrumentID = 3 // A second future.
	free    venue.InstrumentID = 4 // Spot in asset 3 without a fee.
	window  venue.AssetID      = 2
	alice                      = venue.FirstAccount
	bob                        = venue.FirstAccount + 1
	monthTV venue.Amount       = 720_000
)

func testTerms() []venue.Instrument {
	return []venue.Instrument{
		{ID: future, Kind: venue.Future, Tick: 1000, Hours: 720, High: 10_000, Taker: 500},
		{ID: spot, Kind: venue.Spot, Tick: 1000, Hours: 24, High: 10_000, Taker: 2500, Base: window},
		{ID: other, Kind: venue.Future, Tick: 7, Hours: 1, High: 10_000, Taker: 500},
		{ID: free, Kind: venue.Spot, Tick: 1, Hours: 1, High: 10_000, Base: 3},
	}
}

func testLimits() Limits {
	return Limits{Accounts: 24, Holdings: 40, Balances: 40, Instruments: 8, PerAccount: 3, Orders: 50}
}

func newTest(t testing.TB, accounts int) *Ledger {
	t.Helper()
	l := New(testLimits())
	for _, i := range testTerms() {
		l.List(&i)
	}
	for range accounts {
		if why := l.OpenAccount(l.NextAccount(), 7); why.Refused() {
			t.Fatalf("OpenAccount refused %+v", why)
		}
	}
	return l
}

func hold(t testing.TB, l *Ledger, a venue.AccountID, i venue.InstrumentID) venue.HoldingID {
	t.Helper()
	h, ok := l.Hold(a, i)
	if !ok {
		t.Fatalf("Hold(%d, %d) failed", a, i)
	}
	return h
}

// trade books both sides.
func trade(l *Ledger, buyer, seller venue.HoldingID, p venue.Price, q venue.Qty, fee venue.Amount) {
	l.Trade(buyer, venue.Buy, p, q, fee)
	l.Trade(seller, venue.Sell, p, q, fee)
}

func conserved(t testing.TB, l *Ledger) {
	t.Helper()
	if !l.Conserved() {
		t.Fatal("the books do not balance")
	}
}

// SET-01: equity at the marks moves by M·(position·(new − prev) + Σ trades·(new −
// price)), and the movements of all parties sum to zero.
func TestSET01MarkToMarket(t *testing.T) {
	l := newTest(t, 3)
	var h [3]venue.HoldingID
	for i := range h {
		h[i] = hold(t, l, alice+venue.AccountID(i), future)
	}
	equity := func(i int, mark venue.Price) venue.Amount {
		x := l.Holding(h[i])
		return l.Account(x.Account).Cash + venue.Amount(x.Qty)*venue.Amount(mark)*monthTV - x.Cost
	}
	trade(l, h[0], h[1], 2000, 10, 0) // Positions 10, -10, 0 at 2000.
	before := [3]venue.Amount{equity(0, 2100), equity(1, 2100), equity(2, 2100)}
	trade(l, h[2], h[0], 2150, 4, 0) // A sells 4 to C.
	trade(l, h[1], h[2], 2080, 7, 0) // C sells 7 to B.
	const next = 2120
	want := [3]venue.Amount{
		(10*20 - 4*(next-2150)) * monthTV,
		(-10*20 + 7*(next-2080)) * monthTV,
		(4*(next-2150) - 7*(next-2080)) * monthTV,
	}
	var sum venue.Amount
	for i := range want {
		got := equity(i, next) - before[i]
		sum += got
		if got != want[i] {
			t.Errorf("party %d is paid %d, want %d", i, got, want[i])
		}
	}
	if sum != 0 {
		t.Errorf("payments sum to %d, want 0", sum)
	}
	conserved(t, l)
}

// Hand-worked: what opening, adding, reducing, closing and flipping do to (Qty,
// Cost, cash). A tick of a lot of `other` is worth 7 micro-dollars.
func TestTradeFutureByHand(t *testing.T) {
	l := newTest(t, 2)
	a, b := hold(t, l, alice, other), hold(t, l, bob, other)
	for _, c := range []struct {
		name string
		side venue.Side
		p    venue.Price
		q    venue.Qty
		qty  venue.Qty
		cost venue.Amount
		cash venue.Amount
	}{
		{"open 3 at 100", venue.Buy, 100, 3, 3, 2100, 0},
		{"add 4 at 101", venue.Buy, 101, 4, 7, 4928, 0},
		// 4928·2/7 = 1408; 2·110·7 − 1408 = 132.
		{"reduce 2 at 110", venue.Sell, 110, 2, 5, 3520, 132},
		// 3520·2/5 = 1408; 2·90·7 − 1408 = −148.
		{"reduce 2 at 90", venue.Sell, 90, 2, 3, 2112, -16},
		{"add 4 at 103", venue.Buy, 103, 4, 7, 4996, -16},
		// 4996·3/7 = 2141.14 → 2141; 3·100·7 − 2141 = −41.
		{"reduce 3 at 100, the residue stays in the cost", venue.Sell, 100, 3, 4, 2855, -57},
		// Close 4: 4·100·7 − 2855 = −55; open 6 short: −6·100·7.
		{"flip by 10 at 100", venue.Sell, 100, 10, -6, -4200, -112},
		// −4200·5/6 = −3500; −5·95·7 + 3500 = 175.
		{"reduce the short by 5 at 95", venue.Buy, 95, 5, -1, -700, 63},
		{"add 2 to the short at 99", venue.Sell, 99, 2, -3, -2086, 63},
		// −2086/3 = −695.33 → −696; −98·7 + 696 = 10.
		{"reduce the short by 1 at 98, rounded down", venue.Buy, 98, 1, -2, -1390, 73},
		// −2·98·7 + 1390 = 18.
		{"close", venue.Buy, 98, 2, 0, 0, 91},
	} {
		l.Trade(a, c.side, c.p, c.q, 0)
		l.Trade(b, c.side.Opposite(), c.p, c.q, 0)
		x, cash := l.Holding(a), l.Account(alice).Cash
		if x.Qty != c.qty || x.Cost != c.cost || cash != c.cash {
			t.Fatalf("%s: qty %d, cost %d, cash %d; want %d, %d, %d", c.name, x.Qty, x.Cost, cash, c.qty, c.cost, c.cash)
		}
		conserved(t, l)
	}
	if got := l.Account(bob).Cash; got != -91 {
		t.Errorf("the other side realised %d, want -91", got)
	}
	if l.Account(alice).Margined != 0 {
		t.Error("a closed position is still in the margined list")
	}
}

// FEE-01: what both pay goes to the venue's account.
func TestTradeFees(t *testing.T) {
	l := newTest(t, 2)
	a, b := hold(t, l, alice, other), hold(t, l, bob, other)
	l.Trade(a, venue.Buy, 100, 1, 5)
	l.Trade(b, venue.Sell, 100, 1, 3)
	got := [3]venue.Amount{l.Account(alice).Cash, l.Account(bob).Cash, l.Account(venue.Fees).Cash}
	if want := [3]venue.Amount{-5, -3, 8}; got != want {
		t.Errorf("cash of buyer, seller, fees = %v, want %v", got, want)
	}
	conserved(t, l)
}

// A spot trade by hand: 24 hours, tick 0.001 USD, taker 0.25 %.
func TestSpotByHand(t *testing.T) {
	l := newTest(t, 2)
	l.Deposit(alice, venue.USD, 1_000_000_000)
	l.Deposit(bob, window, 10)
	a, b := hold(t, l, alice, spot), hold(t, l, bob, spot)
	buy := Open{Side: venue.Buy, Price: 2001, Qty: 5}
	l.Opened(a, buy)
	l.Opened(b, Open{Side: venue.Sell, Price: 2000, Qty: 7})
	// 2001·5·24000 = 240_120_000; fee 600_300; one per lot 5.
	if _, held := l.Balance(alice, venue.USD); held != 240_720_305 {
		t.Errorf("buy holds %d, want 240720305", held)
	}
	if total, held := l.Balance(bob, window); total != 10 || held != 7 {
		t.Errorf("seller has %d and holds %d, want 10 and 7", total, held)
	}
	conserved(t, l)
	l.Closed(a, Open{Side: venue.Buy, Price: 2001, Qty: 3}, false)
	l.Closed(b, Open{Side: venue.Sell, Price: 2000, Qty: 3}, false)
	trade(l, a, b, 2000, 3, 360_000)
	// 144_000_000 and the fee are paid; 2001·2·24000 = 96_048_000 + 240_120 + 2 held.
	if total, held := l.Balance(alice, venue.USD); total != 855_640_000 || held != 96_288_122 {
		t.Errorf("buyer has %d and holds %d, want 855640000 and 96288122", total, held)
	}
	if total, held := l.Balance(alice, window); total != 3 || held != 0 {
		t.Errorf("buyer has %d lots and holds %d, want 3 and 0", total, held)
	}
	if total, held := l.Balance(bob, window); total != 7 || held != 4 {
		t.Errorf("seller has %d lots and holds %d, want 7 and 4", total, held)
	}
	l.Closed(a, Open{Side: venue.Buy, Price: 2001, Qty: 2}, true)
	if x := l.Account(alice); x.Held != 0 || x.Orders != 0 {
		t.Errorf("after the order ended %d is held by %d orders, want 0 and 0", x.Held, x.Orders)
	}
	conserved(t, l)
}

func TestOpenAccountRefusals(t *testing.T) {
	l := newTest(t, 1)
	for _, c := range []struct {
		id    venue.AccountID
		owner venue.OwnerID
		want  venue.Refusal
	}{
		{0, 1, venue.Refusal{Reason: venue.DuplicateID, Field: venue.FieldAccount, Limit: 17}},
		{venue.Fees, 1, venue.Refusal{Reason: venue.DuplicateID, Field: venue.FieldAccount, Limit: 17}},
		{alice, 1, venue.Refusal{Reason: venue.DuplicateID, Field: venue.FieldAccount, Limit: 17}},
		{alice + 2, 1, venue.Refusal{Reason: venue.BadField, Field: venue.FieldAccount, Limit: 17}},
		{alice + 1, 0, venue.Refusal{Reason: venue.BadField, Field: venue.FieldOwner, Limit: 1}},
	} {
		if got := l.OpenAccount(c.id, c.owner); got != c.want {
			t.Errorf("OpenAccount(%d, %d) = %+v, want %+v", c.id, c.owner, got, c.want)
		}
	}
	for l.NextAccount() < 24 {
		l.OpenAccount(l.NextAccount(), 1)
	}
	want := venue.Refusal{Reason: venue.TooManyAccounts, Field: venue.FieldAccount, Limit: 24}
	if got := l.OpenAccount(24, 1); got != want {
		t.Errorf("OpenAccount beyond the limit = %+v, want %+v", got, want)
	}
	if l.Exists(5) || l.Exists(0) || !l.Exists(venue.Residue) || l.Trades(venue.Residue) || !l.Trades(alice) {
		t.Error("Exists or Trades is wrong about an account of the venue")
	}
}

func TestCanDepositRefusals(t *testing.T) {
	l := newTest(t, 1)
	l.Deposit(alice, venue.USD, venue.MaxAmount-5)
	for _, c := range []struct {
		a    venue.AccountID
		s    venue.AssetID
		n    venue.Amount
		want venue.Refusal
	}{
		{alice, venue.USD, 5, venue.Refusal{}},
		{alice, venue.USD, 6, venue.Refusal{Reason: venue.NotionalTooLarge, Field: venue.FieldAmount, Limit: 5}},
		{alice, window, venue.MaxAmount, venue.Refusal{}},
		{alice, window, venue.MaxAmount + 1, venue.Refusal{Reason: venue.NotionalTooLarge, Field: venue.FieldAmount, Limit: int64(venue.MaxAmount)}},
		{alice, venue.USD, 0, venue.Refusal{Reason: venue.BadField, Field: venue.FieldAmount, Limit: 1}},
		{alice, venue.USD, -1, venue.Refusal{Reason: venue.BadField, Field: venue.FieldAmount, Limit: 1}},
		{venue.Fees, venue.USD, 1, venue.Refusal{Reason: venue.UnknownAccount, Field: venue.FieldAccount, Limit: 16}},
		{bob, venue.USD, 1, venue.Refusal{Reason: venue.UnknownAccount, Field: venue.FieldAccount, Limit: 16}},
	} {
		if got := l.CanDeposit(c.a, c.s, c.n); got != c.want {
			t.Errorf("CanDeposit(%d, %d, %d) = %+v, want %+v", c.a, c.s, c.n, got, c.want)
		}
	}
	for s := venue.AssetID(2); len(l.balances)+2 <= cap(l.balances); s++ {
		l.Deposit(alice, s, 1)
	}
	want := venue.Refusal{Reason: venue.MemoryExhausted, Field: venue.FieldAsset, Limit: 40}
	if got := l.CanDeposit(alice, 999, 1); got != want {
		t.Errorf("CanDeposit of one asset too many = %+v, want %+v", got, want)
	}
}

// An account at its limit gets another instrument only when one of its holdings
// is idle, and then the idle one is recycled.
func TestHoldLimitAndRecycling(t *testing.T) {
	l := newTest(t, 2)
	first := hold(t, l, alice, future)
	second := hold(t, l, alice, spot)
	third := hold(t, l, alice, other)
	for _, h := range []venue.HoldingID{first, second, third} {
		l.Opened(h, Open{Side: venue.Buy, Price: 10, Qty: 1})
	}
	want := venue.Refusal{Reason: venue.TooManyInstrumentsOfAccount, Field: venue.FieldInstrument, Limit: 3}
	if got := l.CanHold(alice, free); got != want {
		t.Errorf("CanHold a fourth instrument = %+v, want %+v", got, want)
	}
	if _, ok := l.Hold(alice, free); ok {
		t.Error("Hold gave a fourth instrument")
	}
	l.Closed(second, Open{Side: venue.Buy, Price: 10, Qty: 1}, true)
	if h := hold(t, l, alice, free); h != second {
		t.Errorf("Hold gave holding %d, want the idle one %d", h, second)
	}
	if _, ok := l.Find(alice, spot); ok {
		t.Error("the recycled pair is still found")
	}
	if h, ok := l.Find(alice, free); !ok || h != second || l.Holding(h).Instrument != free {
		t.Errorf("Find the new pair = %d, %v; want %d, true", h, ok, second)
	}
	if got := l.Account(alice).Holdings; got != 3 {
		t.Errorf("the account counts %d holdings, want 3", got)
	}
	conserved(t, l)
}

func TestChargeIsVenueFee(t *testing.T) {
	for _, a := range []venue.Amount{0, 1, 999_999, 1<<43 - 1, 1 << 43, venue.MaxAmount} {
		for _, r := range []venue.Rate{0, 1, 333, venue.One} {
			if got, want := Charge(a, r), venue.Fee(a, r); got != want {
				t.Errorf("Charge(%d, %d) = %d, want %d", a, r, got, want)
			}
		}
	}
}

// Broken invariants stop the process.
func TestAsserts(t *testing.T) {
	for name, f := range map[string]func(*Ledger, venue.HoldingID, venue.HoldingID){
		"closed more than opened": func(l *Ledger, f, _ venue.HoldingID) {
			l.Closed(f, Open{Side: venue.Buy, Price: 10, Qty: 1}, true)
		},
		"closed at another price": func(l *Ledger, f, _ venue.HoldingID) {
			l.Opened(f, Open{Side: venue.Sell, Price: 10, Qty: 1})
			l.Closed(f, Open{Side: venue.Sell, Price: 11, Qty: 1}, true)
		},
		"ended with lots left": func(l *Ledger, f, _ venue.HoldingID) {
			l.Opened(f, Open{Side: venue.Sell, Price: 10, Qty: 2})
			l.Closed(f, Open{Side: venue.Sell, Price: 10, Qty: 1}, true)
		},
		"sell without the base":  func(l *Ledger, _, s venue.HoldingID) { l.Opened(s, Open{Side: venue.Sell, Price: 10, Qty: 1}) },
		"trade without the base": func(l *Ledger, _, s venue.HoldingID) { l.Trade(s, venue.Sell, 10, 1, 0) },
		"reduce-only spot": func(l *Ledger, _, s venue.HoldingID) {
			l.Opened(s, Open{Side: venue.Buy, Price: 1, Qty: 1, ReduceOnly: true})
		},
		"position beyond its bound": func(l *Ledger, f, _ venue.HoldingID) { l.Trade(f, venue.Buy, 1, l.MaxQty(future)+1, 0) },
		"withdraw held cash": func(l *Ledger, _, s venue.HoldingID) {
			l.Deposit(alice, venue.USD, 1_000_000)
			l.Opened(s, Open{Side: venue.Buy, Price: 10, Qty: 1})
			l.Withdraw(alice, venue.USD, 1_000_000)
		},
		"trade of nothing": func(l *Ledger, f, _ venue.HoldingID) { l.Trade(f, venue.Buy, 1, 0, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			l := newTest(t, 1)
			fut, sp := hold(t, l, alice, future), hold(t, l, alice, spot)
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f(l, fut, sp)
		})
	}
}
