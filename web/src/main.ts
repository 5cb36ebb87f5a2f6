import { Chart } from "./chart";
import { Drawer } from "./drawer";
import { grouped, text, trimmed, units } from "./decimal";
import { $, clock, el, media, say, set, settings, show } from "./dom";
import { Keys } from "./keys";
import { Ladder } from "./ladder";
import { Picker } from "./picker";
import { fixed } from "./quote";
import { watch } from "./readonly";
import { fromWords, fundWords, percent, until } from "./stand";
import type { Ticker } from "./rest";
import { Tables } from "./tables";
import { Tape } from "./tape";
import { refusalAbout, Ticket } from "./ticket";
import type { Change } from "./account";
import { Key, Notice, Part, staleAfter, Venue } from "./venue";
import { phaseWords, sideWords, statusOf } from "./words";

/** The page: it joins the venue to what is drawn, at most once per frame. */
class Page {
  private readonly dirty = new Set<Part>();
  private readonly ladder: Ladder;
  private readonly tape: Tape;
  private readonly chart: Chart;
  private readonly ticket: Ticket;
  private readonly tables: Tables;
  private readonly drawer: Drawer;
  private readonly picker: Picker;
  private framed = false;
  private ticker: Ticker | null = null;
  private greeted = false;

  constructor(
    private readonly venue: Venue,
    readonly readOnly: string,
  ) {
    this.ticket = new Ticket(venue, readOnly);
    this.ladder = new Ladder(venue, (px, side) => this.take(px, side));
    this.tape = new Tape(venue);
    this.chart = new Chart(venue);
    this.tables = new Tables(venue);
    this.drawer = new Drawer(venue);
    this.picker = new Picker(venue, (symbol) => this.choose(symbol));
    venue.changed = (part) => this.touch(part);
    venue.traded = (t) => this.chart.trade(t);
    venue.report = (c) => {
      if (!this.ticket.report(c)) this.heard(c);
    };
    venue.notice = (n) => {
      if (!this.ticket.notice(n)) this.toast(n);
    };
    this.intervals();
    this.views();
    this.keys();
    $("pill").addEventListener("click", () => this.drawer.toggle());
    setInterval(() => void this.glance(), 3_000);
    setInterval(() => void this.fund(), 10_000);
    void this.fund();
    setInterval(() => {
      if (!readOnly && !document.hidden) void this.venue.assess();
    }, 2_000);
    setInterval(() => {
      this.touch("positions"); // The time until funding.
      this.touch("ticker");
    }, 1_000);
    for (const p of ["orders", "fills", "positions", "balances", "link"] as Part[]) this.touch(p);
  }

  private touch(part: Part): void {
    this.dirty.add(part);
    if (this.framed) return;
    this.framed = true;
    requestAnimationFrame(() => this.frame());
  }

  /** Draws what has changed since the last frame. */
  private frame(): void {
    this.framed = false;
    const d = new Set(this.dirty);
    this.dirty.clear();
    const any = (...parts: Part[]) => parts.some((p) => d.has(p));
    if (any("terms")) this.listed();
    if (any("symbol", "terms")) this.picker.name();
    if (any("book")) this.chart.sample();
    if (any("book", "trades", "orders", "symbol", "ticker")) this.ladder.draw();
    if (any("trades", "symbol")) this.tape.draw();
    if (any("trades", "orders", "symbol") || (any("book") && this.chart.resolution === "live")) this.chart.draw();
    if (any("book", "balances", "positions", "orders", "symbol", "ticker", "link", "terms")) this.ticket.draw();
    if (any("orders")) this.tables.drawOrders();
    if (any("fills")) this.tables.drawFills();
    if (any("positions")) this.tables.drawPositions();
    if (any("balances")) this.tables.drawBalances();
    if (any("log")) this.drawer.draw();
    if (any("trades", "ticker", "symbol", "book")) this.header();
    if (any("link", "book")) this.pill();
  }

  /** The list of instruments has arrived: the one of the last visit is shown, or the first. */
  private listed(): void {
    void this.refer();
    if (this.venue.symbol) return;
    const wanted = settings.get("symbol", "");
    const all = [...this.venue.terms.keys()];
    const first = this.venue.terms.has(wanted) ? wanted : (all.find((s) => !this.venue.terms.get(s)?.future) ?? all[0]);
    if (first) this.choose(first);
  }

  /** What FIX does not carry: bands, margin schedules, the asset of a spot lot. */
  private async refer(): Promise<void> {
    try {
      const list = await this.venue.rest.more();
      this.ticket.more = new Map(list.map((m) => [m.symbol, m]));
      this.touch("terms" as Part);
    } catch {
      // The ticket works without; it says less then.
    }
  }

  private choose(symbol: string): void {
    if (symbol === this.venue.symbol) return;
    settings.set("symbol", symbol);
    this.ticker = null;
    this.ticket.mark = "";
    this.venue.select(symbol);
    this.ticket.reset();
    this.chart.clear();
    void this.glance();
  }

  private take(px: string, side: string): void {
    this.ticket.take(px, side);
    if (document.body.dataset.view !== "trade") this.view("trade");
  }

  /** Reads mark, phase and the figures of the day. */
  private async glance(): Promise<void> {
    const symbol = this.venue.symbol;
    if (!symbol || document.hidden) return;
    try {
      const t = await this.venue.rest.ticker(symbol);
      if (symbol !== this.venue.symbol) return;
      this.ticker = t;
      this.ticket.mark = t.mark;
      if (Number(t.sequence) > Number(this.venue.engineSeq)) this.venue.engineSeq = t.sequence;
      const terms = this.venue.terms.get(symbol);
      if (terms && t.phase) terms.status = statusOf(t.phase);
      if (this.venue.link === "read") this.venue.auction = t.auction; // Otherwise the session tells it earlier.
      this.venue.tradingPhase = t.phase;
      this.touch("ticker");
    } catch {
      this.ticker = null;
      this.touch("ticker");
    }
  }

  private header(): void {
    const t = this.venue.terms.get(this.venue.symbol);
    const k = this.ticker;
    const px = this.venue.trades[0]?.px || k?.last || "";
    say($("last"), px || "–");
    document.title = px ? `${px} · ${this.venue.symbol} · clearhour` : "clearhour";
    this.marked(k);
    say($("high"), k?.high || "–");
    say($("low"), k?.low || "–");
    say($("volume"), k ? grouped(k.volume) + " lots" : "–");
    this.change(px, k?.open ?? "", t?.places ?? 3);
    if (!t) return;
    const p = phaseWords(t.status, this.venue.tradingPhase);
    show($("phase"), true);
    say($("phase"), p.word);
    set($("phase"), "data-kind", p.kind);
    set($("phase"), "title", p.about);
  }

  /** The mark and what it follows: index, and the funding of a perpetual. */
  private marked(k: Ticker | null): void {
    say($("mark"), (k?.mark || "–") + (k?.stale ? " stale" : ""));
    set($("mark"), "data-mark", k?.stale ? "stale" : "");
    set($("mark"), "title", k ? fromWords(k) : "");
    const x = k?.index ?? null;
    show($("s-index"), x !== null);
    if (x) {
      say($("index"), (x.price ? trimmed(x.price, 3) : "–") + (x.stale ? " stale" : ""));
      set($("index"), "data-mark", x.stale ? "stale" : "");
      set($("index"), "title", `${x.symbol}, of ${x.contributors} contributors`);
    }
    show($("s-funding"), Boolean(k?.nextFunding));
    if (!k?.nextFunding) return;
    say($("funding"), `${k.rate ? percent(k.rate) + ", " : ""}${until(k.nextFunding, Date.now())}`);
    set($("funding"), "title", "What longs paid shorts in the last period as a share of the index, below zero when they received; and the time until the next payment");
  }

  /** Reads what stands behind the markets. */
  private async fund(): Promise<void> {
    if (document.hidden) return;
    try {
      say($("fund"), fundWords(await this.venue.rest.fund()));
      show($("fund"), true);
    } catch {
      show($("fund"), false); // The banner says that the venue is away.
    }
  }

  /** The change over 24 hours; the percentage is rounded to hundredths in integers. */
  private change(px: string, open: string, places: number): void {
    const now = units(px, 6);
    const then = units(open, 6);
    if (now === null || then === null || then <= 0n) {
      say($("change"), "");
      return;
    }
    const d = now - then;
    const size = d < 0n ? -d : d;
    const percent = text((size * 20_000n + then) / (2n * then), 2);
    const sign = d > 0n ? "+" : d < 0n ? "−" : "";
    say($("change"), `${d > 0n ? "▲" : d < 0n ? "▼" : "■"} ${sign}${fixed(size, places)} (${sign}${percent}%)`);
    $("change").dataset.side = d > 0n ? "1" : d < 0n ? "2" : "";
    set($("change"), "title", "Change over 24 hours");
  }

  /** Connection, round trip, sequence; and the veil over the book when the stream stops. */
  private pill(): void {
    const v = this.venue;
    const silent = v.session.state === "on" && v.silence() > staleAfter;
    const state = v.link === "on" && silent ? "off" : v.link;
    set($("pill"), "data-state", state);
    const ms = v.session.latency >= 0 ? ` · ${v.session.latency} ms` : "";
    const words = { on: "Live" + ms, off: silent ? "Silent" : "Offline", wait: v.linkText, read: "Read only" };
    say($("pill-text"), words[state]);
    say($("pill-seq"), v.engineSeq ? "#" + grouped(v.engineSeq) : "");
    set($("pill-seq"), "title", "Number of the last command that the venue told about");
    this.banner(silent);
  }

  private banner(silent: boolean): void {
    const v = this.venue;
    let veil = "";
    let line = "";
    let count = ""; // It changes every second and is not read aloud.
    if (v.link === "read") line = v.linkText;
    else if (v.link === "off") {
      const wait = Math.max(0, Math.ceil((v.retryAt - Date.now()) / 1000));
      line = `${v.linkText}. Prices are from ${clock(v.session.lastIn) || "before"} and may be wrong; orders stay at the venue.`;
      count = wait ? `Trying again in ${wait} s.` : "Trying again.";
      veil = "Prices are old";
    } else if (silent) {
      line = `Nothing heard since ${clock(v.session.lastIn)}. Prices may be wrong.`;
      veil = "The stream has stopped";
    } else if (v.link === "on" && v.symbol && !v.book.ready) veil = "Waiting for the book";
    else if (v.link === "wait" && v.symbol) veil = "Connecting again";
    show($("banner"), line !== "");
    if (line) say($("banner-text"), line);
    say($("banner-wait"), count);
    this.ladder.veil(veil);
    if (v.link === "on" && !this.greeted) {
      this.greeted = true;
      void this.glance();
    }
  }

  /** An order that is not the one just sent has changed. */
  private heard(c: Change): void {
    const o = c.order;
    if (c.fill) {
      const text = `${o.side === "1" ? "Bought" : "Sold"} ${c.fill.qty} at ${trimmed(c.fill.price, 2)}, ${o.cum} of ${o.qty} done`;
      this.toast({ good: !o.venue, title: (o.venue ? "Liquidated: " : "") + o.symbol, text, refusal: null, cl: "" });
    } else if (o.venue) {
      return; // What is left over of it is taken over, and told as that.
    } else if (c.kind === "canceled" || c.kind === "expired") {
      this.toast({ good: !c.refusal, title: c.kind === "expired" ? "Expired" : "Cancelled", text: `${sideWords[o.side]} ${o.qty} at ${o.price || "market"}, ${o.cum} traded`, refusal: c.refusal, cl: "" });
    } else if (c.kind === "refused") {
      this.toast({ good: false, title: "Refused", text: c.refusal?.text ?? "", refusal: c.refusal, cl: "" });
    }
  }

  private toast(n: Notice): void {
    const box = $("toasts");
    const t = el("div", "toast");
    t.dataset.kind = n.good ? "good" : "bad";
    t.append(el("strong", "", (n.good ? "✓ " : "✕ ") + n.title));
    if (n.text) t.append(el("span", "num", n.text));
    if (n.refusal && n.refusal.text && n.refusal.text !== n.text) t.append(el("span", "", n.refusal.text));
    if (n.refusal) t.append(el("small", "num", refusalAbout(n.refusal)));
    box.append(t);
    while (box.children.length > 3) box.firstElementChild?.remove();
    setTimeout(() => t.remove(), n.good ? 5_000 : 12_000);
  }

  private intervals(): void {
    const press = () => {
      for (const o of $("intervals").children) set(o, "aria-pressed", String((o as HTMLElement).dataset.r === this.chart.resolution));
    };
    for (const r of ["live", "1m", "1h", "1d"]) {
      const b = el("button", "", r === "live" ? "Live" : r);
      b.type = "button";
      b.dataset.r = r;
      b.addEventListener("click", () => {
        this.chart.choose(r);
        press();
      });
      $("intervals").append(b);
    }
    this.chart.switched = press;
    press();
    setInterval(() => {
      if (this.chart.resolution === "live" && !document.hidden) this.chart.draw();
    }, 1_000);
  }

  private views(): void {
    for (const b of document.querySelectorAll<HTMLButtonElement>("[data-to]")) {
      b.addEventListener("click", () => this.view(b.dataset.to as string));
    }
    this.view("trade");
  }

  /** On a small screen one view is shown at a time. */
  private view(name: string): void {
    if (name === "messages") {
      this.drawer.toggle(true);
      return;
    }
    if (!$("drawer").hidden) this.drawer.toggle(false);
    document.body.dataset.view = name;
    for (const b of document.querySelectorAll<HTMLButtonElement>("[data-to]")) {
      if (b.dataset.to === name) set(b, "aria-current", "page");
      else b.removeAttribute("aria-current");
    }
    this.chart.draw();
  }

  private keys(): void {
    const stage = (side: string) => {
      this.view("trade");
      this.ticket.side(side);
      $("price").focus();
      $<HTMLInputElement>("price").select();
    };
    new Keys([
      { keys: ["b"], about: "Buy: go to the price of the ticket", run: () => stage("1") },
      { keys: ["s"], about: "Sell: go to the price of the ticket", run: () => stage("2") },
      { keys: ["o"], about: "Order book", run: () => $("ladder").focus() },
      { keys: ["/"], about: "Choose an instrument", run: () => this.picker.open() },
      { keys: ["[", "]"], about: "Previous, next instrument", run: (k) => this.picker.step(k === "[" ? -1 : 1) },
      { keys: ["1", "2", "3", "4"], about: "Open orders, fills, positions, balances", run: (k) => this.tab(Number(k) - 1) },
      { keys: ["x"], about: "Cancel all orders; asks once more", run: () => this.tables.cancelAll() },
      { keys: ["m"], about: "FIX messages", run: () => this.drawer.toggle() },
      { keys: ["?"], about: "This list", run: () => $<HTMLDialogElement>("keys").showModal() },
      { keys: ["Escape"], about: "Close what is open; leave a field", run: () => this.escape() },
    ]);
  }

  private tab(n: number): void {
    if (media("(max-width: 759px)")) this.view("account");
    this.tables.choose(["orders", "fills", "positions", "balances"][n], true);
  }

  private escape(): void {
    if (!$("drawer").hidden) this.drawer.toggle(false);
    else (document.activeElement as HTMLElement | null)?.blur();
  }
}

/** Names the account and where to read more. */
function links(key: Key): void {
  say($("venue"), key.target.toLowerCase());
  const p = $("links");
  p.append(`Account ${key.account}, session ${key.compId}. `);
  for (const [name, href] of Object.entries(key.links ?? {})) {
    const a = el("a", "", name);
    a.href = href;
    p.append(a, " ");
  }
}

async function start(): Promise<void> {
  let key: Key | null = null;
  let why = "";
  try {
    const r = await fetch("/demo/session.json", { cache: "no-store" });
    if (r.ok) key = (await r.json()) as Key;
    else if (r.status === 404) why = "Read only: this venue gives no key to the page. Only “clearhour demo” does; trade here with your own key by FIX.";
    else why = `Read only: the venue gave no key to the page (status ${r.status}).`;
  } catch {
    why = "Read only: the venue could not be asked for a key.";
  }
  if (key && !crypto.subtle) {
    why = "Read only: the browser signs only on https or on 127.0.0.1.";
    key = null;
  }
  if (key) {
    const venue = new Venue(key);
    new Page(venue, "");
    links(key);
    // A page that is put aside leaves; when it comes back it starts anew.
    addEventListener("pagehide", () => venue.leave());
    addEventListener("pageshow", (e) => {
      if (e.persisted) location.reload();
    });
    await venue.connect();
    return;
  }
  const venue = new Venue({ compId: "", keyId: "", secret: "", target: "clearhour", account: "" });
  const page = new Page(venue, why);
  watch(venue, page.readOnly);
}

void start();
