import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import { type FunctionName, functions } from '../../compiler/algebra/functions.ts';
import { createInstance } from '../../compiler/targets/shared/instance.ts';
import { bytesOf } from '../../compiler/targets/shared/weights-file.ts';
import { interpreted, liveEngine } from '../../compiler/targets/typescript/live.ts';
import { printKernel } from '../../compiler/targets/typescript/print.ts';
import { ModuleTables } from '../../compiler/targets/typescript/tables.ts';
import type { LoopNest } from '../../compiler/tiler/loop.ts';
import {
  apply,
  at,
  constant,
  convolutionKernel,
  convolutionPlan,
  load,
  loop,
  loops,
  register,
  set,
  store,
  vectorNest,
  vectorPlan,
} from './module-plans.ts';

const text = (nest: LoopNest, dialect: 'ts' | 'js' = 'js'): string =>
  printKernel(nest, dialect, new ModuleTables()).body;

function run(nest: LoopNest, x: Float32Array, output: number): Float32Array {
  const plan = vectorPlan(nest, { input: x.length, output });
  return createInstance(plan, liveEngine(plan), new Uint8Array(0)).run({ x }).y!;
}

describe('indices', () => {
  test('become running offsets: nothing is multiplied', () => {
    const body = text(convolutionKernel({ height: 4, width: 4, channels: 4, filters: 2 }));
    expect(body).toContain('for (let y = 0, in_y = in_, out_y = out_f; y < 4; y++, in_y += 24, out_y += 8) {');
    expect(body.match(/\[[^\]]*\*[^\]]*\]/)).toBeNull();
  });

  test('with a negative constant or coefficient walk backwards', () => {
    const nest = vectorNest(loop('i', 5, store(1, at(0, { i: 1 }), load(0, at(4, { i: -1 })))));
    expect(run(nest, Float32Array.of(1, 2, 3, 4, 5), 5)).toEqual(Float32Array.of(5, 4, 3, 2, 1));
    expect(text(nest)).toContain('x_i--');
  });

  test('go through tables, which equal kernels share', () => {
    const index = Affine.table('i', [3, 0, 2]).plus(Affine.axis('i', 4)).plus(1);
    const nest = vectorNest(loop('i', 3, store(1, at(0, { i: 1 }), load(0, index))));
    const x = Float32Array.from({ length: 16 }, (_, n) => n);
    expect(run(nest, x, 3)).toEqual(Float32Array.of(4, 5, 11));
    expect(text(nest, 'ts')).toContain('const x_table_1 = x_i + table_1[i]!;');
  });

  test('that use a variable outside its loop are a fault of the caller', () => {
    expect(() => text(vectorNest(store(1, at(0, { i: 1 }), constant(1))))).toThrow('outside its loop');
  });
});

describe('registers', () => {
  test('are declared where their value begins', () => {
    const sum = (variable: string, n: number) => [
      set('a', constant(n)),
      loop(variable, 2, set('a', apply('add', register('a'), load(0, at(n, { [variable]: 1 }))))),
      store(1, at(n), register('a')),
    ];
    const nest = vectorNest(loop('p', 1, ...sum('i', 0)), loop('q', 1, ...sum('j', 1)));
    expect(text(nest).match(/let a = /g)).toHaveLength(2);
    expect(run(nest, Float32Array.of(1, 2, 3), 2)).toEqual(Float32Array.of(3, 6));
  });

  test('set inside a loop and read after it are declared before it', () => {
    const nest = vectorNest(loop('i', 3, set('last', load(0, at(0, { i: 1 })))), store(1, at(0), register('last')));
    expect(text(nest)).toMatch(/^let last = 0;\nfor/);
    expect(run(nest, Float32Array.of(1, 2, 3), 1)).toEqual(Float32Array.of(3));
  });

  test('named like words of the language or like each other keep apart', () => {
    const nest: LoopNest = {
      ...vectorNest(loop('x', 2, set('new', load(0, at(0, { x: 1 }))), store(1, at(0, { x: 1 }), register('new')))),
      operands: [
        { name: 'in', memory: 'arena', written: false },
        { name: 'arena', memory: 'arena', written: true },
      ],
    };
    expect(run(nest, Float32Array.of(7, 8), 2)).toEqual(Float32Array.of(7, 8));
  });
});

describe('vectors', () => {
  test('become four numbers', () => {
    const total = set(
      'v',
      apply('add', register('v', 4), { kind: 'splat', operand: 0, at: at(0, { i: 1 }), width: 4 }),
    );
    const nest = vectorNest(
      set('v', load(0, at(0), 4)),
      loop('i', 2, total),
      store(1, at(0), register('v', 4), 3),
      set('v', apply('multiply', register('v', 4), { kind: 'lane', of: register('v', 4), index: 0 })),
      set('s', { kind: 'extract', of: register('v', 4), index: 3 }),
      store(1, at(3), register('s')),
    );
    expect(run(nest, Float32Array.of(1, 2, 3, 4), 4)).toEqual(Float32Array.of(4, 5, 6, 28));
  });

  test('that read past the end of an operand find room there', () => {
    const nest = vectorNest(set('v', load(0, at(2), 4)), store(1, at(0), register('v', 4), 1));
    expect(run(nest, Float32Array.of(1, 2, 3), 1)).toEqual(Float32Array.of(3));
  });
});

describe('functions', () => {
  const arguments_ = [-2.5, -1.5, -0.5, -0, 0, 0.25, 0.5, 1.5, 2, 3.5];
  const names = Object.keys(functions) as FunctionName[];

  test.each(names)('%s is what the table says', (name) => {
    for (const a of arguments_) {
      for (const b of arguments_) {
        const [x, y, z] = [0, 1, 2].map((n) => load(0, at(n)));
        const arity = functions[name].arity;
        const nest = vectorNest(store(1, at(0), apply(name, ...[x!, y!, z!].slice(0, arity))));
        const wanted = Math.fround(functions[name].evaluate(a, b, 5));
        expect(run(nest, Float32Array.of(a, b, 5), 1)[0]).toBe(wanted);
      }
    }
  });

  test('nest with the parentheses that they need', () => {
    const leaf = fc.oneof(
      fc.integer({ min: -3, max: 3 }).map((value) => constant(value)),
      fc.constantFrom(constant(-0), load(0, at(0)), load(0, at(1))),
    );
    const binary = fc.constantFrom<FunctionName>('add', 'subtract', 'multiply', 'divide', 'less', 'maximum', 'power');
    const { value } = fc.letrec<{ value: ReturnType<typeof apply> }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.tuple(binary, tie('value'), tie('value')).map(([name, a, b]) => apply(name, a, b)),
        tie('value').map((a) => apply('negate', a)),
        fc.tuple(tie('value'), tie('value'), tie('value')).map((parts) => apply('select', ...parts)),
      ),
    }));
    fc.assert(
      fc.property(value, (expression) => {
        const nest = vectorNest(store(1, at(0), expression));
        const plan = vectorPlan(nest, { input: 2, output: 1 });
        const arena = new Float32Array(plan.arena);
        arena.set([1.5, -2]);
        interpreted(plan, arena, new Float32Array(0)).compute();
        expect(run(nest, Float32Array.of(1.5, -2), 1)[0]).toBe(arena[6]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('numbers are written so that they read back the same', () => {
    const values = [0.1, -0, 1e-7, 123456789012345680000, Infinity, -Infinity, NaN];
    const nest = vectorNest(...values.map((value, n) => store(1, at(n), constant(value))));
    expect(run(nest, Float32Array.of(0), values.length)).toEqual(Float32Array.from(values));
  });
});

test('printed, interpreted and computed by hand agree', () => {
  const size = { height: 4, width: 6, channels: 4, filters: 4 };
  const plan = convolutionPlan(size);
  const weights = Float32Array.from({ length: plan.weights.storedBytes / 4 }, (_, n) => ((n * 7) % 11) - 5);
  const image = Float32Array.from({ length: 96 }, (_, n) => ((n * 5) % 13) - 6);
  const slow = { arena: new Float32Array(plan.arena), weights: new Float32Array(plan.weights.bytes / 4) };
  const run = interpreted(plan, slow.arena, slow.weights);
  const { mask } = createInstance(plan, liveEngine(plan), bytesOf(weights)).run({ image });
  expect(
    createInstance(plan, { ...slow, ...run, weights: bytesOf(slow.weights) }, bytesOf(weights)).run({ image }),
  ).toEqual({ mask });
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 6; x++) {
      for (let f = 0; f < 4; f++) {
        let sum = weights[f]!;
        for (let i = Math.max(0, 1 - y); i < Math.min(3, 5 - y); i++) {
          for (let j = Math.max(0, 1 - x); j < Math.min(3, 7 - x); j++) {
            for (let c = 0; c < 4; c++) {
              const kernel = weights[4 + 72 * Math.floor(f / 2) + 24 * i + 8 * j + 2 * c + (f % 2)]!;
              sum += image[24 * (y + i - 1) + 4 * (x + j - 1) + c]! * kernel;
            }
          }
        }
        expect(mask![24 * y + 4 * x + f]).toBe(sum);
      }
    }
  }
});

test('loops of several axes keep every offset', () => {
  const index = { a: 12, b: 4, c: 1 };
  const nest = vectorNest(
    loops(
      [
        ['a', 2],
        ['b', 3],
        ['c', 4],
      ],
      store(1, at(0, index), load(0, at(0, { a: 1, b: 2, c: 6 }))),
    ),
  );
  const x = Float32Array.from({ length: 24 }, (_, n) => n);
  const wanted = Float32Array.from(
    { length: 24 },
    (_, n) => Math.floor(n / 12) + 2 * (Math.floor(n / 4) % 3) + 6 * (n % 4),
  );
  expect(run(nest, x, 24)).toEqual(wanted);
});

test('where code must not be made from text, the interpreter takes over', () => {
  const nest = vectorNest(store(1, at(0), apply('negate', load(0, at(0)))));
  const allowed = globalThis.Function;
  globalThis.Function = class {
    constructor() {
      throw new EvalError('code generation from strings disallowed for this context');
    }
  } as unknown as FunctionConstructor;
  try {
    expect(run(nest, Float32Array.of(3), 1)).toEqual(Float32Array.of(-3));
  } finally {
    globalThis.Function = allowed;
  }
});
