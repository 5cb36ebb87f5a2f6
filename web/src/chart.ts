import { live } from "./account";
import { $, say, set, settings, show } from "./dom";
import { units } from "./decimal";
import { Live } from "./live";
import { fixed } from "./quote";
import type { Candle } from "./rest";
import type { Trade, Venue } from "./venue";

/** A candle as integers: micro-dollars and lots, exact in a number. */
interface Bar {
  at: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

export interface Colors {
  up: string;
  down: string;
  text: string;
  dim: string;
  line: string;
  panel: string;
}

const spans: { [resolution: string]: number } = { "1m": 60_000, "1h": 3_600_000, "1d": 86_400_000 };
const few = 20; // Candles that are worth a picture.
const slot = 9; // Pixels for a candle.
export const axis = 62; // Pixels for the prices.
export const foot = 20; // Pixels for the times.

/** Candles of the instrument on a canvas: rising ones hollow, falling ones filled, so that colour is not all that tells. */
export class Chart {
  /** An interval of candles, or live for the last minutes as they happen. */
  resolution = settings.get("chart", "") || "1m";
  /** Called when the chart chose another resolution by itself. */
  switched: () => void = () => {};
  private chosen = settings.get("chart", "") !== "";
  private readonly minutes = new Live();
  private bars = new Map<number, Bar>();
  private loadedFor = "";
  private colors: Colors | null = null;
  private pointer = -1;
  private told = 0;

  constructor(private readonly venue: Venue) {
    const canvas = $("chart");
    new ResizeObserver(() => this.draw()).observe(canvas.parentElement as HTMLElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.colors = null;
      this.draw();
    });
    canvas.addEventListener("pointermove", (e) => {
      this.pointer = e.offsetX;
      this.draw();
    });
    canvas.addEventListener("pointerleave", () => {
      this.pointer = -1;
      this.draw();
    });
  }

  /** Another instrument: nothing of the old one stays. */
  clear(): void {
    this.minutes.clear();
    this.bars = new Map();
    say($("legend"), "");
    void this.load();
  }

  /** Takes the wish of the trader; it is remembered. */
  choose(resolution: string): void {
    this.resolution = resolution;
    this.chosen = true;
    settings.set("chart", resolution);
    void this.load();
  }

  /** Notes the best prices of now. */
  sample(): void {
    this.minutes.sample(this.venue.book, Date.now());
  }

  /** Loads the candles of the chosen instrument. */
  async load(): Promise<void> {
    if (!this.chosen) this.resolution = "1m";
    const want = this.venue.symbol + " " + this.resolution;
    if (!this.venue.symbol) return;
    if (this.resolution === "live") {
      this.draw();
      return;
    }
    try {
      const list = await this.venue.rest.candles(this.venue.symbol, this.resolution, 300);
      if (want !== this.venue.symbol + " " + this.resolution) return;
      this.bars = new Map(list.map((c) => [c.at, bar(c)]));
      this.loadedFor = want;
      this.empty(list.length ? "" : "No trade yet: the first one starts the chart.");
      // A young market has hardly a candle: its bids and asks say more.
      if (!this.chosen && list.length < few) {
        this.resolution = "live";
        this.switched();
      }
    } catch (e) {
      this.bars = new Map();
      this.loadedFor = want;
      this.empty("The candles could not be read: " + (e as Error).message);
    }
    this.draw();
  }

  private empty(text: string): void {
    show($("chart-empty"), text !== "");
    if (text) say($("chart-empty"), text);
  }

  /** Takes a trade of the stream. */
  trade(t: Trade): void {
    if (this.loadedFor !== this.venue.symbol + " " + this.resolution) return;
    const px = Number(units(t.px, 6) ?? 0n);
    const at = t.at - (t.at % spans[this.resolution]);
    const b = this.bars.get(at);
    if (!b) {
      this.bars.set(at, { at, open: px, high: px, low: px, close: px, volume: Number(t.size) });
      this.empty("");
      return;
    }
    b.high = Math.max(b.high, px);
    b.low = Math.min(b.low, px);
    b.close = px;
    b.volume += Number(t.size);
  }

  /** Draws everything; called at most once per frame. */
  draw(): void {
    const canvas = $<HTMLCanvasElement>("chart");
    const w = canvas.clientWidth;
    const h = canvas.clientHeight;
    if (w < 80 || h < 60) return;
    const ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
    }
    const g = canvas.getContext("2d");
    if (!g) return;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, w, h);
    g.font = "500 11px Inter, system-ui, sans-serif";
    this.colors ??= palette();
    if (this.resolution === "live") {
      this.drawLive(g, w, h);
      return;
    }
    const slots = this.window(Math.floor((w - axis) / slot));
    const seen = slots.filter((b): b is Bar => b !== null);
    if (!seen.length) return;
    new Picture(g, this.colors, w, h, slots, this.venue.terms.get(this.venue.symbol)?.places ?? 3, spans[this.resolution]).paint(
      this.lines(),
      this.pointer,
      (b) => this.legend(b),
    );
    this.describe(seen);
  }

  private drawLive(g: CanvasRenderingContext2D, w: number, h: number): void {
    const t = this.venue.terms.get(this.venue.symbol);
    const drawn = this.minutes.draw(g, this.colors as Colors, w, h, this.venue.trades, t?.places ?? 3, this.lines());
    this.empty(drawn ? "" : "Waiting for bids, asks and trades.");
    say($("legend"), drawn ? "Best bid and ask, and trades" : "");
    if (!drawn || Date.now() - this.told < 10_000) return;
    this.told = Date.now();
    const b = this.venue.book;
    set($("chart"), "aria-label", `${this.venue.symbol} live: best bid ${b.bids[0]?.px ?? "none"}, best ask ${b.asks[0]?.px ?? "none"}, last trade ${this.venue.trades[0]?.px ?? "none"}.`);
  }

  /** The newest n intervals; those without a trade are flat at the close before. */
  private window(n: number): (Bar | null)[] {
    const span = spans[this.resolution];
    const newest = Math.max(...this.bars.keys(), 0);
    const now = Date.now() - (Date.now() % span);
    const end = newest && now - newest < n * span ? Math.max(now, newest) : newest;
    const out: (Bar | null)[] = [];
    let close = this.before(end - (n - 1) * span);
    for (let i = n - 1; i >= 0; i--) {
      const at = end - i * span;
      const b = this.bars.get(at);
      if (b) close = b.close;
      out.push(b ?? (close < 0 ? null : { at, open: close, high: close, low: close, close, volume: 0 }));
    }
    return out;
  }

  private before(at: number): number {
    let best: Bar | null = null;
    for (const b of this.bars.values()) if (b.at < at && (!best || b.at > best.at)) best = b;
    return best ? best.close : -1;
  }

  /** Own open orders as lines. */
  private lines(): { px: number; buy: boolean }[] {
    const out = [];
    for (const o of this.venue.account.orders.values()) {
      if (live(o) && o.price && o.symbol === this.venue.symbol) out.push({ px: Number(units(o.price, 6) ?? 0n), buy: o.side === "1" });
    }
    return out;
  }

  private legend(b: Bar): void {
    const places = this.venue.terms.get(this.venue.symbol)?.places ?? 3;
    const f = (n: number) => fixed(BigInt(n), places);
    say($("legend"), `O ${f(b.open)}  H ${f(b.high)}  L ${f(b.low)}  C ${f(b.close)}  Vol ${b.volume}`);
  }

  /** Says in words what the picture shows, at most every ten seconds. */
  private describe(seen: Bar[]): void {
    if (Date.now() - this.told < 10_000) return;
    this.told = Date.now();
    const places = this.venue.terms.get(this.venue.symbol)?.places ?? 3;
    const f = (n: number) => fixed(BigInt(n), places);
    const high = Math.max(...seen.map((b) => b.high));
    const low = Math.min(...seen.map((b) => b.low));
    set($("chart"), "aria-label", `Price of ${this.venue.symbol}, ${this.resolution} candles: last ${f(seen[seen.length - 1].close)}, high ${f(high)}, low ${f(low)}.`);
  }
}

function bar(c: Candle): Bar {
  const n = (t: string) => Number(units(t, 6) ?? 0n);
  return { at: c.at, open: n(c.open), high: n(c.high), low: n(c.low), close: n(c.close), volume: Number(c.volume) };
}

function palette(): Colors {
  const s = getComputedStyle(document.documentElement);
  const v = (name: string) => s.getPropertyValue(name).trim();
  return { up: v("--buy"), down: v("--sell"), text: v("--text"), dim: v("--dim"), line: v("--line"), panel: v("--panel") };
}

/** One drawing of the chart. */
class Picture {
  private readonly right: number;
  private readonly bottom: number;
  private readonly low: number;
  private readonly high: number;
  private readonly loud: number;

  constructor(
    private readonly g: CanvasRenderingContext2D,
    private readonly c: Colors,
    w: number,
    h: number,
    private readonly bars: (Bar | null)[],
    private readonly places: number,
    private readonly span: number,
  ) {
    const seen = bars.filter((b): b is Bar => b !== null);
    this.right = w - axis;
    this.bottom = h - foot;
    const low = Math.min(...seen.map((b) => b.low));
    const high = Math.max(...seen.map((b) => b.high));
    const pad = Math.max((high - low) * 0.1, high * 0.0015, 1);
    this.low = low - pad;
    this.high = high + pad;
    this.loud = Math.max(...seen.map((b) => b.volume), 1);
  }

  paint(lines: { px: number; buy: boolean }[], pointer: number, legend: (b: Bar) => void): void {
    this.grid();
    this.volumes();
    for (let i = 0; i < this.bars.length; i++) this.candle(i);
    for (const l of lines) this.level(l.px, l.buy ? this.c.up : this.c.down, l.buy ? "▲ buy" : "▼ sell");
    const last = this.bars[this.bars.length - 1];
    if (last) this.tag(last.close, last.close >= last.open ? this.c.up : this.c.down);
    const at = pointer >= 0 && pointer < this.right ? Math.floor(pointer / slot) : this.bars.length - 1;
    const chosen = this.bars[Math.min(at, this.bars.length - 1)];
    if (chosen) legend(chosen);
    if (pointer >= 0 && pointer < this.right) this.cross(Math.min(at, this.bars.length - 1));
  }

  private y(px: number): number {
    const room = this.bottom * 0.82;
    return room - ((px - this.low) / (this.high - this.low)) * room;
  }

  private text(n: number): string {
    return fixed(BigInt(Math.round(n)), this.places);
  }

  private grid(): void {
    const { g, c } = this;
    const step = nice((this.high - this.low) / Math.max(2, this.bottom / 56));
    g.strokeStyle = c.line;
    g.fillStyle = c.dim;
    g.lineWidth = 1;
    g.textBaseline = "middle";
    g.textAlign = "left";
    const last = this.bars[this.bars.length - 1];
    const tagged = last ? this.y(last.close) : -99;
    for (let p = Math.ceil(this.low / step) * step; p < this.high; p += step) {
      const y = Math.round(this.y(p)) + 0.5;
      if (y > this.bottom * 0.82) continue;
      g.beginPath();
      g.moveTo(0, y);
      g.lineTo(this.right, y);
      g.stroke();
      if (Math.abs(y - tagged) > 16) g.fillText(this.text(p), this.right + 8, y);
    }
    this.times();
  }

  private times(): void {
    const { g, c } = this;
    g.fillStyle = c.dim;
    g.textAlign = "center";
    const every = this.span === 60_000 ? 15 * 60_000 : this.span === 3_600_000 ? 12 * 3_600_000 : 7 * 86_400_000;
    for (let i = 2; i < this.bars.length - 2; i++) {
      const b = this.bars[i];
      if (!b || b.at % every !== 0) continue;
      const d = new Date(b.at);
      const two = (n: number) => String(n).padStart(2, "0");
      const label = this.span < 86_400_000 && (d.getHours() || d.getMinutes()) ? `${two(d.getHours())}:${two(d.getMinutes())}` : `${d.getDate()}.${d.getMonth() + 1}.`;
      g.fillText(label, i * slot + slot / 2, this.bottom + foot / 2 + 1);
    }
  }

  private volumes(): void {
    const { g, c } = this;
    const room = this.bottom * 0.14;
    for (let i = 0; i < this.bars.length; i++) {
      const b = this.bars[i];
      if (!b || !b.volume) continue;
      const height = Math.max(1, (b.volume / this.loud) * room);
      g.globalAlpha = 0.28;
      g.fillStyle = b.close >= b.open ? c.up : c.down;
      g.fillRect(i * slot + 1, this.bottom - height, slot - 2, height);
    }
    g.globalAlpha = 1;
  }

  private candle(i: number): void {
    const { g, c } = this;
    const b = this.bars[i];
    if (!b) return;
    const up = b.close >= b.open;
    const x = i * slot + 1;
    const mid = x + 3.5; // A body is seven pixels wide: the wick is one sharp pixel.
    const top = Math.round(this.y(Math.max(b.open, b.close)));
    const height = Math.max(1, Math.round(this.y(Math.min(b.open, b.close))) - top);
    g.strokeStyle = g.fillStyle = b.volume ? (up ? c.up : c.down) : c.dim;
    g.lineWidth = 1;
    g.globalAlpha = b.volume ? 1 : 0.5;
    g.beginPath();
    g.moveTo(mid, Math.round(this.y(b.high)));
    g.lineTo(mid, Math.round(this.y(b.low)));
    g.stroke();
    if (up && height > 2) {
      g.fillStyle = c.panel;
      g.fillRect(x, top, slot - 2, height);
      g.strokeRect(x + 0.5, top + 0.5, slot - 3, height - 1);
    } else {
      g.fillRect(x, top, slot - 2, height);
    }
    g.globalAlpha = 1;
  }

  private level(px: number, color: string, name: string): void {
    if (px < this.low || px > this.high) return;
    const { g } = this;
    const y = Math.round(this.y(px)) + 0.5;
    g.strokeStyle = g.fillStyle = color;
    g.setLineDash([4, 4]);
    g.beginPath();
    g.moveTo(0, y);
    g.lineTo(this.right, y);
    g.stroke();
    g.setLineDash([]);
    g.textAlign = "left";
    g.fillText(name, 6, y - 7);
  }

  private tag(px: number, color: string): void {
    const { g, c } = this;
    const y = Math.round(this.y(px));
    g.strokeStyle = color;
    g.globalAlpha = 0.7;
    g.setLineDash([1, 3]);
    g.beginPath();
    g.moveTo(0, y + 0.5);
    g.lineTo(this.right, y + 0.5);
    g.stroke();
    g.setLineDash([]);
    g.globalAlpha = 1;
    g.fillStyle = color;
    g.beginPath();
    g.roundRect(this.right + 2, y - 9, axis - 6, 18, 4);
    g.fill();
    g.fillStyle = c.panel;
    g.textAlign = "left";
    g.fillText(this.text(px), this.right + 8, y + 0.5);
  }

  private cross(i: number): void {
    const { g, c } = this;
    g.strokeStyle = c.dim;
    g.setLineDash([2, 3]);
    g.beginPath();
    g.moveTo(i * slot + slot / 2 - 0.5, 0);
    g.lineTo(i * slot + slot / 2 - 0.5, this.bottom);
    g.stroke();
    g.setLineDash([]);
  }
}

/** The next step of 1, 2, 2.5 or 5 times a power of ten. */
export function nice(x: number): number {
  const p = 10 ** Math.floor(Math.log10(Math.max(x, 1)));
  for (const m of [1, 2, 2.5, 5, 10]) if (x <= m * p) return Math.max(1, Math.round(m * p));
  return 10 * p;
}
