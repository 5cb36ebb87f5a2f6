import { ceilDiv, decimals, dollars, grouped, text, trimmed, units } from "./decimal";
import { clock, el, say, set, show } from "./dom";
import type { Auction, Fund, Stand, Sum } from "./rest";

const from: { [source: string]: string } = { index: "the index", book: "the book", last: "the last trade" };

/** What a mark was made of, in words. */
export function fromWords(p: { sources: string[]; stale: boolean }): string {
  const words = p.sources.map((s) => from[s] ?? s);
  const made = words.length ? "Made of " + words.join(" and ") : "Set by the operator";
  return p.stale ? made + ". Stale: no fresh source stands behind it, so it is held, nothing is liquidated by it and margins are larger." : made;
}

/** A liquidation price with the decimals of the mark, rounded towards the mark: up for a long, down for a short. */
export function liquidation(p: Stand): string {
  const n = units(p.liquidation, 6);
  if (n === null) return "none";
  const places = Math.min(6, decimals(p.mark));
  const step = 10n ** BigInt(6 - places);
  return text(p.qty.startsWith("-") ? n / step : ceilDiv(n, step), places);
}

/** Time until the funding period ends. */
export function countdown(p: Stand, now: number): string {
  return p.funding?.next ? until(p.funding.next, now) : "–";
}

/** Time until a moment, in minutes and seconds. */
export function until(at: number, now: number): string {
  const s = Math.max(0, Math.round((at - now) / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  return (s >= 3600 ? Math.floor(s / 3600) + ":" : "") + two(Math.floor((s % 3600) / 60)) + ":" + two(s % 60);
}

/** A fraction as per cent, exact. */
export function percent(rate: string): string {
  const n = units(rate, 6);
  return n === null ? rate : trimmed(text(n, 4)) + "%";
}

/** What the uncrossing of an auction would come to. */
export function auctionWords(a: Auction): string {
  const lots = (n: string) => `${grouped(n)} ${n === "1" ? "lot" : "lots"}`;
  const surplus = a.surplus.replace("-", "");
  const parts = [a.price ? lots(a.volume) + " would trade" : "nothing would trade"];
  if (surplus !== "0") parts.push(`${lots(surplus)} left to ${a.surplus.startsWith("-") ? "sell" : "buy"}`);
  if (a.ends) parts.push("ends " + clock(a.ends));
  return parts.join(", ");
}

/** What stands behind the markets. */
export function fundWords(f: Fund): string {
  if (!f.on) return "Liquidation is off: no insurance fund stands behind the markets.";
  const parts = [`Insurance fund ${money(f.balance)}`, `may lose ${percent(f.cap)} of its highest balance in ${f.hours} h`];
  if (f.drawn) parts.push(`drawn ${money(f.drawn)} when last asked`);
  if (f.positions) parts.push(`closing positions in ${f.positions} ${f.positions === 1 ? "market" : "markets"}`);
  return parts.join(" · ");
}

/** Lamps of deleveraging: the more burn, the nearer. */
export function adl(p: Stand): string {
  return p.rank ? "●".repeat(p.lamps) + "○".repeat(5 - p.lamps) : "–";
}

/** Equity against what is needed, as a bar of the account. */
export class MarginBar {
  private readonly root = el("div", "mbar");
  private readonly state = el("span", "badge");
  private readonly track = el("div", "mtrack");
  private readonly maintenance = el("i", "mm");
  private readonly initial = el("i", "im");
  private readonly words = el("span", "num dim");

  constructor(parent: HTMLElement) {
    set(this.track, "role", "img");
    this.track.append(this.initial, this.maintenance);
    this.root.append(this.state, this.track, this.words);
    parent.append(this.root);
    show(this.root, false);
  }

  draw(s: Sum | null): void {
    show(this.root, s !== null);
    if (!s) return;
    say(this.state, s.state + (s.stale ? ", mark stale" : ""));
    set(this.state, "data-kind", s.state !== "healthy" ? "bad" : s.stale ? "warn" : "good");
    const line = `equity ${money(s.equity)} · initial ${money(s.initial)} · maintenance ${money(s.maintenance)} · free ${money(s.free)}`;
    say(this.words, line);
    set(this.track, "aria-label", "Margin: " + line);
    this.initial.style.width = part(s.initial, s.equity);
    this.maintenance.style.width = part(s.maintenance, s.equity);
  }
}

function money(value: string): string {
  const n = units(value, 6);
  return n === null ? value : dollars(n);
}

/** How much of the equity an amount is, at most all of it. */
function part(value: string, whole: string): string {
  const v = units(value, 6) ?? 0n;
  const w = units(whole, 6) ?? 0n;
  if (v <= 0n) return "0";
  if (w <= v) return "100%";
  return Number((v * 1000n) / w) / 10 + "%";
}
