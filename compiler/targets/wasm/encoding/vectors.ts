// The instructions on vectors of 128 bits that modules use, under their names in WebAssembly's text.
import type { Bytes } from './bytes.ts';
import type { Expression } from './expression.ts';
import {
  binary,
  constant,
  extractLane,
  load,
  loadNarrow,
  operation,
  replaceLane,
  store,
  unary,
  writeOpcode,
} from './instruction.ts';

const prefix = 0xfd;

const vectorConstant = <Value>(write: (bytes: Bytes, value: Value) => void) =>
  constant('v128', [prefix, 12], (bytes, value: Value) => {
    for (let lane = 0; lane < 4; lane++) write(bytes, value);
  });

/** Of 32-bit lanes: all moved by the same number of bits. */
const shift = (number: number) => operation('v128', ['v128', 'i32'], prefix, number);

export const v128 = {
  load: load('v128', prefix, 0),
  load32_splat: load('v128', prefix, 9),
  /** Four neighbours of 16 bits as 32-bit lanes. */
  load16x4_s: loadNarrow('v128', 2, prefix, 3),
  load16x4_u: loadNarrow('v128', 2, prefix, 4),
  /** 32 bits, and zeros behind them. */
  load32_zero: loadNarrow('v128', 1, prefix, 92),
  store: store('v128', prefix, 11),
  and: binary('v128', prefix, 78),
  or: binary('v128', prefix, 80),
  /** The bits of the first operand where the third has ones, else of the second. */
  bitselect: operation('v128', ['v128', 'v128', 'v128'], prefix, 82),
};

export const i8x16 = {
  /** Each byte of the result by its number among the bytes of both. */
  shuffle: (a: Expression<'v128'>, b: Expression<'v128'>, numbers: readonly number[]): Expression<'v128'> => ({
    type: 'v128',
    write: (code) => {
      a.write(code);
      b.write(code);
      writeOpcode([prefix, 13], code.bytes);
      code.bytes.append(Uint8Array.from(numbers));
    },
  }),
};

export const i16x8 = {
  extend_low_i8x16_s: unary('v128', prefix, 135),
  extend_low_i8x16_u: unary('v128', prefix, 137),
};

export const i32x4 = {
  /** The same in every lane. */
  const: vectorConstant((bytes, value: number) => bytes.append(new Uint8Array(Int32Array.of(value).buffer))),
  splat: operation('v128', ['i32'], prefix, 17),
  add: binary('v128', prefix, 174),
  sub: binary('v128', prefix, 177),
  mul: binary('v128', prefix, 181),
  neg: unary('v128', prefix, 161),
  shl: shift(171),
  shr_s: shift(172),
  shr_u: shift(173),
  extend_low_i16x8_s: unary('v128', prefix, 167),
  extend_low_i16x8_u: unary('v128', prefix, 169),
  gt_s: binary('v128', prefix, 59),
  trunc_sat_f32x4_s: unary('v128', prefix, 248),
};

export const f32x4 = {
  /** The same in every lane. */
  const: vectorConstant((bytes, value: number) => bytes.float(value)),
  splat: operation('v128', ['f32'], prefix, 19),
  extract_lane: extractLane('f32', prefix, 31),
  replace_lane: replaceLane('f32', prefix, 32),
  add: binary('v128', prefix, 228),
  sub: binary('v128', prefix, 229),
  mul: binary('v128', prefix, 230),
  div: binary('v128', prefix, 231),
  min: binary('v128', prefix, 232),
  max: binary('v128', prefix, 233),
  /** b < a ? b : a, of one instruction on x86, where `min` takes six. */
  pmin: binary('v128', prefix, 234),
  /** a < b ? b : a. */
  pmax: binary('v128', prefix, 235),
  neg: unary('v128', prefix, 225),
  abs: unary('v128', prefix, 224),
  sqrt: unary('v128', prefix, 227),
  floor: unary('v128', prefix, 104),
  ceil: unary('v128', prefix, 103),
  trunc: unary('v128', prefix, 105),
  nearest: unary('v128', prefix, 106),
  eq: binary('v128', prefix, 65),
  ne: binary('v128', prefix, 66),
  lt: binary('v128', prefix, 67),
  convert_i32x4_s: unary('v128', prefix, 250),
};

export const f64x2 = {
  extract_lane: extractLane('f64', prefix, 33),
};
