// Kernels that are transformed when the weights are loaded: the file holds no more than the weights, and every way through
// the compiler, the emitted module among them, computes what the expression says.
import { expect, test } from 'vitest';
import { analyse, compileModel } from '../../compiler/compile.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import { checkAllWays } from '../all-ways.ts';

const backends = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);

/** A layer of a kind that is transformed, large enough to be worth it. */
const layers: Readonly<Record<string, string>> = {
  dense: 'conv(16, kernel: 3, padding: same)',
  dilated: 'conv(16, kernel: 3, padding: same, dilation: 2)',
  'in groups': 'conv(48, kernel: 3, padding: same, groups: 2)',
  'along one axis': 'conv(16, kernel: [1, 3], padding: same)',
  'in its phases': 'convTranspose(16, kernel: 4, stride: 2, padding: same)',
  'of a count that leaves a rest in a block': 'conv(20, kernel: 3, padding: same)',
};

function shaped(layer: string): ShapedModel {
  const text = `model net(image: [16, 16, 16]) {\n  ${layer}\n}\n`;
  const models = analyse({ file: 'net.convnet', text });
  if (!models.ok) throw new Error(models.problems.map(({ message }) => message).join('; '));
  return models.value[0]!;
}

test.each(Object.entries(layers))('a convolution %s', (name, layer) => {
  checkAllWays(shaped(layer), backends, 1, name, 2e-5, true);
});

test.each(['dense', 'dilated', 'in groups', 'in its phases'])(
  'a kernel of a convolution %s is stored as it is',
  (name) => {
    for (const backend of backends) {
      const model = shaped(layers[name]!);
      const compiled = compileModel(model, backend, { init: { scheme: 'he', seed: 1 }, sourceHash: '0' });
      if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
      const { setup, weights, parameters } = compiled.value.planned.plan;
      expect(setup.length).toBeGreaterThan(0);
      expect(weights.storedBytes).toBeLessThan(4 * (parameters + 128));
      expect(weights.bytes).toBeGreaterThan(4 * 1.5 * parameters);
    }
  },
);
