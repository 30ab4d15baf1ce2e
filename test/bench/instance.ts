// Kernels and layers in memories filled with small numbers, each call ready to be timed on its own.

import { analyse, compileModel, sourceHash } from '../../compiler/compile.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import { assemble } from '../../compiler/targets/wasm/assemble.ts';
import { bytesOf } from '../../compiler/tensor.ts';
import type { LoopNest } from '../../compiler/tiler/loop.ts';

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly run: () => void;
  readonly setup?: () => void;
}

function instantiate(bytes: Uint8Array<ArrayBuffer>, first: number, length: number): Exports {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory, run, setup } = exports as unknown as Exports;
  const numbers = new Float32Array(memory.buffer, first, length);
  numbers.set(numbers.map((_, n) => ((n * 7919) % 13) / 16 - 0.375));
  return { memory, run, ...(setup && { setup }) };
}

/** One call of a kernel; bases and sizes in elements. */
export function prepareKernel(nest: LoopNest, bases: readonly number[], weights: number, arena: number): () => void {
  const invocations = [{ nest, bases, origins: [] }];
  const assembled = assemble({
    nests: [nest],
    setup: [],
    invocations,
    arena,
    weights: { bytes: weights * bytesOf('f32') },
  });
  return instantiate(assembled.bytes, assembled.weights, weights + arena).run;
}

/** A network as the product compiles it, without the copies in and out. */
export async function prepareNetwork(text: string, exact = false): Promise<() => void> {
  const models = analyse({ file: 'bench.convnet', text });
  if (!models.ok) throw new Error(models.problems.map(({ message }) => message).join('; '));
  const backend = await loadBackend('wasm');
  const options = { init: { scheme: 'he', seed: 1 }, exact, sourceHash: sourceHash(text) } as const;
  const compiled = compileModel(models.value[0]!, backend, options);
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
  const { plan } = compiled.value.planned;
  const { bytes, arena, weights } = assemble(plan);
  const { memory, run, setup } = instantiate(bytes, arena, plan.arena);
  new Uint8Array(memory.buffer, weights, plan.weights.storedBytes).set(compiled.value.weights);
  setup?.();
  return run;
}
