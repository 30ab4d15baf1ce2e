// One loop nest with its tables as arguments: what it gives when it is called with others, in the interpreter and both targets.
import { describe, expect, it } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import { numberToHalf } from '../../compiler/algebra/half.ts';
import { verifyPlan } from '../../compiler/analysis/verify-plan.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { interpreted, liveEngine } from '../../compiler/targets/typescript/live.ts';
import { printProgram } from '../../compiler/targets/typescript/program.ts';
import { typescript } from '../../compiler/targets/typescript/run.ts';
import { assemble } from '../../compiler/targets/wasm/assemble.ts';
import { wasm } from '../../compiler/targets/wasm/run.ts';
import { nestKey } from '../../compiler/tiler/key.ts';
import type { Invocation, LoopNest, Statement } from '../../compiler/tiler/loop.ts';
import { showNest } from '../../compiler/tiler/print.ts';
import { boundNest, withTableParameters } from '../../compiler/tiler/tables.ts';
import { denseView } from '../../compiler/tiler/view.ts';
import { apply, at, load, loop, loops, set, store, vectorNest, vectorPlan } from './module-plans.ts';

const table = (axis: string, ...values: number[]): Affine => Affine.table(axis, values);
type Calls = readonly Pick<Invocation, 'tables'>[];

/** A plan of one nest that reads `input` numbers, called several times, each time for the next `output` numbers. */
function planOf(nest: LoopNest, input: number, output: number, calls: Calls): Plan {
  const plan = vectorPlan(nest, { input, output: output * calls.length });
  const [{ bases }] = plan.invocations as [Invocation];
  const invocations = calls.map((call, n) => ({
    nest,
    bases: [bases[0]!, bases[1]! + n * output],
    origins: [],
    ...call,
  }));
  return { ...plan, invocations };
}

const count = (length: number): Float32Array => Float32Array.from({ length }, (_, n) => n);

/** By each way of running a plan; WebAssembly in turns too, each a function of its own. */
function results(plan: Plan, x: Float32Array): Record<string, number[]> {
  const engine = liveEngine(plan);
  engine.arena.set(x);
  interpreted(plan, engine.arena, new Float32Array(4)).compute();
  const start = plan.outputs[0]!.view.base;
  const { bytes, arena } = assemble(plan, { leastTurn: { statements: 1, depth: 1 } });
  const { memory, run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as {
    memory: WebAssembly.Memory;
    run: () => void;
  };
  const numbers = new Float32Array(memory.buffer, arena, plan.arena);
  numbers.set(x);
  run();
  const end = start + plan.outputs[0]!.shape[0]!;
  return {
    interpreter: [...engine.arena.slice(start, end)],
    turns: [...numbers.slice(start, end)],
    ...Object.fromEntries(
      [typescript, wasm].map((target) => [target.name, [...target.instantiate(plan, new Uint8Array(0)).run({ x }).y!]]),
    ),
  };
}

function expectAll(found: Record<string, number[]>, wanted: readonly number[]): void {
  for (const [name, numbers] of Object.entries(found)) expect(numbers, name).toEqual(wanted);
}

/** Nearest resize of a row. */
const row = (...values: number[]): LoopNest =>
  withTableParameters(vectorNest(loop('x', values.length, store(1, at(0, { x: 1 }), load(0, table('x', ...values))))));

describe('a nest called with two tables', () => {
  it('resizes a row by both', () => {
    const plan = planOf(row(0, 0, 1, 1, 2, 2), 4, 6, [
      {},
      { tables: [[0, 1, 1, 2, 3, 3]] },
      { tables: [[3, 2, 1, 0, 1, 2]] },
    ]);
    const wanted = [0, 0, 1, 1, 2, 2, 0, 1, 1, 2, 3, 3, 3, 2, 1, 0, 1, 2];
    expect(verifyPlan(plan)).toEqual([]);
    expectAll(results(plan, count(4)), wanted);
    const { functions, calls, tables } = printProgram(plan, 'js', []);
    expect(functions).toHaveLength(1);
    expect(functions[0]!.body).toContain('x_table[x_2]');
    expect(calls.map(({ text }) => text)).toEqual([
      'vector_kernel(arena, 0, 8, table_1);',
      'vector_kernel(arena, 0, 14, table_2);',
      'vector_kernel(arena, 0, 20, table_3);',
    ]);
    expect(tables.map(({ values }) => values)).toEqual(['0, 0, 1, 1, 2, 2', '0, 1, 1, 2, 3, 3', '3, 2, 1, 0, 1, 2']);
  });

  it('walks rows and columns, around vectors, by tables of each', () => {
    const place = table('y', 0, 0, 24)
      .plus(table('x', 0, 8, 8))
      .plus(at(1, { c: 4 }));
    const nest = withTableParameters(
      vectorNest(
        loops(
          [
            ['y', 3],
            ['x', 3],
            ['c', 2],
          ],
          store(1, at(0, { y: 24, x: 8, c: 4 }), load(0, place, 4), 4),
        ),
      ),
    );
    const calls = [
      [
        [0, 0, 24],
        [0, 8, 8],
      ],
      [
        [48, 24, 0],
        [16, 0, 8],
      ],
    ];
    const wanted = calls.flatMap(([ys, xs]) =>
      ys!.flatMap((y) => xs!.flatMap((x) => Array.from({ length: 8 }, (_, c) => 1 + y + x + c))),
    );
    const plan = planOf(
      nest,
      80,
      72,
      calls.map((tables) => ({ tables })),
    );
    expect(verifyPlan(plan)).toEqual([]);
    expectAll(results(plan, count(80)), wanted);
  });

  it('adds tables of one axis, its own and those it is passed, and strides', () => {
    const place = table('x', 0, 1, 0)
      .plus(table('x', 2, 2, 0))
      .plus(at(1, { x: 3, n: 1 }));
    const bare = vectorNest(loop('n', 2, loop('x', 3, store(1, at(0, { n: 3, x: 1 }), load(0, place)))));
    const nest = { ...bare, tables: [{ name: 'moves', variable: 'x', values: [2, 2, 0] }] };
    const wanted = (moves: number[]): number[] =>
      [0, 1].flatMap((n) => [0, 1, 2].map((x) => [0, 1, 0][x]! + moves[x]! + 1 + 3 * x + n));
    const plan = planOf(nest, 20, 6, [{}, { tables: [[5, 0, 4]] }]);
    expectAll(results(plan, count(20)), [...wanted([2, 2, 0]), ...wanted([5, 0, 4])]);
  });

  it('reads the only value of a loop of one turn', () => {
    const body = loop('y', 1, loop('x', 3, store(1, at(0, { x: 1 }), load(0, table('y', 2).plus(at(0, { x: 1 }))))));
    const alone = loop('y', 1, store(1, at(3), load(0, table('y', 2))));
    const plan = planOf(withTableParameters(vectorNest(body, alone)), 8, 4, [{}, { tables: [[5]] }]);
    expectAll(results(plan, count(8)), [2, 3, 4, 2, 5, 6, 7, 5]);
  });

  it('stores through a table too, and keeps two accesses of one table together', () => {
    const sum = apply('add', load(0, table('x', 0, 2, 4)), load(0, table('x', 0, 2, 4).plus(1)));
    const nest = withTableParameters(
      vectorNest(
        loop('x', 3, set('sum', sum), store(1, table('x', 2, 0, 1), { kind: 'register', name: 'sum', width: 1 })),
      ),
    );
    expect(nest.tables).toHaveLength(2);
    const tables = [
      [4, 0, 2],
      [0, 1, 2],
    ];
    expectAll(results(planOf(nest, 6, 3, [{}, { tables }]), count(6)), [5, 9, 1, 9, 1, 5]);
  });

  it('goes through one table in elements of several sizes', () => {
    const index = table('x', 0, 1, 2);
    const value = apply('add', load(0, index), load(2, index));
    const bare = vectorNest(loop('x', 3, store(1, at(0, { x: 1 }), value)));
    const half = { name: 'half', memory: 'weights', element: 'f16', written: false } as const;
    const nest = withTableParameters({ ...bare, operands: [...bare.operands, half] });
    const plan = planOf(nest, 4, 3, [{}, { tables: [[3, 0, 2]] }]);
    const weights = new Uint8Array(24);
    new Uint16Array(weights.buffer).set([10, 20, 30, 40].map(numberToHalf));
    const view = { ...denseView('weights', 0, [4]), element: 'f16' as const };
    const whole = {
      ...plan,
      invocations: plan.invocations.map((call) => ({ ...call, bases: [...call.bases, 0] })),
      weights: { storedBytes: 24, bytes: 24, tensors: [{ name: 'half', shape: [4], view }] },
    };
    for (const target of [typescript, wasm]) {
      const { y } = target.instantiate(whole, weights).run({ x: count(4) });
      expect([...y!], target.name).toEqual([10, 21, 32, 43, 10, 32]);
    }
  });
});

describe('tables as arguments', () => {
  it('are not part of what makes two nests one', () => {
    const [one, other] = [row(0, 0, 1), row(2, 1, 0)];
    const bare = ({ tables: _, ...nest }: LoopNest): LoopNest => nest;
    expect(nestKey(one)).toBe(nestKey(other));
    expect(nestKey(bare(one))).not.toBe(nestKey(bare(other)));
    expect(nestKey(one)).not.toBe(nestKey(row(0, 0, 1, 1)));
    expect(boundNest({ nest: one, tables: [[2, 1, 0]] })).toEqual(bare(other));
  });

  it('differ by the loop that they belong to, and by which place they stand in', () => {
    const body = (first: Affine, second: Affine): Statement =>
      loops(
        [
          ['y', 2],
          ['x', 2],
        ],
        store(1, at(0, { y: 2, x: 1 }), apply('subtract', load(0, first), load(0, second))),
      );
    const key = (first: Affine, second: Affine): string =>
      nestKey(withTableParameters(vectorNest(body(first, second))));
    expect(key(table('y', 0, 1), table('x', 0, 1))).toBe(key(table('y', 3, 1), table('x', 2, 2)));
    expect(key(table('y', 0, 1), table('x', 0, 1))).not.toBe(key(table('x', 0, 1), table('y', 0, 1)));
    expect(key(table('y', 0, 1), table('y', 0, 1))).not.toBe(key(table('y', 0, 1), table('y', 1, 0)));
  });

  it('are verified with each call', () => {
    const faults = (...tables: number[][]): string[] => verifyPlan(planOf(row(0, 1, 1), 4, 3, [{ tables }]));
    expect(faults([3, 2, 0])).toEqual([]);
    expect(faults([0, 99, 0])).toEqual([expect.stringMatching(/read of x .* leaves/)]);
    expect(faults([0, -1, 0])).toEqual([expect.stringMatching(/read of x .* leaves/)]);
    expect(faults([0, 1])).toEqual(['vector_kernel: x_table has 2 values, not 3']);
    expect(faults([0, 0.5, 1])).toEqual(['vector_kernel: x_table has a value that is no integer']);
    expect(faults()).toEqual(['vector_kernel: 0 tables are passed where the nest declares 1']);
  });

  it('have names in the text of a nest', () => {
    expect(showNest(row(0, 0, 1))).toBe(
      'vector_kernel: reads x (arena), writes y (arena), takes x_table (3 values of x)\n' +
        '  for x < 3\n    store(y, x, load(x, x_table[x]))\n',
    );
  });
});
