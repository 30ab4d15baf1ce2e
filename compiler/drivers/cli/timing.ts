// How long a call takes.

/** How long a round should be, and how many there are. */
export interface Patience {
  readonly milliseconds: number;
  readonly rounds: number;
}

const thorough: Patience = { milliseconds: 10, rounds: 7 };

/** Milliseconds for one call: the median of rounds that take long enough for the clock, after a warm-up. */
export function timed(call: () => unknown, now: () => number, { milliseconds, rounds }: Patience = thorough): number {
  const calls = callsIn(milliseconds, call, now);
  const times = Array.from({ length: rounds }, () => timeOf(call, calls, now) / calls).sort((a, b) => a - b);
  return times[times.length >> 1]!;
}

/** How many calls take so many milliseconds. */
export function callsIn(milliseconds: number, call: () => unknown, now: () => number): number {
  let calls = 1;
  while (timeOf(call, calls, now) < milliseconds && calls < 1 << 20) calls *= 2;
  return calls;
}

export function timeOf(call: () => unknown, calls: number, now: () => number): number {
  const start = now();
  for (let n = 0; n < calls; n++) call();
  return now() - start;
}
