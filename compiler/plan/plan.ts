// A plan: every buffer has a place, every loop nest its calls. What a backend is handed.

import type { Shape } from '../tensor.ts';
import type { Invocation, LoopNest } from '../tiler/loop.ts';
import type { View } from '../tiler/view.ts';

export interface PlannedTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly view: View;
}

export interface Plan {
  readonly name: string;
  readonly documentation: string;
  /** Copied from the caller into their views at the start of a run. */
  readonly inputs: readonly PlannedTensor[];
  /** Copied out of their views at the end. */
  readonly outputs: readonly PlannedTensor[];
  readonly nests: readonly LoopNest[];
  /** Called once, when the weights have been read, before the first run. */
  readonly setup: readonly Invocation[];
  readonly invocations: readonly Invocation[];
  /** Length of the arena in elements (float32). */
  readonly arena: number;
  /** The largest sum of live tensors, in elements: no arena can be smaller. */
  readonly lowerBound: number;
  /**
   * The weights memory, in bytes: first the stored ones, which are values of the program, each laid out by its view and of
   * its own element, and come from a file; then what the setup computes from them.
   */
  readonly weights: {
    readonly storedBytes: number;
    readonly bytes: number;
    readonly tensors: readonly PlannedTensor[];
  };
  readonly parameters: number;
  readonly multiplyAccumulates: number;
  /** FNV-1a of the source text, as 8 hexadecimal digits. */
  readonly sourceHash: string;
}
