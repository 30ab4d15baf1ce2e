// Strength reduction: an affine index becomes a running offset plus a constant, so that inner loops only add.
//
//   before                                     after
//   for y < 8                                  for (let y = 0, in_y = in_; y < 8; y++, in_y += 80)
//     for c < 16                                 for (let c = 0, in_c = in_y; c < 16; c++, in_c++)
//       … in[80·y + c] … in[80·y + c + 16] …       … arena[in_c] … arena[in_c + 16] …
//
// Innermost loops spell sums of offsets as `(in_c + 16) | 0`: V8 then leaves its overflow checks out, a twelfth of the time
// of a convolution. Accesses of one operand whose coefficients agree share their offsets, loop by loop from the outside in.
import type { Affine } from '../../algebra/affine.ts';
import { advanceText, type Names } from '../shared/names.ts';

/** An offset that a loop carries: starts at `from`, advances by `step` each iteration. */
export interface Pointer {
  readonly name: string;
  readonly from: string;
  readonly step: number;
}

/** An offset that goes through a table: known at the top of the loop's body. */
export interface Lookup {
  readonly name: string;
  readonly from: string;
  readonly table: string;
}

/** One loop while its body is being printed: the offsets that the body turned out to need. */
export class LoopFrame {
  readonly axis: string;
  readonly variable: string;
  /** Whether no loop stands within. */
  readonly innermost: boolean;
  readonly pointers = new Map<string, Pointer>();
  readonly lookups = new Map<string, Lookup>();

  constructor(axis: string, variable: string, innermost: boolean) {
    this.axis = axis;
    this.variable = variable;
    this.innermost = innermost;
  }
}

export interface Tables {
  /** What holds these values of an axis: a constant of the module, or a parameter of the function. */
  nameOf(values: readonly number[], axis: string): string;
}

/** The offset of an access within the given loops, as source text: `in_c + 16`. */
export function offsetText(
  operand: string,
  index: Affine,
  loops: readonly LoopFrame[],
  names: Names,
  tables: Tables,
): string {
  const unknown = [...index.axes()].find((axis) => !loops.some((loop) => loop.axis === axis));
  if (unknown !== undefined) throw new Error(`an index of ${operand} uses ${unknown} outside its loop`);
  const stem = operand.replace(/_$/, '');
  let from = operand;
  let key = operand;
  for (const loop of loops) {
    const step = index.coefficient(loop.axis);
    if (step !== 0) {
      key += ` ${loop.axis}*${step}`;
      from = entry(loop.pointers, key, { name: `${stem}_${loop.variable}`, from, step }, names);
    }
    for (const { axis, values } of index.tables) {
      if (axis !== loop.axis) continue;
      const table = tables.nameOf(values, axis);
      key += ` ${table}[${loop.axis}]`;
      from = entry(loop.lookups, key, { name: `${stem}_${table}`, from, table }, names);
    }
  }
  if (index.constant === 0) return from;
  const sum = sumText(from, index.constant);
  return loops.at(-1)?.innermost ? `(${sum}) | 0` : sum;
}

function entry<T extends { readonly name: string }>(
  known: Map<string, T>,
  key: string,
  wanted: T,
  names: Names,
): string {
  const found = known.get(key);
  if (found) return found.name;
  const name = names.unique(wanted.name);
  known.set(key, { ...wanted, name });
  return name;
}

const sumText = (text: string, by: number): string => `${text} ${by < 0 ? '-' : '+'} ${Math.abs(by)}`;

/** How a loop moves one of its pointers on, as the last part of its header. */
export function pointerAdvance({ name, step }: Pointer, { innermost }: LoopFrame): string {
  return innermost && Math.abs(step) > 1 ? `${name} = (${sumText(name, step)}) | 0` : advanceText(name, step);
}
