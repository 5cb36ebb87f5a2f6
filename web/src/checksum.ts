// The checksum of a book, rule MD-03.

const table = (() => {
  const t = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let c = i;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    t[i] = c >>> 0;
  }
  return t;
})();

/** CRC-32 (IEEE 802.3) of ASCII text. */
export function crc32(ascii: string): number {
  let c = 0xffffffff;
  for (let i = 0; i < ascii.length; i++) c = table[(c ^ ascii.charCodeAt(i)) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** The digits of decimal text: no dot, no zeros in front, the sign kept. */
export function digits(value: string): string {
  const negative = value.startsWith("-");
  const bare = value.replace(/[-.]/g, "").replace(/^0+/, "");
  return negative && bare ? "-" + bare : bare;
}

/** A price level as text of the wire. */
export interface Digits {
  px: string;
  size: string;
}

/** The checksum over the best ten levels of each side, best first. */
export function checksum(asks: Digits[], bids: Digits[]): number {
  let s = "";
  for (const side of [asks, bids]) {
    for (let i = 0; i < side.length && i < 10; i++) s += digits(side[i].px) + digits(side[i].size);
  }
  return crc32(s);
}
