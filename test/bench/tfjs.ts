// TensorFlow.js on its WebAssembly and on its plain backend: a recipe, layer by layer, with the library's fused calls.
import type * as Tensorflow from '@tensorflow/tfjs-core';
import type { Entrant } from './contestant.ts';
import type { Recipe, RecipeAxis, RecipeLayer } from './recipe.ts';

type Library = typeof Tensorflow;
type Tensor = Tensorflow.Tensor;
type Image = Tensorflow.Tensor4D;
type Pair = [number, number];
type Padding = 'valid' | 'same' | Tensorflow.backend_util.ExplicitPadding;

export type TensorflowBackend = 'wasm' | 'cpu';

/** The library with one backend ready, a single thread. */
export async function loadTensorflow(backend: TensorflowBackend): Promise<Library> {
  const tf = await import('@tensorflow/tfjs-core');
  if (backend === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  else {
    const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    const folder = new URL('.', import.meta.resolve('@tensorflow/tfjs-backend-wasm'));
    setWasmPaths(folder.protocol === 'file:' ? folder.pathname : folder.href);
    setThreadsCount(1);
  }
  await tf.setBackend(backend);
  await tf.ready();
  return tf;
}

export async function tensorflowEntrant(
  recipe: Recipe,
  input: Float32Array,
  backend: TensorflowBackend,
): Promise<Entrant> {
  const tf = await loadTensorflow(backend);
  const layers = recipe.layers.map((layer) => ({ layer, weights: weightTensors(tf, recipe, layer) }));
  const done = lastUses(recipe);
  const run = (): Float32Array => {
    const values = new Map<string, Tensor>([[recipe.input.name, tf.tensor(input, [1, ...recipe.input.shape])]]);
    for (const [n, { layer, weights }] of layers.entries()) {
      const operands = layer.operands.map((operand) => values.get(operand)!);
      values.set(layer.id, apply(tf, layer, operands, weights));
      for (const value of done[n]!) values.get(value)!.dispose();
    }
    const output = values.get(recipe.output)!;
    const data = output.dataSync() as Float32Array;
    output.dispose();
    return data;
  };
  const ready = async (): Promise<void> => {
    await tf.setBackend(backend);
  };
  const dispose = (): void => {
    for (const { weights } of layers) for (const tensor of Object.values(weights)) tensor.dispose();
  };
  return { name: `tfjs-${backend}`, ready, run, dispose };
}

type Weights = Readonly<Record<string, Tensor>>;

function weightTensors(tf: Library, { numbers }: Recipe, { weights }: RecipeLayer): Weights {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, start }]) => {
      const count = shape.reduce((product, size) => product * size, 1);
      return [name, tf.tensor(numbers.slice(start, start + count), [...shape])];
    }),
  );
}

/** For each layer, the values that nothing reads after it. */
function lastUses({ layers, output }: Recipe): string[][] {
  const last = new Map<string, number>();
  for (const [n, { id, operands }] of layers.entries()) for (const name of [id, ...operands]) last.set(name, n);
  return layers.map((_, n) => [...last].filter(([name, at]) => at === n && name !== output).map(([name]) => name));
}

/** TensorFlow's own rule where it says the same, since backends treat it specially. */
function paddingOf(axes: readonly RecipeAxis[], image: (axis: RecipeAxis) => Pair): Padding {
  if (axes.every(({ before, after }) => before === 0 && after === 0)) return 'valid';
  const isSame = axes.every((axis) => {
    const [larger, smaller] = image(axis);
    const total = Math.max(0, (smaller - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1 - larger);
    const fits = smaller === Math.ceil(larger / axis.stride);
    return fits && axis.before === Math.floor(total / 2) && axis.after === total - Math.floor(total / 2);
  });
  const [y, x] = axes.map(({ before, after }): Pair => [before, after]);
  return isSame ? 'same' : [[0, 0], y!, x!, [0, 0]];
}

const pair = (axes: readonly RecipeAxis[], of: (axis: RecipeAxis) => number): Pair => [of(axes[0]!), of(axes[1]!)];

function apply(tf: Library, layer: RecipeLayer, operands: readonly Tensor[], weights: Weights): Tensor {
  const { axes, activation, output } = layer;
  const [x, other] = operands as [Image, Image];
  const strides = pair(axes.length === 2 ? axes : [one, one], ({ stride }) => stride);
  const kernel = weights.kernel as Image;
  const window = (): object => ({
    x,
    filter: kernel,
    strides,
    pad: paddingOf(axes, (axis) => [axis.input, axis.output]),
    dilations: pair(axes, ({ dilation }) => dilation),
    ...(weights.bias && { bias: weights.bias }),
    ...(activation && { activation }),
  });
  switch (layer.operator) {
    case 'conv':
      return tf.fused.conv2d(window() as Parameters<Library['fused']['conv2d']>[0]);
    case 'depthwiseConv':
      return tf.fused.depthwiseConv2d(window() as Parameters<Library['fused']['depthwiseConv2d']>[0]);
    case 'convTranspose': {
      const pad = paddingOf(axes.map(ofForward), (axis) => [axis.output, axis.input]);
      const shape = [1, ...output] as [number, number, number, number];
      return withBias(tf, tf.conv2dTranspose(x, kernel, shape, strides, pad), weights.bias);
    }
    case 'dense':
      return tf.fused.matMul({
        a: x as Tensor,
        b: kernel as Tensor,
        ...(weights.bias && { bias: weights.bias }),
        ...(activation && { activation }),
      });
    case 'maxPool':
      return tf.maxPool(
        x,
        pair(axes, (axis) => axis.kernel),
        strides,
        paddingOf(axes, (axis) => [axis.input, axis.output]),
      );
    case 'globalAvgPool':
      return tf.mean(x, [1, 2], true);
    case 'batchNorm':
      return tf.batchNorm(
        x,
        weights.mean as Tensorflow.Tensor1D,
        weights.variance as Tensorflow.Tensor1D,
        weights.beta as Tensorflow.Tensor1D,
        weights.gamma as Tensorflow.Tensor1D,
        layer.epsilon,
      );
    case 'flatten':
      return tf.reshape(x, [1, ...output]);
    case 'add':
      return tf.add(x, other);
    case 'concat':
      return tf.concat(operands as Tensor[], -1);
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.relu6(x);
    case 'tanh':
      return tf.tanh(x);
    case 'softmax':
      return tf.softmax(x);
    default:
      throw new Error(`no call of tfjs is known for ${layer.operator}`);
  }
}

const one: RecipeAxis = { kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, input: 1, output: 1 };

/** A tail that no tap reaches is the padding of the convolution that goes the other way. */
const ofForward = (axis: RecipeAxis): RecipeAxis => {
  const reached = (axis.input - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1;
  return { ...axis, after: reached - axis.before - axis.output };
};

function withBias(tf: Library, x: Tensor, bias: Tensor | undefined): Tensor {
  if (!bias) return x;
  const sum = tf.add(x, bias);
  x.dispose();
  return sum;
}
