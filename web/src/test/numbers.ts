import { ceilDiv, decimals, dollars, grouped, text, trimmed, units } from "../decimal";
import { band, bracketed, need } from "../margin";
import { affordable, fixed, priceProblem, quote, sizeProblem, stepped, Terms } from "../quote";
import { same, test } from "./harness";

const h100: Terms = {
  symbol: "H100C.NAE.D.2026-12-01", desc: "", future: false, cls: "H100-SXM-80", zone: "NA-E", grade: "C", start: "", end: "",
  tick: "0.001", places: 3, hours: 24n, minLots: 1n, maxLots: 5000n, low: "0.100", high: "16.000", maker: "0.0002", taker: "0.0005", status: "17",
};

test("decimal text becomes integers and back", () => {
  const cases: [string, number, bigint | null][] = [
    ["2.150", 6, 2150000n], ["-0.5", 6, -500000n], ["7", 0, 7n], ["7.0", 0, 7n], ["7.5", 0, null], ["1e3", 6, null], ["", 6, null],
    [".5", 6, null], ["5.", 6, null], ["+5", 6, null], ["0.0000001", 6, null], ["9007199254740993.000001", 6, 9007199254740993000001n],
  ];
  for (const [t, p, want] of cases) same(units(t, p), want, `units(${t}, ${p})`);
  same(text(2150000n, 6, 3), "2.150", "text with three decimals");
  same(text(2150001n, 6, 2), "2.150001", "text that would lose something");
  same(text(-5n, 6), "-0.000005", "small and negative");
  same(fixed(-1500000n, 3), "-1.500", "fixed");
  same(fixed(1500000n, 0), "1", "fixed without decimals");
  same(decimals("0.001"), 3, "decimals");
  same(trimmed("2.150000", 2), "2.15", "trimmed to two");
  same(trimmed("0.500000", 2), "0.50", "trimmed keeps two");
  same(trimmed("10.000"), "10", "trimmed whole");
  same(grouped("-1234567.1234567"), "-1,234,567.1234567", "grouped");
  same(dollars(-1234567890n), "−$1,234.56", "dollars to cents, towards zero");
  same(dollars(168084n, true), "$0.168084", "dollars in full");
  same(ceilDiv(7n, 2n), 4n, "ceilDiv");
});

test("prices that are refused say why", () => {
  same(priceProblem(h100, "2.150"), null, "on the tick");
  const cases: [string, string][] = [
    ["2.1505", "Prices go in steps of 0.001."], ["0.099", "The lowest price is 0.100."], ["16.001", "The highest price is 16.000."],
    ["abc", "A price is digits with at most one dot."], ["", "Say at which price."],
  ];
  for (const [p, want] of cases) same(priceProblem(h100, p)?.text, want, `price ${p}`);
  same(sizeProblem(h100, "5001")?.text, "The largest order is 5000 lots.", "too large");
  same(sizeProblem(h100, "0")?.text, "The smallest order is 1 lot.", "too small");
  same(sizeProblem(h100, "1.5")?.text, "Sizes are whole lots.", "half a lot");
});

test("steps stay on the grid and within the limits", () => {
  const cases: [string, number, string][] = [
    ["2.150", 1, "2.151"], ["2.150", -10, "2.140"], ["0.100", -1, "0.100"], ["16.000", 1, "16.000"], ["2.1505", 1, "2.151"], ["2.1505", -1, "2.150"],
  ];
  for (const [p, n, want] of cases) same(stepped(h100, p, n), want, `stepped(${p}, ${n})`);
});

test("notional and fee are exact, fees round up", () => {
  same(quote(h100, "2.001", 7n), { hours: 168n, notional: 336168000n, fee: 168084n }, "7 lots");
  same(quote(h100, "0.101", 1n), { hours: 24n, notional: 2424000n, fee: 1212n }, "1 lot");
  same(quote({ ...h100, hours: 1n, taker: "0.000333" }, "0.101", 1n)?.fee, 34n, "33.633 micro-dollars become 34");
});

test("the affordable size is the largest that the money covers", () => {
  for (let money = 0n; money < 900_000_000n; money += 13_577_131n) {
    const n = affordable(h100, "2.151", money);
    const cost = (lots: bigint) => {
      const q = quote(h100, "2.151", lots);
      return q ? q.notional + q.fee : 0n;
    };
    same([cost(n) <= money, cost(n + 1n) > money], [true, true], `money ${money}, lots ${n}`);
  }
});

test("margin follows MAR-01 and MAR-02", () => {
  const brackets = [{ upto: "1000", initial: "0.10" }, { upto: "", initial: "0.25" }];
  same(bracketed(brackets, 1_000_000_000n), 100_000_000n, "the first bracket");
  same(bracketed(brackets, 1_500_000_001n), 225_000_001n, "both, rounded up");
  const x = { qty: 2n, orders: [{ buy: true, price: 2_200_000n, lots: 3n }], mark: 2_000_000n, hours: 10n, taker: 500n, brackets };
  // Worst 5 lots: 100 at the mark, 10 %; open loss 0.2 x 30 = 6; fee 66 x 0.0005 = 0.033.
  same(need(x), 10_000_000n + 6_000_000n + 33_000n, "position and order");
  same(need({ ...x, qty: -9n }), 18_000_000n + 6_000_000n + 33_000n, "short is worse");
});

test("the band is rounded inward", () => {
  same(band(2_150_000n, 1_000n, 200_000n), { lower: 1_720_000n, upper: 2_580_000n }, "20 % around 2.150");
  same(band(2_151_000n, 1_000n, 200_000n), { lower: 1_721_000n, upper: 2_581_000n }, "20 % around 2.151");
});
