// The kernels of a plan, here and now: assembled, compiled and instantiated in this process.
import type { Plan } from '../../plan.ts';
import type { LiveEngine } from '../module/engine.ts';
import { assemble } from './assemble.ts';

export function liveEngine(plan: Plan): LiveEngine {
  const { bytes, weights, arena } = assemble(plan);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory, run } = exports as unknown as { memory: WebAssembly.Memory; run(): void };
  return {
    arena: new Float32Array(memory.buffer, arena, plan.arena),
    weights: new Float32Array(memory.buffer, weights, plan.weights.length),
    compute: run,
  };
}
