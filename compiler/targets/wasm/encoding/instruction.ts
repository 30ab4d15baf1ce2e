// What instructions are made of. Those with a prefix (0xfc: saturating conversions, 0xfd: vectors) have their number behind it.
import type { Bytes } from './bytes.ts';
import type { Expression, Instruction } from './expression.ts';
import type { ValueType } from './types.ts';

export type Opcode = readonly [code: number] | readonly [prefix: number, number: number];

export function writeOpcode([code, number]: Opcode, bytes: Bytes): void {
  bytes.byte(code);
  if (number !== undefined) bytes.unsigned(number);
}

type Expressions<Types extends readonly ValueType[]> = {
  readonly [Index in keyof Types]: Expression<Types[Index]>;
};

/** An instruction of operands only. */
export interface Operation<Result extends ValueType, Operands extends readonly ValueType[]> {
  (...operands: Expressions<Operands>): Expression<Result>;
  readonly result: Result;
  readonly operands: Operands;
}

export type Unary<T extends ValueType> = Operation<T, readonly [T]>;
export type Binary<T extends ValueType> = Operation<T, readonly [T, T]>;

/** @param opcode from the index of instructions of the WebAssembly specification */
export function operation<Result extends ValueType, const Operands extends readonly ValueType[]>(
  result: Result,
  operands: Operands,
  ...opcode: Opcode
): Operation<Result, Operands> {
  const build = (...given: readonly Expression[]): Expression<Result> => ({
    type: result,
    write: (code) => {
      for (const operand of given) operand.write(code);
      writeOpcode(opcode, code.bytes);
    },
  });
  return Object.assign(build as (...given: Expressions<Operands>) => Expression<Result>, { result, operands });
}

export const unary = <T extends ValueType>(type: T, ...opcode: Opcode): Unary<T> => operation(type, [type], ...opcode);
export const binary = <T extends ValueType>(type: T, ...opcode: Opcode): Binary<T> =>
  operation(type, [type, type], ...opcode);

/** A number in the code. */
export const constant =
  <T extends ValueType, Value>(type: T, opcode: Opcode, write: (bytes: Bytes, value: Value) => void) =>
  (value: Value): Expression<T> => ({
    type,
    write: ({ bytes }) => {
      writeOpcode(opcode, bytes);
      write(bytes, value);
    },
  });

/** A place in the memory: a pointer and, in the instruction itself, what is added to it. In bytes. */
export interface Address {
  readonly pointer: Expression<'i32'>;
  readonly offset: number;
}

/** Numbers lie on multiples of four bytes, as an instruction says it: by the power of two. */
const wordAlignment = 2;

function writeAccess({ offset }: Address, opcode: Opcode, bytes: Bytes, alignment = wordAlignment): void {
  writeOpcode(opcode, bytes);
  bytes.unsigned(alignment);
  bytes.unsigned(offset);
}

const loadOf =
  <T extends ValueType>(type: T, opcode: Opcode, alignment?: number) =>
  (address: Address): Expression<T> => ({
    type,
    write: (code) => {
      address.pointer.write(code);
      writeAccess(address, opcode, code.bytes, alignment);
    },
  });

export const load = <T extends ValueType>(type: T, ...opcode: Opcode) => loadOf(type, opcode);

/** Of numbers that lie on multiples of one byte or two. */
export const loadNarrow = <T extends ValueType>(type: T, bytes: 1 | 2, ...opcode: Opcode) =>
  loadOf(type, opcode, bytes - 1);

export const store =
  <T extends ValueType>(_type: T, ...opcode: Opcode) =>
  (address: Address, value: Expression<T>): Instruction => ({
    type: 'none',
    write: (code) => {
      address.pointer.write(code);
      value.write(code);
      writeAccess(address, opcode, code.bytes);
    },
  });

/** One of the numbers of a vector. */
export const extractLane =
  <T extends ValueType>(type: T, ...opcode: Opcode) =>
  (vector: Expression<'v128'>, lane: number): Expression<T> => ({
    type,
    write: (code) => {
      vector.write(code);
      writeOpcode(opcode, code.bytes);
      code.bytes.byte(lane);
    },
  });

export const replaceLane =
  <T extends ValueType>(_type: T, ...opcode: Opcode) =>
  (vector: Expression<'v128'>, lane: number, value: Expression<T>): Expression<'v128'> => ({
    type: 'v128',
    write: (code) => {
      vector.write(code);
      value.write(code);
      writeOpcode(opcode, code.bytes);
      code.bytes.byte(lane);
    },
  });
