import type { Book } from "./book";
import { clock } from "./dom";
import { axis, Colors, foot, nice } from "./chart";
import { units } from "./decimal";
import { fixed } from "./quote";
import type { Trade } from "./venue";

interface Point {
  at: number;
  bid: number; // Micro-dollars; -1 for none.
  ask: number;
}

const most = 5 * 60_000; // The longest window.
const least = 60_000; // The shortest one, when the page has just begun to look.

/** The last minutes as they happened: best bid and ask as steps, trades as triangles. It remembers only what this page saw. */
export class Live {
  private points: Point[] = [];

  /** Forgets, because another instrument is shown. */
  clear(): void {
    this.points = [];
  }

  /** Notes the best prices of now. */
  sample(b: Book, now: number): void {
    if (!b.ready) return;
    const p = { at: now, bid: b.bids[0]?.at ?? -1, ask: b.asks[0]?.at ?? -1 };
    const last = this.points[this.points.length - 1];
    if (last && last.bid === p.bid && last.ask === p.ask) return;
    this.points.push(p);
    // The one before the window is kept: its prices reach into it.
    while (this.points.length > 1 && this.points[1].at < now - most) this.points.shift();
  }

  /** Draws the window that ends now. */
  draw(g: CanvasRenderingContext2D, c: Colors, w: number, h: number, trades: Trade[], places: number, own: { px: number; buy: boolean }[]): boolean {
    const now = Date.now();
    const from = Math.max(now - most, Math.min(now - least, this.points[0]?.at ?? now));
    const span = now - from;
    const shown = trades.filter((t) => t.at >= from).map((t) => ({ at: t.at, px: Number(units(t.px, 6) ?? 0n), buy: t.buy }));
    const all = [...this.points.flatMap((p) => [p.bid, p.ask]), ...shown.map((t) => t.px)].filter((n) => n > 0);
    if (!all.length) return false;
    const low = Math.min(...all);
    const high = Math.max(...all);
    const pad = Math.max((high - low) * 0.2, high * 0.001);
    const right = w - axis;
    const bottom = h - foot;
    const x = (at: number) => Math.max(0, ((at - from) / span) * right);
    const y = (px: number) => bottom - ((px - low + pad) / (high - low + 2 * pad)) * bottom;
    this.grid(g, c, { low: low - pad, high: high + pad, right, bottom, places, from, span }, x, y);
    this.steps(g, c, x, y, now);
    for (const o of own) if (o.px > low - pad && o.px < high + pad) mine(g, o.buy ? c.up : c.down, y(o.px), right, o.buy);
    for (const t of shown) triangle(g, t.buy ? c.up : c.down, x(t.at), y(t.px), t.buy);
    return true;
  }

  private grid(
    g: CanvasRenderingContext2D, c: Colors, b: { low: number; high: number; right: number; bottom: number; places: number; from: number; span: number },
    x: (at: number) => number, y: (px: number) => number,
  ): void {
    const step = nice((b.high - b.low) / Math.max(2, b.bottom / 56));
    g.strokeStyle = c.line;
    g.fillStyle = c.dim;
    g.textBaseline = "middle";
    g.textAlign = "left";
    for (let p = Math.ceil(b.low / step) * step; p < b.high; p += step) {
      const at = Math.round(y(p)) + 0.5;
      if (at < 8) continue;
      line(g, 0, at, b.right, at);
      g.fillText(fixed(BigInt(Math.round(p)), b.places), b.right + 8, at);
    }
    g.textAlign = "center";
    const every = b.span > 150_000 ? 60_000 : 15_000;
    for (let at = b.from - (b.from % every) + every; at < b.from + b.span; at += every) {
      const text = every === 60_000 ? clock(at).slice(0, 5) : clock(at);
      if (x(at) > 30 && x(at) < b.right - 20) g.fillText(text, x(at), b.bottom + foot / 2 + 1);
    }
  }

  /** Both best prices as steps, and the spread between them. */
  private steps(g: CanvasRenderingContext2D, c: Colors, x: (at: number) => number, y: (px: number) => number, now: number): void {
    for (let i = 0; i < this.points.length; i++) {
      const p = this.points[i];
      const next = this.points[i + 1];
      const x0 = x(p.at);
      const x1 = x(next ? next.at : now);
      if (p.bid > 0 && p.ask > 0) {
        g.fillStyle = c.line;
        g.globalAlpha = 0.45;
        g.fillRect(x0, y(p.ask), x1 - x0, y(p.bid) - y(p.ask));
        g.globalAlpha = 1;
      }
      for (const [px, to, color] of [[p.bid, next?.bid, c.up], [p.ask, next?.ask, c.down]] as [number, number | undefined, string][]) {
        if (px <= 0) continue;
        g.strokeStyle = color;
        g.lineWidth = 1.5;
        line(g, x0, y(px), x1, y(px));
        if (to && to > 0) line(g, x1, y(px), x1, y(to));
      }
    }
    g.lineWidth = 1;
    const last = this.points[this.points.length - 1];
    if (!last) return;
    g.textAlign = "left";
    for (const [px, color, name, d] of [[last.ask, c.down, "ask", -9], [last.bid, c.up, "bid", 10]] as [number, string, string, number][]) {
      if (px <= 0) continue;
      g.fillStyle = color;
      g.fillText(name, Math.max(4, x(now) - 24), y(px) + d);
    }
  }
}

function line(g: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  g.beginPath();
  g.moveTo(x0, y0);
  g.lineTo(x1, y1);
  g.stroke();
}

function mine(g: CanvasRenderingContext2D, color: string, y: number, right: number, buy: boolean): void {
  g.strokeStyle = g.fillStyle = color;
  g.setLineDash([4, 4]);
  line(g, 0, Math.round(y) + 0.5, right, Math.round(y) + 0.5);
  g.setLineDash([]);
  g.textAlign = "left";
  g.fillText(buy ? "▲ your buy" : "▼ your sale", 6, y - 8);
}

/** A trade: up when the taker bought, down when it sold. */
function triangle(g: CanvasRenderingContext2D, color: string, x: number, y: number, up: boolean): void {
  const d = up ? -1 : 1;
  g.fillStyle = color;
  g.beginPath();
  g.moveTo(x, y + d * 5);
  g.lineTo(x + 4.5, y - d * 3.5);
  g.lineTo(x - 4.5, y - d * 3.5);
  g.fill();
}
