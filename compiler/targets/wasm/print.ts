// A loop nest as a WebAssembly function: the byte addresses of its operands and tables are the parameters, registers are locals, addresses are
// pointers that loops move (pointers.ts, walk.ts), and a loop counts down to zero.
//
//   for c < 64: a = add(a, multiply(splat(in, 80·y + c), load(weights, 8·c, 4)))
//     →  counter = 64
//        loop: a = f32x4.add(a, f32x4.mul(v128.load32_splat(in), v128.load(weights)))
//              in += 4, weights += 32, if (counter −= 1) again
//
// Sums of products come in pairs (pairs.ts), and iterations of short loops one after the other (unroll.ts); otherwise statements
// keep their order.

import { bytesOf, type Element } from '../../tensor.ts';
import { elementOf, type LoopNest, type Statement, type Value, widthOf } from '../../tiler/loop.ts';
import { block, br_if, type Callee, call, local, loop, select } from './encoding/control.ts';
import { type Expression, type Instruction, Label, ofType } from './encoding/expression.ts';
import type { Address } from './encoding/instruction.ts';
import { type Local, Locals } from './encoding/locals.ts';
import type { Module } from './encoding/module.ts';
import { f32, f64, i32 } from './encoding/numbers.ts';
import type { ValueType } from './encoding/types.ts';
import { f32x4, f64x2, i8x16, v128 } from './encoding/vectors.ts';
import { bytes, type Lanes, printApply, typeOf } from './instructions.ts';
import type { Library } from './math/library.ts';
import { pairProducts } from './pairs.ts';
import type { Loop, Pointer } from './pointers.ts';
import { type Least, type Turns, turnsOf } from './turns.ts';
import { type Unrolling, unrollingOf } from './unroll.ts';
import { Walk } from './walk.ts';
import type { Widening } from './widen.ts';

type Store = Extract<Statement, { kind: 'store' }>;

/** What a loop nest needs from the module that it is printed into. */
export interface Host {
  readonly module: Module;
  readonly library: Library;
  readonly widening: Widening;
  /** The byte address of a table of 32-bit integers. */
  readonly table: (values: readonly number[]) => number;
  readonly leastTurn: Least | undefined;
  /** Whether the whole memory lies below 2³¹ bytes. */
  readonly isLow: boolean;
}

/** Adds the loop nest to the module as a function of the byte addresses of its operands and of the tables that it declares. */
export function printLoopNest(nest: LoopNest, host: Host): Callee<'none'> {
  return printFunction({ ...nest, body: pairProducts(nest.body) }, host);
}

function printFunction(nest: LoopNest, host: Host): Callee<'none'> {
  const parts = turnsOf(nest, host.leastTurn) ?? nest.body;
  const printer = new LoopNestPrinter(nest, host);
  const body = parts.flatMap((part) =>
    'turn' in part ? printer.turns(part, printFunction(part.turn, host)) : printer.block([part], []),
  );
  const { name } = nest;
  return host.module.addFunction({ name, locals: printer.locals, body: [...printer.entry(), ...body] });
}

class LoopNestPrinter {
  readonly locals: Locals<readonly 'i32'[]>;
  private readonly host: Host;
  private readonly elements: readonly Element[];
  private readonly walk: Walk;
  /** The addresses of the tables that the nest declares. */
  private readonly passed: readonly Local<'i32'>[];
  private readonly registers = new Map<string, Local<Lanes>>();
  private readonly scratch = new Map<string, Local>();
  private places = 0;

  constructor(nest: LoopNest, host: Host) {
    this.host = host;
    this.elements = nest.operands.map(elementOf);
    const { operands, tables = [] } = nest;
    this.locals = new Locals(...[...operands, ...tables].map(() => 'i32' as const));
    const { parameters } = this.locals;
    this.passed = parameters.slice(operands.length);
    const ground = { operands: parameters.slice(0, operands.length), tables: this.passed };
    this.walk = new Walk(nest, { ...ground, locals: this.locals, table: host.table });
  }

  /**
   * An address is below 2³¹, said so that V8 sees it: otherwise it extends each pointer that begins as a parameter to 64 bits
   * again in every iteration of every loop.
   */
  entry(): Instruction[] {
    if (!this.host.isLow) return [];
    return this.locals.parameters.map((base) => local.set(base, i32.and(local.get(base), i32.const(0x7fffffff))));
  }

  block(statements: readonly Statement[], loops: readonly Loop[]): Instruction[] {
    return statements.flatMap((statement) => this.statement(statement, loops));
  }

  /** A loop of calls; the bases move along in locals of their own. */
  turns({ extent, steps }: Turns, turn: Callee<'none'>): Instruction[] {
    const counter = this.locals.add('i32');
    const { parameters } = this.locals;
    const bases = steps.map((step, operand) => (step === 0 ? parameters[operand]! : this.locals.add('i32')));
    const moving = steps.flatMap((step, operand) =>
      step === 0
        ? []
        : [{ from: parameters[operand]!, step: step * bytesOf(this.elements[operand]!), at: bases[operand]! }],
    );
    const again = new Label();
    const body = [
      call(turn, [...bases, ...this.passed].map(local.get)),
      ...moving.map(({ at, step }) => local.set(at, i32.add(local.get(at), i32.const(step)))),
      countDown(again, counter, 1),
    ];
    return [
      ...moving.map(({ from, at }) => local.set(at, local.get(from))),
      local.set(counter, i32.const(extent)),
      loop(again, body),
    ];
  }

  private statement(statement: Statement, loops: readonly Loop[]): Instruction[] {
    switch (statement.kind) {
      case 'for':
        return this.loop(statement, loops);
      case 'set': {
        const settled = this.walk.settleAccesses(statement.value, loops);
        const value = this.value(statement.value, loops);
        return [...settled, local.set(this.register(statement.register, statement.value), value)];
      }
      case 'store':
        return this.store(statement, loops);
    }
  }

  private loop(statement: Loop, loops: readonly Loop[]): Instruction[] {
    const inside = [...loops, statement];
    if (statement.extent < 1) return [];
    if (statement.extent === 1) return this.block(statement.body, inside);
    const { walk } = this;
    const used = walk.addresses.within(statement);
    const moved = used.filter((pointer) => pointer.moves.some((move) => move.loop === statement));
    const counter = this.local(`counter ${loops.length}`, 'i32');
    const before = [
      ...walk.begin(statement, moved),
      ...used.flatMap((pointer) => walk.settle(pointer)),
      local.set(counter, i32.const(statement.extent)),
    ];
    const unrolling = unrollingOf(statement, moved, walk.addresses, inside);
    if (unrolling) return [...before, this.unrolled(statement, inside, counter, unrolling)];
    const again = new Label();
    const turn = this.block(statement.body, inside);
    const moves = moved.flatMap((pointer) => walk.move(pointer, statement));
    const settled = used.flatMap((pointer) => walk.settle(pointer));
    for (const pointer of moved) walk.putBack(pointer, statement, statement.extent);
    return [...before, loop(again, [...turn, ...moves, ...settled, countDown(again, counter, 1)])];
  }

  private unrolled(
    statement: Loop,
    inside: readonly Loop[],
    counter: Local<'i32'>,
    { turns, rest, stepping, staying }: Unrolling,
  ): Instruction {
    const { walk } = this;
    const [again, exit] = [new Label(), new Label()];
    const moveAll = (pointers: readonly Pointer[], turns: number): Instruction[] =>
      pointers.flatMap((pointer) => [...walk.move(pointer, statement, turns), ...walk.settle(pointer)]);
    const leaveAfter = (turn: number): Instruction => br_if(exit, i32.eq(local.get(counter), i32.const(turn)));
    const copies = Array.from({ length: turns }, (_, turn) => {
      for (const pointer of staying) walk.stay(pointer, statement, turn);
      const body = [...this.block(statement.body, inside), ...moveAll(stepping, 1)];
      return turn + 1 < turns ? [...body, leaveAfter(turn + 1)] : body;
    });
    const body = [...copies.flat(), ...moveAll(staying, turns), countDown(again, counter, turns)];
    for (const pointer of stepping) walk.putBack(pointer, statement, statement.extent);
    for (const pointer of staying) walk.putBack(pointer, statement, statement.extent - rest);
    return block(exit, [loop(again, body)]);
  }

  private store(statement: Store, loops: readonly Loop[]): Instruction[] {
    const { operand, at, value, count } = statement;
    const settled = [
      ...this.walk.settleAccesses(value, loops),
      ...this.walk.settle(this.walk.addresses.of(operand, at, loops).pointer),
    ];
    const address = this.walk.address(operand, at, loops);
    if (widthOf(value) === 1) return [...settled, f32.store(address, this.plain(value, loops))];
    if (count === widthOf(value)) return [...settled, v128.store(address, this.vector(value, loops))];
    return [...settled, ...this.storePart(this.vector(value, loops), address, count)];
  }

  /** The first one to three lanes: two as a 64-bit number, which keeps their bits, and one as a 32-bit one. */
  private storePart(value: Expression<'v128'>, { pointer, offset }: Address, count: number): Instruction[] {
    const kept = this.local('stored', 'v128');
    const vector = local.get(kept);
    const storeOne = (lane: number): Instruction =>
      f32.store({ pointer, offset: offset + lane * bytes }, f32x4.extract_lane(vector, lane));
    const storeTwo = (): Instruction => f64.store({ pointer, offset }, f64x2.extract_lane(vector, 0));
    const stores = count === 1 ? [storeOne(0)] : [storeTwo(), ...(count === 3 ? [storeOne(2)] : [])];
    return [local.set(kept, value), ...stores];
  }

  private plain = (value: Value, loops: readonly Loop[]): Expression<'f32'> => ofType('f32', this.value(value, loops));
  private vector = (value: Value, loops: readonly Loop[]): Expression<'v128'> =>
    ofType('v128', this.value(value, loops));

  private value(value: Value, loops: readonly Loop[]): Expression<Lanes> {
    switch (value.kind) {
      case 'constant':
        return value.width > 1 ? f32x4.const(value.value) : f32.const(value.value);
      case 'register':
        return local.get(this.registers.get(value.name) ?? unassigned(value.name));
      case 'load': {
        const address = this.walk.address(value.operand, value.at, loops);
        const element = this.elements[value.operand]!;
        return this.host.widening[value.width > 1 ? 'vector' : 'plain'](element, address);
      }
      case 'splat':
        return this.host.widening.splat(
          this.elements[value.operand]!,
          this.walk.address(value.operand, value.at, loops),
        );
      case 'gather':
        return this.gather(value, loops);
      case 'lane':
        return this.lane(value.of, value.index, loops);
      case 'extract':
        return f32x4.extract_lane(this.vector(value.of, loops), value.index);
      case 'apply':
        return printApply(value, widthOf(value), {
          print: (argument) => this.value(argument, loops),
          library: this.host.library,
        });
    }
  }

  /** The indices one after the other, each rounded, clamped and added to the address. */
  private gather(
    { operand, at, indices }: Extract<Value, { kind: 'gather' }>,
    loops: readonly Loop[],
  ): Expression<'f32'> {
    const { pointer, offset } = this.walk.address(operand, at, loops);
    const element = this.elements[operand]!;
    const moved = indices.reduce<Expression<'i32'>>(
      (address, { value, stride, extent }) =>
        i32.add(address, i32.mul(this.place(this.plain(value, loops), extent), i32.const(stride * bytesOf(element)))),
      pointer,
    );
    return this.host.widening.plain(element, { pointer: moved, offset });
  }

  /** NaN is 0, and what lies beyond 32 bits is far beyond the axis too. */
  private place(index: Expression<'f32'>, extent: number): Expression<'i32'> {
    const kept = this.local(`place ${this.places++}`, 'i32');
    const last = i32.const(extent - 1);
    const rounded = i32.trunc_sat_f32_s(f32.nearest(index));
    // A choice is made last: what it is between is kept on the way.
    const atMost = select(i32.lt_s(local.get(kept), last), local.tee(kept, rounded), last);
    return select(i32.lt_s(i32.const(0), local.get(kept)), local.tee(kept, atMost), i32.const(0));
  }

  private lane(of: Value, index: number, loops: readonly Loop[]): Expression<'v128'> {
    const kept = this.local('lanes', 'v128');
    const bytesOfLane = Array.from({ length: 16 }, (_, byte) => index * bytes + (byte % bytes));
    return i8x16.shuffle(local.tee(kept, this.vector(of, loops)), local.get(kept), bytesOfLane);
  }

  private register(name: string, value: Value): Local<Lanes> {
    const known = this.registers.get(name);
    if (known) return known;
    const added = this.locals.add(typeOf(widthOf(value)));
    this.registers.set(name, added);
    return added;
  }

  /** Kept under a name for the whole function. */
  private local<T extends ValueType>(name: string, type: T): Local<T> {
    const known = this.scratch.get(name) as Local<T> | undefined;
    if (known) return known;
    const added = this.locals.add(type);
    this.scratch.set(name, added);
    return added;
  }
}

/** Counts down, and goes on until nothing is left. */
const countDown = (again: Label, counter: Local<'i32'>, turns: number): Instruction =>
  br_if(again, local.tee(counter, i32.sub(local.get(counter), i32.const(turns))));

function unassigned(name: string): never {
  throw new Error(`register ${name} is read before it is set`);
}
