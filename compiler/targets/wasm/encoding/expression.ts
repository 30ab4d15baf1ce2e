// An expression is an instruction with its operands, which knows what it leaves and how it is written. Operands come first,
// in order, so that a module has exactly the instructions of the tree that it was made from.
//
//   f32.add(local.get(a), f32.const(1))  →  20 00 · 43 00 00 80 3f · 92
import { Bytes } from './bytes.ts';
import type { Local, Locals } from './locals.ts';
import type { ResultType, ValueType } from './types.ts';

export interface Expression<T extends ResultType = ValueType> {
  readonly type: T;
  readonly write: (code: Code) => void;
}

/** An expression that leaves no value. */
export type Instruction = Expression<'none'>;

/** What a branch goes to: the beginning of a loop, or the end of a block. */
export class Label {
  readonly kind = 'label';
}

/** The code of one function, while it is written. */
export class Code {
  readonly bytes = new Bytes();
  private readonly numbers: ReadonlyMap<Local, number>;
  /** Around what is written now, outermost first. */
  private readonly around: (Label | undefined)[] = [];

  constructor(locals: Locals) {
    this.numbers = locals.numbers();
  }

  numberOf(local: Local): number {
    return this.numbers.get(local) ?? fault('a local of another function');
  }

  /** How many levels out a branch goes. */
  depthOf(label: Label): number {
    const level = this.around.lastIndexOf(label);
    return level < 0 ? fault('a branch to a label that is not around it') : this.around.length - 1 - level;
  }

  /** Instructions one level further in. */
  inside(label: Label | undefined, body: readonly Instruction[]): void {
    this.around.push(label);
    for (const instruction of body) instruction.write(this);
    this.around.pop();
  }
}

/** An expression of a type that is known only when a module is made. */
export function ofType<T extends ValueType>(type: T, expression: Expression): Expression<T> {
  return expression.type === type
    ? (expression as Expression<T>)
    : fault(`${expression.type} where ${type} is expected`);
}

export function fault(message: string): never {
  throw new Error(`WebAssembly: ${message}`);
}
