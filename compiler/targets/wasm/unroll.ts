// Which loops are printed with several iterations one after the other, and how their pointers go along: those that only load
// vectors stay, and the immediates of later iterations grow; those that splat move in each iteration, since engines fold no immediate
// into a splat.
//
//   loop: a = add(a, multiply(splat(in), load(weights)))     loop: a = …splat(in)…load(weights)…       in += 4
//         in += 4, weights += 32                        →          if (counter = 1) exit
//         if (counter −= 1) again                                  a = …splat(in)…load(weights + 32)…  in += 4
//                                                                  if (counter = 2) exit
//                                                                  …
//                                                                  weights += 128, if (counter −= 4) again
//
// A processor takes some six instructions at a time, and a tile of 4×8 sums has twenty-two of its own in an iteration: each one
// less around them counts. The exits are where a rest of iterations leaves; all of them stay, because the engine of Node 20 loads
// whatever a straight piece of code needs before it does anything else, and would run out of registers without them.
import { accessesIn } from '../../tiler/values.ts';
import { type Addresses, type Loop, type Move, moveIn, type Pointer } from './pointers.ts';

/** Turns in a row: as measured, with four a tenth faster than with one, with eight no better and twice as long. */
const turns = 4;

/** A longer body gains little, and would take memory from the code that runs next. */
const mostStatements = 40;

export interface Unrolling {
  readonly turns: number;
  /** Turns that are left over at the end. */
  readonly rest: number;
  /** The pointers that move in each iteration, and those that move once for all. */
  readonly stepping: readonly Pointer[];
  readonly staying: readonly Pointer[];
}

/** @param moved the pointers that the loop moves; `loops` the loops around its body, itself included */
export function unrollingOf(
  loop: Loop,
  moved: readonly Pointer[],
  addresses: Addresses,
  loops: readonly Loop[],
): Unrolling | undefined {
  const sums = loop.body.filter((statement) => statement.kind === 'set');
  if (sums.length < loop.body.length || sums.length > mostStatements || loop.extent < 2 * turns) return undefined;
  const isTabled = ({ table, passed }: Move): boolean => table !== undefined || passed.length > 0;
  if (moved.some((pointer) => isTabled(moveIn(pointer, loop)))) return undefined;
  const splatted = new Set(
    sums
      .flatMap(({ value }) => accessesIn(value))
      .filter(({ kind }) => kind === 'splat')
      .map(({ operand, at }) => addresses.of(operand, at, loops).pointer),
  );
  const steps = (pointer: Pointer): boolean => splatted.has(pointer) || moveIn(pointer, loop).coefficient < 0;
  return {
    turns,
    rest: loop.extent % turns,
    stepping: moved.filter(steps),
    staying: moved.filter((pointer) => !steps(pointer)),
  };
}
