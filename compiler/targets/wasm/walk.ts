// The pointers of one loop nest as locals that go along with its loops. A move is owed at first and made before the next use, so
// that those of several loops become one addition.
import type { Affine } from '../../algebra/affine.ts';
import { bytesOf } from '../../tensor.ts';
import { elementOf, type LoopNest, type Value } from '../../tiler/loop.ts';
import { accessesIn } from '../../tiler/values.ts';
import { local } from './encoding/control.ts';
import type { Instruction } from './encoding/expression.ts';
import type { Address } from './encoding/instruction.ts';
import type { Local, Locals } from './encoding/locals.ts';
import { i32 } from './encoding/numbers.ts';
import { bytes } from './instructions.ts';
import { type Addresses, findAddresses, type Loop, moveIn, type Pointer } from './pointers.ts';

/** What a walk needs of the function that it belongs to. */
export interface Ground {
  /** The address of each operand. */
  readonly operands: readonly Local<'i32'>[];
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
  private readonly cursors = new Map<Pointer, Map<Loop, Local<'i32'>>>();
  /** Byte distances that pointers are behind. */
  private readonly owed = new Map<Pointer, number>();
  /** Elements by which this turn of an unrolled loop is ahead of the pointers that stay. */
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
    const base = local.get(this.ground.operands[pointer.operand]!);
    const start = pointer.start * this.sizes[pointer.operand]!;
    return local.set(this.pointer(pointer), start === 0 ? base : i32.add(base, i32.const(start)));
  }

  /** A table is walked by a pointer of its own over the differences between its neighbours, the last one back to the first. */
  private beginTable(pointer: Pointer, loop: Loop): Instruction[] {
    const { table } = moveIn(pointer, loop);
    if (!table) return [];
    const size = this.sizes[pointer.operand]!;
    const differences = table.map((value, turn) => ((table[turn + 1] ?? table[0]!) - value) * size);
    const address = i32.const(this.ground.table(differences));
    return [local.set(this.tableCursor(pointer, loop), address)];
  }

  /** After some turns of a loop: owed, but for the steps of a table. */
  move(pointer: Pointer, loop: Loop, turns = 1): Instruction[] {
    const { coefficient, table } = moveIn(pointer, loop);
    this.owe(pointer, turns * coefficient);
    if (!table) return [];
    const at = this.pointer(pointer);
    const cursor = this.tableCursor(pointer, loop);
    const step = i32.load({ pointer: local.get(cursor), offset: 0 });
    return [
      local.set(at, i32.add(local.get(at), step)),
      local.set(cursor, i32.add(local.get(cursor), i32.const(bytes))),
    ];
  }

  /** After a loop that is not its outermost a pointer goes back to where it was; a table has led it back already. */
  putBack(pointer: Pointer, loop: Loop, turns: number): void {
    if (pointer.moves[0]!.loop === loop) this.owed.delete(pointer);
    else this.owe(pointer, -turns * moveIn(pointer, loop).coefficient);
  }

  /** A later turn of an unrolled loop, whose accesses through a pointer that stays have larger immediates. */
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
    const base = local.get(this.ground.operands[operand]!);
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

  private tableCursor(pointer: Pointer, loop: Loop): Local<'i32'> {
    const cursors = this.cursors.get(pointer) ?? new Map<Loop, Local<'i32'>>();
    this.cursors.set(pointer, cursors);
    const known = cursors.get(loop);
    if (known) return known;
    const added = this.ground.locals.add('i32');
    cursors.set(loop, added);
    return added;
  }
}
