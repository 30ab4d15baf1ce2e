// A loop nest as a WebAssembly function: its operands' byte addresses are the parameters, registers are locals, addresses are
// pointers that loops move (pointers.ts, walk.ts), and a loop counts down to zero.
//
//   for c < 64: a = add(a, multiply(splat(in, 80·y + c), load(weights, 8·c, 4)))
//     →  counter = 64
//        loop: a = f32x4.add(a, f32x4.mul(v128.load32_splat(in), v128.load(weights)))
//              in += 4, weights += 32, if (counter −= 1) again
//
// Sums of products come in pairs (pairs.ts), and turns of short loops one after the other (unroll.ts); otherwise statements
// keep their order.

import binaryen from 'binaryen';
import type { FunctionName } from '../../algebra/functions.ts';
import { type LoopNest, type Statement, type Value, type Width, widthOf } from '../../tiler/loop.ts';
import { bytes, type Expression, memoryName, printApply, typeOf } from './instructions.ts';
import { pairProducts } from './pairs.ts';
import type { Loop, Pointer } from './pointers.ts';
import { type Least, type Turns, turnsOf } from './turns.ts';
import { type Unrolling, unrollingOf } from './unroll.ts';
import { Walk } from './walk.ts';

/** What a loop nest needs from the module that it is printed into. */
export interface Host {
  readonly module: binaryen.Module;
  /** The name of a function of `math/`, which the module then includes. */
  readonly library: (name: FunctionName, width: Width) => string;
  /** The byte address of a table of 32-bit integers. */
  readonly table: (values: readonly number[]) => number;
  readonly leastTurn: Least | undefined;
  /** Whether the whole memory lies below 2³¹ bytes. */
  readonly isLow: boolean;
}

/** Adds the loop nest to the module as a function of its operands' byte addresses. */
export function printKernel(nest: LoopNest, host: Host): void {
  printFunction({ ...nest, body: pairProducts(nest.body) }, host);
}

function printFunction(nest: LoopNest, host: Host): void {
  const parts = turnsOf(nest, host.leastTurn) ?? nest.body;
  const printer = new KernelPrinter(nest, host);
  const body = parts.flatMap((part) => {
    if (!('turn' in part)) return printer.block([part], []);
    printFunction(part.turn, host);
    return printer.turns(part);
  });
  const entry = host.isLow ? nest.operands.map((_, operand) => printer.nonNegative(operand)) : [];
  const parameters = binaryen.createType(nest.operands.map(() => binaryen.i32));
  const { module } = host;
  module.addFunction(
    nest.name,
    parameters,
    binaryen.none,
    printer.locals,
    module.block(null, [...entry, ...body], binaryen.none),
  );
}

class KernelPrinter {
  readonly locals: binaryen.Type[] = [];
  private readonly host: Host;
  private readonly module: binaryen.Module;
  private readonly parameters: number;
  private readonly walk: Walk;
  private readonly registers = new Map<string, { index: number; width: Width }>();
  private readonly scratch = new Map<string, number>();
  private labels = 0;

  constructor(nest: LoopNest, host: Host) {
    this.host = host;
    this.module = host.module;
    this.parameters = nest.operands.length;
    const { module, table } = host;
    this.walk = new Walk(nest, { module, table, newAddress: () => this.newLocal(binaryen.i32) });
  }

  block(statements: readonly Statement[], loops: readonly Loop[]): Expression[] {
    return statements.flatMap((statement) => this.statement(statement, loops));
  }

  /**
   * An address is below 2³¹, said so that V8 sees it: otherwise it extends each pointer that begins as a parameter to 64 bits
   * again in every turn of every loop.
   */
  nonNegative(operand: number): Expression {
    const { local, i32 } = this.module;
    return local.set(operand, i32.and(local.get(operand, binaryen.i32), i32.const(0x7fffffff)));
  }

  /** A loop of calls; the bases move along in locals of their own. */
  turns({ turn, extent, steps }: Turns): Expression[] {
    const { module } = this;
    const { local, i32 } = module;
    const counter = this.newLocal(binaryen.i32);
    const bases = steps.map((step, operand) => (step === 0 ? operand : this.newLocal(binaryen.i32)));
    const moving = steps.flatMap((step, operand) => (step === 0 ? [] : [{ operand, step, at: bases[operand]! }]));
    const label = `turns ${this.labels++}`;
    const next = i32.sub(local.get(counter, binaryen.i32), i32.const(1));
    const turns = [
      module.call(
        turn.name,
        bases.map((base) => local.get(base, binaryen.i32)),
        binaryen.none,
      ),
      ...moving.map(({ at, step }) => local.set(at, i32.add(local.get(at, binaryen.i32), i32.const(step * bytes)))),
      module.br_if(label, local.tee(counter, next, binaryen.i32)),
    ];
    return [
      ...moving.map(({ operand, at }) => local.set(at, local.get(operand, binaryen.i32))),
      local.set(counter, i32.const(extent)),
      module.loop(label, module.block(null, turns, binaryen.none)),
    ];
  }

  private statement(statement: Statement, loops: readonly Loop[]): Expression[] {
    switch (statement.kind) {
      case 'for':
        return this.loop(statement, loops);
      case 'set': {
        const settled = this.walk.settleAccesses(statement.value, loops);
        const value = this.value(statement.value, loops);
        return [...settled, this.module.local.set(this.register(statement.register, statement.value), value)];
      }
      case 'store':
        return this.store(statement, loops);
    }
  }

  private loop(loop: Loop, loops: readonly Loop[]): Expression[] {
    const inside = [...loops, loop];
    if (loop.extent < 1) return [];
    if (loop.extent === 1) return this.block(loop.body, inside);
    const { module, walk } = this;
    const used = walk.addresses.within(loop);
    const moved = used.filter((pointer) => pointer.moves.some((move) => move.loop === loop));
    const counter = this.local(`counter ${loops.length}`, binaryen.i32);
    const before = [
      ...walk.begin(loop, moved),
      ...used.flatMap((pointer) => walk.settle(pointer)),
      module.local.set(counter, module.i32.const(loop.extent)),
    ];
    const unrolling = unrollingOf(loop, moved, walk.addresses, inside);
    if (unrolling) return [...before, this.unrolled(loop, inside, counter, unrolling)];
    const label = `loop ${this.labels++}`;
    const turn = this.block(loop.body, inside);
    const moves = moved.flatMap((pointer) => walk.move(pointer, loop));
    const settled = used.flatMap((pointer) => walk.settle(pointer));
    const body = module.block(null, [...turn, ...moves, ...settled, this.again(label, counter, 1)], binaryen.none);
    for (const pointer of moved) walk.putBack(pointer, loop, loop.extent);
    return [...before, module.loop(label, body)];
  }

  /** Counts down, and goes on until nothing is left. */
  private again(label: string, counter: number, turns: number): Expression {
    const { local, i32, br_if } = this.module;
    return br_if(label, local.tee(counter, i32.sub(local.get(counter, binaryen.i32), i32.const(turns)), binaryen.i32));
  }

  private unrolled(loop: Loop, inside: readonly Loop[], counter: number, unrolling: Unrolling): Expression {
    const { module, walk } = this;
    const { turns, rest, stepping, staying } = unrolling;
    const label = `loop ${this.labels++}`;
    const exit = `${label} exit`;
    const moveAll = (pointers: readonly Pointer[], turns: number): Expression[] =>
      pointers.flatMap((pointer) => [...walk.move(pointer, loop, turns), ...walk.settle(pointer)]);
    const isLast = (turn: number): Expression =>
      module.i32.eq(module.local.get(counter, binaryen.i32), module.i32.const(turn));
    const copies = Array.from({ length: turns }, (_, turn) => {
      for (const pointer of staying) walk.stay(pointer, loop, turn);
      const body = [...this.block(loop.body, inside), ...moveAll(stepping, 1)];
      return turn + 1 < turns ? [...body, module.br_if(exit, isLast(turn + 1))] : body;
    });
    const body = [...copies.flat(), ...moveAll(staying, turns), this.again(label, counter, turns)];
    for (const pointer of stepping) walk.putBack(pointer, loop, loop.extent);
    for (const pointer of staying) walk.putBack(pointer, loop, loop.extent - rest);
    return module.block(exit, [module.loop(label, module.block(null, body, binaryen.none))], binaryen.none);
  }

  private store(statement: Extract<Statement, { kind: 'store' }>, loops: readonly Loop[]): Expression[] {
    const { v128, f32 } = this.module;
    const { operand, at, value, count } = statement;
    const settled = [
      ...this.walk.settleAccesses(value, loops),
      ...this.walk.settle(this.walk.addresses.of(operand, at, loops).pointer),
    ];
    const { pointer, offset } = this.walk.address(operand, at, loops);
    if (widthOf(value) === 1) return [...settled, f32.store(offset, 4, pointer, this.value(value, loops), memoryName)];
    if (count === 4) return [...settled, v128.store(offset, 4, pointer, this.value(value, loops), memoryName)];
    return [...settled, ...this.storePart(statement, loops)];
  }

  /** The first one to three lanes: two as a 64-bit number, which keeps their bits, and one as a 32-bit one. */
  private storePart(
    { operand, at, value, count }: Extract<Statement, { kind: 'store' }>,
    loops: readonly Loop[],
  ): Expression[] {
    const { f32, f64, f32x4, f64x2, local } = this.module;
    const kept = this.local('stored', binaryen.v128);
    const vector = () => local.get(kept, binaryen.v128);
    const address = () => this.walk.address(operand, at, loops);
    const storeOne = (lane: number): Expression => {
      const { pointer, offset } = address();
      return f32.store(offset + lane * bytes, 4, pointer, f32x4.extract_lane(vector(), lane), memoryName);
    };
    const storeTwo = (): Expression => {
      const { pointer, offset } = address();
      return f64.store(offset, 4, pointer, f64x2.extract_lane(vector(), 0), memoryName);
    };
    const stores = count === 1 ? [storeOne(0)] : [storeTwo(), ...(count === 3 ? [storeOne(2)] : [])];
    return [local.set(kept, this.value(value, loops)), ...stores];
  }

  private value(value: Value, loops: readonly Loop[]): Expression {
    const { module } = this;
    switch (value.kind) {
      case 'constant': {
        const number = module.f32.const(value.value);
        return value.width === 4 ? module.v128.const(splatBytes(value.value)) : number;
      }
      case 'register': {
        const { index, width } = this.registers.get(value.name) ?? unassigned(value.name);
        return module.local.get(index, typeOf(width));
      }
      case 'load': {
        const { pointer, offset } = this.walk.address(value.operand, value.at, loops);
        return value.width === 4
          ? module.v128.load(offset, 4, pointer, memoryName)
          : module.f32.load(offset, 4, pointer, memoryName);
      }
      case 'splat': {
        const { pointer, offset } = this.walk.address(value.operand, value.at, loops);
        return module.v128.load32_splat(offset, 4, pointer, memoryName);
      }
      case 'lane':
        return this.lane(value.of, value.index, loops);
      case 'extract':
        return module.f32x4.extract_lane(this.value(value.of, loops), value.index);
      case 'apply':
        return printApply(value, widthOf(value), {
          module,
          print: (argument) => this.value(argument, loops),
          library: this.host.library,
        });
    }
  }

  private lane(of: Value, index: number, loops: readonly Loop[]): Expression {
    const { module } = this;
    const kept = this.local('lanes', binaryen.v128);
    const mask = Array.from({ length: 16 }, (_, byte) => index * bytes + (byte % bytes));
    const first = module.local.tee(kept, this.value(of, loops), binaryen.v128);
    return module.i8x16.shuffle(first, module.local.get(kept, binaryen.v128), mask);
  }

  private register(name: string, value: Value): number {
    const known = this.registers.get(name);
    if (known) return known.index;
    const width = widthOf(value);
    const index = this.newLocal(typeOf(width));
    this.registers.set(name, { index, width });
    return index;
  }

  private local(name: string, type: binaryen.Type): number {
    const known = this.scratch.get(name);
    if (known !== undefined) return known;
    const index = this.newLocal(type);
    this.scratch.set(name, index);
    return index;
  }

  private newLocal(type: binaryen.Type): number {
    this.locals.push(type);
    return this.parameters + this.locals.length - 1;
  }
}

function splatBytes(value: number): Uint8Array {
  const lanes = new Float32Array(4).fill(value);
  return new Uint8Array(lanes.buffer);
}

function unassigned(name: string): never {
  throw new Error(`register ${name} is read before it is set`);
}
