// The types of values and functions, under the names that WebAssembly's text has for them.
import type { Bytes } from './bytes.ts';

const codes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;

export type ValueType = keyof typeof codes;

/** `none`: an instruction that leaves no value, a function that returns none. */
export type ResultType = ValueType | 'none';

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly result: ResultType;
}

/** Of a block or loop that neither takes nor leaves values. */
export const emptyBlock = 0x40;

export const codeOf = (type: ValueType): number => codes[type];

export function writeFunctionType({ parameters, result }: FunctionType, bytes: Bytes): void {
  bytes.byte(0x60);
  bytes.list(parameters, (type) => bytes.byte(codeOf(type)));
  bytes.list(result === 'none' ? [] : [result], (type) => bytes.byte(codeOf(type)));
}
