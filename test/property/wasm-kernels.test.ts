// Random loop kernels: what WebAssembly computes is what the interpreter says. Loops side by side and inside each other,
// strides of either sign, tables, whole and partial vectors.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import { type AssembleOptions, assemble } from '../../compiler/targets/wasm/assemble.ts';
import { turnsOf } from '../../compiler/targets/wasm/turns.ts';
import { interpretCall } from '../../compiler/tiler/interpret.ts';
import type { Invocation, LoopNest, Statement, Value, Width } from '../../compiler/tiler/loop.ts';
import { withTableParameters } from '../../compiler/tiler/tables.ts';

/** However short it is. */
const anyTurn = { statements: 1, depth: 0 };

/** Room on both sides of an operand's base. */
const reach = 300;
const operandSize = 2 * reach;

interface Scope {
  readonly variable: string;
  readonly extent: number;
}

const indexIn = (scopes: readonly Scope[]): fc.Arbitrary<Affine> =>
  fc
    .tuple(
      fc.integer({ min: -9, max: 9 }),
      ...scopes.map(({ variable, extent }) =>
        fc.oneof(
          {
            weight: 4,
            arbitrary: fc.integer({ min: -4, max: 8 }).map((coefficient) => Affine.axis(variable, coefficient)),
          },
          {
            weight: 1,
            arbitrary: fc
              .array(fc.integer({ min: -9, max: 9 }), { minLength: extent, maxLength: extent })
              .map((values) => Affine.table(variable, values)),
          },
        ),
      ),
    )
    .map(([constant, ...terms]) => terms.reduce((sum, term) => sum.plus(term), Affine.constant(constant)));

const nameOf = (width: Width): string => (width === 1 ? 'plain' : 'vector');
const register = (width: Width): Value => ({ kind: 'register', name: nameOf(width), width });

function valueIn(scopes: readonly Scope[], width: Width, depth = 2): fc.Arbitrary<Value> {
  const load = indexIn(scopes).map((at): Value => ({ kind: 'load', operand: 0, at, width }));
  const constant = fc.integer({ min: -3, max: 3 }).map((value): Value => ({ kind: 'constant', value, width }));
  if (depth === 0) return fc.oneof(load, constant, fc.constant(register(width)));
  const inner = valueIn(scopes, width, depth - 1);
  const apply = fc
    .tuple(fc.constantFrom('add', 'subtract', 'multiply', 'maximum', 'minimum', 'less'), inner, inner)
    .map(([name, a, b]): Value => ({ kind: 'apply', function: name, arguments: [a, b] }) as Value);
  const lane = fc.integer({ min: 0, max: 3 });
  const mixed =
    width === 4
      ? fc.oneof(
          indexIn(scopes).map((at): Value => ({ kind: 'splat', operand: 0, at, width: 4 })),
          fc.tuple(inner, lane).map(([of, index]): Value => ({ kind: 'lane', of, index })),
        )
      : fc.tuple(valueIn(scopes, 4, 0), lane).map(([of, index]): Value => ({ kind: 'extract', of, index }));
  return fc.oneof(load, apply, mixed, inner);
}

const width = fc.constantFrom<Width>(1, 4);

const settingIn = (scopes: readonly Scope[]): fc.Arbitrary<Statement> =>
  width.chain((size) =>
    valueIn(scopes, size).map((value): Statement => ({ kind: 'set', register: nameOf(size), value })),
  );

/** Products of small numbers added to registers, which stay exact. */
const sumIn = (scopes: readonly Scope[]): fc.Arbitrary<Statement> =>
  fc
    .tuple(fc.constantFrom('vector', 'other'), indexIn(scopes), indexIn(scopes), fc.boolean())
    .map(([name, a, b, splats]): Statement => {
      const load: Value = { kind: 'load', operand: 0, at: a, width: 4 };
      const factor: Value = splats ? { kind: 'splat', operand: 0, at: b, width: 4 } : { ...load, at: b };
      const product: Value = { kind: 'apply', function: 'multiply', arguments: [load, factor] };
      const sum: Value = { kind: 'register', name, width: 4 };
      return { kind: 'set', register: name, value: { kind: 'apply', function: 'add', arguments: [sum, product] } };
    });

/** Long enough to be printed several turns in a row, with any rest. */
function longLoopIn(scopes: readonly Scope[]): fc.Arbitrary<Statement> {
  const variable = `v${scopes.length}`;
  return fc.integer({ min: 7, max: 13 }).chain((extent) => {
    const inside = [...scopes, { variable, extent }];
    const body = fc.array(fc.oneof(sumIn(inside), sumIn(inside), settingIn(inside)), { minLength: 1, maxLength: 4 });
    return body.map((statements): Statement => ({ kind: 'for', variable, extent, body: statements }));
  });
}

function statementIn(scopes: readonly Scope[], depth: number): fc.Arbitrary<Statement> {
  const set = settingIn(scopes);
  const store = width.chain((size) =>
    fc
      .tuple(indexIn(scopes), valueIn(scopes, size), fc.integer({ min: 1, max: size }))
      .map(([at, value, count]): Statement => ({ kind: 'store', operand: 1, at, value, count })),
  );
  if (depth === 0) return fc.oneof(set, store, longLoopIn(scopes));
  const loop = fc.integer({ min: 1, max: 3 }).chain((extent) => {
    const variable = `v${scopes.length}`;
    return bodyIn([...scopes, { variable, extent }], depth - 1).map(
      (body): Statement => ({ kind: 'for', variable, extent, body }),
    );
  });
  return fc.oneof(set, store, loop, loop);
}

const bodyIn = (scopes: readonly Scope[], depth: number): fc.Arbitrary<Statement[]> =>
  fc.array(statementIn(scopes, depth), { minLength: 1, maxLength: 4 });

const zero = (width: Width, name: string = nameOf(width)): Statement => ({
  kind: 'set',
  register: name,
  value: { kind: 'constant', value: 0, width },
});

const nests: fc.Arbitrary<LoopNest> = bodyIn([], 3).map((body) => ({
  name: 'kernel',
  about: [],
  operands: [
    { name: 'in', memory: 'arena', written: false },
    { name: 'out', memory: 'arena', written: true },
  ],
  body: [zero(1), zero(4), zero(4, 'other'), ...body],
}));

const filled = (): Float32Array => Float32Array.from({ length: 2 * operandSize }, (_, n) => ((n * 7919) % 17) - 8);
const bases = [reach, operandSize + reach, reach];

type Calls = readonly Pick<Invocation, 'tables'>[];

function byWebAssembly(nest: LoopNest, options: AssembleOptions = {}, calls: Calls = [{}]): Float32Array {
  const invocations = calls.map((call) => ({ nest, bases, origins: [], ...call }));
  const plan = { nests: [nest], invocations, arena: 2 * operandSize };
  const { bytes, arena } = assemble({ ...plan, setup: [], weights: { bytes: 0 } }, options);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory, run } = exports as unknown as { memory: WebAssembly.Memory; run: () => void };
  const numbers = new Float32Array(memory.buffer, arena, 2 * operandSize);
  numbers.set(filled());
  run();
  return numbers;
}

function byInterpretation(nest: LoopNest, calls: Calls = [{}]): Float32Array {
  const arena = filled();
  for (const call of calls) interpretCall({ nest, bases, ...call }, { arena, weights: new Float32Array(0) }, 'single');
  return arena;
}

describe('kernels in WebAssembly', () => {
  it('compute what the interpreter computes', () => {
    fc.assert(
      fc.property(nests, (nest) => {
        const expected = byInterpretation(nest).map((value) => value + 0);
        expect(byWebAssembly(nest).map((value) => value + 0)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('compute the same in turns', () => {
    fc.assert(
      fc.property(nests, (nest) => {
        const expected = byInterpretation(nest).map((value) => value + 0);
        expect(byWebAssembly(nest, { leastTurn: anyTurn }).map((value) => value + 0)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});

it.each([{}, { leastTurn: anyTurn }])('kernels take their tables as arguments (%o)', (options) => {
  fc.assert(
    fc.property(nests.map(withTableParameters), (nest) => {
      const calls = [{}, { tables: nest.tables!.map(({ values }) => values.map((value) => 1 - value).reverse()) }];
      const expected = byInterpretation(nest, calls).map((value) => value + 0);
      expect(byWebAssembly(nest, options, calls).map((value) => value + 0)).toEqual(expected);
      expect(byWebAssembly(nest, options)).toEqual(byWebAssembly({ ...nest, tables: [] }, options));
    }),
    { numRuns: 100 },
  );
});

/** An index `constant + 20·y + 4·x`. */
const at = (constant: number, y = 0, x = 0): Affine =>
  Affine.constant(constant).plus(Affine.axis('y', y)).plus(Affine.axis('x', x));
const load = (index: Affine, operand = 0): Value => ({ kind: 'load', operand, at: index, width: 4 });
const add = (...values: Value[]): Value => ({ kind: 'apply', function: 'add', arguments: values });
const named = (name: string): Value => ({ kind: 'register', name, width: 4 });
const set = (name: string, value: Value): Statement => ({ kind: 'set', register: name, value });
const store = (index: Affine, value: Value): Statement => ({ kind: 'store', operand: 1, at: index, value, count: 4 });
const over = (variable: string, extent: number, ...body: Statement[]): Statement => ({
  kind: 'for',
  variable,
  extent,
  body,
});

/** One turn after the other, each with what was set before the loop. */
const row = over('y', 3, over('x', 4, store(at(-7, 20, 4), add(load(at(5, 20, 4)), named('kept')))));

const parts: Readonly<Record<string, readonly [body: Statement[], turned: boolean]>> = {
  'loops alone': [
    [over('y', 3, store(at(0, 20), load(at(1, 8)))), over('y', 2, store(at(90, 8), load(at(9, 4))))],
    true,
  ],
  'what is set before a loop': [[set('kept', load(at(3), 2)), row], true],
  'what is set between loops': [
    [set('kept', load(at(3), 2)), row, set('other', load(at(11))), over('y', 4, store(at(100, 4), named('other')))],
    true,
  ],
  'a sum that goes on from turn to turn': [
    [
      set('sum', load(at(3))),
      over('y', 5, set('sum', add(named('sum'), load(at(0, 4)))), store(at(0, 4), named('sum'))),
    ],
    false,
  ],
  'a sum that is stored after its loop': [
    [set('sum', load(at(3))), over('y', 5, set('sum', add(named('sum'), load(at(0, 4))))), store(at(0), named('sum'))],
    false,
  ],
  'what a loop has changed': [
    [
      set('kept', load(at(3), 2)),
      over('x', 2, set('kept', load(at(40, 0, 4))), store(at(60, 0, 4), named('kept'))),
      row,
    ],
    false,
  ],
  'operands that move unevenly': [[over('y', 3, store(at(0, 20), add(load(at(1, 8)), load(at(1, 4)))))], false],
};

describe('turns of a kernel', () => {
  it.each(Object.entries(parts))('%s', (_, [body, turned]) => {
    const operands: LoopNest['operands'] = [
      { name: 'in', memory: 'arena', written: false },
      { name: 'out', memory: 'arena', written: true },
      { name: 'bias', memory: 'arena', written: false },
    ];
    const nest = { name: 'kernel', about: [], operands, body };
    expect(turnsOf(nest, anyTurn) !== undefined).toBe(turned);
    expect(byWebAssembly(nest, { leastTurn: anyTurn })).toEqual(byInterpretation(nest));
    expect(turnsOf(nest)).toBeUndefined();
  });
});

it('says that addresses are below 2 GiB only where they are', () => {
  const operands: LoopNest['operands'] = [{ name: 'out', memory: 'arena', written: true }];
  const constant: Value = { kind: 'constant', value: 1, width: 4 };
  const body: Statement[] = [over('y', 3, { kind: 'store', operand: 0, at: at(0, 4), value: constant, count: 4 })];
  const nest = { name: 'kernel', about: [], operands, body };
  const cuts = (arena: number): boolean => {
    const invocations = [{ nest, bases: [0], origins: [] }];
    const { bytes } = assemble({ nests: [nest], invocations, setup: [], arena, weights: { bytes: 0 } });
    return Buffer.from(bytes).includes(Buffer.from([0x41, 0xff, 0xff, 0xff, 0xff, 0x07])); // i32.const 2³¹ − 1
  };
  expect(cuts(64)).toBe(true);
  expect(cuts(2 ** 29)).toBe(false);
});
