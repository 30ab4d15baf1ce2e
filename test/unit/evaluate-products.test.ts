import { describe, expect, it } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import { emptyTensor, evaluate, type Tensor } from '../../compiler/algebra/evaluate.ts';
import { evaluateProducts } from '../../compiler/algebra/evaluate-products.ts';
import { express, multiply, read, type TensorExpression } from '../../compiler/algebra/expression.ts';

const axis = (name: string, coefficient = 1): Affine => Affine.axis(name, coefficient);

function tensors(): Map<string, Tensor> {
  const filled = (shape: readonly number[]): Tensor => {
    const tensor = emptyTensor(shape);
    tensor.data.set(tensor.data.map((_, n) => ((n * 7919) % 23) / 8 - 1));
    return tensor;
  };
  return new Map([
    ['matrix', filled([6, 3])],
    ['kernel', filled([3, 3, 4, 5])],
    ['output', emptyTensor([18, 4, 5])],
  ]);
}

const transformed = express({
  axes: { i: 6, b: 3, c: 4, f: 5, a: 3 },
  target: [axis('i', 3).plus(axis('b')), axis('c'), axis('f')],
  combine: 'sum',
  value: multiply(
    read('matrix', [axis('i'), axis('a')]),
    read(
      'kernel',
      ['a', 'b', 'c', 'f'].map((name) => axis(name)),
    ),
  ),
});
const flipped = express({
  axes: { i: 3, c: 4, f: 5, a: 6 },
  target: [axis('a', 3).plus(axis('i')), axis('c'), axis('f')],
  value: read('kernel', [axis('i', -1).plus(2), axis('i'), axis('c'), axis('f')]),
});

describe('evaluateProducts', () => {
  it.each<[string, TensorExpression]>([
    ['a sum of products', transformed],
    ['a copy', flipped],
  ])('does %s as evaluate does', (_, expression) => {
    const expected = tensors();
    const actual = tensors();
    evaluate(expression, expected);
    expect(evaluateProducts(expression, actual)).toBe(true);
    expect(actual.get('output')!.data).toEqual(expected.get('output')!.data);
  });

  it('leaves the rest alone', () => {
    const partial = {
      ...transformed,
      axes: transformed.axes.map((one) => (one.name === 'i' ? { ...one, extent: 5 } : one)),
    };
    const outside = express({
      ...flipped,
      axes: { i: 3, c: 4, f: 5, a: 6 },
      target: flipped.target.index,
      value: read('kernel', [axis('i').plus(1), axis('i'), axis('c'), axis('f')]),
    });
    for (const expression of [partial, outside]) expect(evaluateProducts(expression, tensors())).toBe(false);
  });
});
