// The instructions of WebAssembly by their codes, with the immediates that follow each. The order is the specification's:
// a run is the code of its first name and then names, `-` for codes that are free.

export type Immediate =
  | 'block'
  | 'index'
  | 'labels'
  | 'types'
  | 'memory'
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64'
  | 'v128'
  | 'lane'
  | 'lanes';

export interface Opcode {
  readonly name: string;
  readonly immediates: readonly Immediate[];
}

type Run = readonly [first: number, names: string, ...immediates: Immediate[]];

const compareIntegers = 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u';
const compareFloats = 'eq ne lt gt le ge';
const integers = 'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr';
const floats = 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign';
const vectorFloats = 'abs neg - sqrt add sub mul div min max pmin pmax';
const extend = (from: string): string =>
  `extend_low_${from}_s extend_high_${from}_s extend_low_${from}_u extend_high_${from}_u`;
const multiplyExtended = (from: string): string => extend(from).replaceAll('extend', 'extmul');
const shifts = 'shl shr_s shr_u';
const saturating = 'add add_sat_s add_sat_u sub sub_sat_s sub_sat_u';
const extremes = 'min_s min_u max_s max_u';
/** `abs neg` to `i32x4.abs i32x4.neg`. */
const of = (type: string, names: string): string => names.replace(/[^ -]\S*/g, (name) => `${type}.${name}`);

const single: readonly Run[] = [
  [0x00, 'unreachable nop'],
  [0x02, 'block loop if', 'block'],
  [0x05, 'else'],
  [0x0b, 'end'],
  [0x0c, 'br br_if', 'index'],
  [0x0e, 'br_table', 'labels'],
  [0x0f, 'return'],
  [0x10, 'call', 'index'],
  [0x1a, 'drop select'],
  [0x1c, 'select', 'types'],
  [0x20, 'local.get local.set local.tee global.get global.set', 'index'],
  [0x28, 'i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u', 'memory'],
  [0x30, of('i64', 'load8_s load8_u load16_s load16_u load32_s load32_u'), 'memory'],
  [0x36, 'i32.store i64.store f32.store f64.store i32.store8 i32.store16', 'memory'],
  [0x3c, 'i64.store8 i64.store16 i64.store32', 'memory'],
  [0x3f, 'memory.size memory.grow', 'index'],
  [0x41, 'i32.const', 'i32'],
  [0x42, 'i64.const', 'i64'],
  [0x43, 'f32.const', 'f32'],
  [0x44, 'f64.const', 'f64'],
  [0x45, of('i32', `eqz ${compareIntegers}`)],
  [0x50, of('i64', `eqz ${compareIntegers}`)],
  [0x5b, `${of('f32', compareFloats)} ${of('f64', compareFloats)}`],
  [0x67, `${of('i32', integers)} ${of('i64', integers)} ${of('f32', floats)} ${of('f64', floats)}`],
  [0xa7, of('i32', 'wrap_i64 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u')],
  [0xac, of('i64', 'extend_i32_s extend_i32_u trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u')],
  [0xb2, of('f32', 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64')],
  [0xb7, of('f64', 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32')],
  [0xbc, 'i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64'],
  [0xc0, 'i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s'],
];

const afterFC: readonly Run[] = [
  [0, of('i32', 'trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u')],
  [4, of('i64', 'trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u')],
  [8, 'memory.init', 'index', 'index'],
  [9, 'data.drop', 'index'],
  [10, 'memory.copy', 'index', 'index'],
  [11, 'memory.fill', 'index'],
];

const loads =
  'load load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u load8_splat load16_splat load32_splat';

const vectors: readonly Run[] = [
  [0, of('v128', `${loads} load64_splat store`), 'memory'],
  [12, 'v128.const', 'v128'],
  [13, 'i8x16.shuffle', 'lanes'],
  [14, 'i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat'],
  [21, 'i8x16.extract_lane_s i8x16.extract_lane_u i8x16.replace_lane', 'lane'],
  [24, 'i16x8.extract_lane_s i16x8.extract_lane_u i16x8.replace_lane', 'lane'],
  [27, 'i32x4.extract_lane i32x4.replace_lane i64x2.extract_lane i64x2.replace_lane', 'lane'],
  [31, 'f32x4.extract_lane f32x4.replace_lane f64x2.extract_lane f64x2.replace_lane', 'lane'],
  [35, `${of('i8x16', compareIntegers)} ${of('i16x8', compareIntegers)} ${of('i32x4', compareIntegers)}`],
  [65, `${of('f32x4', compareFloats)} ${of('f64x2', compareFloats)}`],
  [77, of('v128', 'not and andnot or xor bitselect any_true')],
  [84, of('v128', 'load8_lane load16_lane load32_lane load64_lane'), 'memory', 'lane'],
  [88, of('v128', 'store8_lane store16_lane store32_lane store64_lane'), 'memory', 'lane'],
  [92, 'v128.load32_zero v128.load64_zero', 'memory'],
  [94, 'f32x4.demote_f64x2_zero f64x2.promote_low_f32x4'],
  [96, of('i8x16', 'abs neg popcnt all_true bitmask narrow_i16x8_s narrow_i16x8_u')],
  [103, `${of('f32x4', 'ceil floor trunc nearest')} ${of('i8x16', `${shifts} ${saturating}`)}`],
  [116, `f64x2.ceil f64x2.floor ${of('i8x16', extremes)} f64x2.trunc i8x16.avgr_u`],
  [124, of('i16x8', 'extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u')],
  [126, of('i32x4', 'extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u')],
  [128, of('i16x8', `abs neg q15mulr_sat_s all_true bitmask narrow_i32x4_s narrow_i32x4_u ${extend('i8x16')}`)],
  [139, `${of('i16x8', `${shifts} ${saturating}`)} f64x2.nearest ${of('i16x8', `mul ${extremes}`)}`],
  [155, of('i16x8', `avgr_u ${multiplyExtended('i8x16')}`)],
  [160, of('i32x4', `abs neg - all_true bitmask - - ${extend('i16x8')} ${shifts} add - - sub - - - mul ${extremes}`)],
  [186, of('i32x4', `dot_i16x8_s - ${multiplyExtended('i16x8')}`)],
  [192, of('i64x2', `abs neg - all_true bitmask - - ${extend('i32x4')} ${shifts} add - - sub - - - mul`)],
  [214, of('i64x2', `eq ne lt_s gt_s le_s ge_s ${multiplyExtended('i32x4')}`)],
  [224, `${of('f32x4', vectorFloats)} ${of('f64x2', vectorFloats)}`],
  [248, 'i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u'],
  [
    252,
    'i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u',
  ],
];

function expanded(runs: readonly Run[], base: number): [number, Opcode][] {
  return runs.flatMap(([first, names, ...immediates]) =>
    names
      .split(' ')
      .map((name, number): [number, Opcode] => [base + first + number, { name, immediates }])
      .filter(([, { name }]) => name !== '-'),
  );
}

/** Codes after a prefix byte are counted from `prefix * 0x1000`. */
export const afterPrefix = (prefix: number, code: number): number => prefix * 0x1000 + code;
export const prefixes: readonly number[] = [0xfc, 0xfd];

export const opcodes: ReadonlyMap<number, Opcode> = new Map([
  ...expanded(single, 0),
  ...expanded(afterFC, afterPrefix(0xfc, 0)),
  ...expanded(vectors, afterPrefix(0xfd, 0)),
]);
