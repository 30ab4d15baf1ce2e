// The parameters and variables of one function. A module declares variables as runs of one type; they are declared in the
// order in which they were made, and numbered in the order that needs the fewest runs.
//
//   made: i32, v128, i32, v128  →  declared: 2 × i32, 2 × v128, with the numbers 0, 2, 1, 3
import type { Bytes } from './bytes.ts';
import { codeOf, type ValueType } from './types.ts';

/** A parameter or variable. */
export interface Local<T extends ValueType = ValueType> {
  readonly type: T;
}

export class Locals<const Parameters extends readonly ValueType[] = readonly ValueType[]> {
  readonly parameters: { readonly [Index in keyof Parameters]: Local<Parameters[Index]> };
  private readonly variables = new Map<ValueType, Local[]>();

  constructor(...parameters: Parameters) {
    this.parameters = parameters.map((type) => ({ type })) as typeof this.parameters;
  }

  add<T extends ValueType>(type: T): Local<T> {
    const variable = { type };
    const alike = this.variables.get(type);
    if (alike) alike.push(variable);
    else this.variables.set(type, [variable]);
    return variable;
  }

  /** By the number that instructions name them by. */
  numbers(): ReadonlyMap<Local, number> {
    const all = [...this.parameters, ...[...this.variables.values()].flat()];
    return new Map(all.map((local, number) => [local, number]));
  }

  write(bytes: Bytes): void {
    bytes.list([...this.variables], ([type, alike]) => {
      bytes.unsigned(alike.length);
      bytes.byte(codeOf(type));
    });
  }
}
