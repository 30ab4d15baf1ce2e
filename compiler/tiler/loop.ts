// The loop IR: what a loop nest is before it is printed as TypeScript or WebAssembly. Three statements, seven values,
// and indices that are affine in the loop variables; one kind of load takes a place that values decide, clamped to its axis.
// No branches, no division, no data-dependent bound: shapes are known, so borders and remainders are loops of their own.
//
//   for y < 8
//     for x < 4
//       a0 = load(bias, 0, 4)
//       for c < 16
//         a0 = add(a0, multiply(splat(in, 80·y + 16·x + c), load(weights, 4·c, 4)))
//       store(out, 64·y + 16·x, maximum(a0, 0))
import type { Affine } from '../algebra/affine.ts';
import type { FunctionName } from '../algebra/functions.ts';
import type { Origin } from '../program/program.ts';
import type { Element } from '../tensor.ts';

/** Elements of a value: 1 is a plain number, more are a vector, as many as the machine has lanes. */
export type Width = number;

/** Elements behind the end of each memory that a vector may touch: no machine has more lanes. */
export const widestVector = 4;

export type Value =
  | { readonly kind: 'constant'; readonly value: number; readonly width: Width }
  | { readonly kind: 'register'; readonly name: string; readonly width: Width }
  /** `width` neighbouring elements from flat element offset `at` of an operand, widened to float32. */
  | { readonly kind: 'load'; readonly operand: number; readonly at: Affine; readonly width: Width }
  /** One element in every lane. */
  | { readonly kind: 'splat'; readonly operand: number; readonly at: Affine; readonly width: Width }
  /** One element at a place that values decide: `at`, and for each index `stride` elements times where along its axis. */
  | { readonly kind: 'gather'; readonly operand: number; readonly at: Affine; readonly indices: readonly PlaceIndex[] }
  /** One lane of a vector in every lane. */
  | { readonly kind: 'lane'; readonly of: Value; readonly index: number }
  /** One lane of a vector as a plain number. */
  | { readonly kind: 'extract'; readonly of: Value; readonly index: number }
  | { readonly kind: 'apply'; readonly function: FunctionName; readonly arguments: readonly Value[] };

/** A plain number, rounded half to even and clamped to `0 … extent − 1`; NaN is 0. */
export interface PlaceIndex {
  readonly value: Value;
  readonly stride: number;
  readonly extent: number;
}

export type Statement =
  /** `variable` counts 0 ≤ variable < extent. */
  | { readonly kind: 'for'; readonly variable: string; readonly extent: number; readonly body: readonly Statement[] }
  /** Registers are assigned, not declared: the first assignment in program order gives the width. */
  | { readonly kind: 'set'; readonly register: string; readonly value: Value }
  /** Stores the first `count` lanes of a value (1 ≤ count ≤ width). */
  | {
      readonly kind: 'store';
      readonly operand: number;
      readonly at: Affine;
      readonly value: Value;
      readonly count: number;
    };

/** Where an operand lives. The arena holds activations, `weights` everything that is known when the module is built. */
export type Memory = 'arena' | 'weights';

export interface Operand {
  readonly name: string;
  readonly memory: Memory;
  /** What its elements are stored as; float32 where it is left out, as in all that is written. */
  readonly element?: Element;
  readonly written: boolean;
}

export const elementOf = ({ element }: Pick<Operand, 'element'>): Element => element ?? 'f32';

/**
 * A table that a call may replace: in the nest's places the table of `variable` with these values stands for it. Those of a
 * call are as many.
 */
export interface TableParameter {
  readonly name: string;
  readonly variable: string;
  readonly values: readonly number[];
}

/**
 * A loop nest is a function of the base offsets of its operands, so that layers of equal shape share one, and of those
 * tables that it declares; others are part of its code.
 * A load may read past the operand's end with all lanes but its first (they are not used): memories have that slack.
 */
export interface LoopNest {
  /** A readable, unique identifier: `conv_3x3_56x56x64_64`. */
  readonly name: string;
  /** For the header comment: the expression, the shape, the schedule. */
  readonly about: readonly string[];
  readonly operands: readonly Operand[];
  readonly tables?: readonly TableParameter[];
  readonly body: readonly Statement[];
}

/** One call of a loop nest: the base of each operand, in its own elements from the start of its memory. */
export interface Invocation {
  readonly nest: LoopNest;
  readonly bases: readonly number[];
  /** For each table that the nest declares its values in this call; where they are left out, the nest's own. */
  readonly tables?: readonly (readonly number[])[];
  /** The layers it serves; the first gives the name that a profiler shows. */
  readonly origins: readonly Origin[];
}

export const widthOf = (value: Value): Width => {
  switch (value.kind) {
    case 'constant':
    case 'register':
    case 'load':
    case 'splat':
      return value.width;
    case 'lane':
      return widthOf(value.of);
    case 'extract':
    case 'gather':
      return 1;
    case 'apply':
      return widthOf(value.arguments[0]!);
  }
};
