import { decimals } from "./decimal";
import type { Entry } from "./book";
import { stamp } from "./session";
import type { Venue } from "./venue";

const every = 1_500;

type Json = { [name: string]: any };

/** Reads list, book and trades by REST once. */
export async function peek(v: Venue): Promise<void> {
  if (!v.terms.size) await list(v);
  if (v.symbol) await Promise.all([book(v, v.symbol), trades(v, v.symbol)]);
}

/** Without a key the page reads book and trades by REST, again and again. */
export function watch(v: Venue, why: string): void {
  v.link = "read";
  v.linkText = why;
  const round = async () => {
    try {
      await peek(v);
      v.link = "read";
      v.linkText = why;
    } catch (e) {
      v.link = "off";
      v.linkText = "The venue does not answer: " + (e as Error).message;
      v.retryAt = Date.now() + every;
    }
    v.changed("link");
    setTimeout(() => void round(), document.hidden ? 4 * every : every);
  };
  void round();
}

async function list(v: Venue): Promise<void> {
  const a = await v.rest.get("/v1/instruments");
  for (const i of (a.instruments ?? []) as Json[]) {
    v.terms.set(i.symbol, {
      symbol: i.symbol, desc: "", future: i.kind !== "spot", cls: i.class, zone: i.region, grade: i.grade,
      start: i.start_ms ? stamp(Number(i.start_ms)) : "", end: i.end_ms ? stamp(Number(i.end_ms)) : "",
      tick: i.tick, places: decimals(i.tick), hours: BigInt(i.lot_hours), minLots: 1n, maxLots: BigInt(i.max_qty ?? "0"),
      low: i.low, high: i.high, maker: i.maker_fee, taker: i.taker_fee, status: "",
    });
  }
  v.changed("terms");
}

async function book(v: Venue, symbol: string): Promise<void> {
  const a = await v.rest.get(`/v1/book?symbol=${encodeURIComponent(symbol)}&depth=50`);
  if (v.symbol !== symbol || v.link === "on") return;
  const side = (levels: Json[], bid: boolean): Entry[] =>
    levels.map((l) => ({ bid, px: l.price, size: l.qty, orders: Number(l.orders), gone: false, rptSeq: 0 }));
  v.book.reset([...side(a.bids ?? [], true), ...side(a.asks ?? [], false)], Number(a.rpt_seq), Number(a.checksum));
  v.session.lastIn = Date.now();
  if (Number(a.sequence) > Number(v.engineSeq)) v.engineSeq = String(a.sequence);
  v.changed("book");
}

async function trades(v: Venue, symbol: string): Promise<void> {
  const a = await v.rest.get(`/v1/trades?symbol=${encodeURIComponent(symbol)}&limit=60`);
  if (v.symbol !== symbol || v.link === "on") return;
  const newest = v.trades[0]?.id;
  const all = ((a.trades ?? []) as Json[]).map((t) => ({ id: t.id, px: t.price, size: t.qty, buy: t.taker_side === "buy", at: Number(t.time_ms) }));
  const at = all.findIndex((t) => t.id === newest);
  if (newest) for (const t of all.slice(0, at < 0 ? 0 : at).reverse()) v.traded(t);
  v.trades = all;
  v.changed("trades");
}
