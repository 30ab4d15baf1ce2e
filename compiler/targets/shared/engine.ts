// The seam between a backend and the shell: what a backend must say so that `writeModule` can wrap it into a module.
//
// The shell writes everything that users see (create, load, info, the model's interface), the checks, the weights file,
// and the copies in and out. An engine is the rest: top-level declarations, one of which is a function that makes the
// memory of one instance. In the emitted module, for the plain TypeScript target:
//
//   function scalarEngine(): Engine {
//     const arena = new Float32Array(4096);
//     const weights = new Float32Array(new ArrayBuffer(2144), 64);
//     return {
//       arena,
//       file: new Uint8Array(weights.buffer, 0, 2144),
//       stripes: plainStripes(new Uint32Array(weights.buffer, 64)),
//       compute() {
//         conv_3x3_8x8x16_32(arena, weights, 0, 0, 1024); // conv_1, net.convnet:3
//       },
//     };
//   }
import type { StatementStructures, WriterFunction } from 'ts-morph';
import type { Plan } from '../../plan/plan.ts';
import type { EmitOptions } from '../target.ts';
import type { RuntimeName } from './runtime-text.ts';

/** TypeScript with types and `!`, or the same code as plain JavaScript. */
export type Dialect = 'ts' | 'js';

/**
 * One top-level declaration. A structure (function, interface, variable statement) is written with all its types; the
 * shell leaves them out for 'js'. Text and writers are printed as they are and must suit the dialect themselves.
 */
export type ModuleStatement = StatementStructures | WriterFunction | string;

export interface EngineSource {
  /** What `info.target` says: `ts`, `wasm`. */
  readonly target: string;
  /**
   * Name of the function among `statements`, without parameters, that makes the memory of one instance and returns
   * `{ arena: Float32Array; file: Uint8Array; stripes: Stripes; compute(): void }` (in 'ts', the type `Engine`, which the
   * shell declares), and `setup(): void` where the plan has a setup.
   * `file` has room for the whole weights file: its header, and behind it the `plan.weights.storedBytes` bytes in the place where
   * the loop nests read them; `stripes` adds them up for the checksum. The shell fills `file` and calls `setup` before
   * the first `compute`;
   * `arena` has at least `plan.arena` elements, all zero, and the windows of the plan count from its start.
   * Both may be views of one memory. `compute` must not allocate.
   */
  readonly factory: string;
  /** Every name that the statements declare at the top level of the module. */
  readonly names: readonly string[];
  /** Top-level declarations. They must be free of side effects (a call needs the mark `@__PURE__`). */
  readonly statements: (dialect: Dialect, hasFallback: boolean) => readonly ModuleStatement[];
  /** Functions of the runtime that the statements call: `decodeBase64`, for example. */
  readonly runtime: readonly RuntimeName[];
  /** Name of a function `(): boolean` among the statements: whether this engine works here. Written only where there is a fallback. */
  readonly supported?: string;
  /** Name of an async function `(): Promise<void>` among the statements that `load` awaits beside the weights: compiling ahead. */
  readonly prepare?: string;
}

/** Names of the shell's own in every module: no declaration of an engine may be called so. */
export const shellNames: readonly string[] = [
  'create',
  'load',
  'info',
  'selfTest',
  'instance',
  'inlined',
  'Engine',
  'LoadOptions',
];

/** What `writeModule` (shell.ts) takes. */
export interface ModuleRequest {
  readonly plan: Plan;
  /** What the weights file holds, `plan.weights.storedBytes` bytes. */
  readonly weights: Uint8Array;
  readonly options: EmitOptions;
  readonly engine: EngineSource;
  /** Taken where `engine.supported()` is false: another engine for the same plan and the same weights memory. */
  readonly fallback?: EngineSource;
}

/**
 * An engine that is alive in this process, as a backend hands it to `createInstance` (instance.ts), which adds checks and
 * copies exactly as the emitted shell does.
 */
export interface LiveEngine {
  readonly arena: Float32Array;
  /** The `plan.weights.storedBytes` bytes of the weights file. */
  readonly weights: Uint8Array;
  /** Computes the rest of the weights memory from what has been read. */
  readonly setup?: () => void;
  compute(): void;
}
