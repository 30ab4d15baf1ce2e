// A plan as the bytes of one WebAssembly module: its loop nests, a small function for each call of one, named after the layer
// and source line that it serves (`conv_1 net.convnet:12`, which is what a profiler shows), and `run`, which calls them all.
//
// Memory: tables of indices, sums of the checksum, the header of the weights file, the weights, the arena; exact, without
// growth, each part on a cache line.
import binaryen from 'binaryen';
import { Positions } from '../../../dsl/span.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Invocation } from '../../tiler/loop.ts';
import { headerBytes } from '../shared/weights-file.ts';
import { addChecksum } from './checksum.ts';
import { bytes, memoryName } from './instructions.ts';
import { Library } from './math/library.ts';
import { type Host, printKernel } from './print.ts';
import type { Least } from './turns.ts';

export interface Assembled {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Byte offsets in the exported `memory`: four sums of the checksum, the weights, the arena. */
  readonly sums: number;
  readonly weights: number;
  readonly arena: number;
}

export interface AssembleOptions {
  /** Also export each call by its number (`call_0`…), so that layers can be timed on their own. */
  readonly exportCalls?: boolean;
  /** What a turn of a loop nest must have to become a function, if not what measurements say. */
  readonly leastTurn?: Least;
}

const cacheLine = 64;
const page = 65536;
/** A load may read three elements past an operand's end. */
const slack = 4 * bytes;

const align = (offset: number): number => Math.ceil(offset / cacheLine) * cacheLine;

/** With room for tables, which are known only when all is printed. */
const isLow = ({ weights, arena }: Contents): boolean => (weights.length + arena) * bytes < 2 ** 31 - 2 ** 26;

type Contents = Pick<Plan, 'nests' | 'setup' | 'invocations' | 'arena'> & {
  readonly weights: { readonly length: number };
};

export function assemble(plan: Contents, options: AssembleOptions = {}): Assembled {
  const module = new binaryen.Module();
  try {
    // Saturating conversions are older than vectors in every engine.
    module.setFeatures(binaryen.Features.SIMD128 | binaryen.Features.NontrappingFPToInt);
    const tables = new Tables();
    const host = hostOf(module, tables, isLow(plan), options);
    for (const nest of plan.nests) printKernel(nest, host);
    const sums = align(tables.length);
    const weights = sums + cacheLine + headerBytes;
    const arena = align(weights + plan.weights.length * bytes);
    const pages = Math.ceil((arena + plan.arena * bytes + slack) / page);
    module.setMemory(pages, pages, 'memory', tables.segments(module), false, false, memoryName);
    const places = { weights, arena };
    const calls = addCalls(module, plan.invocations, places, options);
    module.addFunction('run', binaryen.none, binaryen.none, [], callAll(module, calls));
    module.addFunctionExport('run', 'run');
    if (plan.setup.length > 0) addSetup(module, plan.setup, places);
    addChecksum(module, sums, weights);
    return { bytes: finished(module), sums, weights, arena };
  } finally {
    module.dispose();
  }
}

function hostOf(module: binaryen.Module, tables: Tables, isLow: boolean, { leastTurn }: AssembleOptions): Host {
  const table = (values: readonly number[]): number => tables.add(values);
  const library = new Library(module, table);
  return {
    module,
    library: (name, width) => library.use(name, width),
    table,
    leastTurn,
    isLow,
  };
}

/** Tables of 32-bit integers at the front of the memory; equal ones are kept once. */
class Tables {
  length = 0;
  private readonly known = new Map<string, { readonly at: number; readonly values: readonly number[] }>();

  add(values: readonly number[]): number {
    const key = values.join();
    const known = this.known.get(key);
    if (known) return known.at;
    const at = this.length;
    this.known.set(key, { at, values });
    this.length += values.length * bytes;
    return at;
  }

  segments(module: binaryen.Module): binaryen.MemorySegment[] {
    if (this.length === 0) return [];
    const data = new Int32Array([...this.known.values()].flatMap(({ values }) => values));
    return [{ offset: module.i32.const(0), data: new Uint8Array(data.buffer) }];
  }
}

/** @returns the functions' names, in order */
function addCalls(
  module: binaryen.Module,
  invocations: readonly Invocation[],
  memories: Memories,
  { exportCalls }: AssembleOptions,
): string[] {
  const taken = new Set<string>();
  const positions = new Positions();
  return invocations.map((invocation, number) => {
    const name = uniqueName(callName(invocation, positions), taken);
    module.addFunction(name, binaryen.none, binaryen.none, [], callKernel(module, invocation, memories));
    if (exportCalls) module.addFunctionExport(name, `call_${number}`);
    return name;
  });
}

/** Byte offsets. */
interface Memories {
  readonly weights: number;
  readonly arena: number;
}

function callKernel(module: binaryen.Module, { nest, bases }: Invocation, memories: Memories): binaryen.ExpressionRef {
  const places = nest.operands.map(({ memory }, operand) =>
    module.i32.const(memories[memory] + bases[operand]! * bytes),
  );
  return module.call(nest.name, places, binaryen.none);
}

/** `setup`: what is computed once from the weights. */
function addSetup(module: binaryen.Module, setup: readonly Invocation[], memories: Memories): void {
  const calls = setup.map((invocation) => callKernel(module, invocation, memories));
  module.addFunction('setup', binaryen.none, binaryen.none, [], module.block(null, calls, binaryen.none));
  module.addFunctionExport('setup', 'setup');
}

const callAll = (module: binaryen.Module, calls: readonly string[]): binaryen.ExpressionRef =>
  module.block(
    null,
    calls.map((name) => module.call(name, [], binaryen.none)),
    binaryen.none,
  );

/** `conv_1 net.convnet:12`. */
function callName({ nest, origins }: Invocation, positions: Positions): string {
  const origin = origins[0];
  if (!origin) return `${nest.name} call`;
  const { source, start } = origin.span;
  const file = source.file.split(/[\\/]/).at(-1);
  return `${origin.layer} ${file}:${positions.of(source, start).line}`;
}

function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let count = 2; taken.has(unique); count++) unique = `${name} (${count})`;
  taken.add(unique);
  return unique;
}

function finished(module: binaryen.Module): Uint8Array<ArrayBuffer> {
  if (!module.validate()) throw new Error('the module does not validate');
  // The name section is what profilers show.
  binaryen.setDebugInfo(true);
  return new Uint8Array(module.emitBinary());
}
