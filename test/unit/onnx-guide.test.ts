// The commands of docs/onnx.md, run in the order in which they stand there.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../compiler/algebra/evaluate.ts';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { analyse } from '../../compiler/compile.ts';
import { writeTensorFile } from '../../compiler/files/tensor-file.ts';
import { encodeModel } from '../../compiler/front/onnx/codec.ts';
import { exportModel } from '../../compiler/front/onnx/export.ts';
import type { OnnxDimension, OnnxModel } from '../../compiler/front/onnx/model.ts';
import { bindWeights } from '../../compiler/plan/weights.ts';
import type { Result } from '../../dsl/problem.ts';
import { command, inFolder } from '../golden/cli/run.ts';
import { noise } from '../run-operator.ts';

const root = resolve(import.meta.dirname, '../..');
const guide = readFileSync(resolve(root, 'docs/onnx.md'), 'utf8');
const commands = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap((match) => match[1]!.split('\n'))
  .map((line) => line.replace(/#.*/, '').trim())
  .filter((line) => line !== '');

function value<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems[0]!.message);
}

const text = `model net(image: [16, 24, 3]) -> (mask: [16, 24, 2]) {
  conv(4, kernel: 3, padding: 1); relu
  conv(2, kernel: 1)
  return mask: it
}
`;
const net = value(analyse({ file: 'net.convnet', text }))[0]!;
const weights = value(bindWeights(net, undefined, { scheme: 'he', seed: 1 }));
const onnx = value(exportModel(net, weights));
const image = noise([16, 24, 3]);
const mask = { shape: [16, 24, 2], data: evaluateOutputs(net, weights, { image: image.data }).mask! };

/** The same model with its height and width left open. */
function opened(model: OnnxModel): OnnxModel {
  const dimension = (parameter: string): OnnxDimension => ({ parameter, denotation: '' });
  const open = [dimension('batch'), { size: 3, denotation: '' }, dimension('height'), dimension('width')];
  const inputs = model.graph!.inputs.map((input) => ({
    ...input,
    type: { tensor: { ...input.type!.tensor!, shape: { dimensions: open } } },
  }));
  return { ...model, graph: { ...model.graph!, inputs } };
}

const npy = (tensor: Tensor) => value(writeTensorFile(tensor, 't.npy'));
const files = {
  'model.onnx': encodeModel(onnx),
  'dynamic.onnx': encodeModel(opened(onnx)),
  'picture.npy': npy(image),
  'folder/image.npy': npy(image),
  'folder/mask.npy': npy(mask),
  'examples/unet.convnet': readFileSync(resolve(root, 'examples/unet.convnet')),
};

describe('docs/onnx.md', () => {
  test('has commands, each of which does what it says', async () => {
    expect(commands.length).toBeGreaterThan(7);
    await inFolder(files, async () => {
      for (const line of commands) {
        const ran = await command(line.replace(/^atrous /, ''));
        expect([ran.code, ran.problems], line).toEqual([0, '']);
      }
    });
  });

  test('shows what is said of open dimensions', async () => {
    const ran = await inFolder(files, () => command('check dynamic.onnx'));
    expect(guide).toContain(ran.problems.split('\n\n')[0]);
  });
});
