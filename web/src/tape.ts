import { $, clock, el, Pool, say } from "./dom";
import { grouped } from "./decimal";
import type { Venue } from "./venue";

interface Row {
  root: HTMLElement;
  px: HTMLElement;
  size: HTMLElement;
  at: HTMLElement;
}

const most = 60;

/** Recent trades, newest first. */
export class Tape {
  private pool: Pool<Row>;

  constructor(private readonly venue: Venue) {
    this.pool = new Pool<Row>(
      $("tape"),
      () => {
        const root = el("li", "trow num");
        const [px, size, at] = [el("span", "px"), el("span"), el("span", "dim")];
        root.append(px, size, at);
        return { root, px, size, at };
      },
      (r) => r.root,
    );
  }

  /** Draws the tape; called at most once per frame. */
  draw(): void {
    const n = Math.min(most, this.venue.trades.length);
    const rows = this.pool.take(n);
    for (let i = 0; i < n; i++) {
      const t = this.venue.trades[i];
      say(rows[i].px, (t.buy ? "▲ " : "▼ ") + t.px);
      rows[i].root.dataset.side = t.buy ? "1" : "2";
      say(rows[i].size, grouped(t.size));
      say(rows[i].at, clock(t.at));
    }
  }
}
