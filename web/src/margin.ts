import { ceilDiv, units } from "./decimal";
import type { Bracket } from "./rest";

const one = 1_000_000n;

/** Open orders and position of an account in one future, and what they are measured by. */
export interface Exposure {
  qty: bigint; // Lots, negative when short.
  orders: { buy: boolean; price: bigint; lots: bigint }[]; // Plain ones; prices in micro-dollars.
  mark: bigint; // Micro-dollars.
  hours: bigint;
  taker: bigint; // Millionths.
  brackets: Bracket[];
}

/** Initial margin by brackets (MAR-01), rounded up to the micro-dollar. */
export function bracketed(brackets: Bracket[], notional: bigint): bigint {
  let from = 0n;
  let sum = 0n; // In millionths of a micro-dollar.
  for (const b of brackets) {
    const rate = units(b.initial, 6) ?? 0n;
    const upto = b.upto ? units(b.upto, 6) : null;
    const end = upto === null || upto > notional ? notional : upto;
    if (end > from) sum += (end - from) * rate;
    if (end === notional) break;
    from = end;
  }
  return ceilDiv(sum, one);
}

/** What a future needs of its account: the worse side at the mark, the open loss and the fees (MAR-02). */
export function need(x: Exposure): bigint {
  let buys = 0n;
  let sells = 0n;
  let loss = 0n;
  let value = 0n;
  for (const o of x.orders) {
    if (o.buy) buys += o.lots;
    else sells += o.lots;
    const worse = o.buy ? o.price - x.mark : x.mark - o.price;
    if (worse > 0n) loss += worse * o.lots * x.hours;
    value += o.price * o.lots * x.hours;
  }
  const long = x.qty + buys;
  const short = sells - x.qty;
  const worst = long > short ? long : short;
  const notional = (worst > 0n ? worst : 0n) * x.mark * x.hours;
  return bracketed(x.brackets, notional) + loss + ceilDiv(value * x.taker, one);
}

/** The prices within a band around the mark, in micro-dollars, rounded inward to ticks (MAT-03). */
export function band(mark: bigint, tick: bigint, rate: bigint): { lower: bigint; upper: bigint } {
  const ticks = mark / tick;
  const lower = ceilDiv(ticks * (one - rate), one);
  const upper = (ticks * (one + rate)) / one;
  return { lower: lower * tick, upper: upper * tick };
}
