import { Book, Entry } from "../book";
import { checksum, crc32 } from "../checksum";
import { same, test } from "./harness";

const levels = (list: string): { px: string; size: string }[] =>
  list ? list.split(", ").map((l) => ({ px: l.split(" x ")[0], size: l.split(" x ")[1] })) : [];

test("checksums are those of the specification, MD-03", () => {
  const table: [string, string, number][] = [
    ["", "", 0],
    ["2.50 x 3", "", 961585064],
    ["2.51 x 12, 2.60 x 5", "2.50 x 7", 4098931426],
    ["2.25 x 1", "2.00 x 40", 2248786827],
    ["15 x 1", "10 x 1", 4102251767],
    ["30 x 1", "20 x 1", 1944974549],
    ["0.05 x 1", "0.04 x 1", 703376357],
    ["0.00 x 6", "-0.50 x 2", 2401930704],
  ];
  for (const [asks, bids, want] of table) same(checksum(levels(asks), levels(bids)), want, `asks ${asks}, bids ${bids}`);
  same(crc32("123456789"), 0xcbf43926, "the check value of CRC-32");
});

test("a checksum covers ten levels, no more and no fewer", () => {
  const deep = (n: number, last: string) => Array.from({ length: n }, (_, i) => ({ px: `2.${500 + i}`, size: i === n - 1 ? last : "1" }));
  same(checksum(deep(11, "1"), []) === checksum(deep(11, "9"), []), true, "the eleventh level does not count");
  same(checksum(deep(10, "1"), []) === checksum(deep(10, "9"), []), false, "the tenth level counts");
  same(checksum([], deep(10, "1")) === checksum([], deep(10, "9")), false, "the tenth bid counts");
});

const entry = (bid: boolean, px: string, size: string, rptSeq = 0): Entry => ({ bid, px, size, orders: 1, gone: size === "0", rptSeq });

test("updates are applied in order, once, and without a gap", () => {
  const b = new Book();
  same(b.apply([entry(true, "1.00", "1", 5)], null), "old", "before the snapshot");
  b.reset([entry(true, "1.00", "4"), entry(false, "1.02", "3"), entry(false, "1.01", "2")], 7, null);
  same(b.asks.map((l) => l.px), ["1.01", "1.02"], "asks, best first");
  same(b.apply([entry(true, "0.99", "9", 7)], null), "old", "an update that the snapshot has");
  same(b.apply([entry(true, "1.005", "2", 8), entry(false, "1.01", "0", 9)], null), "ok", "the next two");
  same([b.bids.map((l) => l.px), b.asks.map((l) => l.px)], [["1.005", "1.00"], ["1.02"]], "the book after them");
  same(b.apply([entry(true, "0.98", "1", 11)], null), "gap", "number 10 is missing");
  same(b.ready, false, "ready after a gap");
});

test("a wrong checksum is noticed", () => {
  const b = new Book();
  same(b.reset([entry(false, "2.50", "3")], 1, 961585064), "ok", "the snapshot");
  same(b.apply([entry(false, "2.50", "4", 2)], 961585064), "mismatch", "another size with the old sum");
});

test("a book equals one that is sorted anew after random updates", () => {
  let seed = 20261122;
  const random = (n: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * n);
  };
  const b = new Book();
  b.reset([], 0, null);
  const twin = new Map<string, string>();
  for (let i = 1; i <= 2000; i++) {
    const bid = random(2) === 0;
    const px = ((bid ? 1000 : 1100) + random(90)).toString().replace(/(\d)(\d{3})$/, "$1.$2");
    const size = random(3) === 0 ? "0" : String(1 + random(50));
    b.apply([entry(bid, px, size, i)], null);
    if (size === "0") twin.delete(px);
    else twin.set(px, size);
  }
  const want = (from: string, to: string) => [...twin].filter(([p]) => p >= from && p < to).sort(([p], [q]) => (p < q ? -1 : 1));
  same(b.asks.map((l) => [l.px, l.size]), want("1.100", "1.200"), "asks");
  same(b.bids.map((l) => [l.px, l.size]), want("1.000", "1.100").reverse(), "bids");
});
