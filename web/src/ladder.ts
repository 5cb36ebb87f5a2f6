import { live } from "./account";
import type { Level } from "./book";
import { $, el, Pool, say, set, show } from "./dom";
import { grouped, text, units } from "./decimal";
import { auctionWords } from "./stand";
import type { Venue } from "./venue";

interface Row {
  root: HTMLElement;
  bar: HTMLElement;
  px: HTMLElement;
  own: HTMLElement;
  size: HTMLElement;
  total: HTMLElement;
  level: Level | null;
  scale: number;
}

const rowHeight = 21;

/** The order book: asks above, bids below, best prices in the middle. */
export class Ladder {
  private asks: Pool<Row>;
  private bids: Pool<Row>;
  private depth = 10;
  private cursor = -1; // Index into the visible prices from the top, -1 for none.
  private visible: Row[] = [];
  private ids = 0;

  constructor(
    private readonly venue: Venue,
    private readonly pick: (px: string, side: string) => void,
  ) {
    this.asks = this.pool($("asks"));
    this.bids = this.pool($("bids"));
    const ladder = $("ladder");
    new ResizeObserver(() => this.resize()).observe($("asks"));
    ladder.addEventListener("keydown", (e) => this.keydown(e));
    ladder.addEventListener("blur", () => this.move(-1));
  }

  private pool(parent: HTMLElement): Pool<Row> {
    return new Pool(parent, () => this.row(), (r) => r.root);
  }

  private row(): Row {
    const root = el("div", "lrow");
    root.id = "lr" + this.ids++;
    set(root, "role", "row");
    const bar = el("i", "bar");
    set(bar, "aria-hidden", "true");
    const px = el("span", "px num");
    const own = el("b", "own");
    const at = el("span", "at");
    at.append(own, px);
    const size = el("span", "num");
    const total = el("span", "num dim");
    for (const c of [at, size, total]) set(c, "role", "gridcell");
    root.append(bar, at, size, total);
    const r: Row = { root, bar, px, own, size, total, level: null, scale: -1 };
    root.addEventListener("click", () => {
      if (r.level) this.pick(r.level.px, "");
    });
    return r;
  }

  private resize(): void {
    const n = Math.max(3, Math.floor($("asks").clientHeight / rowHeight));
    if (n !== this.depth) {
      this.depth = n;
      this.draw();
    }
  }

  /** Draws the book; called at most once per frame. */
  draw(): void {
    const b = this.venue.book;
    const asks = b.asks.slice(0, this.depth);
    const bids = b.bids.slice(0, this.depth);
    const sum = (ls: Level[]) => ls.reduce((n, l) => n + l.lots, 0);
    const most = Math.max(sum(asks), sum(bids), 1);
    const own = this.own();
    // Asks are drawn from the worst down to the best, above the middle.
    const up = this.asks.take(asks.length);
    let total = sum(asks);
    for (let i = 0; i < asks.length; i++) {
      const l = asks[asks.length - 1 - i];
      this.fill(up[i], l, total, most, own);
      total -= l.lots;
    }
    const down = this.bids.take(bids.length);
    total = 0;
    for (let i = 0; i < bids.length; i++) {
      total += bids[i].lots;
      this.fill(down[i], bids[i], total, most, own);
    }
    this.visible = [...up.slice(0, asks.length), ...down.slice(0, bids.length)];
    this.middle();
    set($("ladder"), "aria-busy", b.ready ? "false" : "true");
  }

  private fill(r: Row, l: Level, total: number, most: number, own: Map<string, bigint>): void {
    r.level = l;
    say(r.px, l.px);
    say(r.size, grouped(l.size));
    say(r.total, grouped(String(total)));
    const mine = own.get(l.px);
    say(r.own, mine === undefined ? "" : "◆");
    r.root.classList.toggle("mine", mine !== undefined);
    const label = mine === undefined ? "" : `${mine} ${mine === 1n ? "lot" : "lots"} of yours`;
    if (r.own.title !== label) {
      r.own.title = label;
      set(r.own, "aria-label", label);
    }
    const scale = Math.round((total / most) * 200) / 200;
    if (scale !== r.scale) {
      r.scale = scale;
      r.bar.style.transform = `scaleX(${scale})`;
    }
  }

  /** Own open lots by price. */
  private own(): Map<string, bigint> {
    const m = new Map<string, bigint>();
    for (const o of this.venue.account.orders.values()) {
      if (!live(o) || o.symbol !== this.venue.symbol || !o.id || !o.price) continue;
      m.set(o.price, (m.get(o.price) ?? 0n) + (units(o.leaves, 0) ?? 0n));
    }
    return m;
  }

  private middle(): void {
    const b = this.venue.book;
    const last = this.venue.trades[0];
    const mid = $("mid-px");
    say(mid, last ? (last.buy ? "▲ " : "▼ ") + last.px : "–");
    mid.dataset.side = last ? (last.buy ? "1" : "2") : "";
    say($("mid-about"), last ? "last trade" : "no trade yet");
    const a = this.venue.auction;
    $("mid-about").classList.toggle("auction", a !== null);
    if (a) {
      say(mid, a.price || "–");
      mid.dataset.side = "";
      say($("mid-about"), auctionWords(a));
    }
    const t = this.venue.terms.get(this.venue.symbol);
    if (!t || !b.asks.length || !b.bids.length) {
      say($("spread"), b.ready ? "one side is empty" : "");
      return;
    }
    const spread = (units(b.asks[0].px, 6) ?? 0n) - (units(b.bids[0].px, 6) ?? 0n);
    say($("spread"), "spread " + text(spread, 6, t.places));
  }

  private keydown(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const n = this.visible.length;
    const first = Math.max(0, this.venue.book.asks.slice(0, this.depth).length - 1);
    switch (e.key) {
      case "ArrowDown":
        this.move(this.cursor < 0 ? first : Math.min(n - 1, this.cursor + 1));
        break;
      case "ArrowUp":
        this.move(this.cursor < 0 ? first : Math.max(0, this.cursor - 1));
        break;
      case "Enter":
      case "b":
      case "s": {
        const l = this.visible[this.cursor]?.level;
        if (!l) return;
        this.pick(l.px, e.key === "Enter" ? "" : e.key === "b" ? "1" : "2");
        break;
      }
      default:
        return;
    }
    e.preventDefault();
    e.stopPropagation();
  }

  private move(to: number): void {
    this.visible[this.cursor]?.root.classList.remove("cursor");
    this.cursor = Math.min(to, this.visible.length - 1);
    const r = this.visible[this.cursor];
    if (!r) {
      $("ladder").removeAttribute("aria-activedescendant");
      return;
    }
    r.root.classList.add("cursor");
    set($("ladder"), "aria-activedescendant", r.root.id);
  }

  /** Greys the book when what it shows may be old, and says why. */
  veil(text: string): void {
    show($("veil"), text !== "");
    if (text) say($("veil-text"), text);
    document.body.classList.toggle("stale", text !== "");
  }
}
