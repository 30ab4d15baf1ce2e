// Elements narrower than float32: every bit pattern of half precision and every small integer, widened by the definition, by
// the runtime, by the interpreter of the loop IR and by the loops of both targets, bit for bit.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import { halfToNumber, numberToHalf } from '../../compiler/algebra/half.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { interpreted, liveEngine } from '../../compiler/targets/typescript/live.ts';
import { typescript } from '../../compiler/targets/typescript/run.ts';
import { wasm } from '../../compiler/targets/wasm/run.ts';
import { bytesOf, type Element } from '../../compiler/tensor.ts';
import { elementsIn, narrowed, widened } from '../../compiler/tiler/elements.ts';
import type { LoopNest, Statement, Value } from '../../compiler/tiler/loop.ts';
import { denseView } from '../../compiler/tiler/view.ts';
import { widenHalf } from '../../runtime/half.ts';

const patterns = Array.from({ length: 65536 }, (_, bits) => bits);

/** IEEE 754: the sign, and a fraction in units of the last place of its exponent; written in another way than the product's. */
function reference(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15, (bits >> 10) % 32, bits % 1024];
  const units = exponent === 0 ? fraction : 1024 + fraction;
  const size = exponent === 31 ? (fraction > 0 ? NaN : Infinity) : units * 2 ** (Math.max(exponent, 1) - 25);
  return sign === 1 ? -size : size;
}

const same = (a: number, b: number): boolean => Object.is(a, b);

describe('half precision', () => {
  it('has the value of its bits, for all of them', () => {
    expect(patterns.filter((bits) => !same(halfToNumber(bits), reference(bits)))).toEqual([]);
    expect(patterns.filter((bits) => !same(widenHalf(bits), reference(bits)))).toEqual([]);
  });

  it('is reached from every value that it has', () => {
    const numbers = patterns.filter((bits) => !Number.isNaN(reference(bits)));
    expect(numbers.filter((bits) => numberToHalf(reference(bits)) !== bits)).toEqual([]);
    expect(Number.isNaN(reference(numberToHalf(Number.NaN)))).toBe(true);
  });

  it('rounds to the nearest, halves to the even fraction', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [reference(bits), reference(bits + 1)];
      const middle = (low + high) / 2;
      const quarter = (high - low) / 4;
      const even = bits % 2 === 0 ? bits : bits + 1;
      if (numberToHalf(middle) !== even) expect.fail(`${middle} becomes ${numberToHalf(middle)}, not ${even}`);
      if (numberToHalf(middle - quarter) !== bits) expect.fail(`${middle - quarter} does not become ${bits}`);
      if (numberToHalf(-middle - quarter) !== (0x8000 | (bits + 1))) expect.fail(`−${middle + quarter}`);
    }
    expect([65519.99, 65520, -65520, 1e30, Infinity].map(numberToHalf)).toEqual([
      0x7bff, 0x7c00, 0xfc00, 0x7c00, 0x7c00,
    ]);
  });

  it('leaves no nearer value aside', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: -65500, max: 65500 }), (value) => {
        const bits = numberToHalf(value);
        const distance = Math.abs(reference(bits) - value);
        for (const other of [bits - 1, bits + 1]) {
          const away = Math.abs(reference(other & 0xffff) - value);
          if (!Number.isNaN(away)) expect(distance).toBeLessThanOrEqual(away);
        }
      }),
    );
  });
});

const ranges = {
  f16: patterns,
  u16: patterns,
  i16: patterns.map((bits) => bits - 32768),
  u8: patterns.slice(0, 256),
  i8: patterns.slice(0, 256).map((bits) => bits - 128),
  i32: [0, 1, -1, 2 ** 24, -(2 ** 24), 2 ** 31 - 128, -(2 ** 31), 77],
} satisfies Partial<Record<Element, readonly number[]>>;

/** out[n] = in[n] for elements of the weights, in vectors, one by one, or a vector of each fourth. */
function copying(element: Element, count: number, way: 'load' | 'plain' | 'splat'): Plan {
  const at = (step: number): Affine => Affine.axis('n', step);
  const load: Value =
    way === 'splat'
      ? { kind: 'splat', operand: 0, at: at(4), width: 4 }
      : { kind: 'load', operand: 0, at: at(way === 'load' ? 4 : 1), width: way === 'load' ? 4 : 1 };
  const lanes = way === 'plain' ? 1 : 4;
  const body: Statement[] = [
    {
      kind: 'for',
      variable: 'n',
      extent: count / lanes,
      body: [{ kind: 'store', operand: 1, at: at(lanes), value: load, count: lanes }],
    },
  ];
  const nest: LoopNest = {
    name: 'widen',
    about: [],
    operands: [
      { name: 'narrow', memory: 'weights', element, written: false },
      { name: 'wide', memory: 'arena', written: true },
    ],
    body,
  };
  // The elements begin at the fourth one, so that bases count elements.
  const view = { ...denseView('weights', 4, [count]), element };
  const bytes = Math.ceil(((count + 4) * bytesOf(element) + 16) / 4) * 4;
  return {
    name: 'net',
    documentation: '',
    inputs: [],
    outputs: [{ name: 'wide', shape: [count], view: denseView('arena', 0, [count]) }],
    nests: [nest],
    setup: [],
    invocations: [{ nest, bases: [4, 0], origins: [] }],
    arena: count + 4,
    lowerBound: count,
    weights: { storedBytes: bytes, bytes, tensors: [{ name: 'narrow', shape: [count], view }] },
    parameters: count,
    multiplyAccumulates: 0,
    sourceHash: '00000000',
  };
}

describe.each(Object.keys(ranges) as (keyof typeof ranges)[])('elements of %s', (element) => {
  const items = ranges[element];
  it.each(['load', 'plain', 'splat'] as const)('are widened by a %s', (way) => {
    const plan = copying(element, items.length, way);
    const weights = new Uint8Array(plan.weights.storedBytes);
    const stored = elementsIn(weights, element);
    items.forEach((item, n) => {
      stored[4 + n] = item;
    });
    const wanted = items.map((_, n) => Math.fround(widened(items[way === 'splat' ? n - (n % 4) : n]!, element)));
    const differing = (found: Float32Array): number[] =>
      wanted.flatMap((value, n) => (same(found[n]!, value) ? [] : [n]));
    for (const backend of [typescript, wasm]) {
      expect(differing(backend.instantiate(plan, weights).run({}).wide!), backend.name).toEqual([]);
    }
    const engine = liveEngine(plan);
    interpreted(plan, engine.arena, new Float32Array(weights.buffer)).compute();
    expect(differing(engine.arena), 'interpreter').toEqual([]);
  });
});

it('an element holds what it is given, rounded where it has to be', () => {
  expect(narrowed(0.1, 'f16')).toBe(0x2e66);
  expect(narrowed(-7, 'i8')).toBe(-7);
  expect(narrowed(0.1, 'f32')).toBe(0.1);
});
