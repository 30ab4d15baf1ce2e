// Phases against the scatter they come from, for every small stride, dilation, kernel, padding and tail: the same results,
// every element written once, and no read that would meet an inserted zero.
import { describe, expect, it } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import { emptyTensor, evaluate, type Tensor } from '../../compiler/algebra/evaluate.ts';
import { express, multiply, read, type TensorExpression } from '../../compiler/algebra/expression.ts';
import { isMixedRadix, phases, scatteredAxes } from '../../compiler/algebra/phases.ts';

interface Scatter {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly output: number;
}

const at = (axis: string, coefficient = 1): Affine => Affine.axis(axis, coefficient);
const known = new Set(['kernel']);

/** out[s·x + d·k − p] += in[x] · kernel[k] */
const scatter = ({ input, kernel, stride, dilation, before }: Omit<Scatter, 'output'>): TensorExpression =>
  express({
    axes: { x: input, k: kernel },
    target: [at('x', stride).plus(at('k', dilation)).minus(before)],
    combine: 'sum',
    value: multiply(read('in', [at('x')]), read('kernel', [at('k')])),
    scatter: true,
  });

/** Powers of two, so that every set of products has a sum of its own. */
const powers = (size: number, first: number): Tensor => ({
  shape: [size],
  data: Float32Array.from({ length: size }, (_, n) => 2 ** (first + n)),
});

function results(statements: readonly TensorExpression[], { input, kernel, output }: Scatter): number[] {
  const target = emptyTensor([output]);
  target.data.fill(Number.NaN);
  const tensors = new Map([
    ['in', powers(input, 0)],
    ['kernel', powers(kernel, 4)],
    ['output', target],
  ]);
  for (const statement of statements) evaluate(statement, tensors);
  return [...target.data];
}

/** Every point of a statement's box as a valuation of its axes. */
function points({ axes }: TensorExpression): Map<string, number>[] {
  return axes.reduce<Map<string, number>[]>(
    (rows, { name, extent }) =>
      rows.flatMap((row) => Array.from({ length: extent }, (_, n) => new Map([...row, [name, n]]))),
    [new Map()],
  );
}
const valueAt = (index: Affine, point: ReadonlyMap<string, number>): number =>
  [...index.terms].reduce((sum, [axis, coefficient]) => sum + coefficient * point.get(axis)!, index.constant);

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const cases: Scatter[] = range(1, 4).flatMap((stride) =>
  range(1, 4).flatMap((dilation) =>
    range(1, 4).flatMap((kernel) =>
      range(-1, 2).flatMap((before) =>
        [-2, 0, 1].map((tail): Scatter => {
          const full = (4 - 1) * stride + dilation * (kernel - 1) + 1;
          return { input: 4, kernel, stride, dilation, before, output: Math.max(1, full - before + tail) };
        }),
      ),
    ),
  ),
);

describe('phases of one axis', () => {
  it('give what the scatter gives', () => {
    for (const one of cases) {
      const gathers = phases(scatter(one), [one.output], known);
      expect(results(gathers, one), JSON.stringify(one)).toEqual(results([scatter(one)], one));
    }
  });

  it('write every element once, and nothing beside the output', () => {
    for (const one of cases) {
      const gathers = phases(scatter(one), [one.output], known);
      const written = gathers.flatMap((gather) => {
        expect(gather.scatter).toBe(false);
        const [index] = gather.target.index;
        const targets = points({ ...gather, axes: gather.axes.filter(({ name }) => index!.dependsOn(name)) });
        return targets.map((point) => valueAt(index!, point));
      });
      expect(
        written.sort((a, b) => a - b),
        JSON.stringify(one),
      ).toEqual(range(0, one.output - 1));
    }
  });

  it('multiply each pair of input and tap that the scatter multiplies within its output, and no inserted zero', () => {
    for (const one of cases) {
      const pairs = (statements: readonly TensorExpression[]): string[] =>
        statements
          .flatMap((statement) => {
            const value = statement.value;
            if (value.kind !== 'apply') return [];
            const [input, kernel] = value.arguments;
            if (input?.kind !== 'read' || kernel?.kind !== 'read') throw new Error('no product of two reads');
            return points(statement).flatMap((point) => {
              const [o, x, k] = [statement.target.index[0]!, input.index[0]!, kernel.index[0]!].map((index) =>
                valueAt(index, point),
              );
              expect(k! >= 0 && k! < one.kernel, JSON.stringify(one)).toBe(true);
              // A read beyond the input is the border of a gather, not an inserted zero.
              const inside = o! >= 0 && o! < one.output && x! >= 0 && x! < one.input;
              return inside ? [`${o} ${x} ${k}`] : [];
            });
          })
          .sort();
      expect(pairs(phases(scatter(one), [one.output], known))).toEqual(pairs([scatter(one)]));
    }
  });

  it('are as many as the stride, less those without an element', () => {
    const count = (one: Scatter): number => phases(scatter(one), [one.output], known).length;
    expect(count({ input: 4, kernel: 3, stride: 3, dilation: 1, before: 1, output: 9 })).toBe(3);
    expect(count({ input: 4, kernel: 3, stride: 3, dilation: 1, before: 0, output: 2 })).toBe(2);
    expect(count({ input: 4, kernel: 5, stride: 1, dilation: 2, before: 0, output: 12 })).toBe(1);
  });

  it('without a tap reached are the identity of the reduction', () => {
    const one: Scatter = { input: 3, kernel: 2, stride: 4, dilation: 2, before: 0, output: 12 };
    const largest: TensorExpression = { ...scatter(one), combine: 'max' };
    const gathers = phases(largest, [12], known);
    expect(gathers.map(({ combine, axes }) => [combine, axes.map(({ name, extent }) => `${name} ${extent}`)])).toEqual([
      // Each reached phase has a single tap, so no axis for it.
      ['max', ['x 3']],
      ['set', ['x 3']],
      ['max', ['x 3']],
      ['set', ['x 3']],
    ]);
    expect(gathers[1]!.value).toEqual({ kind: 'constant', value: Number.NEGATIVE_INFINITY });
  });

  it('by their numbers: stride 2, dilation 3, kernel 4, padding 1', () => {
    // out[2·x + 3·k − 1]: even o + 1 by taps 0 and 2, odd ones by taps 1 and 3.
    const gathers = phases(scatter({ input: 5, kernel: 4, stride: 2, dilation: 3, before: 1 }), [17], known);
    expect(gathers.map(({ target }) => `${target.index[0]}`)).toEqual(['2·x + 1', '2·x']);
    expect(gathers.map(({ axes }) => axes)).toEqual([
      [
        { name: 'x', extent: 8 },
        { name: 'k', extent: 2 },
      ],
      [
        { name: 'x', extent: 9 },
        { name: 'k', extent: 2 },
      ],
    ]);
    const indices = gathers.map(({ value }) =>
      value.kind === 'apply' ? value.arguments.map((one) => (one.kind === 'read' ? `${one.index[0]}` : '')) : [],
    );
    expect(indices).toEqual([
      ['x − 3·k + 1', '2·k'],
      ['x − 3·k − 1', '2·k + 1'],
    ]);
  });
});

describe('a kernel much longer than its input', () => {
  const long: Scatter[] = [1, 2, 3].flatMap((input) =>
    [1, 3, 4].flatMap((stride) =>
      [1, 2, 6].flatMap((dilation) =>
        [0, 2].map((before): Scatter => {
          const kernel = 17 * stride + 1;
          return { input, kernel, stride, dilation, before, output: (input - 1) * stride + dilation * (kernel - 1) };
        }),
      ),
    ),
  );

  it('is walked by the input, with the results of the scatter', () => {
    for (const one of long) {
      const gathers = phases(scatter(one), [one.output], known);
      expect(results(gathers, one), JSON.stringify(one)).toEqual(results([scatter(one)], one));
      for (const { axes } of gathers.filter(({ combine }) => combine === 'sum')) {
        expect(axes.find(({ name }) => name === 'k')?.extent ?? 1).toBeLessThanOrEqual(one.input);
      }
    }
  });

  it('whatever the dilation, has no more statements than the input has elements, but for gaps', () => {
    const one: Scatter = { input: 2, kernel: 17, stride: 5, dilation: 1_000_003, before: 0, output: 16_000_054 };
    expect(phases(scatter(one), [one.output], known).length).toBeLessThan(80);
  });
});

describe('many phases', () => {
  const alike: Scatter[] = [67, 70].flatMap((stride) =>
    [1, 2, 7, 67].flatMap((dilation) =>
      [3, 67, 90].flatMap((kernel) =>
        [0, 5].map((before): Scatter => ({ input: 2, kernel, stride, dilation, before, output: 300 })),
      ),
    ),
  );

  it('that are alike are one statement, with the results of the scatter', () => {
    for (const one of alike) {
      const gathers = phases(scatter(one), [one.output], known);
      expect(results(gathers, one), JSON.stringify(one)).toEqual(results([scatter(one)], one));
    }
  });

  it('of neighbouring taps: out[70·x + r] += in[x] · kernel[r]', () => {
    const one: Scatter = { input: 3, kernel: 70, stride: 70, dilation: 1, before: 0, output: 209 };
    const gathers = phases(scatter(one), [one.output], known);
    expect(gathers.map(({ target, axes }) => [`${target.index[0]}`, axes.map(({ extent }) => extent)])).toEqual([
      ['70·x + rx', [69, 3]],
      ['70·x + 69', [2]],
    ]);
  });

  it('that no tap reaches are one, whatever the stride', () => {
    const one: Scatter = { input: 2, kernel: 1, stride: 2 ** 28, dilation: 1, before: 0, output: 2 ** 28 + 1 };
    const gathers = phases(scatter(one), [one.output], known);
    expect(gathers.map(({ combine, target }) => [combine, `${target.index[0]}`])).toEqual([
      ['sum', '268435456·x'],
      ['set', '268435456·x + rx + 1'],
    ]);
  });
});

describe('several axes', () => {
  it('have the product of their phases; channels are left alone', () => {
    const expression = express({
      axes: { y: 2, x: 2, c: 3, f: 2, ky: 3, kx: 3 },
      target: [at('y', 2).plus(at('ky')), at('x', 3).plus(at('kx')), at('f')],
      combine: 'sum',
      value: multiply(read('in', [at('y'), at('x'), at('c')]), read('kernel', [at('ky'), at('kx'), at('f'), at('c')])),
      scatter: true,
    });
    const gathers = phases(expression, [5, 6, 2], known);
    // A kernel of 3 with stride 3 reaches each output once, so only the height has phases.
    expect(gathers).toHaveLength(2);
    expect(phases(expression, [5, 7, 2], known)).toHaveLength(6);
    expect(scatteredAxes(expression, [5, 7, 2], known)).toEqual([
      {
        dimension: 0,
        source: 'y',
        input: 2,
        stride: 2,
        before: -0,
        output: 5,
        tap: { axis: 'ky', dilation: 1, extent: 3 },
      },
      {
        dimension: 1,
        source: 'x',
        input: 2,
        stride: 3,
        before: -0,
        output: 7,
        tap: { axis: 'kx', dilation: 1, extent: 3 },
      },
    ]);
  });
});

describe('two axes', () => {
  /** Wide enough for every kind of phase: of several taps, of one, of none, without an element. */
  const expression = express({
    axes: { y: 3, x: 2, ky: 2, kx: 3 },
    target: [at('ky', 2).plus(at('y', 4)).minus(1), at('x', 2).plus(at('kx'))],
    combine: 'sum',
    value: multiply(read('in', [at('y'), at('x')]), read('kernel', [at('ky'), at('kx')])),
    scatter: true,
  });

  it.each([
    [13, 7],
    [3, 1],
    [1, 9],
  ])('onto %i×%i', (height, width) => {
    const run = (statements: readonly TensorExpression[]): number[] => {
      const target = emptyTensor([height, width]);
      target.data.fill(Number.NaN);
      const [input, kernel] = [powers(6, 0), powers(6, 6)];
      const tensors = new Map([
        ['in', { ...input, shape: [3, 2] }],
        ['kernel', { ...kernel, shape: [2, 3] }],
        ['output', target],
      ]);
      for (const statement of statements) evaluate(statement, tensors);
      return [...target.data];
    };
    const gathers = phases(expression, [height, width], known);
    expect(run(gathers)).toEqual(run([expression]));
    expect(gathers).toHaveLength(Math.min(4, height) * Math.min(2, width));
    const elements = gathers.flatMap((gather) => {
      const counts = gather.axes.filter(({ name }) => gather.target.index.some((index) => index.dependsOn(name)));
      if (gather.combine === 'set') expect(gather.axes).toEqual(counts);
      return counts.reduce((product, { extent }) => product * extent, 1);
    });
    expect(elements.reduce((sum, count) => sum + count)).toBe(height * width);
  });
});

describe('what is no scatter', () => {
  const plain = scatter({ input: 4, kernel: 2, stride: 2, dilation: 1, before: 0 });

  it('stays as it is', () => {
    const gather = { ...plain, scatter: false };
    expect(phases(gather, [8], known)).toEqual([gather]);
    // A window of a gather is no scatter either, however its target looks.
    expect(phases(gather, [9], known)).toEqual([gather]);
  });

  it('that covers its target once only loses its mark', () => {
    expect(phases(plain, [8], known)).toEqual([{ ...plain, scatter: false }]);
    expect(phases(plain, [9], known)).toHaveLength(2);
  });

  it('indices that count like digits', () => {
    const extents = new Map([
      ['g', 3],
      ['f', 8],
      ['one', 1],
    ]);
    const digits = at('g', 8).plus(at('f'));
    expect(isMixedRadix(digits, extents, 24)).toBe(true);
    expect(isMixedRadix(at('f').plus(at('g', 8)), extents, 24)).toBe(true);
    expect(isMixedRadix(digits.plus(at('one', 5)), extents, 24)).toBe(true);
    expect(isMixedRadix(digits, extents, 25)).toBe(false);
    expect(isMixedRadix(digits.plus(1), extents, 24)).toBe(false);
    expect(isMixedRadix(at('g', 7).plus(at('f')), extents, 24)).toBe(false);
    expect(isMixedRadix(at('g', 9).plus(at('f')), extents, 24)).toBe(false);
    expect(isMixedRadix(Affine.table('f', [0, 1, 2, 3, 4, 5, 6, 7]), extents, 1)).toBe(false);
    expect(isMixedRadix(Affine.constant(0), extents, 1)).toBe(true);
  });

  it('a scatter without a tap spreads its source', () => {
    const spread = express({
      axes: { x: 3 },
      target: [at('x', 2).plus(1)],
      combine: 'sum',
      value: read('in', [at('x')]),
      scatter: true,
    });
    const tensors = new Map([
      ['in', powers(3, 0)],
      ['output', emptyTensor([7])],
    ]);
    for (const gather of phases(spread, [7], known)) evaluate(gather, tensors);
    expect([...tensors.get('output')!.data]).toEqual([0, 1, 0, 2, 0, 4, 0]);
    const axis = { dimension: 0, input: 3, stride: 2, before: -1, output: 7 };
    expect(scatteredAxes(spread, [7], known)).toEqual([{ ...axis, source: 'x' }]);
    // Alone, even an axis of taps is a source.
    const target = { tensor: 'output', index: [at('k', 2).plus(1)] };
    const alone = { ...spread, axes: [{ name: 'k', extent: 3 }], target };
    expect(scatteredAxes(alone, [7], known)).toEqual([{ ...axis, source: 'k' }]);
  });

  it('indices of another form are our own fault', () => {
    const of = (index: Affine): TensorExpression => ({ ...plain, target: { tensor: 'output', index: [index] } });
    const message = 'is not stride·source + dilation·tap';
    expect(() => phases(of(at('x', 2).plus(at('z', 3))), [9], known)).toThrow(message);
    expect(() => phases(of(at('x', 2).plus(at('k')).plus(at('z', 9))), [9], known)).toThrow(message);
    expect(() => phases(of(at('x', 2).plus(Affine.table('k', [0, 3]))), [9], known)).toThrow(message);
    expect(() => phases(of(Affine.constant(2)), [9], known)).toThrow(message);
  });
});
