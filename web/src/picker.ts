import { $, el, set, say } from "./dom";
import type { Terms } from "./quote";
import { millis } from "./session";
import type { Venue } from "./venue";
import { kindWords } from "./words";

/** The choice of an instrument: grouped by class, spot days before futures. */
export class Picker {
  private cursor = 0;
  private shown: HTMLElement[] = [];

  constructor(
    private readonly venue: Venue,
    private readonly pick: (symbol: string) => void,
  ) {
    const dialog = $<HTMLDialogElement>("picker");
    $("pick").addEventListener("click", () => this.open());
    $("find").addEventListener("input", () => this.fill());
    dialog.addEventListener("keydown", (e) => this.keydown(e));
    dialog.addEventListener("click", (e) => {
      if (e.target === dialog) dialog.close();
    });
    dialog.addEventListener("close", () => set($("pick"), "aria-expanded", "false"));
  }

  open(): void {
    if (!this.venue.terms.size) return;
    $<HTMLInputElement>("find").value = "";
    this.fill();
    $<HTMLDialogElement>("picker").showModal();
    set($("pick"), "aria-expanded", "true");
    $("find").focus();
  }

  /** The next or the previous instrument of the list. */
  step(n: number): void {
    const all = sorted(this.venue).map((t) => t.symbol);
    const at = all.indexOf(this.venue.symbol);
    if (all.length) this.pick(all[(at + n + all.length) % all.length]);
  }

  private fill(): void {
    const words = $<HTMLInputElement>("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = $("found");
    found.replaceChildren();
    this.shown = [];
    let cls = "";
    for (const t of sorted(this.venue)) {
      const hay = `${t.symbol} ${t.cls} ${t.zone} ${kindWords(t)}`.toLowerCase();
      if (!words.every((w) => hay.includes(w))) continue;
      if (t.cls !== cls) {
        cls = t.cls;
        const h = el("div", "group", `${t.cls} · ${t.zone}`);
        set(h, "role", "presentation");
        found.append(h);
      }
      found.append(this.option(t));
    }
    if (!this.shown.length) found.append(el("p", "empty", "No instrument of that name."));
    this.cursor = Math.max(0, this.shown.findIndex((o) => o.dataset.symbol === this.venue.symbol));
    this.mark();
  }

  private option(t: Terms): HTMLElement {
    const o = el("div", "option");
    o.id = "op-" + t.symbol;
    o.dataset.symbol = t.symbol;
    set(o, "role", "option");
    set(o, "aria-selected", String(t.symbol === this.venue.symbol));
    o.append(el("span", "", kindWords(t)), el("span", "dim num", t.symbol));
    o.addEventListener("click", () => this.choose(o));
    this.shown.push(o);
    return o;
  }

  private choose(o: HTMLElement | undefined): void {
    if (!o?.dataset.symbol) return;
    $<HTMLDialogElement>("picker").close();
    this.pick(o.dataset.symbol);
  }

  private keydown(e: KeyboardEvent): void {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      this.cursor = Math.max(0, Math.min(this.shown.length - 1, this.cursor + (e.key === "ArrowDown" ? 1 : -1)));
      this.mark();
    } else if (e.key === "Enter") {
      e.preventDefault();
      this.choose(this.shown[this.cursor]);
    }
  }

  private mark(): void {
    this.shown.forEach((o, i) => o.classList.toggle("cursor", i === this.cursor));
    const o = this.shown[this.cursor];
    if (!o) return;
    set($("find"), "aria-activedescendant", o.id);
    o.scrollIntoView({ block: "nearest" });
  }

  /** Names the chosen instrument in the header. */
  name(): void {
    const t = this.venue.terms.get(this.venue.symbol);
    if (!t) return;
    say($("pick-name"), `${t.cls} · ${kindWords(t)}`);
    say($("pick-about"), `${t.symbol} · ${t.zone} · grade ${t.grade}`);
  }
}

/** When a window begins; what has none comes last. */
function starts(t: Terms): number {
  const at = millis(t.start);
  return Number.isFinite(at) ? at : Number.MAX_SAFE_INTEGER;
}

function sorted(v: Venue): Terms[] {
  return [...v.terms.values()].sort(
    (a, b) => a.cls.localeCompare(b.cls) || a.zone.localeCompare(b.zone) || Number(a.future) - Number(b.future) || starts(a) - starts(b),
  );
}
