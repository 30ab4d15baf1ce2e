// The networks of the benchmark: where each one's text is, and its weights, random but the same everywhere.
import { fileURLToPath } from 'node:url';
import type { Tensor } from '../../compiler/algebra/evaluate.ts';
import { generator, hash } from '../../compiler/algebra/pseudo-random.ts';
import { seededInputs } from '../../compiler/drivers/cli/seeded.ts';
import { loadModels } from '../../compiler/drivers/models.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { bindWeights, type WeightTensors } from '../../compiler/plan/weights.ts';

const root = new URL('../../../', import.meta.url);

/** By the name that `--nets` takes. */
const files = {
  lenet: 'test/bench/nets/lenet.convnet',
  mobilenet: 'examples/mobilenet.convnet',
  resnet18: 'examples/resnet18.convnet',
  dcgan: 'examples/dcgan.convnet',
  context: 'test/bench/nets/context.convnet',
  unet: 'examples/unet.convnet',
  xception: 'test/bench/nets/xception-middle.convnet',
  style: 'test/bench/nets/style-transfer.convnet',
} as const;

export type NetName = keyof typeof files;
export const netNames = Object.keys(files) as readonly NetName[];

export interface Net {
  readonly name: string;
  readonly text: string;
  readonly file: string;
  readonly model: ShapedModel;
  readonly weights: WeightTensors;
  readonly inputs: Readonly<Record<string, Float32Array>>;
}

/** One of the eight, or a file of the reader's own. */
export async function loadNet(name: string): Promise<Net> {
  const file = name in files ? fileURLToPath(new URL(files[name as NetName], root)) : name;
  const loaded = await loadModels(file);
  if (!loaded.ok) throw new Error(`${name}: ${loaded.problems.map(({ message }) => message).join('; ')}`);
  const model = loaded.value.models[0]!;
  const bound = bindWeights(model, loaded.value.weights, { scheme: 'he', seed: 1 });
  if (!bound.ok) throw new Error(`${name}: ${bound.problems.map(({ message }) => message).join('; ')}`);
  const weights = loaded.value.weights ? bound.value : unsettled(bound.value);
  return { name, text: loaded.value.source.text, file, model, weights, inputs: seededInputs(model) };
}

/** Statistics as training leaves them, so that folding them is part of what is compared. */
const ranges: Readonly<Record<string, readonly [low: number, high: number]>> = {
  gamma: [0.4, 0.8],
  beta: [-0.1, 0.1],
  mean: [-0.1, 0.1],
  variance: [0.8, 1.25],
  bias: [-0.1, 0.1],
};

function unsettled(weights: WeightTensors): WeightTensors {
  return new Map(
    [...weights].map(([name, tensor]): [string, Tensor] => {
      const range = ranges[name.split('.').at(-1)!];
      if (!range) return [name, tensor];
      const random = generator(hash(name));
      const [low, high] = range;
      return [name, { shape: tensor.shape, data: tensor.data.map(() => low + (high - low) * random()) }];
    }),
  );
}
