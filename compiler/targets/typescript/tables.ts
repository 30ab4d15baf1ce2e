// Index tables of all loop nests of a module: equal ones are one constant.
import { tableName } from '../shared/names.ts';
import type { Tables } from './pointers.ts';

export class ModuleTables implements Tables {
  readonly #names = new Map<string, string>();

  nameOf(values: readonly number[]): string {
    const text = values.join(', ');
    const name = this.#names.get(text) ?? tableName(this.#names.size + 1);
    this.#names.set(text, name);
    return name;
  }

  /** Name and values as text, in order of first use. */
  entries(): readonly { readonly name: string; readonly values: string }[] {
    return [...this.#names].map(([values, name]) => ({ name, values }));
  }
}
