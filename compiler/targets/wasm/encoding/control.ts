// Locals, calls, blocks, loops and branches.
import { type Code, type Expression, fault, type Instruction, type Label } from './expression.ts';
import type { Local } from './locals.ts';
import { emptyBlock, type FunctionType, type ResultType, type ValueType } from './types.ts';

export const local = {
  get: <T extends ValueType>(of: Local<T>): Expression<T> => ({
    type: of.type,
    write: (code) => named(code, 0x20, of),
  }),

  set: <T extends ValueType>(of: Local<T>, value: Expression<T>): Instruction => ({
    type: 'none',
    write: (code) => {
      value.write(code);
      named(code, 0x21, of);
    },
  }),

  /** Sets, and leaves the value. */
  tee: <T extends ValueType>(of: Local<T>, value: Expression<T>): Expression<T> => ({
    type: of.type,
    write: (code) => {
      value.write(code);
      named(code, 0x22, of);
    },
  }),
};

function named(code: Code, opcode: number, of: Local): void {
  code.bytes.byte(opcode);
  code.bytes.unsigned(code.numberOf(of));
}

/** A function of the module, to be called. */
export interface Callee<Result extends ResultType = ResultType> extends FunctionType {
  readonly name: string;
  readonly number: number;
  readonly result: Result;
}

export function call<Result extends ResultType>(
  callee: Callee<Result>,
  operands: readonly Expression[],
): Expression<Result> {
  const types = operands.map(({ type }) => type);
  if (types.join() !== callee.parameters.join()) fault(`${callee.name} called with (${types})`);
  return {
    type: callee.result,
    write: (code) => {
      for (const operand of operands) operand.write(code);
      code.bytes.byte(0x10);
      code.bytes.unsigned(callee.number);
    },
  };
}

/** One of two values, both of which are computed. */
export function select<T extends ValueType>(
  condition: Expression<'i32'>,
  yes: Expression<T>,
  no: Expression<T>,
): Expression<T> {
  return {
    type: yes.type,
    write: (code) => {
      yes.write(code);
      no.write(code);
      condition.write(code);
      code.bytes.byte(0x1b);
    },
  };
}

/** Instructions that a branch to the label leaves. */
export const block = (exit: Label, body: readonly Instruction[]): Instruction => nested(0x02, exit, body);

/** Instructions that a branch to the label repeats. */
export const loop = (again: Label, body: readonly Instruction[]): Instruction => nested(0x03, again, body);

export const when = (condition: Expression<'i32'>, body: readonly Instruction[]): Instruction => ({
  type: 'none',
  write: (code) => {
    condition.write(code);
    nested(0x04, undefined, body).write(code);
  },
});

const nested = (opcode: number, label: Label | undefined, body: readonly Instruction[]): Instruction => ({
  type: 'none',
  write: (code) => {
    code.bytes.byte(opcode);
    code.bytes.byte(emptyBlock);
    code.inside(label, body);
    code.bytes.byte(end);
  },
});

export const br_if = (label: Label, condition: Expression<'i32'>): Instruction => ({
  type: 'none',
  write: (code) => {
    condition.write(code);
    code.bytes.byte(0x0d);
    code.bytes.unsigned(code.depthOf(label));
  },
});

/** Closes blocks, functions and constant expressions. */
export const end = 0x0b;
