// What takes part in the benchmark: something that turns a network's input into its output.

export interface Entrant {
  /** `atrous wasm`, `tfjs-cpu`… */
  readonly name: string;
  /** Outside the measured time: what must be so before a run. */
  readonly ready?: () => Promise<void>;
  /** The first output, channels last. */
  readonly run: () => Float32Array | Promise<Float32Array>;
  /** The output as `run` gave it, to channels last. */
  readonly read?: (output: Float32Array) => Float32Array;
  readonly dispose?: () => void | Promise<void>;
}

/** [1, channels, space…] to channels last, and back. */
export function channelsLast(data: Float32Array, channels: number): Float32Array {
  const area = data.length / channels;
  return data.map((_, n) => data[(n % channels) * area + Math.floor(n / channels)]!);
}

export function channelsFirst(data: Float32Array, channels: number): Float32Array {
  const area = data.length / channels;
  return data.map((_, n) => data[(n % area) * channels + Math.floor(n / area)]!);
}

/** Everybody's answer, so that the figures are of one computation. */
export async function outputsOf(entrants: readonly Entrant[]): Promise<Map<string, Float32Array>> {
  const outputs = new Map<string, Float32Array>();
  for (const { name, ready, run, read } of entrants) {
    await ready?.();
    const output = await run();
    outputs.set(name, read ? read(output) : output.slice());
  }
  return outputs;
}

/** How far each output is from the first. */
export function differencesOf(outputs: ReadonlyMap<string, Float32Array>): Record<string, number> {
  const [first, ...others] = outputs;
  return Object.fromEntries(others.map(([name, found]) => [name, relativeError(found, first![1])]));
}

/** The largest difference, relative to the largest number of the second. */
export function relativeError(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [difference, largest] = [0, 0];
  for (const [n, value] of expected.entries()) {
    const apart = Math.abs(found[n]! - value);
    if (!(apart <= difference)) difference = apart;
    largest = Math.max(largest, Math.abs(value));
  }
  return difference / largest;
}
