// Interleaved rounds, medians and fastest turns, ratios to the first contestant.

export interface Contestant {
  readonly name: string;
  readonly run: () => void;
  /** Floating-point operations of one run. */
  readonly operations: number;
}

/**
 * Prints GFLOP/s of every contestant and its ratio to the first: from medians, and from fastest turns, which a busy
 * machine disturbs less. A turn is short, so that most turns run between two switches of the processor.
 * @returns the medians by name
 */
export function compare(contestants: readonly Contestant[], rounds = 150): ReadonlyMap<string, number> {
  const repeats = contestants.map(({ run }) => warmUp(run));
  const times = contestants.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [n, { run }] of contestants.entries()) times[n]!.push(timeOf(run, repeats[n]!));
  }
  const medians = contestants.map(({ operations }, n) => operations / median(times[n]!) / 1e6);
  const fastest = contestants.map(({ operations }, n) => operations / Math.min(...times[n]!) / 1e6);
  console.log(`${''.padEnd(40)} median of turns     fastest turn     GFLOP/s and ratio to the first`);
  for (const [n, { name }] of contestants.entries()) {
    const column = (speeds: readonly number[]): string =>
      `${speeds[n]!.toFixed(1).padStart(7)} ${(speeds[n]! / speeds[0]!).toFixed(2).padStart(6)}`;
    console.log(`${name.padEnd(40)} ${column(medians)}   ${column(fastest)}`);
  }
  return new Map(contestants.map(({ name }, n) => [name, medians[n]!]));
}

/** Runs until the engine has optimised; @returns how many runs fill about a millisecond. */
function warmUp(run: () => void): number {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < 60 || count < 5) {
    run();
    count++;
  }
  return Math.max(1, Math.round(1 / timeOf(run, 3)));
}

/** Milliseconds of one run. */
function timeOf(run: () => void, repeats: number): number {
  const start = performance.now();
  for (let n = 0; n < repeats; n++) run();
  return (performance.now() - start) / repeats;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
