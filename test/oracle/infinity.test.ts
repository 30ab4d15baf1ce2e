// `inf` in a source is an infinity in the network: on every target, in what is printed, and to ONNX and back.
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { analyse } from '../../compiler/compile.ts';
import { decodeModel, encodeModel } from '../../compiler/front/onnx/codec.ts';
import { exportModel } from '../../compiler/front/onnx/export.ts';
import { importModel } from '../../compiler/front/onnx/import.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { printGraph } from '../../compiler/graph/print.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import type { Result } from '../../dsl/problem.ts';
import { checkAllWays } from '../all-ways.ts';

let backends: readonly Backend[];

beforeAll(async () => {
  backends = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);
});

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return result.value;
}

const modelOf = (text: string): ShapedModel => value(analyse({ file: 'net.convnet', text }))[0]!;

/** A border of −∞ before a max pool, as F.pad(value=-inf) in PyTorch, and limits that are none. */
const text = `model net(x: [5, 4, 2]) -> [2, 2, 2] {
  clip(min: -inf, max: 2)
  pad(1, value: -inf)
  maxPool(3, stride: 2)
  crop([[0, 1], [0, 0]])
}
`;

describe('infinity', () => {
  it('is one on every target', () => {
    checkAllWays(
      modelOf(text.replace('  crop([[0, 1], [0, 0]])\n', '').replace('[2, 2, 2]', '[3, 2, 2]')),
      backends,
      1,
      text,
    );
  });

  it('pads so that a border never wins', () => {
    const model = modelOf('model net(x: [2, 2, 1]) -> [2, 2, 1] { pad(1, value: -inf); maxPool(2) }');
    const { output } = evaluateOutputs(model, new Map(), { x: Float32Array.of(-5, -6, -7, -8) });
    expect([...output!]).toEqual([-5, -6, -7, -8]);
  });

  it('is printed as it is read', () => {
    const printed = printGraph(modelOf(text));
    expect(printed).toContain('value: -inf');
    expect(printGraph(modelOf(printed))).toBe(printed);
  });

  it('comes back from ONNX', () => {
    const model = modelOf(
      'model net(x: [3, 3, 1]) -> [2, 2, 1] { pad(1, value: -inf); relu; neg; maxPool(3, stride: 2) }',
    );
    const bytes = encodeModel(value(exportModel(model, new Map())));
    const back = value(importModel(value(decodeModel(bytes, 'net.onnx')), 'net.onnx', {}));
    expect(back.text).toContain('pad(1, value: -inf)');
    const x = Float32Array.of(-5, 6, -7, 8, -9, 1, -2, 3, 4);
    expect(evaluateOutputs(modelOf(back.text), new Map(), { x })).toEqual(evaluateOutputs(model, new Map(), { x }));
  });

  it('is no name that an import would give', () => {
    const model = modelOf('model net(x: [3]) -> (y: [3]) { relu; neg as y; return y: y }');
    const onnx = value(exportModel(model, new Map()));
    const renamed = JSON.parse(JSON.stringify(onnx).replaceAll('"x"', '"inf"').replaceAll('"y"', '"return"'));
    const back = value(importModel(renamed, 'net.onnx', {}));
    expect(analyse({ file: 'net.convnet', text: back.text }).ok).toBe(true);
  });
});
