// Random loop kernels: what WebAssembly computes is what the interpreter says. Loops side by side and inside each other,
// strides of either sign, tables, whole and partial vectors.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import { assemble } from '../../compiler/backends/wasm/assemble.ts';
import { interpret } from '../../compiler/kernel/interpret.ts';
import type { Kernel, Statement, Value, Width } from '../../compiler/kernel/loop.ts';

/** Room on both sides of an operand's base. */
const reach = 200;
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

const names = { 1: 'plain', 4: 'vector' } as const;
const register = (width: Width): Value => ({ kind: 'register', name: names[width], width });

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
          indexIn(scopes).map((at): Value => ({ kind: 'splat', operand: 0, at })),
          fc.tuple(inner, lane).map(([of, index]): Value => ({ kind: 'lane', of, index })),
        )
      : fc.tuple(valueIn(scopes, 4, 0), lane).map(([of, index]): Value => ({ kind: 'extract', of, index }));
  return fc.oneof(load, apply, mixed, inner);
}

function statementIn(scopes: readonly Scope[], depth: number): fc.Arbitrary<Statement> {
  const width = fc.constantFrom<Width>(1, 4);
  const set = width.chain((size) =>
    valueIn(scopes, size).map((value): Statement => ({ kind: 'set', register: names[size], value })),
  );
  const store = width.chain((size) =>
    fc
      .tuple(indexIn(scopes), valueIn(scopes, size), fc.integer({ min: 1, max: size }))
      .map(([at, value, count]): Statement => ({ kind: 'store', operand: 1, at, value, count })),
  );
  if (depth === 0) return fc.oneof(set, store);
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

const zero = (width: Width): Statement => ({
  kind: 'set',
  register: names[width],
  value: { kind: 'constant', value: 0, width },
});

const kernels: fc.Arbitrary<Kernel> = bodyIn([], 3).map((body) => ({
  name: 'kernel',
  about: [],
  operands: [
    { name: 'in', memory: 'arena', written: false },
    { name: 'out', memory: 'arena', written: true },
  ],
  body: [zero(1), zero(4), ...body],
}));

const filled = (): Float32Array => Float32Array.from({ length: 2 * operandSize }, (_, n) => ((n * 7919) % 17) - 8);
const bases = [reach, operandSize + reach];

function byWebAssembly(kernel: Kernel): Float32Array {
  const plan = { kernels: [kernel], invocations: [{ kernel, bases, origins: [] }], arena: 2 * operandSize };
  const { bytes, arena } = assemble({ ...plan, setup: [], weights: { length: 0 } });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory, run } = exports as unknown as { memory: WebAssembly.Memory; run: () => void };
  const numbers = new Float32Array(memory.buffer, arena, 2 * operandSize);
  numbers.set(filled());
  run();
  return numbers;
}

function byInterpretation(kernel: Kernel): Float32Array {
  const arena = filled();
  interpret(kernel, bases, { arena, weights: new Float32Array(0) }, 'single');
  return arena;
}

describe('kernels in WebAssembly', () => {
  it('compute what the interpreter computes', () => {
    fc.assert(
      fc.property(kernels, (kernel) => {
        const expected = byInterpretation(kernel).map((value) => value + 0);
        expect(byWebAssembly(kernel).map((value) => value + 0)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
