// The definition of the loop IR: executes a loop nest as it reads. Vectors compute in float32, lane by lane, as SIMD does;
// plain numbers in float32 (`single`) or as JavaScript does (`double`), rounded when they are stored.
import type { Affine } from '../algebra/affine.ts';
import { applyFunction, clampedPlace } from '../algebra/functions.ts';
import type { Element } from '../tensor.ts';
import { type ElementArray, elementsIn, widened } from './elements.ts';
import {
  elementOf,
  type Invocation,
  type LoopNest,
  type Memory,
  type Statement,
  type Value,
  type Width,
  widthOf,
} from './loop.ts';
import { boundNest } from './tables.ts';

export type Memories = Readonly<Record<Memory, ArrayBufferView>>;
export type Precision = 'single' | 'double';

export function interpret(
  nest: Pick<LoopNest, 'operands' | 'body'>,
  bases: readonly number[],
  memories: Memories,
  precision: Precision = 'double',
): void {
  const operands = nest.operands.map((operand, n): Place => {
    const element = elementOf(operand);
    return { data: elementsIn(memories[operand.memory], element), element, base: bases[n]! };
  });
  new Interpreter(operands, precision).run(nest.body);
}

/** The same for a call, whose tables may be its own. */
export const interpretCall = (
  call: Pick<Invocation, 'nest' | 'bases' | 'tables'>,
  memories: Memories,
  precision?: Precision,
): void => interpret(boundNest(call), call.bases, memories, precision);

/** An operand in its memory. */
interface Place {
  readonly data: ElementArray;
  readonly element: Element;
  readonly base: number;
}

class Interpreter {
  private readonly operands: readonly Place[];
  private readonly precision: Precision;
  private readonly variables = new Map<string, number>();
  private readonly registers = new Map<string, readonly number[]>();

  constructor(operands: readonly Place[], precision: Precision) {
    this.operands = operands;
    this.precision = precision;
  }

  run(body: readonly Statement[]): void {
    for (const statement of body) this.step(statement);
  }

  private step(statement: Statement): void {
    switch (statement.kind) {
      case 'for':
        for (let turn = 0; turn < statement.extent; turn++) {
          this.variables.set(statement.variable, turn);
          this.run(statement.body);
        }
        this.variables.delete(statement.variable);
        return;
      case 'set':
        this.registers.set(statement.register, this.value(statement.value));
        return;
      case 'store': {
        const lanes = this.value(statement.value);
        for (let lane = 0; lane < statement.count; lane++) {
          const { data, offset } = this.place(statement.operand, statement.at, lane);
          data[offset] = lanes[lane]!;
        }
      }
    }
  }

  private value(value: Value): readonly number[] {
    switch (value.kind) {
      case 'constant':
        return lanes(value.width, () => value.value);
      case 'register':
        return this.registers.get(value.name) ?? unset(value.name);
      case 'load':
        return lanes(value.width, (lane) => this.read(value.operand, value.at, lane));
      case 'splat':
        return lanes(value.width, () => this.read(value.operand, value.at, 0));
      case 'gather': {
        const moves = value.indices.map(({ value: index, stride, extent }) => {
          return stride * clampedPlace(this.value(index)[0]!, extent);
        });
        return [
          this.read(
            value.operand,
            value.at,
            moves.reduce((sum, move) => sum + move, 0),
          ),
        ];
      }
      case 'lane': {
        const of = this.value(value.of);
        return lanes(of.length, () => of[value.index]!);
      }
      case 'extract':
        return [this.value(value.of)[value.index]!];
      case 'apply': {
        const parts = value.arguments.map((part) => this.value(part));
        const width = widthOf(value);
        const exact = width === 1 && this.precision === 'double';
        return lanes(width, (lane) => {
          const result = applyFunction(
            value.function,
            parts.map((part) => part[lane]!),
          );
          return exact ? result : Math.fround(result);
        });
      }
    }
  }

  /** Beyond the end of a memory lies its slack: some number that nobody uses. */
  private read(operand: number, at: Affine, lane: number): number {
    const { data, element, offset } = this.place(operand, at, lane);
    return widened(data[offset] ?? Number.NaN, element);
  }

  private place(operand: number, at: Affine, lane: number): Omit<Place, 'base'> & { readonly offset: number } {
    const { data, element, base } = this.operands[operand]!;
    return { data, element, offset: base + at.evaluate(this.variables) + lane };
  }
}

const lanes = (width: Width, lane: (n: number) => number): readonly number[] =>
  Array.from({ length: width }, (_, n) => lane(n));

function unset(register: string): never {
  throw new Error(`register ${register} is read before it is set`);
}
