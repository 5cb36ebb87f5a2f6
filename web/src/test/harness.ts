/** What a test found: empty when it passed. */
export interface Result {
  name: string;
  error: string;
}

const tests: { name: string; run: () => void | Promise<void> }[] = [];

/** Registers a test. */
export function test(name: string, run: () => void | Promise<void>): void {
  tests.push({ name, run });
}

/** Fails unless both are the same as JSON; bigints are written with an n. */
export function same(got: unknown, want: unknown, about: string): void {
  const text = (v: unknown) => JSON.stringify(v, (_, x) => (typeof x === "bigint" ? x + "n" : x));
  if (text(got) !== text(want)) throw new Error(`${about}: got ${text(got)}, want ${text(want)}`);
}

/** Runs all tests, one after the other. */
export async function runAll(): Promise<Result[]> {
  const results: Result[] = [];
  for (const t of tests) {
    let error = "";
    try {
      await t.run();
    } catch (e) {
      error = (e as Error).message;
    }
    results.push({ name: t.name, error });
  }
  return results;
}
