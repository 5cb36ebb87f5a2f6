import { Account, live } from "../account";
import { same, test } from "./harness";

const base = { ClOrdID: "W1", OrderID: "77", Symbol: "S", Side: "1", OrderQty: "5", OrdType: "2", Price: "2.150", TransactTime: "20261122-09:30:00.000000" };

test("reports make the order, once per trade", () => {
  const a = new Account();
  same(a.report({ ...base, ExecID: "1-0", ExecType: "0", OrdStatus: "0", CumQty: "0", LeavesQty: "5" }).kind, "accepted", "the first report");
  const trade = {
    ...base, ExecID: "2-1", ExecType: "F", OrdStatus: "1", CumQty: "2", LeavesQty: "3", LastPx: "2.149", LastQty: "2", TradeID: "9", LastLiquidityInd: "2",
    NoMiscFees: [{ MiscFeeAmt: "0.051576" }],
  };
  const c = a.report(trade);
  same([c.kind, c.fill?.fee, c.fill?.taker, c.order.leaves], ["filled", "0.051576", true, "3"], "the trade");
  same(a.report(trade).fill, null, "the same trade again");
  a.add({ exec: "T91", symbol: "S", side: "1", price: "2.149", qty: "2", fee: "0", taker: true, at: 0 });
  same(a.fills.length, 1, "fills, after REST told of the same trade");
  const end = a.report({ ...base, ExecID: "3-0", ExecType: "4", OrdStatus: "4", CumQty: "2", LeavesQty: "0", ClOrdID: "W2", OrigClOrdID: "W1" });
  same([end.order.cl, live(end.order), a.open().length], ["W1", false, 0], "canceled under another id");
});

test("a refusal keeps the words of the venue", () => {
  const c = new Account().report({
    ClOrdID: "W1", OrderID: "NONE", ExecType: "8", OrdStatus: "8", Text: "The price is outside the band around the mark. The limit is 2.580.", ErrorCode: "2005", RefFieldName: "Price",
  });
  same([c.kind, c.refusal], ["refused", { text: "The price is outside the band around the mark. The limit is 2.580.", code: "2005", field: "Price" }], "refusal");
});

test("balances and positions change as a whole", () => {
  const a = new Account();
  same(a.collateral({ Asset: "USD", CashOutstanding: "10.000000", HeldAmount: "1.000000", MarginExcess: "9.000000", LastRptRequested: "N" }), false, "the first of two");
  same(a.balances.size, 0, "balances before the last one");
  same(a.collateral({ Asset: "CAP", CashOutstanding: "4", HeldAmount: "0", MarginExcess: "4", LastRptRequested: "Y" }), true, "the last one");
  same([...a.balances.keys()], ["USD", "CAP"], "assets");
  same(a.positionsAck({ TotalNumPosReports: "1" }), false, "one to come");
  a.position({ Symbol: "F", SettlPrice: "2.150", NoPositions: [{ PosType: "TQ", LongQty: "0", ShortQty: "3" }], NoPosAmt: [{ PosAmtType: "CASH", PosAmt: "-4.500000" }] });
  same([a.positions.get("F")?.qty, a.positions.get("F")?.cost], [-3n, -4500000n], "short three");
  same(a.positionsAck({ TotalNumPosReports: "0" }), true, "nothing");
  same(a.positions.size, 0, "positions after it");
});
