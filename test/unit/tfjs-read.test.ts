// TensorFlow.js graph models: nodes and weights as their files state them, and files that do not fit together.
import { describe, expect, it } from 'vitest';
import { readGraph } from '../../compiler/front/tfjs/graph.ts';
import { numbersOf, readWeights } from '../../compiler/front/tfjs/weights.ts';

const shards = new Map([
  ['a.bin', new Uint8Array([0, 128, 255])],
  ['b.bin', new Uint8Array([1, 0x00, 0x3c, 0x00, 0xc0])],
]);
const manifest = [
  {
    paths: ['a.bin', 'b.bin'],
    weights: [
      { name: 'q', shape: [3], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -10 } },
      { name: 'b', shape: [], dtype: 'bool' },
      { name: 'h', shape: [2], dtype: 'float32', quantization: { dtype: 'float16' } },
    ],
  },
];
const read = (value: unknown) => readWeights(value, 'model.json', (path) => shards.get(path));
const codes = (value: unknown) => read(value).problems.map(({ code }) => code);

describe('weights of TensorFlow.js', () => {
  it('are decoded across the borders of shards', () => {
    const weights = read(manifest);
    if (!weights.ok) throw new Error(weights.problems[0]!.message);
    expect([...weights.value].map(([name, tensor]) => [name, ...numbersOf(tensor)])).toEqual([
      ['q', -10, 54, 117.5],
      ['b', 1],
      ['h', 1, -2],
    ]);
  });

  it('are refused where shards are missing, outside, too short or too long', () => {
    const group = manifest[0]!;
    expect(codes([{ ...group, paths: ['a.bin', 'c.bin'] }])).toEqual(['tfjs/shard']);
    expect(codes([{ ...group, paths: ['../a.bin'] }])).toEqual(['tfjs/path']);
    expect(codes([{ ...group, paths: ['https://example.org/a.bin'] }])).toEqual(['tfjs/path']);
    expect(codes([{ ...group, paths: ['a.bin'] }])).toEqual(['tfjs/size']);
    expect(codes([{ ...group, weights: group.weights.slice(0, 2) }])).toEqual(['tfjs/size']);
    expect(codes([{ ...group, weights: [{ name: 's', shape: [1], dtype: 'string' }] }])).toEqual(['tfjs/dtype']);
    expect(codes([{ ...group, weights: [{ name: 'q', shape: [-1], dtype: 'float32' }] }])).toEqual(['tfjs/manifest']);
    expect(codes([group, group])).toEqual(['tfjs/manifest', 'tfjs/manifest', 'tfjs/manifest']);
    expect(codes({})).toEqual(['tfjs/manifest']);
  });
});

describe('a graph of TensorFlow.js', () => {
  it('is a list of nodes with attributes of every kind', () => {
    const node = {
      name: 'conv',
      op: 'Conv2D',
      input: ['split:1', 'kernel', '^guard'],
      attr: {
        padding: { s: 'U0FNRQ==' },
        strides: { list: { i: ['1', '2', '2', '1'] } },
        T: { type: 'DT_FLOAT' },
        shape: { shape: { dim: [{ size: '-1' }, { size: '3' }] } },
        alpha: { f: 0.5 },
        flag: { b: true },
        __proto__: { i: '3' },
      },
    };
    const graph = readGraph({ node: [node] }, 'model.json');
    if (!graph.ok) throw new Error(graph.problems[0]!.message);
    const [{ inputs, attributes }] = graph.value as [(typeof graph.value)[number]];
    expect(inputs).toEqual([
      { node: 'split', result: 1 },
      { node: 'kernel', result: 0 },
    ]);
    expect(Object.fromEntries(attributes)).toEqual({
      padding: { kind: 'string', value: 'SAME' },
      strides: { kind: 'ints', value: [1, 2, 2, 1] },
      T: { kind: 'type', value: 'DT_FLOAT' },
      shape: { kind: 'shape', value: [-1, 3] },
      alpha: { kind: 'float', value: 0.5 },
      flag: { kind: 'bool', value: true },
    });
  });

  it('is refused where nodes have no name or share one', () => {
    expect(readGraph({ node: [{ op: 'Relu' }] }, 'x').problems[0]!.code).toBe('tfjs/graph');
    expect(readGraph({ node: [1, 2].map(() => ({ name: 'a', op: 'Relu' })) }, 'x').ok).toBe(false);
    expect(readGraph({}, 'x').ok).toBe(false);
  });
});
