// How long a call takes.

/** How long a round should be, and how many there are. */
export interface Patience {
  readonly milliseconds: number;
  readonly rounds: number;
}

const thorough: Patience = { milliseconds: 10, rounds: 7 };

/** Milliseconds for one call: the median of rounds that take long enough for the clock, after a warm-up. */
export function timed(call: () => unknown, now: () => number, patience: Patience = thorough): number {
  let calls = 1;
  for (;;) {
    const elapsed = rounds(call, calls, now);
    if (elapsed >= patience.milliseconds || calls >= 1 << 20) break;
    calls *= 2;
  }
  const times = Array.from({ length: patience.rounds }, () => rounds(call, calls, now) / calls).sort((a, b) => a - b);
  return times[times.length >> 1]!;
}

function rounds(call: () => unknown, calls: number, now: () => number): number {
  const start = now();
  for (let n = 0; n < calls; n++) call();
  return now() - start;
}
