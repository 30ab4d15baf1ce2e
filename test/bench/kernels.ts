// Kernels written out by hand as loop IR, to see what an engine does with them: the yardstick for the tiler.
import { Affine } from '../../compiler/algebra/affine.ts';
import type { LoopNest, Statement, Value } from '../../compiler/tiler/loop.ts';

export type Index = Readonly<Record<string, number>>;

/** `at({ y: 80, c: 1 }, -17)` is `80·y + c − 17`. */
export const at = (terms: Index, constant = 0): Affine =>
  Object.entries(terms).reduce(
    (sum, [axis, coefficient]) => sum.plus(Affine.axis(axis, coefficient)),
    Affine.constant(constant),
  );
export const register = (name: string): Value => ({ kind: 'register', name, width: 4 });
export const load = (operand: number, index: Affine): Value => ({ kind: 'load', operand, at: index, width: 4 });
export const splat = (operand: number, index: Affine): Value => ({ kind: 'splat', operand, at: index, width: 4 });
export const constant = (value: number): Value => ({ kind: 'constant', value, width: 4 });
export const add = (a: Value, b: Value): Value => ({ kind: 'apply', function: 'add', arguments: [a, b] });
export const subtract = (a: Value, b: Value): Value => ({ kind: 'apply', function: 'subtract', arguments: [a, b] });
export const multiply = (a: Value, b: Value): Value => ({ kind: 'apply', function: 'multiply', arguments: [a, b] });
export const maximum = (a: Value, b: Value): Value => ({ kind: 'apply', function: 'maximum', arguments: [a, b] });
export const set = (name: string, value: Value): Statement => ({ kind: 'set', register: name, value });
export const store = (operand: number, index: Affine, value: Value): Statement => ({
  kind: 'store',
  operand,
  at: index,
  value,
  count: 4,
});
export const loop = (variable: string, extent: number, body: readonly Statement[]): Statement => ({
  kind: 'for',
  variable,
  extent,
  body,
});
export const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

export interface Layer {
  readonly size: number;
  readonly kernel: number;
  readonly input: number;
  readonly output: number;
  readonly dilation?: number;
}

export const layerName = ({ kernel, size, input, output, dilation }: Layer): string =>
  `${kernel}x${kernel} ${size}x${size} ${input}->${output}${dilation ? ` dilation ${dilation}` : ''}`;

const operands: LoopNest['operands'] = [
  { name: 'in', memory: 'arena', written: false },
  { name: 'weights', memory: 'weights', written: false },
  { name: 'bias', memory: 'weights', written: false },
  { name: 'out', memory: 'arena', written: true },
];

/** Direct convolution: a register tile of `pixels` × 8 channels, one input channel a turn; the input has a halo. */
export function directConvolution(layer: Layer, pixels = 4): LoopNest {
  const { size, kernel, input, output, dilation = 1 } = layer;
  const row = (size + (kernel - 1) * dilation) * input;
  const tile = (width: number, x0: number, variable: string): Statement[] => {
    const cells = range(width).flatMap((x) => range(2).map((half) => ({ x, half, name: `a${x}_${half}` })));
    const offset = { y: row, [variable]: pixels * input, i: dilation * row, j: dilation * input, c: 1 };
    const weights = { f: 8 * kernel * kernel * input, i: 8 * kernel * input, j: 8 * input, c: 8 };
    const turn = [
      ...range(2).map((half) => set(`w${half}`, load(1, at(weights, 4 * half)))),
      ...range(width).flatMap((x) => [
        set('s', splat(0, at(offset, (x0 + x) * input))),
        ...range(2).map((half) =>
          set(`a${x}_${half}`, add(register(`a${x}_${half}`), multiply(register('s'), register(`w${half}`)))),
        ),
      ]),
    ];
    return [
      ...cells.map(({ name, half }) => set(name, load(2, at({ f: 8 }, 4 * half)))),
      loop('i', kernel, [loop('j', kernel, [loop('c', input, turn)])]),
      ...cells.map(({ name, x, half }) =>
        store(
          3,
          at({ y: size * output, [variable]: pixels * output, f: 8 }, (x0 + x) * output + 4 * half),
          maximum(register(name), constant(0)),
        ),
      ),
    ];
  };
  const whole = Math.floor(size / pixels);
  const rest = size % pixels;
  const body = [
    loop('f', output / 8, [
      loop('y', size, [
        ...(whole > 0 ? [loop('x', whole, tile(pixels, 0, 'x'))] : []),
        ...(rest > 0 ? tile(rest, whole * pixels, 'none') : []),
      ]),
    ]),
  ];
  return { name: `direct ${layerName(layer)}`, about: [], operands, body };
}

/** Depthwise 3×3, stride 1, the nine filter vectors in registers. */
export function depthwiseConvolution(size: number, channels: number, pixels = 4): LoopNest {
  const row = (size + 2) * channels;
  const tile = range(pixels).flatMap((x) => {
    const taps = range(9).map((tap) =>
      multiply(
        load(0, at({ c: 4, y: row, x: pixels * channels }, Math.floor(tap / 3) * row + (x + (tap % 3)) * channels)),
        register(`w${tap}`),
      ),
    );
    return [
      set('sum', load(2, at({ c: 4 }))),
      ...taps.map((tap) => set('sum', add(register('sum'), tap))),
      store(
        3,
        at({ c: 4, y: size * channels, x: pixels * channels }, x * channels),
        maximum(register('sum'), constant(0)),
      ),
    ];
  });
  const body = [
    loop('c', channels / 4, [
      ...range(9).map((tap) => set(`w${tap}`, load(1, at({ c: 4 }, tap * channels)))),
      loop('y', size, [loop('x', size / pixels, tile)]),
    ]),
  ];
  return { name: `depthwise ${size}x${size} ${channels}`, about: [], operands, body };
}

/** Multiply and add in registers alone, `chains` independent sums: the limit of this engine on this machine. */
export function multiplyAddLimit(turns: number, chains = 8): LoopNest {
  const body = [
    ...range(chains).map((n) => set(`a${n}`, load(0, at({}, 4 * n)))),
    ...range(2).map((n) => set(`w${n}`, load(0, at({}, 4 * n + 64)))),
    set('s', load(0, at({}, 96))),
    loop('turn', turns, [
      ...range(chains).map((n) => set(`a${n}`, add(register(`a${n}`), multiply(register('s'), register(`w${n % 2}`))))),
    ]),
    ...range(chains).map((n) => store(0, at({}, 4 * n), register(`a${n}`))),
  ];
  return { name: 'limit', about: [], operands: [{ name: 'data', memory: 'arena', written: true }], body };
}
