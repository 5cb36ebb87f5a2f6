import { blank, Fill, Order } from "./account";
import { hmac } from "./session";
import type { Key } from "./venue";

/** A candle in text of the wire. */
export interface Candle {
  at: number; // Start in milliseconds.
  open: string;
  high: string;
  low: string;
  close: string;
  volume: string;
}

/** An instrument at a glance. */
export interface Ticker {
  symbol: string;
  phase: string;
  mark: string;
  last: string;
  open: string;
  high: string;
  low: string;
  volume: string;
  sequence: string;
  stale: boolean; // The mark is held.
  sources: string[];
  index: { symbol: string; price: string; contributors: number; stale: boolean } | null;
  rate: string; // Of the last funding period, empty when there was none.
  nextFunding: number; // Milliseconds, 0 for never.
  auction: Auction | null;
}

/** What the uncrossing of a collecting market would come to, in text of the wire. */
export interface Auction {
  price: string; // Empty while nothing would trade.
  volume: string;
  surplus: string; // Above zero when buyers are left over.
  ends: number; // Milliseconds, 0 when others end it.
}

/** The insurance fund as everybody may see it. */
export interface Fund {
  on: boolean;
  balance: string;
  positions: number;
  cap: string;
  hours: number;
  drawn: string; // As the cap was last asked; empty when it was not.
}

/** A step of a margin schedule: decimals, upto in dollars or empty. */
export interface Bracket {
  upto: string;
  initial: string;
}

/** What only the reference data says about an instrument. */
export interface More {
  symbol: string;
  base: string;
  band: string;
  brackets: Bracket[];
  window: string;
}

/** A position with what it needs and where it ends, in text of the wire. */
export interface Stand {
  symbol: string;
  qty: string;
  cost: string;
  margin: string;
  maintenance: string;
  unrealised: string;
  mark: string;
  stale: boolean;
  sources: string[];
  liquidation: string; // Empty when no price is one.
  rank: number; // Place for deleveraging, 0 for none.
  of: number;
  lamps: number;
  funding: { next: number; rate: string; paid: string } | null;
}

/** The account at the marks, in text of the wire. */
export interface Sum {
  state: string;
  equity: string;
  initial: string;
  maintenance: string;
  free: string;
  stale: boolean;
}

type Json = { [name: string]: any };

const sides: { [word: string]: string } = { buy: "1", sell: "2" };
const types: { [word: string]: string } = { market: "1", limit: "2", stop: "3", "stop-limit": "4" };
const tifs: { [word: string]: string } = { DAY: "0", GTC: "1", IOC: "3", FOK: "4", GTD: "6" };
const states: { [word: string]: string } = { new: "0", partially_filled: "1", filled: "2", canceled: "4", expired: "C", rejected: "8" };

/** Requests of the REST side: public ones, and signed ones when there is a key. */
export class Rest {
  constructor(private readonly key: Key | null) {}

  /** GET of a public path. An error says what the venue answered. */
  async get(target: string, headers: { [name: string]: string } = {}): Promise<Json> {
    const r = await fetch(target, { headers, cache: "no-store" });
    const body = (await r.json()) as Json;
    if (!r.ok) throw new Error(String(body.detail ?? body.title ?? r.status));
    return body;
  }

  /** GET signed with the key (AUTH-03). */
  private async signed(target: string): Promise<Json> {
    if (!this.key) throw new Error("there is no key");
    const at = String(Date.now());
    const mac = await hmac(this.key.secret, at + "GET" + target);
    const hex = [...mac].map((b) => b.toString(16).padStart(2, "0")).join("");
    return this.get(target, { "CH-KEY": this.key.keyId, "CH-TIMESTAMP": at, "CH-SIGNATURE": hex });
  }

  /** Open orders of the account, oldest first; null when the venue does not say, or not all. */
  async orders(): Promise<Order[] | null> {
    try {
      const a = await this.signed("/v1/orders?limit=1000");
      return a.next_cursor ? null : ((a.orders ?? []) as Json[]).map(order);
    } catch {
      return null;
    }
  }

  /** Recent fills of the account, newest first; none when the venue does not say. */
  async fills(): Promise<Fill[]> {
    try {
      const a = await this.signed("/v1/fills?limit=100");
      return ((a.fills ?? []) as Json[]).map(fill);
    } catch {
      return [];
    }
  }

  /** Positions of the account; null when the venue does not say. */
  async positions(): Promise<Stand[] | null> {
    try {
      const a = await this.signed("/v1/positions");
      return ((a.positions ?? []) as Json[]).map(stand);
    } catch {
      return null;
    }
  }

  /** Equity and margins of the account; null when the venue does not say. */
  async account(): Promise<Sum | null> {
    try {
      const a = await this.signed("/v1/account");
      return { state: a.state, equity: a.equity, initial: a.initial_margin, maintenance: a.maintenance_margin, free: a.free, stale: Boolean(a.mark_stale) };
    } catch {
      return null;
    }
  }

  /** Candles, oldest first. */
  async candles(symbol: string, resolution: string, limit: number): Promise<Candle[]> {
    const a = await this.get(`/v1/candles?symbol=${encodeURIComponent(symbol)}&resolution=${resolution}&limit=${limit}`);
    const list = ((a.candles ?? []) as Json[]).map((c) => ({
      at: Number(c.start_ms), open: c.open, high: c.high, low: c.low, close: c.close, volume: c.volume,
    }));
    return list.reverse();
  }

  /** The ticker of an instrument. */
  async ticker(symbol: string): Promise<Ticker> {
    const a = await this.get(`/v1/ticker?symbol=${encodeURIComponent(symbol)}`);
    const day = (a.day ?? {}) as Json;
    return {
      symbol: a.symbol, phase: a.phase, mark: a.mark ?? "", last: a.last?.price ?? "", open: day.open ?? "",
      high: day.high ?? "", low: day.low ?? "", volume: day.volume ?? "0", sequence: String(a.sequence ?? ""),
      stale: Boolean(a.mark_stale), sources: (a.mark_sources ?? []) as string[],
      index: a.index ? { symbol: a.index.symbol, price: a.index.price ?? "", contributors: Number(a.index.contributors), stale: Boolean(a.index.stale) } : null,
      rate: a.funding?.rate ?? "", nextFunding: Number(a.next_funding_ms ?? 0), auction: a.auction ? auction(a.auction as Json) : null,
    };
  }

  /** The insurance fund. */
  async fund(): Promise<Fund> {
    const a = await this.get("/v1/insurance");
    return {
      on: Boolean(a.on), balance: a.balance, positions: Number(a.positions), cap: a.cap, hours: Number(a.window_ms) / 3_600_000,
      drawn: a.last?.drawn ?? "",
    };
  }

  /** What the reference data adds to the list of securities. */
  async more(): Promise<More[]> {
    const a = await this.get("/v1/instruments");
    return ((a.instruments ?? []) as Json[]).map((i) => ({
      symbol: i.symbol, base: i.base ?? "", band: i.band ?? "", window: i.window ?? "",
      brackets: ((i.margin ?? []) as Json[]).map((b) => ({ upto: b.upto ?? "", initial: b.initial })),
    }));
  }
}

function order(j: Json): Order {
  const o = blank(j.last_cl_ord_id || j.cl_ord_id || j.id);
  const inst = [j.post_only ? "6" : "", j.reduce_only ? "E" : ""].filter(Boolean).join(" ");
  return Object.assign(o, {
    id: j.id ?? "", symbol: j.symbol ?? "", side: sides[j.side] ?? "1", type: types[j.type] ?? "2", price: j.price ?? "", stop: j.stop ?? "",
    qty: j.qty, cum: j.filled, leaves: j.leaves, avg: j.avg_price ?? "", tif: tifs[j.tif] ?? "", inst, status: states[j.status] ?? "0", at: Number(j.created_ms),
  });
}

function auction(j: Json): Auction {
  return { price: j.price ?? "", volume: j.volume ?? "0", surplus: j.surplus ?? "0", ends: Number(j.ends_ms ?? 0) };
}

function stand(j: Json): Stand {
  const f = j.funding as Json | undefined;
  return {
    symbol: j.symbol, qty: j.qty, cost: j.cost, margin: j.margin, maintenance: j.maintenance_margin, unrealised: j.unrealised, mark: j.mark ?? "",
    stale: Boolean(j.mark_stale), sources: (j.mark_sources ?? []) as string[], liquidation: j.liquidation_price ?? "",
    rank: Number(j.adl_rank ?? 0), of: Number(j.adl_of ?? 0), lamps: Number(j.adl_lamps ?? 0),
    funding: f ? { next: Number(f.next_ms ?? 0), rate: f.last_rate, paid: f.paid } : null,
  };
}

function fill(j: Json): Fill {
  return {
    exec: "T" + j.trade_id + sides[j.side], symbol: j.symbol, side: sides[j.side] ?? "1", price: j.price, qty: j.qty, fee: j.fee ?? "0",
    taker: j.liquidity === "taker", at: Number(j.time_ms),
  };
}
