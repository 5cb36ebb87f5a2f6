// Decimal text and integers. Money, prices and sizes never pass through floating
// point: text of the wire becomes a bigint of a known unit and back.

const plain = /^(-?)(\d+)(?:\.(\d+))?$/;

/** The integer that text is in units of 10^-places, or null: not plain decimal text, or finer than that. */
export function units(text: string | undefined, places: number): bigint | null {
  const m = plain.exec(text ?? "");
  if (!m) return null;
  let fraction = m[3] ?? "";
  if (fraction.length > places) {
    if (/[^0]/.test(fraction.slice(places))) return null;
    fraction = fraction.slice(0, places);
  }
  const n = BigInt(m[2] + fraction.padEnd(places, "0"));
  return m[1] ? -n : n;
}

/** The text of n units of 10^-places, with exactly `shown` decimals when that loses nothing. */
export function text(n: bigint, places: number, shown = places): string {
  const digits = (n < 0n ? -n : n).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  let fraction = digits.slice(digits.length - places);
  while (fraction.length > shown && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  return (n < 0n ? "-" : "") + whole + (fraction ? "." + fraction : "");
}

/** The number of decimals that text shows. */
export function decimals(text: string): number {
  const dot = text.indexOf(".");
  return dot < 0 ? 0 : text.length - dot - 1;
}

/** Decimal text with a thin space between thousands, for people. */
export function grouped(text: string): string {
  const [whole, fraction] = text.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction === undefined ? spaced : spaced + "." + fraction;
}

/** a / b rounded up, for a >= 0 and b > 0: what is owed. */
export function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

/** Micro-dollars as dollars, rounded towards zero to cents unless all is asked for. */
export function dollars(micros: bigint, all = false): string {
  const sign = micros < 0n ? "−" : "";
  const n = micros < 0n ? -micros : micros;
  return sign + "$" + grouped(all ? text(n, 6, 2) : text(n / 10000n, 2));
}

/** Text of the wire without the zeros that end its fraction, but for `keep` of them. */
export function trimmed(value: string, keep = 0): string {
  const dot = value.indexOf(".");
  if (dot < 0) return value;
  let end = value.length;
  while (end > dot + 1 + keep && value[end - 1] === "0") end--;
  return value.slice(0, end === dot + 1 ? dot : end);
}
