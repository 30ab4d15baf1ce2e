// All loop nests of a plan, printed: names that no two share, the calls in order, and what they need beside them.
import { Positions } from '../../../dsl/span.ts';
import { grouped } from '../../algebra/grouped.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Invocation, LoopNest } from '../../tiler/loop.ts';
import { tablesOfCall } from '../../tiler/tables.ts';
import type { Dialect } from '../shared/engine.ts';
import { Names } from '../shared/names.ts';
import type { HelperName } from './functions.ts';
import { distinctArrays, type PrintedKernel, printKernel } from './print.ts';
import { ModuleTables } from './tables.ts';
import { arrayOf } from './values.ts';

export interface PrintedFunction extends PrintedKernel {
  readonly name: string;
  /** Lines for the header comment: the layers it serves, then what the loop nest says of itself. */
  readonly about: readonly string[];
}

export interface PrintedCall {
  readonly text: string;
  readonly comment: string;
}

export interface PrintedProgram {
  readonly functions: readonly PrintedFunction[];
  readonly setup: readonly PrintedCall[];
  readonly calls: readonly PrintedCall[];
  readonly tables: readonly { readonly name: string; readonly values: string }[];
  readonly helpers: readonly HelperName[];
  /** Arrays of narrow elements, over the memories that they are part of. */
  readonly narrow: readonly { readonly name: string; readonly text: string }[];
}

/** @param taken names that the module around it uses */
export function printProgram(plan: Plan, dialect: Dialect, taken: Iterable<string>): PrintedProgram {
  const tables = new ModuleTables();
  const names = new Names([
    ...taken,
    ...plan.nests.flatMap(({ operands }) => operands.map((operand) => arrayOf(operand).name)),
    'arena',
    'weights',
  ]);
  const positions = new Positions();
  const callsByNest = grouped([...plan.setup, ...plan.invocations].map((call) => [call.nest, call] as const));
  const functions = new Map<LoopNest, PrintedFunction>();
  for (const nest of plan.nests) {
    const about = [...servedLayers(callsByNest.get(nest) ?? [], positions), ...nest.about];
    functions.set(nest, { ...printKernel(nest, dialect, tables), name: names.unique(nest.name), about });
  }
  const print = (invocation: Invocation): PrintedCall => {
    const called = functions.get(invocation.nest);
    if (!called) throw new Error(`${invocation.nest.name} is called but not among the kernels of the plan`);
    return { text: callText(called, invocation, tables), comment: origins(invocation, positions) };
  };
  const setup = plan.setup.map(print);
  const calls = plan.invocations.map(print);
  const helpers = new Set([...functions.values()].flatMap((printed) => [...printed.helpers]));
  return {
    functions: [...functions.values()],
    setup,
    calls,
    tables: tables.entries(),
    helpers: [...helpers].sort(),
    narrow: narrowArrays([...functions.values()]),
  };
}

const narrowArrays = (functions: readonly PrintedFunction[]): PrintedProgram['narrow'] =>
  distinctArrays(functions.flatMap(({ arrays }) => arrays))
    .filter(({ name, memory }) => name !== memory)
    .map(({ name, type, memory }) => ({ name, text: `new ${type}(${memory}.buffer, ${memory}.byteOffset)` }));

function callText(called: PrintedFunction, call: Invocation, constants: ModuleTables): string {
  const passed = tablesOfCall(call);
  const parts = [
    ...called.arrays.map(({ name }) => name),
    ...called.operands.map(({ operand }) => call.bases[operand]),
    ...called.tables.map(({ table }) => constants.nameOf(passed[table]!)),
  ];
  return `${called.name}(${parts.join(', ')});`;
}

/** `conv_1 + relu_1, net.convnet:3:5` */
function origins({ origins }: Invocation, positions: Positions): string {
  const layers = [...new Set(origins.map(({ layer }) => layer))].join(' + ');
  return origins[0] ? `${layers}, ${positions.describe(origins[0].span)}` : '';
}

const shown = 4;

function servedLayers(calls: readonly Invocation[], positions: Positions): string[] {
  const served = [...new Set(calls.map((call) => origins(call, positions)))];
  const more = served.length > shown ? [`and ${served.length - shown} more`] : [];
  return [...served.slice(0, shown), ...more].filter((line) => line !== '');
}
