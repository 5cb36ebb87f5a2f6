import { checksum } from "./checksum";
import { units } from "./decimal";

/** A price level: the text of the wire, and the price as an integer to sort by. */
export interface Level {
  px: string;
  size: string;
  at: number; // Price in micro-dollars: an integer far below 2^53.
  lots: number;
  orders: number;
}

/** What a snapshot or an update says about one level. */
export interface Entry {
  bid: boolean;
  px: string;
  size: string;
  orders: number;
  gone: boolean;
  rptSeq: number;
}

/** What became of an update. */
export type Outcome = "ok" | "old" | "gap" | "mismatch";

/** The book of one instrument, kept equal to the venue's: absolute levels, numbered updates, a checksum. */
export class Book {
  bids: Level[] = [];
  asks: Level[] = [];
  rptSeq = 0;
  ready = false;
  checked = 0;

  /** Starts again from a snapshot. */
  reset(entries: Entry[], rptSeq: number, sum: number | null): Outcome {
    this.bids = [];
    this.asks = [];
    for (const e of entries) this.put(e);
    this.rptSeq = rptSeq;
    this.ready = true;
    return this.verify(sum);
  }

  /** Applies the levels of one message. A gap or a wrong checksum says that the book must be asked for again. */
  apply(entries: Entry[], sum: number | null): Outcome {
    if (!this.ready) return "old";
    let fresh = false;
    for (const e of entries) {
      if (e.rptSeq && e.rptSeq <= this.rptSeq) continue;
      if (e.rptSeq && e.rptSeq !== this.rptSeq + 1) {
        this.ready = false;
        return "gap";
      }
      if (e.rptSeq) this.rptSeq = e.rptSeq;
      this.put(e);
      fresh = true;
    }
    return fresh ? this.verify(sum) : "old";
  }

  private verify(sum: number | null): Outcome {
    if (sum === null) return "ok";
    if (checksum(this.asks, this.bids) !== sum) {
      this.ready = false;
      return "mismatch";
    }
    this.checked++;
    return "ok";
  }

  private put(e: Entry): void {
    const side = e.bid ? this.bids : this.asks;
    const at = Number(units(e.px, 6) ?? 0n);
    let lo = 0;
    let hi = side.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (e.bid ? side[mid].at > at : side[mid].at < at) lo = mid + 1;
      else hi = mid;
    }
    const there = lo < side.length && side[lo].at === at;
    if (e.gone || Number(e.size) === 0) {
      if (there) side.splice(lo, 1);
      return;
    }
    const level = { px: e.px, size: e.size, at, lots: Number(e.size), orders: e.orders };
    if (there) side[lo] = level;
    else side.splice(lo, 0, level);
  }
}
