// The pointers of one loop nest as locals that go along with its loops. A move is owed at first and made before the next use, so
// that those of several loops become one addition.
import type { Affine } from '../../algebra/affine.ts';
import { bytesOf } from '../../tensor.ts';
import { elementOf, type LoopNest, type Value } from '../../tiler/loop.ts';
import { accessesIn } from '../../tiler/values.ts';
import { local } from './encoding/control.ts';
import type { Expression, Instruction } from './encoding/expression.ts';
import type { Address } from './encoding/instruction.ts';
import type { Local, Locals } from './encoding/locals.ts';
import { i32 } from './encoding/numbers.ts';
import { bytes } from './instructions.ts';
import { type Addresses, findAddresses, type Loop, type Move, moveIn, type Pointer } from './pointers.ts';

/** What a walk needs of the function that it belongs to. */
export interface Ground {
  /** The address of each operand. */
  readonly operands: readonly Local<'i32'>[];
  /** The address of each table that the nest declares: its first value, then its steps (`stepsOf`), in elements. */
  readonly tables: readonly Local<'i32'>[];
  readonly locals: Locals;
  /** The byte address of a table of 32-bit integers. */
  readonly table: (values: readonly number[]) => number;
}

export class Walk {
  readonly addresses: Addresses;
  private readonly ground: Ground;
  /** Of the elements of each operand, in bytes. */
  private readonly sizes: readonly number[];
  private readonly pointers = new Map<Pointer, Local<'i32'>>();
  private readonly cursors = new Map<Pointer, Map<Move, Local<'i32'>[]>>();
  /** Byte distances that pointers are behind. */
  private readonly owed = new Map<Pointer, number>();
  /** Elements by which this iteration of an unrolled loop is ahead of the pointers that stay. */
  private readonly ahead = new Map<Pointer, number>();

  constructor(nest: LoopNest, ground: Ground) {
    this.addresses = findAddresses(nest);
    this.sizes = nest.operands.map((operand) => bytesOf(elementOf(operand)));
    this.ground = ground;
  }

  /** Before a loop: the pointers that begin with it are set to their first access, tables to their first step. */
  begin(loop: Loop, moved: readonly Pointer[]): Instruction[] {
    return [
      ...moved.filter((pointer) => pointer.moves[0]!.loop === loop).map((pointer) => this.beginPointer(pointer)),
      ...moved.flatMap((pointer) => this.beginTable(pointer, loop)),
    ];
  }

  private beginPointer(pointer: Pointer): Instruction {
    this.owed.delete(pointer);
    const base = this.base(pointer);
    const start = pointer.start * this.sizes[pointer.operand]!;
    return local.set(this.pointer(pointer), start === 0 ? base : i32.add(base, i32.const(start)));
  }

  /** Where its operand begins, and where the first values of the tables that are passed lead from there. */
  private base({ operand, firsts }: Pointer): Expression<'i32'> {
    const base: Expression<'i32'> = local.get(this.ground.operands[operand]!);
    return firsts.reduce((sum, table) => {
      const first = i32.load({ pointer: local.get(this.ground.tables[table]!), offset: 0 });
      return i32.add(sum, i32.mul(first, i32.const(this.sizes[operand]!)));
    }, base);
  }

  /** A table is walked by a pointer of its own over its steps. */
  private beginTable(pointer: Pointer, loop: Loop): Instruction[] {
    const move = moveIn(pointer, loop);
    const size = this.sizes[pointer.operand]!;
    const known = move.table ? [i32.const(this.ground.table(stepsOf(move.table).map((step) => step * size)))] : [];
    const passed = move.passed.map((table) => i32.add(local.get(this.ground.tables[table]!), i32.const(bytes)));
    const cursors = this.tableCursors(pointer, move);
    return [...known, ...passed].map((address, n) => local.set(cursors[n]!, address));
  }

  /** After some iterations of a loop: owed, but for the steps of a table. */
  move(pointer: Pointer, loop: Loop, turns = 1): Instruction[] {
    const move = moveIn(pointer, loop);
    this.owe(pointer, turns * move.coefficient);
    const at = this.pointer(pointer);
    // The steps of a table that is passed are elements, since operands of several sizes may go through it.
    const size = i32.const(this.sizes[pointer.operand]!);
    return this.tableCursors(pointer, move).flatMap((cursor, n) => {
      const step = i32.load({ pointer: local.get(cursor), offset: 0 });
      const distance = move.table && n === 0 ? step : i32.mul(step, size);
      return [
        local.set(at, i32.add(local.get(at), distance)),
        local.set(cursor, i32.add(local.get(cursor), i32.const(bytes))),
      ];
    });
  }

  /** After a loop that is not its outermost a pointer goes back to where it was; a table has led it back already. */
  putBack(pointer: Pointer, loop: Loop, turns: number): void {
    if (pointer.moves[0]!.loop === loop) this.owed.delete(pointer);
    else this.owe(pointer, -turns * moveIn(pointer, loop).coefficient);
  }

  /** A later iteration of an unrolled loop, whose accesses through a pointer that stays have larger immediates. */
  stay(pointer: Pointer, loop: Loop, turn: number): void {
    this.ahead.set(pointer, turn * moveIn(pointer, loop).coefficient);
  }

  private owe(pointer: Pointer, elements: number): void {
    this.owed.set(pointer, (this.owed.get(pointer) ?? 0) + elements * this.sizes[pointer.operand]!);
  }

  settle(pointer: Pointer): Instruction[] {
    const distance = this.owed.get(pointer) ?? 0;
    this.owed.delete(pointer);
    if (distance === 0) return [];
    const at = this.pointer(pointer);
    return [local.set(at, i32.add(local.get(at), i32.const(distance)))];
  }

  /** Settles what a value loads through. */
  settleAccesses(value: Value, loops: readonly Loop[]): Instruction[] {
    return accessesIn(value).flatMap(({ operand, at }) => this.settle(this.addresses.of(operand, at, loops).pointer));
  }

  /** An access as the address and the immediate of an instruction, in bytes. */
  address(operand: number, at: Affine, loops: readonly Loop[]): Address {
    const { pointer, immediate } = this.addresses.of(operand, at, loops);
    const size = this.sizes[operand]!;
    if (pointer.moves.length > 0) {
      const offset = (immediate + (this.ahead.get(pointer) ?? 0)) * size;
      return { pointer: local.get(this.pointer(pointer)), offset };
    }
    const base = this.base(pointer);
    const constant = pointer.start * size;
    if (constant >= 0) return { pointer: base, offset: constant + immediate * size };
    return { pointer: i32.add(base, i32.const(constant)), offset: immediate * size };
  }

  private pointer(pointer: Pointer): Local<'i32'> {
    const known = this.pointers.get(pointer);
    if (known) return known;
    const added = this.ground.locals.add('i32');
    this.pointers.set(pointer, added);
    return added;
  }

  /** One for the table that is known, if there is one, then one for each that is passed. */
  private tableCursors(pointer: Pointer, move: Move): readonly Local<'i32'>[] {
    const cursors = this.cursors.get(pointer) ?? new Map<Move, Local<'i32'>[]>();
    this.cursors.set(pointer, cursors);
    const known = cursors.get(move);
    if (known) return known;
    const count = (move.table ? 1 : 0) + move.passed.length;
    const added = Array.from({ length: count }, () => this.ground.locals.add('i32'));
    cursors.set(move, added);
    return added;
  }
}

/** From each value of a table to the next, from the last one back to the first. */
export const stepsOf = (table: readonly number[]): readonly number[] =>
  table.map((value, turn) => (table[turn + 1] ?? table[0]!) - value);
