import { ceilDiv, units } from "./decimal";

/** The terms of an instrument that the ticket computes with. */
export interface Terms {
  symbol: string;
  desc: string;
  future: boolean;
  cls: string;
  zone: string;
  grade: string;
  start: string;
  end: string;
  tick: string;
  places: number; // Decimals of a price.
  hours: bigint; // GPU-hours in a lot.
  minLots: bigint;
  maxLots: bigint;
  low: string;
  high: string;
  maker: string;
  taker: string;
  status: string;
}

/** Why a value cannot be sent: the sentence stands under its field. */
export interface Problem {
  field: "price" | "size";
  text: string;
}

/** What is wrong with a price, or null. */
export function priceProblem(t: Terms, price: string): Problem | null {
  const say = (text: string): Problem => ({ field: "price", text });
  if (price === "") return say("Say at which price.");
  const micros = units(price, 6);
  const tick = units(t.tick, 6);
  if (micros === null) return say("A price is digits with at most one dot.");
  if (tick !== null && tick > 0n && micros % tick !== 0n) return say(`Prices go in steps of ${t.tick}.`);
  const low = units(t.low, 6);
  const high = units(t.high, 6);
  if (low !== null && micros < low) return say(`The lowest price is ${t.low}.`);
  if (high !== null && micros > high) return say(`The highest price is ${t.high}.`);
  return null;
}

/** What is wrong with a size, or null. */
export function sizeProblem(t: Terms, size: string): Problem | null {
  const say = (text: string): Problem => ({ field: "size", text });
  if (size === "") return say("Say how many lots.");
  const lots = units(size, 0);
  if (lots === null) return say("Sizes are whole lots.");
  if (lots < t.minLots) return say(`The smallest order is ${t.minLots} ${t.minLots === 1n ? "lot" : "lots"}.`);
  if (t.maxLots > 0n && lots > t.maxLots) return say(`The largest order is ${t.maxLots} lots.`);
  return null;
}

/** What an order would come to, in micro-dollars. */
export interface Quote {
  hours: bigint;
  notional: bigint;
  fee: bigint;
}

/** Notional and highest fee, exact; fees round up (FEE-01). */
export function quote(t: Terms, price: string, lots: bigint): Quote | null {
  const micros = units(price, 6);
  const rate = units(t.taker, 6);
  if (micros === null) return null;
  const hours = lots * t.hours;
  const notional = micros * hours;
  return { hours, notional, fee: rate === null ? 0n : ceilDiv(notional * rate, 1000000n) };
}

/** The most lots that money buys at a price, fee included. */
export function affordable(t: Terms, price: string, money: bigint): bigint {
  const micros = units(price, 6);
  if (micros === null || micros <= 0n || money <= 0n) return 0n;
  const rate = units(t.taker, 6) ?? 0n;
  let lots = (money * 1000000n) / (micros * t.hours * (1000000n + rate));
  if (t.maxLots > 0n && lots > t.maxLots) lots = t.maxLots;
  // The fee rounds up, which can cost the last lot.
  const q = quote(t, price, lots);
  return q && q.notional + q.fee > money && lots > 0n ? lots - 1n : lots;
}

/** A price moved by n ticks, on the grid and within the limits. */
export function stepped(t: Terms, price: string, n: number): string | null {
  const tick = units(t.tick, 6);
  const micros = units(price, 6);
  if (tick === null || tick <= 0n || micros === null) return null;
  const grid = micros - (micros % tick);
  let to = micros % tick === 0n || n < 0 ? grid + BigInt(n) * tick : grid + BigInt(n) * tick;
  if (micros % tick !== 0n && n < 0) to += tick;
  const low = units(t.low, 6);
  const high = units(t.high, 6);
  if (low !== null && to < low) to = low;
  if (high !== null && to > high) to = high;
  return fixed(to, t.places);
}

/** Micro-dollars as a price with that many decimals. */
export function fixed(micros: bigint, places: number): string {
  const sign = micros < 0n ? "-" : "";
  const digits = (micros < 0n ? -micros : micros).toString().padStart(7, "0");
  const whole = digits.slice(0, -6);
  const fraction = digits.slice(-6, digits.length - 6 + places);
  return sign + whole + (fraction ? "." + fraction : "");
}
