// onnxruntime, in WebAssembly and, where it is installed, native: one thread, graph optimisations on.
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { channelsFirst, channelsLast, type Entrant } from './contestant.ts';

/** What both packages have. */
interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dimensions: readonly number[]) => Tensor;
}

export interface ImageInput {
  readonly name: string;
  /** Channels last, without the batch. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export async function webEntrant(model: Uint8Array, input: ImageInput, outputChannels: number): Promise<Entrant> {
  const runtime = await import('onnxruntime-web');
  runtime.env.wasm.numThreads = 1;
  runtime.env.logLevel = 'error';
  return entrant('onnxruntime-web', runtime as Runtime, ['wasm'], model, input, outputChannels);
}

/** Undefined where `onnxruntime-node` is not installed: it is no dependency of ours. */
export async function nodeEntrant(
  model: Uint8Array,
  input: ImageInput,
  outputChannels: number,
): Promise<Entrant | undefined> {
  const runtime = await loadNative();
  return runtime && entrant('onnxruntime-node', runtime, ['cpu'], model, input, outputChannels);
}

export async function loadNative(): Promise<Runtime | undefined> {
  const name = process.env.ONNXRUNTIME_NODE ?? 'onnxruntime-node';
  try {
    const loaded = (await import(name)) as { default?: Runtime } & Runtime;
    return loaded.InferenceSession ? loaded : loaded.default;
  } catch {
    return undefined;
  }
}

async function entrant(
  name: string,
  { InferenceSession, Tensor }: Runtime,
  executionProviders: readonly string[],
  model: Uint8Array,
  { name: inputName, shape, data }: ImageInput,
  outputChannels: number,
): Promise<Entrant> {
  const session = await InferenceSession.create(model, {
    executionProviders,
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  const channels = shape.at(-1)!;
  const own = channelsFirst(data, channels);
  const dimensions = [1, channels, ...shape.slice(0, -1)];
  const outputName = session.outputNames[0]!;
  const run = async (): Promise<Float32Array> => {
    const results = await session.run({ [inputName]: new Tensor('float32', own, dimensions) });
    return results[outputName]!.data as Float32Array;
  };
  return { name, run, read: (output) => channelsLast(output, outputChannels), dispose: () => session.release() };
}
