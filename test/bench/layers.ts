// How fast single layers run, against the multiply-add limit measured in the same run: `node dist/test/bench/layers.js`.
// Kernels are written by hand in loop IR, rounds are interleaved, figures are medians.
import { assemble } from '../../compiler/backends/wasm/assemble.ts';
import type { Kernel } from '../../compiler/kernel/loop.ts';
import { depthwiseConvolution, directConvolution, type Layer, layerName, multiplyAddLimit } from './kernels.ts';
import { type Contestant, compare } from './measure.ts';

const layers: readonly Layer[] = [
  { kernel: 3, size: 56, input: 64, output: 64 },
  { kernel: 3, size: 14, input: 256, output: 256 },
  { kernel: 3, size: 7, input: 512, output: 512 },
  { kernel: 3, size: 64, input: 32, output: 32, dilation: 4 },
  { kernel: 1, size: 112, input: 32, output: 64 },
  { kernel: 1, size: 14, input: 512, output: 512 },
];

/** One call of a kernel on memory filled with small numbers; `bases` in elements. */
export function prepare(kernel: Kernel, bases: readonly number[], weights: number, arena: number): () => void {
  const invocation = { kernel, bases, origins: [] };
  const assembled = assemble({ kernels: [kernel], invocations: [invocation], arena, weights: { length: weights } });
  const module = new WebAssembly.Module(assembled.bytes);
  const { memory, run } = new WebAssembly.Instance(module).exports as unknown as {
    memory: WebAssembly.Memory;
    run: () => void;
  };
  const numbers = new Float32Array(memory.buffer, assembled.weights, weights + arena);
  for (let n = 0; n < numbers.length; n++) numbers[n] = ((n * 7919) % 13) / 16 - 0.375;
  return run;
}

function directContestant(layer: Layer): Contestant {
  const { size, kernel, input, output, dilation = 1 } = layer;
  const padded = (size + (kernel - 1) * dilation) ** 2 * input;
  const weights = kernel * kernel * input * output;
  const run = prepare(
    directConvolution(layer),
    [0, 0, weights, padded],
    weights + output,
    padded + size * size * output,
  );
  return { name: layerName(layer), run, operations: 2 * size * size * weights };
}

function depthwiseContestant(size: number, channels: number): Contestant {
  const padded = (size + 2) ** 2 * channels;
  const run = prepare(
    depthwiseConvolution(size, channels),
    [0, 0, 9 * channels, padded],
    10 * channels,
    padded + size * size * channels,
  );
  return { name: `depthwise 3x3 ${size}x${size} ${channels}`, run, operations: 2 * 9 * size * size * channels };
}

const turns = 1 << 20;
const limit: Contestant = {
  name: 'limit',
  run: prepare(multiplyAddLimit(turns), [0], 0, 128),
  operations: 2 * 8 * 4 * turns,
};

compare([limit, ...layers.map(directContestant), depthwiseContestant(56, 128), depthwiseContestant(112, 32)]);
