import { $, clock, el, Pool, say, set, show } from "./dom";
import { group, str } from "./session";
import type { Seen, Venue } from "./venue";
import { messageWords, sideWords } from "./words";

interface Row {
  root: HTMLElement;
  button: HTMLButtonElement;
  dir: HTMLElement;
  at: HTMLElement;
  type: HTMLElement;
  name: HTMLElement;
  gist: HTMLElement;
  seen: Seen | null;
}

const most = 150;

/** The last messages in and out, as they were on the wire. */
export class Drawer {
  private pool: Pool<Row>;
  private chosen: Seen | null = null;

  constructor(private readonly venue: Venue) {
    this.pool = new Pool($("log"), () => this.row(), (r) => r.root);
    for (const id of ["show-md", "show-hb"]) $(id).addEventListener("change", () => this.draw());
    $("pause").addEventListener("click", () => {
      venue.paused = !venue.paused;
      set($("pause"), "aria-pressed", String(venue.paused));
      say($("pause"), venue.paused ? "Go on" : "Pause");
    });
    $("drawer-close").addEventListener("click", () => this.toggle(false));
  }

  private row(): Row {
    const root = el("li");
    const button = el("button", "msg num");
    button.type = "button";
    const [dir, at, type, name, gist] = [el("b", "dir"), el("span", "dim"), el("span", "type"), el("span", "name"), el("span", "gist")];
    button.append(dir, at, type, name, gist);
    root.append(button);
    const r: Row = { root, button, dir, at, type, name, gist, seen: null };
    button.addEventListener("click", () => this.choose(r.seen));
    return r;
  }

  /** Opens or closes the drawer. */
  toggle(open = $("drawer").hidden): void {
    show($("drawer"), open);
    document.body.classList.toggle("with-drawer", open);
    if (open) {
      this.draw();
      $("drawer-close").focus();
    } else $("pill").focus();
  }

  private choose(s: Seen | null): void {
    if (!s) return;
    this.chosen = s;
    const { Header, Body } = s.about;
    say($("json"), JSON.stringify({ Header, Body, Trailer: {} }, null, 2));
    this.draw();
  }

  /** Draws the list, newest first; called at most once per frame. */
  draw(): void {
    if ($("drawer").hidden) return;
    const md = $<HTMLInputElement>("show-md").checked;
    const hb = $<HTMLInputElement>("show-hb").checked;
    const list: Seen[] = [];
    for (let i = this.venue.log.length - 1; i >= 0 && list.length < most; i--) {
      const s = this.venue.log[i];
      if (!md && (s.type === "X" || s.type === "W")) continue;
      if (!hb && (s.type === "0" || s.type === "1" || s.type === "AN" || s.type === "AO" || s.type === "AP" || s.type === "BB" || s.type === "BA")) continue;
      list.push(s);
    }
    const rows = this.pool.take(list.length);
    list.forEach((s, i) => this.fill(rows[i], s));
    const v = this.venue.session;
    say($("drawer-hint"), `next out ${v.out}, next in ${v.expected}, books asked again ${this.venue.resyncs}`);
  }

  private fill(r: Row, s: Seen): void {
    if (r.seen !== s) {
      r.seen = s;
      say(r.dir, s.out ? "→" : "←");
      r.dir.title = s.out ? "sent" : "received";
      set(r.dir, "aria-label", s.out ? "sent" : "received");
      set(r.root, "data-out", String(s.out));
      say(r.at, clock(s.at) + "." + String(s.at % 1000).padStart(3, "0"));
      say(r.type, s.type);
      say(r.name, messageWords[s.type] ?? "");
      say(r.gist, gist(s));
    }
    set(r.button, "aria-current", String(s === this.chosen));
  }
}

const execs: { [type: string]: string } = { "0": "new", "4": "cancelled", "5": "replaced", "8": "rejected", C: "expired", F: "trade", I: "status", L: "triggered", D: "restated" };

/** One line about a message. */
function gist(s: Seen): string {
  const b = s.about.Body;
  switch (s.type) {
    case "D":
      return `${sideWords[str(b, "Side")]} ${str(b, "OrderQty")} ${str(b, "Symbol")} ${str(b, "Price") || "at market"}`;
    case "8":
      return `${execs[str(b, "ExecType")] ?? str(b, "ExecType")} ${str(b, "ClOrdID")} ${str(b, "CumQty")}/${str(b, "OrderQty")} ${str(b, "Text")}`;
    case "F":
      return str(b, "OrigClOrdID");
    case "W":
    case "X":
      return `${str(b, "MDReqID")} ${group(b, "NoMDEntries").length} entries, checksum ${str(b, "BookChecksum") || "–"}`;
    case "V":
      return `${str(b, "MDReqID")} ${str(b, "SubscriptionRequestType") === "2" ? "end" : group(b, "NoRelatedSym").map((e) => str(e, "Symbol")).join(" ")}`;
    case "y":
      return `${group(b, "NoRelatedSym").length} instruments`;
    case "A":
      return `HeartBtInt ${str(b, "HeartBtInt")}${str(b, "ResetSeqNumFlag") === "Y" ? ", numbers start at 1" : ""}`;
    case "BA":
      return `${str(b, "Asset")} ${str(b, "CashOutstanding")}`;
    case "AP":
      return str(b, "Symbol");
    default:
      return str(b, "Text") || str(b, "TestReqID") || str(b, "ClOrdID");
  }
}
