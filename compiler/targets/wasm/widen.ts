// Loads of elements that are narrower than a float32: as integers, then as the numbers that they stand for. Half precision has
// no instructions of its own; its bits are moved to where a float32 has them, and the exponent is put right by a product.
import type { Element } from '../../tensor.ts';
import { type Callee, call, local } from './encoding/control.ts';
import type { Expression } from './encoding/expression.ts';
import type { Address } from './encoding/instruction.ts';
import { Locals } from './encoding/locals.ts';
import type { Module } from './encoding/module.ts';
import { f32, i32 } from './encoding/numbers.ts';
import { f32x4, i16x8, i32x4, v128 } from './encoding/vectors.ts';

/** Four neighbours as 32-bit integers. */
const integers: Readonly<Record<Exclude<Element, 'f32'>, (address: Address) => Expression<'v128'>>> = {
  f16: v128.load16x4_u,
  u16: v128.load16x4_u,
  i16: v128.load16x4_s,
  u8: (address) => i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(address))),
  i8: (address) => i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(address))),
  i32: v128.load,
};

/** One as a 32-bit integer. */
const integer: Readonly<Record<Exclude<Element, 'f32'>, (address: Address) => Expression<'i32'>>> = {
  f16: i32.load16_u,
  u16: i32.load16_u,
  i16: i32.load16_s,
  u8: i32.load8_u,
  i8: i32.load8_s,
  i32: i32.load,
};

/** What a module has of the widening functions. */
export class Widening {
  private readonly module: Module;
  private half: Callee<'v128'> | undefined;

  constructor(module: Module) {
    this.module = module;
  }

  plain(element: Element, address: Address): Expression<'f32'> {
    if (element === 'f32') return f32.load(address);
    if (element === 'f16') return f32x4.extract_lane(this.splat(element, address), 0);
    return f32.convert_i32_s(integer[element](address));
  }

  vector(element: Element, address: Address): Expression<'v128'> {
    if (element === 'f32') return v128.load(address);
    return this.number(element, integers[element](address));
  }

  splat(element: Element, address: Address): Expression<'v128'> {
    if (element === 'f32') return v128.load32_splat(address);
    return this.number(element, i32x4.splat(integer[element](address)));
  }

  private number(element: Element, lanes: Expression<'v128'>): Expression<'v128'> {
    return element === 'f16' ? call(this.widenHalf(), [lanes]) : f32x4.convert_i32x4_s(lanes);
  }

  /**
   * sign 1, exponent 5, fraction 10 → sign 1, exponent 8, fraction 23: the exponent lacks 112, which 2¹¹² multiplies in and
   * which makes normal numbers of subnormal ones; one that was all ones is filled up.
   */
  private widenHalf(): Callee<'v128'> {
    if (this.half) return this.half;
    const locals = new Locals('v128');
    const bits = local.get(locals.parameters[0]);
    const sign = i32x4.shl(v128.and(bits, i32x4.const(0x8000)), i32.const(16));
    const rest = i32x4.shl(v128.and(bits, i32x4.const(0x7fff)), i32.const(13));
    const size = f32x4.mul(rest, f32x4.const(2 ** 112));
    const special = i32x4.gt_s(v128.and(bits, i32x4.const(0x7fff)), i32x4.const(0x7bff));
    const filled = v128.and(special, i32x4.const(0x7f800000));
    const result = v128.or(v128.or(size, filled), sign);
    this.half = this.module.addFunction({ name: 'widen half ×4', locals, body: [], result });
    return this.half;
  }
}
