// The functions of the WebAssembly library against double precision, over the whole range of float32: every 4099th bit
// pattern, and the places where functions change.
import { describe, expect, it } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import { applyFunction, type FunctionName, functions } from '../../compiler/algebra/functions.ts';
import { assemble } from '../../compiler/targets/wasm/assemble.ts';
import type { LoopNest, Value, Width } from '../../compiler/tiler/loop.ts';

const size = 1 << 16;

/** Applies a function to arrays of `size` numbers, as a kernel of one loop. */
function compiled(name: FunctionName, width: Width): (...parameters: readonly Float32Array[]) => Float32Array {
  const { arity } = functions[name];
  const at = Affine.axis('n', width);
  const parameters = Array.from({ length: arity }, (_, operand): Value => ({ kind: 'load', operand, at, width }));
  const value: Value = { kind: 'apply', function: name, arguments: parameters };
  const nest: LoopNest = {
    name: 'kernel',
    about: [],
    operands: ['a', 'b', 'c', 'out'].map((operand) => ({ name: operand, memory: 'arena', written: operand === 'out' })),
    body: [
      {
        kind: 'for',
        variable: 'n',
        extent: size / width,
        body: [{ kind: 'store', operand: 3, at, value, count: width }],
      },
    ],
  };
  const bases = [0, size, 2 * size, 3 * size];
  const plan = {
    nests: [nest],
    invocations: [{ nest, bases, origins: [] }],
    arena: 4 * size,
    setup: [],
    weights: { bytes: 0 },
  };
  const { bytes, arena } = assemble(plan);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory, run } = exports as unknown as { memory: WebAssembly.Memory; run: () => void };
  const numbers = new Float32Array(memory.buffer, arena, 4 * size);
  return (...given) => {
    for (const [operand, values] of given.entries()) numbers.set(values, operand * size);
    run();
    return numbers.slice(3 * size, 4 * size);
  };
}

const fromBits = (bits: Uint32Array): Float32Array => new Float32Array(bits.buffer);

/** Blocks of `size` numbers that sweep all bit patterns. */
function* sweep(): Generator<Float32Array> {
  const step = 4099;
  for (let first = 0; first < 2 ** 32; first += step * size) {
    yield fromBits(Uint32Array.from({ length: size }, (_, n) => Math.min(first + n * step, 2 ** 32 - 1)));
  }
}

const special = [
  0,
  -0,
  1,
  -1,
  0.5,
  2,
  1e-45,
  -1e-45,
  2 ** -126,
  3.4e38,
  -3.4e38,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];
const edges = Float32Array.from({ length: size }, (_, n) => special[n] ?? (n - size / 2) / 256);

const one = new Float32Array(1);
const bits = new Int32Array(one.buffer);

/** The distance of neighbouring float32 numbers at a size. */
function unitInLastPlace(x: number): number {
  one[0] = Math.abs(x);
  if (one[0] >= 2 ** 127 || Number.isNaN(one[0])) return 2 ** 104;
  const rounded = one[0];
  bits[0]!++;
  return one[0] - rounded;
}

function errorOf(actual: number, exact: number): number {
  if (Number.isNaN(exact) || Number.isNaN(actual)) return Object.is(actual, exact) ? 0 : Number.POSITIVE_INFINITY;
  if (exact === 0 && actual === 0) return Object.is(actual, exact) ? 0 : Number.POSITIVE_INFINITY;
  const rounded = Math.fround(exact);
  if (!Number.isFinite(rounded) || !Number.isFinite(actual)) return rounded === actual ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(actual - exact) / unitInLastPlace(exact);
}

/** Worst error in units in the last place, and where. */
function worstOf(name: FunctionName, width: Width, blocks: Iterable<readonly Float32Array[]>): string {
  const run = compiled(name, width);
  let worst = 0;
  let where = '';
  for (const block of blocks) {
    const actual = run(...block);
    for (let n = 0; n < size; n++) {
      const point = block.map((values) => values[n]!);
      const error = errorOf(actual[n]!, applyFunction(name, point));
      if (error > worst) {
        worst = error;
        where = `${name}(${point.join(', ')}) = ${actual[n]} for ${applyFunction(name, point)}`;
      }
    }
  }
  return `${worst.toFixed(2)} ulp at ${where}`;
}

function* unary(): Generator<readonly Float32Array[]> {
  yield [edges];
  for (const block of sweep()) yield [block];
}

const bound: Partial<Record<FunctionName, number>> = {
  exponential: 2,
  exponentialMinusOne: 4,
  logarithm: 4,
  logarithmOnePlus: 4,
  tanh: 4,
  sigmoid: 4,
  errorFunction: 4,
  sine: 1,
  cosine: 1,
  tangent: 1,
  sign: 0.1,
  truncate: 0.1,
  floor: 0.1,
  ceiling: 0.1,
  absolute: 0.1,
  negate: 0.1,
  squareRoot: 0.6,
};

describe('the library of functions', () => {
  it.each(Object.entries(bound))('%s', (name, most) => {
    const worst = worstOf(name as FunctionName, 4, unary());
    expect(Number.parseFloat(worst), worst).toBeLessThanOrEqual(most);
  });

  it.each(Object.entries(bound))('%s of plain numbers', (name, most) => {
    const worst = worstOf(name as FunctionName, 1, [[edges]]);
    expect(Number.parseFloat(worst), worst).toBeLessThanOrEqual(most);
  });
});

it('rounds halves to even', () => {
  const halves = Float32Array.from({ length: size }, (_, n) => (n - 5) / 2);
  const rounded = [-2, -2, -2, -1, 0, 0, 0, 1, 2, 2, 2].map((value) => value + 0);
  for (const width of [4, 1] as const) {
    expect([...compiled('roundHalfEven', width)(halves)].slice(0, 11).map((value) => value + 0)).toEqual(rounded);
  }
});

describe('functions of several numbers', () => {
  const values = [...special, 3, -3, -2, 0.75, -1.5, 10, 1e10, -1e10, 1e-20, 1.0000001, 127, -126.5];
  const grid = (divisor: number): Float32Array =>
    Float32Array.from({ length: size }, (_, n) => values[Math.floor(n / divisor) % values.length]!);
  const pairs = [grid(1), grid(values.length)];
  const random = (seed: number): Float32Array =>
    Float32Array.from({ length: size }, (_, n) => (((n + 1) * seed) % 65537) / 1024 - (seed % 3) * 16);

  it.each([4, 1] as const)('power, width %i', (width) => {
    const worst = worstOf('power', width, [pairs, [random(7919), random(104729)]]);
    expect(Number.parseFloat(worst), worst).toBeLessThanOrEqual(1);
  });

  it.each(['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'less'] as const)('%s', (name) => {
    for (const width of [4, 1] as const) {
      const worst = worstOf(name, width, [pairs]);
      expect(Number.parseFloat(worst), worst).toBeLessThanOrEqual(0.6);
    }
  });

  it('select', () => {
    for (const width of [4, 1] as const) {
      const worst = worstOf('select', width, [[grid(1), grid(3), grid(7)]]);
      expect(Number.parseFloat(worst), worst).toBe(0);
    }
  });
});
