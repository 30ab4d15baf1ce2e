// What a target can do, and the record that says how one expression becomes loops on it.
import type { TensorExpression } from '../algebra/expression.ts';
import type { Costs } from './cost.ts';

/**
 * A schedule is data: printed in dumps, searched by a tuner, kept in a table. It names axes of the expression.
 * `order` lists every axis, outermost loop first; a step above 1 unrolls that many iterations into registers.
 * Where a step does not divide an extent, the rest is a nest of its own with a smaller tile.
 *
 *   f/8 y x/4 i j c, lanes f      the 4×8 register tile of a convolution
 *   c/4 y x/4 i/3 j/3, lanes c    depthwise, filter rows in registers
 *
 * Axes that reduce come after those that do not. An axis may stand twice to block it: `['c', 64]` … `['c', 1]` walks
 * blocks of 64 outside; only the last mention may be unrolled.
 */
export interface Schedule {
  readonly order: readonly (readonly [axis: string, step: number])[];
  /** The axis whose neighbours share a vector register, or none for plain numbers. */
  readonly lanes?: string;
  /** How one value fills a vector: loaded so, or taken from a lane of a loaded vector. */
  readonly splat: 'load' | 'lane';
  /** Unroll the innermost loop this many times (its body stays small enough for the engine's register allocation). */
  readonly unroll?: number;
}

export interface Machine {
  readonly name: string;
  /** Elements in a vector register; 1 where there are none. At most `widestVector`. */
  readonly lanes: number;
  /** Vector registers that the engine leaves to a loop nest. */
  readonly registers: number;
  /** A legal, good schedule for an owned expression, from its shape alone. */
  readonly firstGuess: (expression: TensorExpression) => Schedule;
  /** Whether borders are worth a halo in the producer's buffer (else every border is a piece). */
  readonly halos: boolean;
  /** What algorithms cost; without it only direct ones are considered. */
  readonly costs?: Costs | undefined;
}

/** `f/8 y x/4 i j c, lanes f`, as dumps and header comments show it. */
export function showSchedule(schedule: Schedule): string {
  const order = schedule.order.map(([axis, step]) => (step === 1 ? axis : `${axis}/${step}`)).join(' ');
  return [
    order,
    ...(schedule.lanes ? [`lanes ${schedule.lanes}`] : []),
    ...(schedule.unroll ? [`unroll ${schedule.unroll}`] : []),
  ].join(', ');
}
