// The loop nests of a plan, here and now: printed and compiled by the engine that we run in. Where a Content-Security-Policy
// forbids that, the interpreter of the loop IR takes over: slow, but the same loop nests.

import type { Plan } from '../../plan/plan.ts';
import { bytesOf } from '../../tensor.ts';
import { interpretCall } from '../../tiler/interpret.ts';
import { widestVector } from '../../tiler/loop.ts';
import type { LiveEngine } from '../shared/engine.ts';
import { moduleNames } from '../shared/names.ts';
import { runtimeTexts } from '../shared/runtime.ts';
import { type PrintedProgram, printProgram } from './program.ts';

export function liveEngine(plan: Plan): LiveEngine {
  const arena = new Float32Array(plan.arena + widestVector - 1);
  const padded = new Float32Array(plan.weights.bytes / bytesOf('f32') + widestVector - 1);
  const { setup, compute } = compiled(plan, arena, padded) ?? interpreted(plan, arena, padded);
  return { arena, weights: new Uint8Array(padded.buffer, 0, plan.weights.storedBytes), setup, compute };
}

type Run = Pick<Required<LiveEngine>, 'setup' | 'compute'>;

const bodyOf = (calls: PrintedProgram['calls']): string => `\n${calls.map(({ text }) => text).join('\n')}\n`;

function compiled(plan: Plan, arena: Float32Array, weights: Float32Array): Run | undefined {
  const program = printProgram(plan, 'js', moduleNames(plan));
  const text = [
    ...runtimeTexts(program.helpers, 'js'),
    ...program.narrow.map(({ name, text }) => `const ${name} = ${text};`),
    ...program.tables.map(({ name, values }) => `const ${name} = [${values}];`),
    ...program.functions.map(
      ({ name, arrays, operands, tables, body }) =>
        `function ${name}(${[...arrays, ...operands, ...tables].map(({ name }) => name).join(', ')}) {\n${body}\n}`,
    ),
    `return { setup() {${bodyOf(program.setup)}}, compute() {${bodyOf(program.calls)}} };`,
  ].join('\n');
  try {
    return new Function('arena', 'weights', text)(arena, weights) as Run;
  } catch (problem) {
    if (problem instanceof EvalError) return undefined;
    throw problem;
  }
}

export function interpreted(plan: Plan, arena: Float32Array, weights: Float32Array): Run {
  const call = (invocations: Plan['invocations']) => (): void => {
    for (const invocation of invocations) interpretCall(invocation, { arena, weights });
  };
  return { setup: call(plan.setup), compute: call(plan.invocations) };
}
