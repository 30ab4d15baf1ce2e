// Index tables of all loop nests of a module: equal ones are one constant. Those that a nest declares are its parameters.
import type { TableParameter } from '../../tiler/loop.ts';
import { parameterOf } from '../../tiler/tables.ts';
import { type Names, tableName } from '../shared/names.ts';
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

/** The tables of one loop nest. */
export class NestTables implements Tables {
  readonly #module: Tables;
  readonly #parameters: readonly TableParameter[];
  readonly #names: readonly string[];
  readonly #used = new Set<number>();

  constructor(parameters: readonly TableParameter[], names: Names, module: Tables) {
    this.#module = module;
    this.#parameters = parameters;
    this.#names = parameters.map(({ name }) => names.unique(name));
  }

  nameOf(values: readonly number[], axis: string): string {
    const table = parameterOf(this.#parameters, { axis, values });
    if (table < 0) return this.#module.nameOf(values, axis);
    this.#used.add(table);
    return this.#names[table]!;
  }

  /** The parameters that occurred, by name and number, in the order of the nest. */
  passed(): readonly { readonly name: string; readonly table: number }[] {
    return this.#names.map((name, table) => ({ name, table })).filter(({ table }) => this.#used.has(table));
  }
}
