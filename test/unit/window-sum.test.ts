// The one view of a window sum: whatever stride, dilation and offset an expression is built with are read back, as a gather and
// as a scatter, whichever factor comes first.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import { express, multiply, type Read, read, type TensorExpression } from '../../compiler/algebra/expression.ts';
import { factorsOf, tapsOf, windowAxes } from '../../compiler/algebra/window-sum.ts';

const at = (axis: string, coefficient = 1): Affine => Affine.axis(axis, coefficient);
const known = new Set(['weights']);

const slide = fc.record({
  stride: fc.integer({ min: 1, max: 5 }),
  dilation: fc.integer({ min: -4, max: 4 }).filter((dilation) => dilation !== 0),
  offset: fc.integer({ min: -6, max: 6 }),
  swapped: fc.boolean(),
});

const product = (data: Read, weights: Read, swapped: boolean) =>
  swapped ? multiply(weights, data) : multiply(data, weights);

const viewOf = (expression: TensorExpression) =>
  windowAxes(expression, factorsOf(expression, known).data[0], tapsOf(expression, known));

describe('windowAxes', () => {
  it('reads back a gather: out[s·y + r, f] += in[a·y + d·i + o, c] · weights[i, c, f]', () => {
    fc.assert(
      fc.property(slide, slide, (one, other) => {
        const inner = at('y', one.stride).plus(at('i', one.dilation)).plus(one.offset);
        const expression = express({
          axes: { y: 5, f: 4, i: 3, c: 2 },
          target: [at('y', other.stride).plus(other.offset), at('f')],
          combine: 'sum',
          value: product(read('in', [inner, at('c')]), read('weights', [at('i'), at('c'), at('f')]), one.swapped),
        });
        const [window, filter] = viewOf(expression);
        expect(window).toEqual({
          axis: 'y',
          tap: 'i',
          target: { dimension: 0, stride: other.stride, dilation: 0, offset: other.offset },
          data: { dimension: 0, stride: one.stride, dilation: one.dilation, offset: one.offset },
        });
        expect(filter).toEqual({ axis: 'f', target: { dimension: 1, stride: 1, dilation: 0, offset: 0 } });
      }),
    );
  });

  it('reads back a scatter, in whichever order the terms stand: out[f, s·y + d·i − p] += in[c, y] · weights[i, f, c]', () => {
    fc.assert(
      fc.property(slide, fc.boolean(), ({ stride, dilation, offset, swapped }, tapFirst) => {
        const [source, tap] = [at('y', stride), at('i', dilation)];
        const expression = express({
          axes: { y: 5, f: 4, i: 3, c: 2 },
          target: [at('f'), (tapFirst ? tap.plus(source) : source.plus(tap)).plus(offset)],
          combine: 'sum',
          value: product(read('in', [at('c'), at('y')]), read('weights', [at('i'), at('f'), at('c')]), swapped),
          scatter: true,
        });
        expect(viewOf(expression)).toEqual([
          { axis: 'f', target: { dimension: 0, stride: 1, dilation: 0, offset: 0 } },
          {
            axis: 'y',
            tap: 'i',
            target: { dimension: 1, stride, dilation, offset },
            data: { dimension: 1, stride: 1, dilation: 0, offset: 0 },
          },
        ]);
      }),
    );
  });

  it('knows a window without a tap, and says nothing of other forms', () => {
    const expression = express({
      axes: { y: 3, x: 4, z: 2, g: 2, f: 3, i: 3 },
      target: [at('y', 2), Affine.constant(1), Affine.table('x', [0, 2, 1, 3]), at('g', 3).plus(at('f')), at('z')],
      combine: 'sum',
      value: read('in', [at('y').plus(1), at('x'), at('g'), at('f').plus(at('z')), at('i')]),
    });
    expect(viewOf(expression)).toEqual([
      {
        axis: 'y',
        target: { dimension: 0, stride: 2, dilation: 0, offset: 0 },
        data: { dimension: 0, stride: 1, dilation: 0, offset: 1 },
      },
      undefined,
      undefined,
      undefined,
      // The data depend on z together with f, which is no tap.
      { axis: 'z', target: { dimension: 4, stride: 1, dilation: 0, offset: 0 } },
    ]);
  });

  it('does not take the sum of three axes, or of two taps, for a window', () => {
    const of = (index: Affine): TensorExpression =>
      express({
        axes: { y: 3, i: 3, j: 3 },
        target: [at('y')],
        combine: 'sum',
        value: multiply(read('in', [index]), read('weights', [at('i'), at('j')])),
      });
    expect(viewOf(of(at('y').plus(at('i')).plus(at('j'))))[0]?.data).toBeUndefined();
    expect(viewOf(of(at('i').plus(at('j'))))[0]?.data).toBeUndefined();
    expect(viewOf(of(at('y').plus(at('i'))))[0]?.tap).toBe('i');
  });
});

describe('tapsOf', () => {
  const grouped = (scatter: boolean): TensorExpression =>
    express({
      axes: { y: 3, g: 2, f: 4, i: 3, c: 5 },
      target: scatter ? [at('y', 2).plus(at('i')), at('g', 4).plus(at('f'))] : [at('y'), at('g', 4).plus(at('f'))],
      combine: 'sum',
      value: multiply(
        read('in', [scatter ? at('y') : at('y', 2).plus(at('i')), at('g', 5).plus(at('c'))]),
        read(
          'weights',
          ['i', 'g', 'c', 'f'].map((name) => at(name)),
        ),
      ),
      scatter,
    });

  it('are the summed axes of a gather', () => {
    expect([...tapsOf(grouped(false), known)]).toEqual(['i', 'c']);
  });

  it('are the axes of the weights alone in a scatter: not a group, which the data have too', () => {
    expect([...tapsOf(grouped(true), known)]).toEqual(['f', 'i']);
    expect([...tapsOf(grouped(true), new Set())]).toEqual([]);
  });
});

describe('factorsOf', () => {
  it('tells weights from data by what is known, whatever the order', () => {
    const [data, weights] = [read('in', [at('y')]), read('weights', [at('y')])];
    for (const value of [multiply(data, weights), multiply(weights, data)]) {
      const expression = express({ axes: { y: 3 }, target: [at('y')], value });
      expect(factorsOf(expression, known)).toEqual({ data: [data], weights: [weights] });
      expect(factorsOf(expression, new Set(['in', 'weights'])).data).toEqual([]);
    }
  });
});
