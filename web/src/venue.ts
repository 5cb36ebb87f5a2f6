import { Account, blank, Change, live, Order, refusal, Refusal } from "./account";
import { Book, Entry } from "./book";
import { decimals } from "./decimal";
import { Terms } from "./quote";
import { peek } from "./readonly";
import { Auction, Rest, Stand, Sum } from "./rest";
import { acts } from "./acts";
import { Fields, group, Message, millis, prove, Session, stamp, str } from "./session";

/** What GET /demo/session.json gives to the page. */
export interface Key {
  compId: string;
  keyId: string;
  secret: string;
  target: string;
  account: string;
  links?: { [name: string]: string };
}

/** A trade of the market. */
export interface Trade {
  id: string;
  px: string;
  size: string;
  buy: boolean; // The taker bought.
  at: number;
}

/** A message as the drawer shows it. */
export interface Seen {
  n: number;
  out: boolean;
  type: string;
  seq: string;
  about: Message;
  raw: string;
  at: number;
}

/** Something that people should be told. */
export interface Notice {
  good: boolean;
  title: string;
  text: string;
  refusal: Refusal | null;
  cl: string; // The order it is about, empty when none.
}

/** What has changed since the last frame. */
export type Part = "terms" | "book" | "trades" | "orders" | "fills" | "balances" | "positions" | "link" | "log" | "ticker" | "symbol";

/** What the ticket asks for. */
export interface Wish {
  side: string;
  type: string;
  price: string;
  qty: string;
  tif: string;
  postOnly: boolean;
  reduceOnly: boolean;
}

export type LinkState = "wait" | "on" | "off" | "read";

const beat = 10; // Seconds between heartbeats.
const testEvery = 2_000;
const inUse = "1107"; // COMP_ID_IN_USE of the catalogue.
const peekEvery = 1_500;
export const staleAfter = 5_000;
const keepTrades = 120;
const keepSeen = 400;

/** The venue as the page sees it: one FIX session, the market of one instrument, one account. */
export class Venue {
  terms = new Map<string, Terms>();
  symbol = "";
  book = new Book();
  trades: Trade[] = []; // Newest first.
  tradingPhase = ""; // Of the market that is shown, as the venue names it.
  auction: Auction | null = null; // While its orders are collected.
  account = new Account();
  stands: Stand[] = []; // Positions with margins, marks and places.
  sum: Sum | null = null; // The account at the marks.
  log: Seen[] = []; // Oldest first.
  link: LinkState = "wait";
  linkText = "Connecting";
  retryAt = 0;
  engineSeq = "";
  resyncs = 0;
  paused = false;
  session: Session;
  rest: Rest;
  changed: (part: Part) => void = () => {};
  notice: (n: Notice) => void = () => {};
  report: (c: Change) => void = () => {};
  traded: (t: Trade) => void = () => {};
  private socket: WebSocket | null = null;
  private subs = 0;
  private subID = "";
  private failures = 0;
  private orderNo = 0;
  private count = 0;
  private bySeq = new Map<number, string>();
  private refreshAt = 0;
  private tradeSeq = 0;
  private busy = ""; // Why another page has the session, empty when none has.
  private peeked = 0;

  constructor(readonly key: Key) {
    this.rest = new Rest(key);
    this.session = new Session(key.compId, key.target, beat, {
      app: (m) => this.app(m),
      on: () => this.loggedOn(),
      off: (text, code) => this.loggedOff(text, code),
      refused: (seq, m) => this.refused(this.bySeq.get(seq) ?? "", m.Body),
      unsent: (from) => this.unsent(from),
      seen: (out, m, raw, at) => this.see(out, m, raw, at),
    });
    setInterval(() => this.tick(), 250);
  }

  /** Opens the connection; it is opened again whenever it is lost. */
  async connect(): Promise<void> {
    this.setLink("wait", this.failures ? "Reconnecting" : "Connecting");
    const proof = await prove(this.key.keyId, this.key.secret, Date.now());
    const scheme = location.protocol === "https:" ? "wss://" : "ws://";
    const socket = new WebSocket(scheme + location.host + "/fix/v1", "fix50sp2.json.v1");
    this.socket = socket;
    socket.onopen = () => this.session.join({ send: (t) => socket.send(t), close: (c, r) => socket.close(c, r) }, proof, Date.now());
    socket.onmessage = (e) => {
      if (this.socket === socket) this.session.receive(e.data as string, Date.now());
    };
    socket.onclose = (e) => {
      if (this.socket === socket) this.lost(e.reason);
    };
  }

  /** Says goodbye, so that another page can have the session at once. */
  leave(): void {
    this.session.leave(Date.now());
  }

  private lost(reason: string): void {
    this.socket = null;
    this.session.detach();
    this.subID = ""; // Subscriptions end with their connection.
    if (!this.busy) this.book.ready = false;
    // Half a second, doubling up to 15 s, a little random so that pages do not come back in step.
    const wait = this.busy ? 4_000 : Math.min(15_000, 500 * 2 ** Math.min(this.failures, 5)) * (0.8 + 0.4 * Math.random());
    this.failures++;
    this.retryAt = Date.now() + wait;
    this.setLink("off", reason || (this.link === "off" ? this.linkText : "") || "The connection is lost");
    setTimeout(() => void this.connect(), wait);
  }

  private setLink(state: LinkState, text: string): void {
    // While another page has the session this one goes on reading.
    this.link = this.busy ? "read" : state;
    this.linkText = this.busy || text;
    this.changed("link");
  }

  private loggedOn(): void {
    this.failures = 0;
    this.busy = "";
    this.setLink("on", "Live");
    this.session.send("x", { SecurityReqID: "L" + this.count, SecurityListRequestType: "4" }, Date.now());
    if (this.symbol) this.subscribe();
    this.refresh();
    void this.recover();
  }

  private loggedOff(text: string, code: string): void {
    if (code === inUse) this.busy = "Read only: another page trades in this session. Close it to trade here.";
    this.setLink("off", code ? `${text} (code ${code})` : text);
  }

  private tick(): void {
    const now = Date.now();
    this.session.tick(now, testEvery);
    if (this.busy && now - this.peeked >= peekEvery) {
      this.peeked = now;
      peek(this).catch(() => {}); // The banner says what matters; the next round tries again.
    }
    if (this.refreshAt && now >= this.refreshAt) {
      this.refreshAt = 0;
      this.refresh();
    }
    this.changed("link");
  }

  /** Milliseconds since the venue last said anything. */
  silence(): number {
    return Date.now() - this.session.lastIn;
  }

  /** Whether what the page shows may be old. */
  stale(): boolean {
    return this.link !== "read" && (this.session.state !== "on" || this.silence() > staleAfter || (this.symbol !== "" && !this.book.ready));
  }

  /** Asks for balances and positions. */
  private refresh(): void {
    const now = Date.now();
    const id = String(++this.count);
    this.session.send("BB", { CollInquiryID: "C" + id }, now);
    this.session.send("AN", { PosReqID: "P" + id, PosReqType: "0" }, now);
    void this.assess();
  }

  /** Reads positions and account at the marks of now; what the venue does not say stays. */
  async assess(): Promise<void> {
    const [stands, sum] = await Promise.all([this.rest.positions(), this.rest.account()]);
    if (stands) this.stands = stands;
    if (sum) this.sum = sum;
    this.changed("positions");
  }

  private refreshSoon(): void {
    if (!this.refreshAt) this.refreshAt = Date.now() + 200;
  }

  /** Reads orders and fills from before this page by signed requests: FIX tells only what is new. */
  private async recover(): Promise<void> {
    const before = this.account.open().filter((o) => o.id);
    const [orders, fills] = await Promise.all([this.rest.orders(), this.rest.fills()]);
    for (const o of orders ?? []) this.account.adopt(o);
    const still = new Set((orders ?? []).map((o) => o.id));
    // What this page takes for open and the venue does not is asked for by name.
    for (const o of before) {
      if (orders && live(o) && !still.has(o.id)) {
        this.session.send("H", { ClOrdID: o.cl, OrderID: o.id, Symbol: o.symbol, Side: o.side }, Date.now());
      }
    }
    for (const f of fills) this.account.add(f);
    this.changed("orders");
    this.changed("fills");
  }

  /** Shows another instrument. */
  select(symbol: string): void {
    if (symbol === this.symbol || !this.terms.has(symbol)) return;
    this.symbol = symbol;
    this.trades = [];
    this.tradingPhase = "";
    this.auction = null;
    this.subscribe();
    this.changed("symbol");
  }

  /** Asks for book and trades from the start; an older subscription ends. */
  private subscribe(): void {
    const now = Date.now();
    if (this.subID && this.session.state === "on") {
      this.session.send("V", { MDReqID: this.subID, SubscriptionRequestType: "2", MarketDepth: "0" }, now);
    }
    this.book = new Book();
    this.tradeSeq = 0;
    this.subID = "MD-" + ++this.subs;
    this.session.send(
      "V",
      {
        MDReqID: this.subID,
        SubscriptionRequestType: "1",
        MarketDepth: "0",
        MDUpdateType: "1",
        NoMDEntryTypes: [{ MDEntryType: "0" }, { MDEntryType: "1" }, { MDEntryType: "2" }],
        NoRelatedSym: [{ Symbol: this.symbol }],
      },
      now,
    );
    this.changed("book");
    this.changed("trades");
  }

  private app(m: Message): void {
    const b = m.Body;
    const seq = str(b, "EngineSeq") || str(b, "ApplSeqNum");
    if (seq && Number(seq) > Number(this.engineSeq)) this.engineSeq = seq;
    switch (m.Header.MsgType) {
      case "X":
      case "W":
        this.market(m.Header.MsgType, b);
        return;
      case "8":
        this.execution(b);
        return;
      case "9":
        this.cancelRefused(b);
        return;
      case "j":
        this.refused(str(b, "BusinessRejectRefID") || (this.bySeq.get(Number(str(b, "RefSeqNum"))) ?? ""), b);
        return;
      case "r":
        this.massCanceled(b);
        return;
      case "y":
        this.securities(b);
        return;
      case "Y":
        this.say(false, "Market data was refused", str(b, "Text"), refusal(b));
        return;
      case "BA":
        if (this.account.collateral(b)) this.changed("balances");
        return;
      case "AO":
        if (this.account.positionsAck(b)) this.changed("positions");
        return;
      case "AP":
        // Without a request it says what a position paid or received.
        if (!str(b, "PosReqID")) this.act(m);
        else if (this.account.position(b)) this.changed("positions");
        return;
      case "CJ":
      case "AE":
      case "U2":
      case "UR":
        this.act(m);
        return;
      case "f":
        if (str(b, "MDReqID") === this.subID) this.phase(b);
    }
  }

  /** The venue did something to the account. */
  private act(m: Message): void {
    const n = acts(m);
    if (n) this.say(n.good, n.title, n.text, null);
    this.refreshSoon();
  }

  private market(type: string, b: Fields): void {
    if (str(b, "MDReqID") !== this.subID) return;
    const levels: Entry[] = [];
    const trades: Trade[] = [];
    let bookEntries = type === "W" && str(b, "MarketDepth") !== "";
    for (const e of group(b, "NoMDEntries")) {
      const kind = str(e, "MDEntryType");
      if (kind === "2") trades.push(this.trade(e));
      if (kind !== "0" && kind !== "1") continue;
      bookEntries = true;
      levels.push({
        bid: kind === "0",
        px: str(e, "MDEntryPx"),
        size: str(e, "MDEntrySize") || "0",
        orders: Number(str(e, "NumberOfOrders") || "0"),
        gone: str(e, "MDUpdateAction") === "2",
        rptSeq: Number(str(e, "RptSeq") || "0"),
      });
    }
    if (bookEntries) this.levels(type, levels, b);
    if (trades.length) this.tape(type, trades, b);
    this.phase(b);
  }

  private phase(b: Fields): void {
    const status = str(b, "SecurityTradingStatus");
    const t = this.terms.get(this.symbol);
    if (!status || !t) return;
    t.status = status;
    this.tradingPhase = str(b, "Phase");
    const ends = str(b, "AuctionEnds");
    this.auction = str(b, "IndicativeQty") === "" ? null : {
      price: str(b, "IndicativePx"), volume: str(b, "IndicativeQty"), surplus: str(b, "SurplusQty") || "0", ends: ends ? millis(ends) : 0,
    };
    this.changed("ticker");
  }

  private levels(type: string, levels: Entry[], b: Fields): void {
    const sum = str(b, "BookChecksum");
    const want = sum ? Number(sum) : null;
    const outcome = type === "W" ? this.book.reset(levels, Number(str(b, "RptSeq") || "0"), want) : this.book.apply(levels, want);
    if (outcome === "gap" || outcome === "mismatch") {
      // A book with a gap or a wrong checksum is never shown: it is asked for again.
      this.resyncs++;
      this.subscribe();
    }
    this.changed("book");
  }

  private trade(e: Fields): Trade {
    return {
      id: str(e, "TradeID"),
      px: str(e, "MDEntryPx"),
      size: str(e, "MDEntrySize"),
      buy: str(e, "AggressorSide") === "1",
      at: millis(str(e, "TransactTime")),
    };
  }

  private tape(type: string, trades: Trade[], b: Fields): void {
    if (type === "W") this.trades = [];
    for (const t of trades) {
      this.trades.unshift(t);
      if (type === "X") this.traded(t);
    }
    this.trades.length = Math.min(this.trades.length, keepTrades);
    this.tradeSeq = Number(str(b, "RptSeq") || this.tradeSeq);
    this.changed("trades");
  }

  private securities(b: Fields): void {
    for (const e of group(b, "NoRelatedSym")) {
      const t = terms(e);
      this.terms.set(t.symbol, t);
    }
    if (str(b, "LastFragment") === "N") return;
    this.changed("terms");
  }

  private execution(b: Fields): void {
    const c = this.account.report(b);
    this.changed("orders");
    if (c.fill) this.changed("fills");
    if (c.kind !== "status") this.refreshSoon();
    this.report(c);
  }

  private cancelRefused(b: Fields): void {
    const o = [...this.account.orders.values()].find((k) => k.id === str(b, "OrderID") || k.cl === str(b, "OrigClOrdID"));
    if (o) o.canceling = false;
    const why = refusal(b);
    this.say(false, "The cancel was refused", why?.text ?? "", why);
    this.changed("orders");
  }

  private massCanceled(b: Fields): void {
    const why = refusal(b);
    if (str(b, "MassCancelResponse") === "0") {
      for (const o of this.account.orders.values()) o.canceling = false;
      this.say(false, "The cancel of all orders was refused", why?.text ?? "", why);
      this.changed("orders");
      return;
    }
    const n = str(b, "TotalAffectedOrders");
    this.say(true, n === "1" ? "1 order cancelled" : `${n} orders cancelled`, "", null);
  }

  /** A message of ours was refused before it became a request. */
  private refused(cl: string, b: Fields): void {
    const why = refusal(b);
    const o = this.account.orders.get(cl);
    if (o && o.status === "A") o.status = "8";
    if (o) o.canceling = false;
    this.notice({ good: false, title: "Refused", text: why?.text ?? "", refusal: why, cl });
    this.changed("orders");
  }

  /** Orders that the venue never got are asked for by name, never sent again. */
  private unsent(from: number): void {
    for (const [seq, cl] of this.bySeq) {
      const o = this.account.orders.get(cl);
      if (seq >= from && o && o.status === "A") {
        this.session.send("H", { ClOrdID: cl, Symbol: o.symbol, Side: o.side }, Date.now());
        this.say(false, "An order did not reach the venue", `${cl} was not sent again; the venue is asked what it knows.`, null);
      }
    }
  }

  private say(good: boolean, title: string, text: string, why: Refusal | null): void {
    this.notice({ good, title, text, refusal: why, cl: "" });
  }

  private see(out: boolean, m: Message, raw: string, at: number): void {
    if (this.paused) return;
    this.log.push({ n: ++this.count, out, type: m.Header.MsgType, seq: m.Header.MsgSeqNum, about: m, raw, at });
    if (this.log.length > 2 * keepSeen) this.log.splice(0, keepSeen);
    this.changed("log");
  }

  /** A ClOrdID that this browser never used: time, then a counter. */
  private name(): string {
    return "W" + Date.now().toString(36).toUpperCase() + "-" + (++this.orderNo).toString(36).toUpperCase();
  }

  /** Sends NewOrderSingle(D). It returns the order, or null when nobody is connected. */
  place(w: Wish): Order | null {
    const now = Date.now();
    const o = blank(this.name());
    Object.assign(o, { symbol: this.symbol, side: w.side, type: w.type, price: w.type === "2" ? w.price : "", qty: w.qty, leaves: w.qty, tif: w.tif, at: now });
    const body: Fields = { ClOrdID: o.cl, Account: this.key.account, Symbol: o.symbol, Side: w.side, OrderQty: w.qty, OrdType: w.type };
    if (w.type === "2") {
      body.Price = w.price;
      body.TimeInForce = w.tif;
    }
    const inst = [w.postOnly && w.type === "2" ? "6" : "", w.reduceOnly ? "E" : ""].filter(Boolean).join(" ");
    if (inst) body.ExecInst = o.inst = inst;
    body.TransactTime = stamp(now);
    const seq = this.session.send("D", body, now);
    if (!seq) return null;
    this.remember(seq, o.cl);
    this.account.sent(o);
    this.changed("orders");
    return o;
  }

  private remember(seq: number, cl: string): void {
    this.bySeq.set(seq, cl);
    if (this.bySeq.size > 500) this.bySeq.delete(this.bySeq.keys().next().value as number);
  }

  /** Sends OrderCancelRequest(F). */
  cancel(o: Order): void {
    const now = Date.now();
    const body: Fields = { ClOrdID: this.name(), OrigClOrdID: o.cl, Symbol: o.symbol, Side: o.side, TransactTime: stamp(now) };
    if (o.id) body.OrderID = o.id;
    const seq = this.session.send("F", body, now);
    if (!seq) return;
    this.remember(seq, o.cl);
    o.canceling = true;
    this.changed("orders");
  }

  /** Sends OrderMassCancelRequest(q) for all orders of the account. */
  cancelAll(): void {
    const now = Date.now();
    const cl = this.name();
    const seq = this.session.send("q", { ClOrdID: cl, MassCancelRequestType: "7", TransactTime: stamp(now) }, now);
    if (!seq) return;
    for (const o of this.account.orders.values()) if (live(o)) o.canceling = true;
    this.changed("orders");
  }
}

/** An entry of SecurityList(y) as terms. */
export function terms(e: Fields): Terms {
  const tick = str(e, "MinPriceIncrement");
  return {
    symbol: str(e, "Symbol"),
    desc: str(e, "SecurityDesc"),
    future: str(e, "SecurityType") === "FUT",
    cls: str(e, "SKU"),
    zone: str(e, "Zone"),
    grade: str(e, "Grade"),
    start: str(e, "StartDate"),
    end: str(e, "EndDate"),
    tick,
    places: decimals(tick),
    hours: BigInt(str(e, "ContractMultiplier") || "1"),
    minLots: BigInt(str(e, "MinTradeVol") || "1"),
    maxLots: BigInt(str(e, "MaxTradeVol") || "0"),
    low: str(e, "LowLimitPrice"),
    high: str(e, "HighLimitPrice"),
    maker: str(e, "MakerFeeRate"),
    taker: str(e, "TakerFeeRate"),
    status: str(e, "SecurityTradingStatus"),
  };
}
