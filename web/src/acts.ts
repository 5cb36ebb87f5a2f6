import { dollars, trimmed, units } from "./decimal";
import { clock } from "./dom";
import { Fields, group, Message, millis, str } from "./session";

/** What the venue did to an account, for people. */
export interface Act {
  good: boolean;
  title: string;
  text: string;
}

const states: { [state: string]: [title: string, text: string] } = {
  healthy: ["The account is healthy", "Nothing is closed any more, everything may be traded."],
  "reduce-only": ["The account may only reduce", "It is below its initial margin: only orders that make positions smaller are taken."],
  liquidating: ["The account is being liquidated", "It is below its maintenance margin: orders are cancelled and positions closed."],
  takeover: ["Positions are taken over", "What the book did not take goes to the insurance fund."],
  deleveraging: ["Positions are deleveraged", "What the fund could not take goes to the other side."],
};

const payments: { [kind: string]: string } = { FUND: "Funding", TVAR: "Settlement", VADJ: "Taken of the gains, for debts that nobody could pay (LIQ-06)" };

/** What an unasked message says, null when it says nothing to people. */
export function acts(m: Message): Act | null {
  const b = m.Body;
  switch (m.Header.MsgType) {
    case "CJ": {
      const state = str(b, "AccountState");
      const [title, text] = states[state] ?? ["The account is " + state, ""];
      return { good: state === "healthy", title, text };
    }
    case "AE":
      return moved(b);
    case "AP":
      return paid(b);
    case "U2":
      return credited(b);
    case "UR":
      return frozen(b);
  }
  return null;
}

function money(value: string): string {
  const n = units(value, 6);
  return n === null ? value : dollars(n);
}

/** A part of a position that changed hands without an order. */
function moved(b: Fields): Act {
  const rose = str(group(b, "NoSides")[0] ?? {}, "Side") === "1";
  const lots = `${str(b, "LastQty")} lots ${rose ? "bought" : "sold"} at ${trimmed(str(b, "LastPx"), 2)}`;
  const takeover = str(b, "TransferReason") === "takeover";
  const title = `${takeover ? "Taken over by the insurance fund" : "Deleveraged"}: ${str(b, "Symbol")}`;
  return { good: false, title, text: lots };
}

/** Funding, settlement, or a haircut of gains. */
function paid(b: Fields): Act | null {
  const e = group(b, "NoPosAmt")[0] ?? {};
  const n = units(str(e, "PosAmt"), 6);
  const word = payments[str(e, "PosAmtType")];
  if (!n || !word) return null;
  return { good: n > 0n, title: `${word}: ${str(b, "Symbol")}`, text: (n > 0n ? "received " : "paid ") + dollars(n < 0n ? -n : n) };
}

/** Quotes that were withdrawn because too much happened to them (MAT-07). */
function frozen(b: Fields): Act | null {
  const until = str(b, "FrozenUntil");
  if (!until) return null;
  return { good: false, title: "Quotes were withdrawn", text: `Set ${str(b, "QuoteSetID")} takes none before ${clock(millis(until))}` };
}

/** Money or an asset that came or went; the answer to an own request has no reason. */
function credited(b: Fields): Act | null {
  const amount = `${trimmed(str(b, "TransferAmount"), 2)} ${str(b, "Asset")}`;
  switch (str(b, "TransferReason")) {
    case "transfer":
      return { good: true, title: "Transfer", text: `${amount} from account ${str(b, "Account")} to account ${str(b, "ToAccount")}` };
    case "debt-paid":
      return { good: false, title: "The account had no position left and owed money", text: `${amount} of the debt were paid for it` };
    case "seizure":
      return { good: false, title: "Collateral was taken", text: `${amount} for ${money(str(b, "GrossTradeAmt"))} of the debt` };
  }
  return null;
}
