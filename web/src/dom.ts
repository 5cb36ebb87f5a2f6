/** The element of an id; the page is built so that it exists. */
export function $<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** Makes an element with a class and text. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, cls = "", text = ""): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  if (text) e.textContent = text;
  return e;
}

/** Changes text only when it is different: layout costs more than a comparison. */
export function say(e: Element, text: string): void {
  if (e.textContent !== text) e.textContent = text;
}

/** Changes an attribute only when it is different. */
export function set(e: Element, name: string, value: string): void {
  if (e.getAttribute(name) !== value) e.setAttribute(name, value);
}

/** Shows or hides. */
export function show(e: HTMLElement, on: boolean): void {
  if (e.hidden === on) e.hidden = !on;
}

/** Rows that are made once and used again. */
export class Pool<T> {
  readonly rows: T[] = [];
  constructor(
    private readonly parent: HTMLElement,
    private readonly make: () => T,
    private readonly root: (row: T) => HTMLElement,
  ) {}

  /** Returns n rows, visible and in order. */
  take(n: number): T[] {
    while (this.rows.length < n) {
      const row = this.make();
      this.rows.push(row);
      this.parent.append(this.root(row));
    }
    for (let i = 0; i < this.rows.length; i++) show(this.root(this.rows[i]), i < n);
    return this.rows;
  }
}

/** Time of day in the zone of the reader. */
export function clock(ms: number): string {
  if (!Number.isFinite(ms)) return "";
  const d = new Date(ms);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

/** Follows a media query. */
export function media(query: string): boolean {
  return matchMedia(query).matches;
}

/** A setting that outlives the page. Storage may be forbidden: then it lasts as long as the page. */
export const settings = {
  get(name: string, otherwise: string): string {
    try {
      return localStorage.getItem("clearhour." + name) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(name: string, value: string): void {
    try {
      localStorage.setItem("clearhour." + name, value);
    } catch {
      // Nothing is lost but the comfort.
    }
  },
};
