// What importers of any format share, used as a format with channels last would use it.
import { describe, expect, test } from 'vitest';
import {
  alongside,
  channelsLast,
  ourAxis,
  reshapeTo,
  rows,
  transposed,
} from '../../compiler/front/importing/arranging.ts';
import { addInput, addOutput } from '../../compiler/front/importing/boundary.ts';
import { constantOf } from '../../compiler/front/importing/constants.ts';
import { importBatch, importedModel, modelName } from '../../compiler/front/importing/import.ts';
import { Importer } from '../../compiler/front/importing/importer.ts';
import { mergeBias } from '../../compiler/front/importing/merge-bias.ts';
import { Refusal } from '../../compiler/front/importing/refusal.ts';
import { sortRows } from '../../compiler/front/importing/weights.ts';
import { operators } from '../../compiler/operators/index.ts';

const operator = (name: string) => operators.get(name)!;
const ramp = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, n) => n),
});
const textOf = (importer: Importer): string => {
  const result = importedModel(importer, 'net');
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.value.text;
};

describe('a file with channels last', () => {
  test('keeps its order of axes, loses its batch, and flattens without moving anything', () => {
    const importer = new Importer({ file: 'net.file' });
    const image = addInput(importer, 'image', [1, 6, 5, 3]);
    const kernel = ramp(3, 3, 3, 4);
    const features = importer.layer(
      operator('conv'),
      { filters: 4, kernel: 3, padding: 'same', bias: false },
      [channelsLast(importer, image)],
      { weights: { kernel }, name: 'stem' },
    );
    expect(importer.dims(features)).toEqual([1, 6, 5, 4]);
    const flat = rows(importer, reshapeTo(importer, features, [1, 120]), 1);
    const matrix = ramp(120, 2);
    expect(sortRows(matrix, flat).data).toEqual(matrix.data);
    const scores = importer.layer(operator('dense'), { units: 2, bias: false }, [flat], {
      weights: { kernel: matrix },
      layout: [[], [0]],
    });
    importer.set('scores', scores);
    addOutput(importer, 'scores');
    expect(textOf(importer)).toBe(`model net(image: [6, 5, 3]) -> (scores: [2]) {
  weights "net.safetensors"
  conv(4, kernel: 3, padding: same, bias: false) as stem
  dense(2, bias: false) as dense1
  return scores: it
}
`);
  });

  test('that turns to channels first within is followed: only a dense layer sorts its rows', () => {
    const importer = new Importer({ file: 'net.file' });
    const image = addInput(importer, 'image', [1, 2, 2, 3]);
    const turned = transposed(image, [0, 3, 1, 2]);
    expect(importer.dims(turned)).toEqual([1, 3, 2, 2]);
    expect(ourAxis(importer, turned, 1)).toBe(2);
    const flat = rows(importer, reshapeTo(importer, turned, [1, 12]), 1);
    // The file's row c·4 + y·2 + x is ours at y·6 + x·3 + c.
    const sorted = sortRows(ramp(12, 1), flat);
    expect([...sorted.data]).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
    expect(importer.layers).toEqual([]);
  });

  test('a sum with one number per channel is the bias of a layer that has none', () => {
    const importer = new Importer({ file: 'net.file', reads: ['c'] });
    const image = addInput(importer, 'image', [1, 4, 4, 2]);
    const weights = { kernel: ramp(1, 1, 2, 3) };
    const value = importer.layer(operator('conv'), { filters: 3, kernel: 1, bias: false }, [image], { weights });
    importer.set('c', value);
    expect(mergeBias(importer, value, constantOf([3], Float32Array.of(7, 8, 9)))).toEqual(value);
    expect(importer.layers[0]!.weights.bias).toEqual({ shape: [3], data: Float32Array.of(7, 8, 9) });
    expect(mergeBias(importer, value, constantOf([3], Float32Array.of(7, 8, 9)))).toBeUndefined();
    expect(alongside(importer, constantOf([1, 1, 1, 3], Float32Array.of(1, 2, 3)), value)).toEqual({
      shape: [3],
      data: Float32Array.of(1, 2, 3),
    });
  });
});

describe('problems', () => {
  const unknown = (name: string) =>
    new Refusal(`uses the operator ${name}, which is not supported`, undefined, 'operator');

  test('are told all at once: one for each reason, with those that are alike counted', () => {
    const importer = new Importer({ file: 'net.file' });
    addInput(importer, 'image', [1, 4, 4, 2]);
    for (const [name, kind, input] of [
      ['a', 'Strange', 'image'],
      ['b', 'relu', 'a'],
      ['c', 'Strange', 'b'],
      ['d', 'Foreign', 'c'],
    ] as const) {
      importer.attempt(`layer "${name}"`, () => {
        if (!operators.has(kind)) throw unknown(kind);
        importer.set(name, importer.layer(operator(kind), {}, [channelsLast(importer, importer.value(input))]));
      });
    }
    const result = importedModel(importer, 'net');
    expect(result.ok).toBe(false);
    expect(result.problems.map(({ code, message, notes }) => [code, message, ...notes])).toEqual([
      [
        'import/operator',
        'layer "a" of net.file uses the operator Strange, which is not supported',
        'the same in 1 more: layer "c"',
      ],
      ['import/operator', 'layer "d" of net.file uses the operator Foreign, which is not supported'],
    ]);
  });

  test('of values that nothing makes are told where nothing before was refused', () => {
    const importer = new Importer({ file: 'net.file', codes: 'own' });
    importer.attempt('layer "a"', () => void importer.value('x'));
    expect(importer.problems).toMatchObject([
      { code: 'own/unsupported', message: 'layer "a" of net.file reads "x", which nothing makes' },
    ]);
  });

  test('faults of ours are not hidden', () => {
    const importer = new Importer({ file: 'net.file' });
    expect(() =>
      importer.attempt('layer "a"', () => {
        throw new TypeError('ours');
      }),
    ).toThrow('ours');
  });

  test('the shape rule of an operator speaks', () => {
    const importer = new Importer({ file: 'net.file' });
    const image = addInput(importer, 'image', [1, 2, 2, 3]);
    importer.attempt('layer "a"', () => {
      importer.layer(operator('conv'), { filters: 1, kernel: 5 }, [image]);
    });
    importer.attempt('layer "b"', () => {
      importer.layer(operator('conv'), { filters: 1, kernel: 1 }, [image], { weights: { kernel: ramp(2, 2) } });
    });
    expect(importer.problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'import/shape: layer "a" of net.file cannot become conv: a window of 5 does not fit into the height of 2',
      'import/shape: layer "b" of net.file needs a kernel of [1, 1, 3, 1], it is [2, 2]',
    ]);
  });
});

test('several samples are imported as one where the file mixes none of them', () => {
  const attempts: number[] = [];
  const importer = importBatch([[4, 8]], (batch) => {
    attempts.push(batch);
    const one = new Importer({ file: 'net.file', batch });
    const x = addInput(one, 'x', [4, 8]);
    one.attempt('layer "y"', () => {
      if (x.shape.length > 1) throw new Refusal('is no row');
      one.set('y', one.layer(operator('relu'), {}, [x]));
      addOutput(one, 'y');
    });
    return one;
  });
  expect(attempts).toEqual([1, 4]);
  expect(importer.outputs[0]!.dims).toEqual([4, 8]);
  expect(importer.outputs[0]!.shape).toEqual([8]);
});

test('a model is named after its file', () => {
  expect(['a/b/net-2.tflite', '模型.onnx', 'model.json'].map(modelName)).toEqual(['net_2', '模型', 'model']);
});
