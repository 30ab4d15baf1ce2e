// Interleaved rounds: every entrant once in each round, so that a busy machine slows all of them; medians are compared.
import type { Entrant } from './contestant.ts';
import { median } from './measure.ts';

export interface Measured {
  readonly name: string;
  /** Milliseconds of one run. */
  readonly median: number;
  readonly fastest: number;
}

/** One turn of an entrant takes about this long. */
const turn = 20;

/** What takes longer than this takes part in a few rounds only. */
const slow = 300;

/** Milliseconds: `wall` as it passes, `cpu` as this process is given it, which other work on a busy machine does not count in. */
export type Clock = 'wall' | 'cpu';

const clocks: Readonly<Record<Clock, () => number>> = {
  wall: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

export async function race(entrants: readonly Entrant[], rounds: number, clock: Clock): Promise<Measured[]> {
  const now = clocks[clock];
  const repeats: number[] = [];
  for (const entrant of entrants) repeats.push(await warmUp(entrant));
  const times = entrants.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [n, entrant] of entrants.entries()) {
      if (times[n]!.length >= 3 && times[n]![0]! > slow) continue;
      times[n]!.push(await timeOf(entrant, repeats[n]!, now));
    }
  }
  return entrants.map(({ name }, n) => ({ name, median: median(times[n]!), fastest: Math.min(...times[n]!) }));
}

/** Runs until engines have optimised; @returns how many runs fill a turn. */
async function warmUp(entrant: Entrant): Promise<number> {
  const start = performance.now();
  let once = await timeOf(entrant, 1, clocks.wall);
  while (performance.now() - start < 300) once = Math.min(once, await timeOf(entrant, 1, clocks.wall));
  // A browser's clock is coarse: a single run may take no time at all.
  return Math.max(1, Math.round(turn / Math.max(once, 0.005)));
}

async function timeOf({ ready, run }: Entrant, repeats: number, now: () => number): Promise<number> {
  await ready?.();
  const start = now();
  for (let n = 0; n < repeats; n++) {
    const output = run();
    if (output instanceof Promise) await output;
  }
  return (now() - start) / repeats;
}
