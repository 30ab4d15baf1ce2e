// The vector target, to run here and now: the loop nests assembled, compiled and instantiated in this process.

import type { Plan } from '../../plan/plan.ts';
import type { LiveEngine } from '../shared/engine.ts';
import { createInstance } from '../shared/instance.ts';
import type { Backend } from '../target.ts';
import { assemble } from './assemble.ts';
import { wasm as machine } from './machine.ts';

export const wasm: Backend = {
  name: 'wasm',
  machine,
  emit: async (...request) => (await import('./emit.ts')).emitWasm(...request),
  instantiate: (plan, weights, content) => createInstance(plan, liveEngine(plan), weights, content),
};

function liveEngine(plan: Plan): LiveEngine {
  const { bytes, weights, arena } = assemble(plan);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory, run, setup } = exports as unknown as { memory: WebAssembly.Memory; run(): void; setup?: () => void };
  return {
    arena: new Float32Array(memory.buffer, arena, plan.arena),
    weights: new Uint8Array(memory.buffer, weights, plan.weights.storedBytes),
    ...(setup && { setup }),
    compute: run,
  };
}
