import { Change, live, Refusal } from "./account";
import { dollars, grouped, trimmed, units } from "./decimal";
import { $, el, say, set, show } from "./dom";
import { band, Exposure, need } from "./margin";
import { affordable, fixed, priceProblem, quote, sizeProblem, stepped, Terms } from "./quote";
import type { More } from "./rest";
import type { Notice, Venue, Wish } from "./venue";
import { codeWords, sideWords } from "./words";

/** What the order would come to, computed exactly. */
interface Estimate {
  price: string; // At which it counts; for a market order the bound of the band.
  hours: bigint;
  notional: bigint;
  fee: bigint;
  needs: bigint | null; // Of free money, null when the venue alone knows.
  free: bigint | null; // Money, micro-dollars.
  lots: bigint;
}

/** The one ticket that sends orders. */
export class Ticket {
  more = new Map<string, More>();
  mark = "";
  private sent = ""; // ClOrdID of the last order.
  private touched = false;

  constructor(
    private readonly venue: Venue,
    private readonly readOnly: string,
  ) {
    const form = $<HTMLFormElement>("ticket");
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      this.submit();
    });
    form.addEventListener("input", () => {
      this.touched = true;
      this.draw();
    });
    for (const b of form.querySelectorAll<HTMLButtonElement>("[data-step]")) {
      b.addEventListener("click", () => {
        const [field, n] = (b.dataset.step as string).split(",");
        this.step(field, Number(n));
      });
    }
    for (const field of ["price", "size"]) {
      $(field).addEventListener("keydown", (e) => {
        if (e.key !== "ArrowUp" && e.key !== "ArrowDown") return;
        e.preventDefault();
        this.step(field, (e.key === "ArrowUp" ? 1 : -1) * (e.shiftKey ? 10 : 1));
      });
    }
    for (const part of [10, 25, 50, 100]) {
      const b = el("button", "quiet", part === 100 ? "Max" : part + "%");
      b.type = "button";
      b.addEventListener("click", () => this.preset(BigInt(part)));
      $("presets").append(b);
    }
  }

  private terms(): Terms | undefined {
    return this.venue.terms.get(this.venue.symbol);
  }

  /** Reads the form. */
  wish(): Wish {
    const radio = (name: string) => (document.querySelector(`input[name=${name}]:checked`) as HTMLInputElement).value;
    return {
      side: radio("side"),
      type: radio("type"),
      price: $<HTMLInputElement>("price").value.trim().replace(",", "."),
      qty: $<HTMLInputElement>("size").value.trim(),
      tif: $<HTMLSelectElement>("tif").value,
      postOnly: $<HTMLInputElement>("post").checked,
      reduceOnly: $<HTMLInputElement>("reduce").checked && !!this.terms()?.future,
    };
  }

  /** Chooses a side. */
  side(value: string): void {
    (document.querySelector(`input[name=side][value="${value}"]`) as HTMLInputElement).checked = true;
    this.draw();
  }

  /** Takes a price from the book. */
  take(px: string, side: string): void {
    (document.querySelector('input[name=type][value="2"]') as HTMLInputElement).checked = true;
    $<HTMLInputElement>("price").value = px;
    this.touched = true;
    if (side) this.side(side);
    this.draw();
  }

  /** Another instrument: its price starts at the best of the other side. */
  reset(): void {
    this.touched = false;
    $<HTMLInputElement>("price").value = "";
    $<HTMLInputElement>("size").value = "1"; // A lot is not the same in another instrument.
    $<HTMLInputElement>("reduce").checked = false;
    this.answer("", "", null, "");
    this.draw();
  }

  private step(field: string, n: number): void {
    const t = this.terms();
    const input = $<HTMLInputElement>(field);
    if (!t || this.readOnly) return;
    if (field === "price") {
      const from = input.value.trim() || this.mark;
      input.value = stepped(t, from, n) ?? input.value;
    } else {
      let lots = (units(input.value.trim(), 0) ?? 0n) + BigInt(n);
      if (lots < t.minLots) lots = t.minLots;
      if (t.maxLots > 0n && lots > t.maxLots) lots = t.maxLots;
      input.value = String(lots);
    }
    this.touched = true;
    this.draw();
  }

  private preset(part: bigint): void {
    const t = this.terms();
    if (!t) return;
    const most = this.most(t, this.wish());
    let lots = (most * part) / 100n;
    if (lots < t.minLots && most >= t.minLots) lots = t.minLots;
    $<HTMLInputElement>("size").value = String(lots);
    this.touched = true;
    this.draw();
  }

  /** The most lots that the free balance allows. */
  private most(t: Terms, w: Wish): bigint {
    const price = this.effective(t, w);
    const cap = (n: bigint) => (t.maxLots > 0n && n > t.maxLots ? t.maxLots : n);
    if (!t.future && w.side === "2") return cap(this.free(this.more.get(t.symbol)?.base ?? "") ?? 0n);
    const money = this.money() ?? 0n;
    if (!t.future) return affordable(t, price, money);
    // Margin grows with the size, so the most is found by halving.
    let lo = 0n;
    let hi = t.maxLots > 0n ? t.maxLots : 1_000_000n;
    while (lo < hi) {
      const mid = (lo + hi + 1n) / 2n;
      const n = this.margin(t, w, price, mid);
      if (n !== null && n <= money) lo = mid;
      else hi = mid - 1n;
    }
    return lo;
  }

  private free(asset: string): bigint | null {
    const b = this.venue.account.balances.get(asset);
    return b ? units(trimmed(b.free), 0) : null;
  }

  private money(): bigint | null {
    const b = this.venue.account.balances.get("USD");
    const cash = b ? units(b.free, 6) : this.venue.account.balances.size ? 0n : null; // What is nothing is not listed.
    const sum = this.venue.sum ? units(this.venue.sum.free, 6) : null;
    if (sum === null || cash === null) return cash;
    // Gains at the marks are margin, and losses are needed; a gain buys no capacity.
    return this.terms()?.future || sum < cash ? sum : cash;
  }

  /** The price at which an order counts: a market order is a limit at the bound of the band (MAT-03). */
  private effective(t: Terms, w: Wish): string {
    if (w.type === "2") return w.price;
    const b = this.bounds(t);
    return b ? fixed(w.side === "1" ? b.upper : b.lower, t.places) : "";
  }

  private bounds(t: Terms): { lower: bigint; upper: bigint } | null {
    const mark = units(this.mark, 6);
    const rate = units(this.more.get(t.symbol)?.band, 6);
    const tick = units(t.tick, 6);
    return mark && rate && tick ? band(mark, tick, rate) : null;
  }

  /** What more margin a future would need with the order, null when that is not known here. */
  private margin(t: Terms, w: Wish, price: string, lots: bigint): bigint | null {
    const more = this.more.get(t.symbol);
    const mark = units(this.mark, 6);
    const px = units(price, 6);
    if (!more || !more.brackets.length || mark === null || px === null) return null;
    const orders = [];
    for (const o of this.venue.account.orders.values()) {
      if (!live(o) || !o.id || o.symbol !== t.symbol || o.inst.includes("E")) continue;
      orders.push({ buy: o.side === "1", price: units(o.price, 6) ?? 0n, lots: units(o.leaves, 0) ?? 0n });
    }
    const x: Exposure = {
      qty: this.venue.account.positions.get(t.symbol)?.qty ?? 0n,
      orders, mark, hours: t.hours, taker: units(t.taker, 6) ?? 0n, brackets: more.brackets,
    };
    const before = need(x);
    if (w.reduceOnly) return 0n;
    return need({ ...x, orders: [...orders, { buy: w.side === "1", price: px, lots }] }) - before;
  }

  private estimate(t: Terms, w: Wish): Estimate | null {
    const lots = units(w.qty, 0);
    const price = this.effective(t, w);
    if (lots === null || lots <= 0n) return null;
    const q = quote(t, price, lots);
    if (!q) return null;
    let needs: bigint | null = q.notional + q.fee;
    if (t.future) needs = this.margin(t, w, price, lots);
    else if (w.side === "2") needs = null;
    return { price, lots, hours: q.hours, notional: q.notional, fee: q.fee, needs, free: this.money() };
  }

  /** Draws the ticket; called at most once per frame. */
  draw(): void {
    const t = this.terms();
    const w = this.wish();
    const market = w.type === "1";
    document.body.dataset.side = w.side;
    show($("l-reduce"), !!t?.future);
    $("f-price").classList.toggle("off", market);
    for (const id of ["price", "tif", "post"]) ($(id) as HTMLInputElement).disabled = market || this.readOnly !== "";
    for (const b of $("f-price").querySelectorAll("button")) b.disabled = market || this.readOnly !== "";
    for (const b of $("presets").querySelectorAll("button")) b.disabled = this.readOnly !== "";
    $<HTMLInputElement>("size").disabled = this.readOnly !== "";
    const send = $<HTMLButtonElement>("send");
    if (this.readOnly) {
      this.locked(send);
      return;
    }
    if (!t) {
      send.disabled = true;
      say(send, "Waiting for the venue");
      return;
    }
    this.suggest(t, w);
    this.notes(t, w, market);
    const e = this.estimate(t, w);
    this.sum(t, w, e);
    this.warn(t, w, e);
    send.disabled = this.venue.link !== "on";
    const n = units(w.qty, 0);
    say(send, `${sideWords[w.side]} ${n === null ? "" : n + (n === 1n ? " lot " : " lots ")}${market ? "at market" : w.price ? "at " + w.price : ""}`.trim());
  }

  private locked(send: HTMLButtonElement): void {
    send.disabled = true;
    say(send, "Read only");
    show($("warn"), true);
    say($("warn"), this.readOnly);
  }

  /** Until the trader types, the price follows the best of the other side. */
  private suggest(t: Terms, w: Wish): void {
    if (this.touched || document.activeElement === $("price")) return;
    const b = this.venue.book;
    const best = (w.side === "1" ? b.asks : b.bids)[0] ?? (w.side === "1" ? b.bids : b.asks)[0];
    const px = best?.px ?? (this.mark || "");
    const input = $<HTMLInputElement>("price");
    if (px && input.value !== px) input.value = px;
    w.price = input.value;
    set(input, "placeholder", t.tick);
  }

  private notes(t: Terms, w: Wish, market: boolean): void {
    const price = market ? null : priceProblem(t, w.price);
    const size = sizeProblem(t, w.qty);
    const bounds = this.bounds(t);
    let hint = bounds ? `band ${fixed(bounds.lower, t.places)} – ${fixed(bounds.upper, t.places)}, tick ${t.tick}` : `tick ${t.tick}`;
    if (market && bounds) hint = `${w.side === "1" ? "at most" : "at least"} ${fixed(w.side === "1" ? bounds.upper : bounds.lower, t.places)}, the rest is cancelled`;
    this.note("price", price?.text ?? "", hint);
    const h = t.hours === 1n ? "1 GPU-hour" : `${t.hours} GPU-hours`;
    this.note("size", size?.text ?? "", `1 lot is ${h}`);
  }

  private note(field: string, problem: string, hint: string): void {
    const input = $(field);
    const bad = problem !== "" && this.touched;
    say($(field + "-note"), bad ? problem : hint);
    $("f-" + field).classList.toggle("bad", bad);
    set(input, "aria-invalid", bad ? "true" : "false");
  }

  private sum(t: Terms, w: Wish, e: Estimate | null): void {
    const rows: [string, string][] = [];
    const most = w.type === "1" ? (w.side === "1" ? "at most " : "at least ") : "";
    rows.push(["GPU-hours", e ? grouped(String(e.hours)) : "–"]);
    rows.push(["Notional", e ? most + dollars(e.notional, true) : "–"]);
    // A sale may trade above its limit, and then the fee is more.
    rows.push([w.side === "1" ? "Fee, at most" : w.type === "2" ? "Fee at this price" : "Fee, at least", e ? dollars(e.fee, true) : "–"]);
    if (!t.future && w.side === "2") {
      const base = this.free(this.more.get(t.symbol)?.base ?? "");
      rows.push(["Free lots after", e && base !== null ? grouped(String(base - e.lots)) : "–"]);
    } else {
      rows.push([t.future ? "Margin" : "Set aside", e && e.needs !== null ? dollars(e.needs, true) : "–"]);
      rows.push(["Free after", e && e.free !== null && e.needs !== null ? dollars(e.free - e.needs) : e && e.free !== null ? "of " + dollars(e.free) : "–"]);
    }
    const dl = $("sum");
    while (dl.children.length < rows.length) {
      const d = el("div");
      d.append(el("dt"), el("dd", "num"));
      dl.append(d);
    }
    for (let i = 0; i < rows.length; i++) {
      say(dl.children[i].children[0], rows[i][0]);
      say(dl.children[i].children[1], rows[i][1]);
    }
  }

  /** What the venue would refuse, as far as the page can know; the venue decides. */
  private warn(t: Terms, w: Wish, e: Estimate | null): void {
    const all: string[] = [];
    const b = this.bounds(t);
    const px = units(w.price, 6);
    if (w.type === "2" && b && px !== null) {
      if (w.side === "1" && px > b.upper) all.push(`Above the band: no buy over ${fixed(b.upper, t.places)} is taken.`);
      if (w.side === "2" && px < b.lower) all.push(`Below the band: no sale under ${fixed(b.lower, t.places)} is taken.`);
    }
    if (e && e.needs !== null && e.free !== null && e.needs > e.free) all.push(`Free balance is ${dollars(e.needs - e.free, true)} short.`);
    const base = !t.future && w.side === "2" ? this.free(this.more.get(t.symbol)?.base ?? "") : null;
    if (e && base !== null && e.lots > base) all.push(`You have ${base} free ${base === 1n ? "lot" : "lots"} to sell.`);
    const best = (w.side === "1" ? this.venue.book.asks : this.venue.book.bids)[0];
    if (w.type === "2" && w.postOnly && best && px !== null && (w.side === "1" ? px >= Number(best.at) : px <= Number(best.at))) {
      all.push(`Post only would trade with ${best.px}; it is refused then.`);
    }
    if (w.postOnly && (w.tif === "3" || w.tif === "4") && w.type === "2") all.push("Post only and an immediate order do not go together.");
    if (t.status !== "17" && t.status) all.push("The market takes no new orders now.");
    show($("warn"), all.length > 0);
    if (all.length) say($("warn"), all.join(" "));
  }

  private submit(): void {
    const t = this.terms();
    if (!t || this.readOnly || this.venue.link !== "on") return;
    const w = this.wish();
    this.touched = true;
    this.draw();
    const problem = (w.type === "2" ? priceProblem(t, w.price) : null) ?? sizeProblem(t, w.qty);
    if (problem) {
      this.answer("bad", "Not sent", { text: problem.text, code: "", field: "" }, "");
      $(problem.field).focus();
      return;
    }
    const o = this.venue.place(w);
    if (!o) {
      this.answer("bad", "Not sent", { text: "The connection is lost; the order did not leave this page.", code: "", field: "" }, "");
      return;
    }
    this.sent = o.cl;
    this.answer("wait", "Sent", null, `${sideWords[o.side]} ${o.qty} of ${o.symbol}…`);
  }

  /** Hears what became of orders; says whether it was about the one just sent. */
  report(c: Change): boolean {
    const o = c.order;
    if (o.cl !== this.sent) return false;
    const done = `${grouped(o.cum)} of ${grouped(o.qty)}`;
    const at = o.avg ? " at " + trimmed(o.avg, this.venue.terms.get(o.symbol)?.places ?? 0) : "";
    switch (c.kind) {
      case "accepted":
        this.answer("good", "Accepted", null, `${o.qty} ${o.type === "1" ? "at market" : "at " + o.price}, order ${o.id}`);
        break;
      case "filled":
        this.answer("good", o.status === "2" ? "Filled" : "Partly filled", null, `${o.side === "1" ? "Bought" : "Sold"} ${done}${at}`);
        break;
      case "refused":
        this.answer("bad", "Refused", c.refusal, "");
        break;
      case "canceled":
      case "expired":
        this.answer(c.refusal ? "bad" : "good", "Cancelled", c.refusal, `${done} traded${at}`);
        break;
      default:
        return true;
    }
    return true;
  }

  /** Hears a refusal that came by another message; says whether it was about the order just sent. */
  notice(n: Notice): boolean {
    if (!n.cl || n.cl !== this.sent) return false;
    this.answer("bad", n.title, n.refusal, n.text);
    return true;
  }

  private answer(kind: string, title: string, why: Refusal | null, about: string): void {
    const box = $("answer");
    box.replaceChildren();
    set(box, "data-kind", kind);
    if (!title) return;
    const mark = kind === "good" ? "✓ " : kind === "bad" ? "✕ " : "… ";
    box.append(el("strong", "", mark + title));
    if (about) box.append(el("span", "num", about));
    if (why) box.append(why.text ? el("span", "", why.text) : "", el("small", "num", refusalAbout(why)));
  }
}

/** Field and code of a refusal, for people and for a search in the docs. */
export function refusalAbout(r: Refusal): string {
  const parts = [];
  if (r.field) parts.push("field " + r.field);
  if (r.code) parts.push("code " + r.code + (codeWords[r.code] ? " " + codeWords[r.code] : ""));
  return parts.join(" · ");
}
