import { live, Order } from "./account";
import { $, clock, el, say, set, show } from "./dom";
import { adl, countdown, fromWords, liquidation, MarginBar } from "./stand";
import type { Stand } from "./rest";
import { dollars, grouped, text, trimmed, units } from "./decimal";
import type { Venue } from "./venue";
import { sideWords, tifWords } from "./words";

interface Column<T> {
  name: string;
  cls?: string;
  text: (row: T) => string;
  title?: (row: T) => string;
  mark?: (row: T) => string; // data-mark of the cell, for the style.
}

interface Cells {
  root: HTMLTableRowElement;
  cells: HTMLElement[];
  button: HTMLButtonElement | null;
}

/** A table whose rows are kept: focus stays where it is while numbers change. */
class Table<T> {
  private rows = new Map<string, Cells>();
  private readonly body: HTMLTableSectionElement;
  private readonly none: HTMLElement;

  constructor(
    parent: HTMLElement,
    caption: string,
    private readonly columns: Column<T>[],
    none: string,
    private readonly action: { name: string; label: (row: T) => string; run: (row: T) => void; busy: (row: T) => boolean } | null,
  ) {
    const table = el("table");
    table.append(el("caption", "sr", caption));
    const head = table.createTHead().insertRow();
    for (const c of columns) {
      const th = el("th", c.cls ?? "", c.name);
      th.scope = "col";
      head.append(th);
    }
    if (action) {
      const th = el("th");
      th.append(el("span", "sr", action.name));
      head.append(th);
    }
    this.body = table.createTBody();
    this.none = el("p", "empty", none);
    parent.append(table, this.none);
  }

  draw(list: T[], key: (row: T) => string, side: (row: T) => string): void {
    const seen = new Set<string>();
    list.forEach((x, i) => {
      const k = key(x);
      seen.add(k);
      const r = this.rows.get(k) ?? this.add(k);
      set(r.root, "data-side", side(x));
      this.columns.forEach((c, n) => {
        say(r.cells[n], c.text(x));
        if (c.title) set(r.cells[n], "title", c.title(x));
        if (c.mark) set(r.cells[n], "data-mark", c.mark(x));
      });
      if (r.button && this.action) {
        const a = this.action;
        r.button.onclick = () => a.run(x);
        r.button.disabled = a.busy(x);
        set(r.button, "aria-label", a.label(x));
      }
      if (this.body.children[i] !== r.root) this.body.insertBefore(r.root, this.body.children[i] ?? null);
    });
    for (const [k, r] of this.rows) {
      if (seen.has(k)) continue;
      r.root.remove();
      this.rows.delete(k);
    }
    show(this.none, list.length === 0);
    show(this.body.parentElement as HTMLElement, list.length > 0);
  }

  private add(key: string): Cells {
    const root = el("tr");
    const cells = this.columns.map((c) => root.appendChild(el("td", c.cls ?? "")));
    this.columns.forEach((c, n) => set(cells[n], "data-label", c.name)); // Where there is no room for a heading.
    let button: HTMLButtonElement | null = null;
    if (this.action) {
      button = el("button", "quiet", this.action.name);
      button.type = "button";
      root.append(el("td", "do"));
      (root.lastChild as HTMLElement).append(button);
    }
    const r = { root, cells, button };
    this.rows.set(key, r);
    return r;
  }
}

interface Wallet {
  asset: string;
  total: string;
  held: string;
  free: string;
  money: boolean;
}

const names = ["orders", "fills", "positions", "balances"];
const words: { [name: string]: string } = { orders: "Orders", fills: "Fills", positions: "Positions", balances: "Balances" };

/** The tabs of the account. */
export class Tables {
  private tab = "orders";
  private orders: Table<Order>;
  private fills: Table<{ exec: string; symbol: string; side: string; price: string; qty: string; fee: string; taker: boolean; at: number }>;
  private positions: Table<Stand>;
  private bar: MarginBar;
  private balances: Table<Wallet>;
  private asking = 0;

  constructor(private readonly venue: Venue) {
    for (const name of names) this.makeTab(name);
    const all = el("button", "quiet all");
    all.id = "cancel-all";
    all.type = "button";
    all.addEventListener("click", () => this.cancelAll());
    $("tabs").after(all);
    const wrap = el("div", "tabbar");
    $("tabs").before(wrap);
    wrap.append($("tabs"), all);
    const side = (r: { side: string }) => (r.side === "1" ? "▲ " : "▼ ") + sideWords[r.side];
    this.orders = new Table<Order>(
      $("pane-orders"),
      "Open orders",
      [
        { name: "Time", cls: "num dim", text: (o) => clock(o.at) },
        { name: "Instrument", text: (o) => o.symbol, title: (o) => "ClOrdID " + o.cl + (o.id ? ", OrderID " + o.id : "") },
        { name: "Side", cls: "side", text: side },
        { name: "Price", cls: "num r", text: (o) => o.price || o.stop || "market" },
        { name: "Filled", cls: "num r", text: (o) => `${grouped(o.cum)} / ${grouped(o.qty)}` },
        { name: "Terms", cls: "dim", text: terms },
      ],
      "No open orders. An order that rests in the book stands here until it is filled or cancelled.",
      { name: "Cancel", label: (o) => `Cancel ${sideWords[o.side]} ${o.leaves} at ${o.price}`, run: (o) => this.venue.cancel(o), busy: (o) => o.canceling },
    );
    this.fills = new Table(
      $("pane-fills"),
      "Fills",
      [
        { name: "Time", cls: "num dim", text: (f) => clock(f.at) },
        { name: "Instrument", text: (f) => f.symbol },
        { name: "Side", cls: "side", text: side },
        { name: "Price", cls: "num r", text: (f) => f.price },
        { name: "Lots", cls: "num r", text: (f) => grouped(f.qty) },
        { name: "Fee", cls: "num r", text: (f) => "$" + trimmed(f.fee, 2) },
        { name: "", cls: "dim", text: (f) => (f.taker ? "taker" : "maker") },
      ],
      "No fills yet.",
      null,
    );
    this.bar = new MarginBar($("pane-positions"));
    this.positions = new Table<Stand>(
      $("pane-positions"),
      "Positions",
      [
        { name: "Instrument", text: (p) => p.symbol },
        { name: "Lots", cls: "side num r", text: (p) => (p.qty.startsWith("-") ? "▼ short " : "▲ long ") + grouped(p.qty.replace("-", "")) },
        { name: "Entry", cls: "num r", text: (p) => this.entry(p) },
        { name: "Mark", cls: "num r mark", text: (p) => (p.mark || "–") + (p.stale ? " stale" : ""), title: fromWords, mark: (p) => (p.stale ? "stale" : "") },
        { name: "Liq. price", cls: "num r liq", text: liquidation, title: (p) => (p.liquidation ? `The account would be liquidated at a mark of ${p.liquidation} if no other mark moved` : "No mark above zero liquidates the account while no other one moves") },
        { name: "Gain", cls: "num r", text: (p) => gain(p.unrealised), title: () => "What closing at the mark would add to the cash" },
        { name: "Margin", cls: "num r margin", text: (p) => worth(p.margin, true), title: (p) => "Initial " + worth(p.margin, true) + ", maintenance " + worth(p.maintenance, true) },
        { name: "Funding", cls: "num r funding", text: (p) => countdown(p, Date.now()), title: (p) => (p.funding ? `Last rate ${p.funding.rate}, paid ${worth(p.funding.paid, true)} so far` : "Only perpetuals pay funding") },
        { name: "ADL", cls: "adl", text: (p) => adl(p), title: (p) => (p.rank ? `${p.rank} of ${p.of} to be deleveraged` : "No place while a mark is stale"), mark: (p) => String(p.lamps) },
      ],
      "No positions in futures. What was bought as spot stands under balances.",
      null,
    );
    this.balances = new Table<Wallet>(
      $("pane-balances"),
      "Balances",
      [
        { name: "Asset", text: (b) => b.asset },
        { name: "Total", cls: "num r", text: (b) => worth(b.total, b.money) },
        { name: "Held", cls: "num r", text: (b) => worth(b.held, b.money) },
        { name: "Free", cls: "num r", text: (b) => worth(b.free, b.money) },
      ],
      "No balances yet.",
      null,
    );
    this.choose("orders", false);
  }

  private makeTab(name: string): void {
    const b = el("button", "tab");
    b.type = "button";
    b.id = "tab-" + name;
    set(b, "role", "tab");
    set(b, "aria-controls", "pane-" + name);
    b.addEventListener("click", () => this.choose(name, false));
    b.addEventListener("keydown", (e) => {
      const d = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
      if (d) this.choose(names[(names.indexOf(this.tab) + d + names.length) % names.length], true);
    });
    b.append(el("span", "", words[name]), el("span", "count num"));
    $("tabs").append(b);
  }

  /** Shows one tab. */
  choose(name: string, focus: boolean): void {
    this.tab = name;
    for (const n of names) {
      const b = $("tab-" + n);
      set(b, "aria-selected", String(n === name));
      set(b, "tabindex", n === name ? "0" : "-1");
      show($("pane-" + n), n === name);
    }
    document.body.dataset.tab = name;
    if (focus) $("tab-" + name).focus();
  }

  private count(name: string, n: number): void {
    say($("tab-" + name).children[1], n ? String(n) : "");
  }

  /** Draws open orders and fills. */
  drawOrders(): void {
    const open = this.venue.account.open();
    this.orders.draw(open, (o) => o.cl, (o) => o.side);
    this.count("orders", open.length);
    show($("cancel-all"), open.length > 0);
    if (!this.asking) say($("cancel-all"), "Cancel all");
    set($("cancel-all"), "title", "Cancel every open order of the account (X)");
  }

  drawFills(): void {
    this.fills.draw(this.venue.account.fills.slice(0, 100), (f) => f.exec, (f) => f.side);
    this.count("fills", this.venue.account.fills.length);
  }

  /** Draws positions and the bar of the account, as the venue computes them. */
  drawPositions(): void {
    const list = this.venue.stands.filter((p) => p.qty !== "0");
    this.bar.draw(this.venue.sum);
    this.positions.draw(list, (p) => p.symbol, (p) => (p.qty.startsWith("-") ? "2" : "1"));
    this.count("positions", list.length);
  }

  /** The average price of a position, for reading only: cost is what counts. */
  private entry(p: Stand): string {
    const t = this.venue.terms.get(p.symbol);
    const lots = (units(p.qty, 0) ?? 0n) * (t?.hours ?? 1n);
    const cost = units(p.cost, 6);
    if (!lots || cost === null) return "–";
    const exact = text(cost / lots, 6);
    return exact.slice(0, exact.length - 6 + (t?.places ?? 3));
  }

  drawBalances(): void {
    const list = [...this.venue.account.balances.values()].map((b) => ({ ...b, money: b.asset === "USD" }));
    this.balances.draw(list, (b) => b.asset, () => "");
  }

  /** Asks once more before every order is cancelled. */
  cancelAll(): void {
    const n = this.venue.account.open().length;
    const b = $("cancel-all");
    if (!n) return;
    if (this.asking) {
      clearTimeout(this.asking);
      this.asking = 0;
      this.venue.cancelAll();
      this.drawOrders();
      return;
    }
    say(b, `Really cancel ${n}?`);
    b.classList.add("sure");
    b.focus();
    this.asking = window.setTimeout(() => {
      this.asking = 0;
      b.classList.remove("sure");
      this.drawOrders();
    }, 4000);
  }
}

function gain(value: string): string {
  const n = units(value, 6);
  return n === null ? value : (n > 0n ? "+" : "") + dollars(n);
}

function worth(value: string, money: boolean): string {
  if (!money) return grouped(trimmed(value));
  const n = units(value, 6);
  return n === null ? value : dollars(n);
}

function terms(o: Order): string {
  const parts = [tifWords[o.tif] ?? ""];
  if (o.inst.includes("6")) parts.push("post only");
  if (o.inst.includes("E")) parts.push("reduce only");
  if (!o.id && live(o)) parts.push("sent");
  if (o.canceling) parts.push("cancelling");
  return parts.filter(Boolean).join(", ");
}
