// The client's side of a FIX session (docs/spec: FIXT.1.1 as JSON). It knows no
// socket and no clock: text arrives by call with its time, messages leave
// through a wire, so that tests can play both.

/** The fields of a body: text, or the entries of a group. */
export type Fields = { [name: string]: string | Fields[] };

/** A FIX-JSON message. */
export interface Message {
  Header: { [name: string]: string };
  Body: Fields;
}

/** Where messages go. */
export interface Wire {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** What a logon proves itself with. */
export interface Proof {
  username: string;
  password: string;
  rawData: string;
}

/** Who hears about what happens. */
export interface Listener {
  /** An application message in sequence. */
  app(m: Message): void;
  /** The venue took the logon. */
  on(): void;
  /** The venue ended the session, or the session had to. */
  off(text: string, code: string): void;
  /** The venue refused our message of that number. */
  refused(seq: number, m: Message): void;
  /** Messages up to that number were never received and are not sent again. */
  unsent(from: number): void;
  /** Any message, for those who watch the wire. */
  seen(out: boolean, m: Message, raw: string, at: number): void;
}

/** Time in milliseconds as a UTCTimestamp. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/-/g, "").replace("T", "-").replace("Z", "");
}

/** A UTCTimestamp as milliseconds, NaN when it is none. */
export function millis(text: string): number {
  const m = /^(\d{4})(\d\d)(\d\d)-(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?$/.exec(text);
  if (!m) return NaN;
  return Date.parse(`${m[1]}-${m[2]}-${m[3]}T${m[4]}.${(m[5] ?? "0").padEnd(3, "0").slice(0, 3)}Z`);
}

/** Text of a field, empty when it is absent. */
export function str(f: Fields, name: string): string {
  const v = f[name];
  return typeof v === "string" ? v : "";
}

/** Entries of a group, none when it is absent. */
export function group(f: Fields, name: string): Fields[] {
  const v = f[name];
  return Array.isArray(v) ? v : [];
}

const askAgain = 10_000;

/** One FIX session over any number of connections. */
export class Session {
  out = 1; // Of the next message out.
  expected = 1; // Of the next message in.
  state: "off" | "joining" | "on" = "off";
  lastIn = 0;
  latency = -1;
  private lastOut = 0;
  private wire: Wire | null = null;
  private asked = 0;
  private askedAt = 0;
  private tested = 0;
  private tests = 0;
  private resetting = true;

  constructor(
    readonly ours: string,
    readonly theirs: string,
    readonly interval: number, // Seconds between heartbeats.
    private readonly hear: Listener,
  ) {}

  /** Sends the Logon. The first one of a page resets the numbers, later ones resume. */
  join(wire: Wire, proof: Proof, now: number): void {
    this.wire = wire;
    this.state = "joining";
    this.asked = 0;
    this.tested = 0;
    this.lastIn = now;
    if (this.resetting) this.out = this.expected = 1;
    const body: Fields = { EncryptMethod: "0", HeartBtInt: String(this.interval) };
    if (this.resetting) body.ResetSeqNumFlag = "Y";
    body.NextExpectedMsgSeqNum = String(this.expected);
    body.Username = proof.username;
    body.Password = proof.password;
    body.RawData = proof.rawData;
    body.DefaultApplVerID = "9";
    this.transmit("A", body, now, this.out++);
  }

  /** Sends a message; its number is returned, 0 when nobody is connected. */
  send(type: string, body: Fields, now: number): number {
    if (this.state !== "on") return 0;
    const seq = this.out++;
    this.transmit(type, body, now, seq);
    return seq;
  }

  /** The connection is gone. */
  detach(): void {
    this.wire = null;
    this.state = "off";
  }

  /** Says goodbye. */
  leave(now: number): void {
    this.send("5", {}, now);
  }

  /** Does what is due: heartbeats, and tests that measure the round trip. */
  tick(now: number, testEvery: number): void {
    if (this.state !== "on") return;
    if (!this.tested && now - this.tests >= testEvery) {
      this.tests = this.tested = now;
      this.transmit("1", { TestReqID: "RTT-" + Math.round(now) }, now, this.out++);
    } else if (now - this.lastOut >= this.interval * 1000) {
      this.transmit("0", {}, now, this.out++);
    }
    if (now - this.lastIn > this.interval * 2400) this.end("No message from the venue for 2.4 heartbeats.", now);
  }

  /** Takes the text of a frame. */
  receive(raw: string, now: number): void {
    let m: Message;
    try {
      m = JSON.parse(raw) as Message;
    } catch {
      this.end("The venue sent text that is no FIX-JSON message.", now);
      return;
    }
    this.lastIn = now;
    this.hear.seen(false, m, raw, now);
    const seq = Number(m.Header.MsgSeqNum);
    const type = m.Header.MsgType;
    if (this.state === "joining") {
      this.answered(m, type, seq, now);
      return;
    }
    if (type === "4" && str(m.Body, "GapFillFlag") !== "Y") {
      this.expected = Math.max(this.expected, Number(str(m.Body, "NewSeqNo")));
      return;
    }
    if (seq > this.expected) {
      this.tooHigh(m, type, seq, now);
      return;
    }
    if (seq < this.expected) {
      if (m.Header.PossDupFlag !== "Y") this.end(`MsgSeqNum too low, expecting ${this.expected} but received ${seq}`, now);
      return;
    }
    this.expected++;
    this.dispatch(m, type, now);
  }

  private answered(m: Message, type: string, seq: number, now: number): void {
    if (type !== "A") {
      this.state = "off";
      // Numbers that the venue cannot continue are given up; what was missed is read by REST.
      if (/MsgSeqNum too (low|high)/.test(str(m.Body, "Text"))) this.resetting = true;
      this.hear.off(str(m.Body, "Text") || "The venue refused the logon.", str(m.Body, "ErrorCode"));
      return;
    }
    this.state = "on";
    this.tests = now - 1e9;
    if (str(m.Body, "ResetSeqNumFlag") === "Y") this.expected = seq + 1;
    else if (seq === this.expected) this.expected++;
    this.resetting = false;
    const next = Number(str(m.Body, "NextExpectedMsgSeqNum") || "0");
    if (next && next < this.out) this.fill(next, now);
    this.hear.on();
  }

  private tooHigh(m: Message, type: string, seq: number, now: number): void {
    if (type === "2") this.fill(Number(str(m.Body, "BeginSeqNo")), now);
    if (type === "5") {
      this.left(m, now);
      return;
    }
    if (this.asked >= this.expected && now < this.askedAt + askAgain) return;
    this.asked = seq;
    this.askedAt = now;
    this.transmit("2", { BeginSeqNo: String(this.expected), EndSeqNo: "0" }, now, this.out++);
  }

  private dispatch(m: Message, type: string, now: number): void {
    switch (type) {
      case "0": {
        const id = str(m.Body, "TestReqID");
        if (this.tested && id.startsWith("RTT-")) {
          this.latency = now - this.tested;
          this.tested = 0;
        }
        return;
      }
      case "1":
        this.transmit("0", { TestReqID: str(m.Body, "TestReqID") }, now, this.out++);
        return;
      case "2":
        this.fill(Number(str(m.Body, "BeginSeqNo")), now);
        return;
      case "3":
        this.hear.refused(Number(str(m.Body, "RefSeqNum")), m);
        return;
      case "4":
        this.expected = Math.max(this.expected, Number(str(m.Body, "NewSeqNo")));
        return;
      case "5":
        this.left(m, now);
        return;
    }
    this.hear.app(m);
  }

  /** An old order must not be sent again: prices have moved. So what is asked for is filled as a gap, and said. */
  private fill(from: number, now: number): void {
    if (!(from >= 1) || from >= this.out) return;
    this.transmit("4", { GapFillFlag: "Y", NewSeqNo: String(this.out) }, now, from, true);
    this.hear.unsent(from);
  }

  private left(m: Message, now: number): void {
    this.transmit("5", {}, now, this.out++);
    const wire = this.wire;
    this.detach();
    wire?.close(1000, "logout");
    this.hear.off(str(m.Body, "Text") || "The venue ended the session.", str(m.Body, "ErrorCode"));
  }

  private end(text: string, now: number): void {
    this.transmit("5", { Text: text }, now, this.out++);
    const wire = this.wire;
    this.detach();
    wire?.close(1000, "logout");
    this.hear.off(text, "");
  }

  private transmit(type: string, body: Fields, now: number, seq: number, again = false): void {
    if (!this.wire) return;
    const header: { [name: string]: string } = {
      BeginString: "FIXT.1.1",
      MsgType: type,
      SenderCompID: this.ours,
      TargetCompID: this.theirs,
      MsgSeqNum: String(seq),
      SendingTime: stamp(now),
    };
    if (again) {
      header.PossDupFlag = "Y";
      header.OrigSendingTime = header.SendingTime;
    }
    const m = { Header: header, Body: body, Trailer: {} };
    const raw = JSON.stringify(m);
    this.lastOut = now;
    this.hear.seen(true, m, raw, now);
    this.wire.send(raw);
  }
}

/** The proof of an HMAC key: Password is the HMAC-SHA256 of RawData (AUTH-01). */
export async function prove(keyId: string, secret: string, now: number): Promise<Proof> {
  const rawData = `${Math.round(now)}.${base64(crypto.getRandomValues(new Uint8Array(24)))}`;
  return { username: keyId, password: base64(await hmac(secret, rawData)), rawData };
}

/** HMAC-SHA256 of text under a base64 secret. */
export async function hmac(secret: string, message: string): Promise<Uint8Array> {
  const raw = Uint8Array.from(atob(secret), (c) => c.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(message)));
}

/** Base64 of bytes. */
export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
