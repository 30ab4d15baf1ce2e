// Reads at places that values decide: rounded half to even, clamped to the axis, NaN the first. Against plain loops, and every
// way through the compiler.
import { beforeAll, describe, expect, it } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import { emptyTensor, evaluate } from '../../compiler/algebra/evaluate.ts';
import { accumulated, express, multiply, read, readAt } from '../../compiler/algebra/expression.ts';
import { ReceptiveFields } from '../../compiler/analysis/receptive-field.ts';
import { verifyPlan } from '../../compiler/analysis/verify-plan.ts';
import { analyse, compileModel } from '../../compiler/compile.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { programOf } from '../../compiler/passes/translate.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import { buildNest } from '../../compiler/tiler/nest.ts';
import { showNest } from '../../compiler/tiler/print.ts';
import { verifyInViews } from '../../compiler/tiler/verify.ts';
import { denseView } from '../../compiler/tiler/view.ts';
import { checkAllWays } from '../all-ways.ts';
import { rows, runNamed, tensor } from '../run-operator.ts';

let backends: readonly Backend[];

beforeAll(async () => {
  backends = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);
});

function modelOf(text: string): ShapedModel {
  const result = analyse({ file: 'net.convnet', text });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '));
  return result.value[0]!;
}

const table = tensor([4, 2], [0, 1, 10, 11, 20, 21, 30, 31]);

describe('gather', () => {
  it('takes rows by their numbers, in any arrangement', () => {
    const places = tensor([2, 2], [3, 0, 1, 1]);
    const taken = runNamed('gather', {}, [table, places]);
    expect(taken.shape).toEqual([2, 2, 2]);
    expect([...taken.data]).toEqual([30, 31, 0, 1, 10, 11, 10, 11]);
    expect(rows(runNamed('gather', { axis: -1 }, [table, tensor([3], [1, 0, 1])]))).toEqual([
      [1, 0, 1],
      [11, 10, 11],
      [21, 20, 21],
      [31, 30, 31],
    ]);
  });

  // Beyond the ends, between, halves to the even one, and what is no number.
  const odd = [
    -7,
    99,
    1.4,
    1.6,
    0.5,
    1.5,
    2.5,
    -0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    3e9,
  ];
  const meant = [0, 3, 1, 2, 0, 2, 2, 0, 0, 3, 0, 3];

  it('rounds and clamps', () => {
    const { data } = runNamed('gather', {}, [table, tensor([12], odd)]);
    expect([...data].filter((_, n) => n % 2 === 0)).toEqual(meant.map((row) => 10 * row));
  });

  it('rounds and clamps on every target', () => {
    const model = modelOf('model m(x: [4, 2], i: [12]) { gather(x, i) }');
    for (const backend of backends) {
      const compiled = compileModel(model, backend, { sourceHash: '' });
      if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
      expect(verifyPlan(compiled.value.planned.plan)).toEqual([]);
      const { output } = compiled.value.instantiate().run({ x: table.data, i: Float32Array.from(odd) });
      expect(
        [...output!].filter((_, n) => n % 2 === 0),
        backend.name,
      ).toEqual(meant.map((row) => 10 * row));
    }
  });

  it.each([
    'model m(x: [5, 8], i: [3]) { gather(x, i) }',
    'model m(x: [5, 8], i: [3, 2]) { gather(x, i |> relu, axis: 1); relu }',
    'model m(x: [2, 5, 4], i: [3]) { gather(x |> relu, i, axis: 1); conv(4, kernel: 1) }',
    'model m(x: [6], i: [4]) { gather(x, gather(x, i)) }',
    'model m(x: [6, 4], i: [6, 4]) { gather(x |> conv(4, kernel: 3, padding: same), i, axis: 1) |> reduceSum(axes: [1]) }',
    'model m(x: [7], i: [7]) { gather(x, i); add(it, i) }',
  ])('%s', (text) => {
    const model = modelOf(text);
    for (const backend of backends) {
      const compiled = compileModel(model, backend, { init: { scheme: 'he', seed: 1 }, sourceHash: '' });
      if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
      expect(verifyPlan(compiled.value.planned.plan)).toEqual([]);
    }
    checkAllWays(model, backends, 3, text);
  });

  it('may see the whole axis', () => {
    const fields = new ReceptiveFields(programOf(modelOf('model m(x: [9, 4], i: [3]) { gather(x, i) }')));
    expect(fields.at('gather_0', [1, 2])).toEqual([
      {
        input: 'x',
        intervals: [
          [0, 8],
          [2, 2],
        ],
      },
      { input: 'i', intervals: [[1, 1]] },
    ]);
  });
});

describe('two computed places in one read', () => {
  // out[n] = Σ over c of grid[round(y[n]), round(x[n]), c] · w[c]: what sampling a picture comes to.
  const [n, c, zero] = [Affine.axis('n'), Affine.axis('c'), Affine.constant(0)];
  const at = readAt('grid', [zero, zero, c], { axis: 0, extent: 3, value: read('y', [n]) });
  const sampled = { ...at, computed: [...at.computed!, { axis: 1, extent: 4, value: read('x', [n]) }] };
  const expression = express({
    axes: { n: 5, c: 2 },
    target: [n],
    combine: 'sum',
    value: multiply(sampled, read('w', [c])),
    finish: accumulated,
  });
  const shapes = new Map<string, readonly number[]>([
    ['grid', [3, 4, 2]],
    ['y', [5]],
    ['x', [5]],
    ['w', [2]],
    ['output', [5]],
  ]);

  it('is what plain loops give, and its loops verify', () => {
    const given = new Map(
      [...shapes].map(([name, shape], k) => [
        name,
        { ...emptyTensor(shape), data: emptyTensor(shape).data.map((_, i) => ((i * 7 + k * 3) % 5) - 0.75) },
      ]),
    );
    evaluate(expression, given);
    const clamp = (value: number, extent: number): number => Math.min(Math.max(Math.round(value), 0), extent - 1);
    const of = (name: string): Float32Array => given.get(name)!.data;
    const expected = [...of('y')].map((y, i) => {
      const start = 8 * clamp(y, 3) + 2 * clamp(of('x')[i]!, 4);
      return of('grid')[start]! * of('w')[0]! + of('grid')[start + 1]! * of('w')[1]!;
    });
    expect([...of('output')]).toEqual(expected.map(Math.fround));
    for (const { machine } of backends) {
      const views = new Map([...shapes].map(([name, shape], k) => [name, denseView('arena', 100 * k, shape)]));
      const nest = buildNest(expression, machine.firstGuess(expression), {
        shapes,
        views,
        constants: new Map(),
        machine,
      });
      expect(verifyInViews(nest, { shapes, views })).toEqual([]);
      expect(showNest(nest)).toContain('8·place(');
    }
  });
});
