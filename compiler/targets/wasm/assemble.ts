// A plan as the bytes of one WebAssembly module: its loop nests, a small function for each call of one, named after the layer
// and source line that it serves (`conv_1 net.convnet:12`, which is what a profiler shows), and `run`, which calls them all.
//
// Memory: tables of indices, sums of the checksum, the header of the weights file, the weights, the arena; exact, without
// growth, each part on a cache line.
import { Positions } from '../../../dsl/span.ts';
import type { Plan } from '../../plan/plan.ts';
import { bytesOf } from '../../tensor.ts';
import { elementOf, type Invocation, type LoopNest, widestVector } from '../../tiler/loop.ts';
import { tablesOfCall } from '../../tiler/tables.ts';
import { headerBytes } from '../shared/weights-file.ts';
import { addChecksum } from './checksum.ts';
import { type Callee, call } from './encoding/control.ts';
import type { Instruction } from './encoding/expression.ts';
import { Locals } from './encoding/locals.ts';
import { type DataSegment, Module } from './encoding/module.ts';
import { i32 } from './encoding/numbers.ts';
import { bytes } from './instructions.ts';
import { Library } from './math/library.ts';
import { type Host, printLoopNest } from './print.ts';
import type { Least } from './turns.ts';
import { stepsOf } from './walk.ts';
import { Widening } from './widen.ts';

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
  /** What an iteration of a loop nest must have to become a function, if not what measurements say. */
  readonly leastTurn?: Least;
}

const cacheLine = 64;
const page = 65536;
/** A vector may be read past an operand's end. */
const slack = widestVector * bytes;

const align = (offset: number): number => Math.ceil(offset / cacheLine) * cacheLine;

/** With room for tables, which are known only when all is printed. */
const isLow = ({ weights, arena }: Contents): boolean => weights.bytes + arena * bytes < 2 ** 31 - 2 ** 26;

type Contents = Pick<Plan, 'nests' | 'setup' | 'invocations' | 'arena'> & {
  readonly weights: { readonly bytes: number };
};

export function assemble(plan: Contents, options: AssembleOptions = {}): Assembled {
  const module = new Module();
  const tables = new Tables();
  const host = hostOf(module, tables, isLow(plan), options);
  const functions = new Map(plan.nests.map((nest) => [nest, printLoopNest(nest, host)]));
  for (const invocation of [...plan.setup, ...plan.invocations]) passedTables(invocation, tables);
  const sums = align(tables.length);
  const weights = sums + cacheLine + headerBytes;
  const arena = align(weights + plan.weights.bytes);
  const pages = Math.ceil((arena + plan.arena * bytes + slack) / page);
  module.memory = { minimum: pages, maximum: pages, exported: 'memory' };
  module.data.push(...tables.segments());
  const callOf = (invocation: Invocation): Instruction => callNest(invocation, functions, { weights, arena, tables });
  addRun(module, plan.invocations, callOf, options);
  if (plan.setup.length > 0) addExported(module, 'setup', plan.setup.map(callOf));
  addChecksum(module, sums, weights);
  return { bytes: module.encode(), sums, weights, arena };
}

function hostOf(module: Module, tables: Tables, isLow: boolean, { leastTurn }: AssembleOptions): Host {
  const table = (values: readonly number[]): number => tables.add(values);
  return { module, library: new Library(module, table), widening: new Widening(module), table, leastTurn, isLow };
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

  segments(): DataSegment[] {
    if (this.length === 0) return [];
    const data = new Int32Array([...this.known.values()].flatMap(({ values }) => values));
    return [{ offset: 0, bytes: new Uint8Array(data.buffer) }];
  }
}

/** A function for each call, and `run`, which calls them all in order. */
function addRun(
  module: Module,
  invocations: readonly Invocation[],
  callOf: (invocation: Invocation) => Instruction,
  { exportCalls }: AssembleOptions,
): void {
  const taken = new Set<string>();
  const positions = new Positions();
  const calls = invocations.map((invocation, number) => {
    const name = uniqueName(callName(invocation, positions), taken);
    const callee = module.addFunction({ name, locals: new Locals(), body: [callOf(invocation)] });
    if (exportCalls) module.export(`call_${number}`, callee);
    return call(callee, []);
  });
  addExported(module, 'run', calls);
}

function addExported(module: Module, name: string, body: readonly Instruction[]): void {
  module.export(name, module.addFunction({ name, locals: new Locals(), body }));
}

/** Byte offsets. */
interface Memories {
  readonly weights: number;
  readonly arena: number;
  readonly tables: Tables;
}

/** The addresses of a call's tables, each as its loop nest walks it. */
const passedTables = (invocation: Invocation, tables: Tables): number[] =>
  tablesOfCall(invocation).map((values) => tables.add([values[0]!, ...stepsOf(values)]));

function callNest(
  invocation: Invocation,
  functions: ReadonlyMap<LoopNest, Callee<'none'>>,
  memories: Memories,
): Instruction {
  const { nest, bases } = invocation;
  const callee = functions.get(nest);
  if (!callee) throw new Error(`${nest.name} is called, but not in the plan`);
  const addresses = nest.operands.map((operand, n) =>
    i32.const(memories[operand.memory] + bases[n]! * bytesOf(elementOf(operand))),
  );
  const passed = passedTables(invocation, memories.tables).map((address) => i32.const(address));
  return call(callee, [...addresses, ...passed]);
}

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
