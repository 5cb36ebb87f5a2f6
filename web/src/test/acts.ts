import { acts } from "../acts";
import { auctionWords, fundWords, percent } from "../stand";
import { same, test } from "./harness";

const told = (type: string, body: object) => acts({ Header: { MsgType: type }, Body: body } as never);

test("what the venue does to an account is said in words", () => {
  same(told("CJ", { AccountState: "healthy" })?.good, true, "healthy is good news");
  same(told("CJ", { AccountState: "liquidating" })?.title, "The account is being liquidated", "liquidating");
  const ae = { TransferReason: "takeover", Symbol: "P", LastQty: "3", LastPx: "2.500000", NoSides: [{ Side: "2", Account: "16" }] };
  same(told("AE", ae), { good: false, title: "Taken over by the insurance fund: P", text: "3 lots sold at 2.50" }, "a takeover");
  same(told("AE", { ...ae, TransferReason: "deleveraging", NoSides: [{ Side: "1" }] })?.text, "3 lots bought at 2.50", "a short that is deleveraged");
  same(told("AP", { Symbol: "P", NoPosAmt: [{ PosAmtType: "FUND", PosAmt: "-2.500000" }] }), { good: false, title: "Funding: P", text: "paid $2.50" }, "funding");
  same(told("AP", { Symbol: "P", NoPosAmt: [{ PosAmtType: "FUND", PosAmt: "0.000000" }] }), null, "nothing was paid");
  same(told("U2", { ClOrdID: "t1", TransferStatus: "0", TransferAmount: "1", Asset: "USD" }), null, "the answer to a request");
  same(told("UR", { QuoteSetID: "1", QuoteStatus: "0" }), null, "the answer to a limit");
  same(told("UR", { QuoteSetID: "1", FrozenUntil: "20261122-09:30:00.000000" })?.title, "Quotes were withdrawn", "a protection");
  same(told("U2", { TransferReason: "debt-paid", TransferAmount: "3.000001", Asset: "USD" })?.text, "3.000001 USD of the debt were paid for it", "a debt");
});

test("auctions and the fund are said in words", () => {
  same(auctionWords({ price: "2.150", volume: "7", surplus: "-1", ends: 0 }), "7 lots would trade, 1 lot left to sell", "an auction");
  same(auctionWords({ price: "", volume: "0", surplus: "0", ends: 0 }), "nothing would trade", "an empty one");
  same(percent("0.000125"), "0.0125%", "a rate");
  same(
    fundWords({ on: true, balance: "980.000000", positions: 1, cap: "0.250000", hours: 8, drawn: "" }),
    "Insurance fund $980.00 · may lose 25% of its highest balance in 8 h · closing positions in 1 market", "the fund",
  );
});
