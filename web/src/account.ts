import { units } from "./decimal";
import { Fields, group, millis, str } from "./session";

/** An order as the reports told it, in text of the wire. */
export interface Order {
  cl: string;
  id: string;
  symbol: string;
  side: string; // 1 buy, 2 sell.
  type: string; // 1 market, 2 limit, 3 stop, 4 stop limit.
  price: string;
  stop: string;
  qty: string;
  cum: string;
  leaves: string;
  avg: string;
  tif: string;
  inst: string;
  status: string; // OrdStatus(39); A until the venue has answered.
  at: number;
  canceling: boolean;
  venue: boolean; // The venue closes a position with it.
}

/** A trade of this account. */
export interface Fill {
  exec: string;
  symbol: string;
  side: string;
  price: string;
  qty: string;
  fee: string;
  taker: boolean;
  at: number;
}

/** What the account has of an asset, in text of the wire. */
export interface Balance {
  asset: string;
  total: string;
  held: string;
  free: string;
}

/** A position; amounts are in micro-dollars. */
export interface Position {
  symbol: string;
  qty: bigint;
  cost: bigint;
  margin: bigint;
  mark: string;
}

/** Why the venue said no: its own words. */
export interface Refusal {
  text: string;
  field: string;
  code: string;
}

/** What one report changed. */
export interface Change {
  order: Order;
  kind: "accepted" | "filled" | "canceled" | "expired" | "refused" | "replaced" | "status" | "other";
  fill: Fill | null;
  refusal: Refusal | null;
}

/** The words of a refusal in a report. */
export function refusal(b: Fields): Refusal | null {
  const text = str(b, "Text");
  const code = str(b, "ErrorCode");
  return text || code ? { text, code, field: str(b, "RefFieldName") } : null;
}

/** Whether an order can still trade. */
export function live(o: Order): boolean {
  return o.status === "0" || o.status === "1" || o.status === "A";
}

const kinds: { [exec: string]: Change["kind"] } = {
  "0": "accepted",
  F: "filled",
  "4": "canceled",
  C: "expired",
  "5": "replaced",
  "8": "refused",
  I: "status",
};

const keepEnded = 200;

/** What the venue told about this account: orders, fills, balances, positions. */
export class Account {
  orders = new Map<string, Order>(); // By ClOrdID, oldest first.
  fills: Fill[] = []; // Newest first.
  balances = new Map<string, Balance>();
  positions = new Map<string, Position>();
  private byId = new Map<string, Order>();
  private execs = new Set<string>();
  private nextBalances: Balance[] = [];
  private nextPositions: Position[] = [];
  private positionsLeft = 0;

  /** Remembers an order that was sent and not answered. */
  sent(o: Order): void {
    this.orders.set(o.cl, o);
  }

  /** Takes an order from before this page, unless a report already told of it. */
  adopt(o: Order): void {
    if (this.byId.has(o.id) || this.orders.has(o.cl)) return;
    this.orders.set(o.cl, o);
    this.byId.set(o.id, o);
  }

  /** Live orders, newest first. */
  open(): Order[] {
    return [...this.orders.values()].filter(live).sort((a, b) => b.at - a.at);
  }

  /** Applies ExecutionReport(8). */
  report(b: Fields): Change {
    const id = str(b, "OrderID");
    const cl = str(b, "ClOrdID") || id;
    let o = this.byId.get(id) ?? this.orders.get(cl);
    if (!o) {
      o = blank(cl);
      this.orders.set(cl, o);
    }
    const kind = kinds[str(b, "ExecType")] ?? "other";
    if (id && id !== "NONE") {
      o.id = id;
      this.byId.set(id, o);
    }
    copy(o, b);
    if (str(b, "VenueOrder") === "Y") o.venue = true;
    // "Rejected" and "done for now" of a status only say that the venue knows no live order.
    if (!live(o)) o.canceling = false;
    const fill = kind === "filled" ? this.fill(b, o) : null;
    this.forget();
    return { order: o, kind, fill, refusal: refusal(b) };
  }

  private fill(b: Fields, o: Order): Fill | null {
    const exec = str(b, "TradeID") ? "T" + str(b, "TradeID") + o.side : str(b, "ExecID");
    if (this.execs.has(exec)) return null;
    const fees = group(b, "NoMiscFees");
    const f: Fill = {
      exec,
      symbol: o.symbol,
      side: o.side,
      price: str(b, "LastPx"),
      qty: str(b, "LastQty"),
      fee: fees.length ? str(fees[0], "MiscFeeAmt") : "0",
      taker: str(b, "LastLiquidityInd") === "2",
      at: millis(str(b, "TransactTime")),
    };
    this.add(f);
    return f;
  }

  /** Adds a fill, unless it is known. */
  add(f: Fill): void {
    if (this.execs.has(f.exec)) return;
    this.execs.add(f.exec);
    let at = 0;
    while (at < this.fills.length && this.fills[at].at > f.at) at++;
    this.fills.splice(at, 0, f);
    const gone = this.fills.splice(keepEnded);
    for (const g of gone) this.execs.delete(g.exec);
  }

  private forget(): void {
    if (this.orders.size < 2 * keepEnded) return;
    for (const [cl, o] of this.orders) {
      if (live(o)) continue;
      this.orders.delete(cl);
      this.byId.delete(o.id);
      if (this.orders.size <= keepEnded) return;
    }
  }

  /** Applies CollateralReport(BA); true when the answer is whole. */
  collateral(b: Fields): boolean {
    const asset = str(b, "Asset");
    if (asset) {
      this.nextBalances.push({ asset, total: str(b, "CashOutstanding"), held: str(b, "HeldAmount"), free: str(b, "MarginExcess") });
    }
    if (str(b, "LastRptRequested") !== "Y") return false;
    this.balances = new Map(this.nextBalances.map((x) => [x.asset, x]));
    this.nextBalances = [];
    return true;
  }

  /** Applies RequestForPositionsAck(AO); true when there is nothing to come. */
  positionsAck(b: Fields): boolean {
    this.nextPositions = [];
    this.positionsLeft = Number(str(b, "TotalNumPosReports") || "0");
    if (this.positionsLeft > 0) return false;
    this.positions = new Map();
    return true;
  }

  /** Applies PositionReport(AP); true when the answer is whole. */
  position(b: Fields): boolean {
    const p: Position = { symbol: str(b, "Symbol"), qty: 0n, cost: 0n, margin: 0n, mark: str(b, "SettlPrice") };
    for (const e of group(b, "NoPositions")) {
      p.qty += (units(str(e, "LongQty"), 0) ?? 0n) - (units(str(e, "ShortQty"), 0) ?? 0n);
    }
    for (const e of group(b, "NoPosAmt")) {
      const amount = units(str(e, "PosAmt"), 6) ?? 0n;
      if (str(e, "PosAmtType") === "CASH") p.cost = amount;
      if (str(e, "PosAmtType") === "IMTM") p.margin = amount;
    }
    this.nextPositions.push(p);
    if (--this.positionsLeft > 0) return false;
    this.positions = new Map(this.nextPositions.map((x) => [x.symbol, x]));
    return true;
  }
}

/** An order of which nothing but its name is known. */
export function blank(cl: string): Order {
  return {
    cl, id: "", symbol: "", side: "1", type: "2", price: "", stop: "", qty: "", cum: "0", leaves: "0",
    avg: "", tif: "", inst: "", status: "A", at: 0, canceling: false, venue: false,
  };
}

const names: [keyof Order, string][] = [
  ["symbol", "Symbol"], ["side", "Side"], ["type", "OrdType"], ["price", "Price"], ["stop", "StopPx"], ["qty", "OrderQty"],
  ["cum", "CumQty"], ["leaves", "LeavesQty"], ["avg", "AvgPx"], ["tif", "TimeInForce"], ["inst", "ExecInst"], ["status", "OrdStatus"],
];

function copy(o: Order, b: Fields): void {
  for (const [to, from] of names) {
    const v = str(b, from);
    if (v) (o as unknown as { [k: string]: string })[to] = v;
  }
  if (!o.at) o.at = millis(str(b, "TransactTime"));
}
