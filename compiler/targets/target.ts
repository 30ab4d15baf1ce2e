// The contract of a backend: a plan and the bytes of its weights in, files out. Loaded lazily, one line each in the table.

import type { Given, moduleOptions } from '../options.ts';
import type { Plan } from '../plan/plan.ts';
import type { Machine } from '../scheduling/machine.ts';

export interface GeneratedFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

export interface EmitOptions extends Given<typeof moduleOptions> {
  /** The module also exports `selfTest()`: a run on these inputs must give these outputs, within the tolerance (relative above 1). */
  readonly selfTest?: {
    readonly inputs: Readonly<Record<string, Float32Array>>;
    readonly outputs: Readonly<Record<string, Float32Array>>;
    readonly tolerance: number;
  };
}

/** @param weights the weights memory as laid out by the plan, its first `plan.weights.storedBytes` bytes */
export type Emit = (plan: Plan, weights: Uint8Array, options: EmitOptions) => readonly GeneratedFile[];

export interface Backend {
  readonly name: string;
  readonly machine: Machine;
  /** Loads what writes modules (ts-morph, a TypeScript compiler) when it is first asked for. */
  readonly emit: (...request: Parameters<Emit>) => Promise<ReturnType<Emit>>;
  /**
   * The same loop nests, here and now: one instance with arenas of its own. Synchronous after the backend is loaded.
   * @param content what the arena is filled with, for timing a part of a plan: memory that nobody has written to is slow
   */
  readonly instantiate: (plan: Plan, weights: Uint8Array, content?: number) => Instance;
}

export interface Instance {
  run(
    inputs: Readonly<Record<string, Float32Array>>,
    outputs?: Readonly<Record<string, Float32Array>>,
  ): Record<string, Float32Array>;
}
