import { $, el, settings } from "./dom";

/** A key and what it does. */
export interface Key {
  keys: string[];
  about: string;
  run: (key: string) => void;
}

/** Single-key shortcuts. They never send an order; they can be switched off. */
export class Keys {
  constructor(private readonly all: Key[]) {
    const on = $<HTMLInputElement>("keys-on");
    on.checked = settings.get("keys", "on") === "on";
    on.addEventListener("change", () => settings.set("keys", on.checked ? "on" : "off"));
    $("help").addEventListener("click", () => this.help());
    $("keys-close").addEventListener("click", () => $<HTMLDialogElement>("keys").close());
    document.addEventListener("keydown", (e) => this.keydown(e));
    const dl = el("dl");
    for (const k of [...all, ...passive]) {
      const d = el("div");
      const dt = el("dt");
      for (const name of k.keys) dt.append(el("kbd", "", name === " " ? "Space" : name));
      d.append(dt, el("dd", "", k.about));
      dl.append(d);
    }
    $("keys-list").append(dl);
  }

  help(): void {
    $<HTMLDialogElement>("keys").showModal();
  }

  private keydown(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    const at = e.target as HTMLElement;
    const typing = at.matches("input:not([type=radio]):not([type=checkbox]), select, textarea");
    if (typing && e.key !== "Escape") return;
    if (!$<HTMLInputElement>("keys-on").checked && e.key !== "?" && e.key !== "Escape") return;
    const k = this.all.find((x) => x.keys.includes(e.key));
    if (!k) return;
    e.preventDefault();
    k.run(e.key);
  }
}

const passive = [
  { keys: ["↑", "↓"], about: "In a field: one step; with Shift ten. In the book: the next price." },
  { keys: ["Enter"], about: "In the ticket: send. In the book: take the price." },
];
