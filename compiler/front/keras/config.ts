// The settings of one layer, as its file has them. What a mapping reads is remembered: a setting that nobody reads and that
// is not known to mean nothing at inference is refused, never passed over.
import { fieldsOf, showJson } from '../../files/json.ts';
import { Refusal } from '../importing/refusal.ts';

/** What matters in training only, or says what the weights say too. */
const idle =
  /^(name|trainable|dtype|input_dtype|dynamic|stateful|seed|autocast|momentum|synchronized|rate|noise_shape|stddev|batch_shape|batch_input_shape|input_shape|ragged|sparse|optional|function|.*_(initializer|regularizer|constraint))$/;

/** Nothing is switched on by it. */
const isOff = (value: unknown): boolean =>
  value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);

export class Config {
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #read = new Set<string>();

  constructor(value: unknown) {
    this.#fields = fieldsOf(value) ?? new Map();
  }

  /** The setting as it stands in the file; `undefined` also for null. */
  value(name: string): unknown {
    this.#read.add(name);
    return this.#fields.get(name) ?? undefined;
  }

  /** The first of several names that is there: versions call settings differently. */
  number(names: string | readonly string[], fallback?: number): number {
    const [name, value] = this.#first(names);
    if (value === undefined && fallback !== undefined) return fallback;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return this.#wrong(name, value, 'a number');
  }

  optional(name: string): number | undefined {
    return this.value(name) === undefined ? undefined : this.number(name);
  }

  integer(names: string | readonly string[], fallback?: number): number {
    const value = this.number(names, fallback);
    return Number.isSafeInteger(value) ? value : this.#wrong(this.#first(names)[0], value, 'a whole number');
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.value(name);
    if (value === undefined) return fallback;
    return typeof value === 'boolean' ? value : this.#wrong(name, value, 'true or false');
  }

  /** One of some words. */
  word<const W extends string>(name: string, fallback: W, ...others: readonly W[]): W {
    const value = this.value(name) ?? fallback;
    const words = [fallback, ...others];
    return words.find((word) => word === value) ?? this.#wrong(name, value, `one of ${words.join(', ')}`);
  }

  /** Whole numbers, one per axis: a single one is for every axis. */
  sizes(name: string, count: number, fallback?: number | readonly number[]): readonly number[] {
    const value = this.value(name) ?? fallback;
    const list = Array.isArray(value) ? value : Array.from({ length: count }, () => value);
    if (list.length === count && list.every((size) => Number.isSafeInteger(size))) return list;
    return this.#wrong(name, value, count === 1 ? 'a whole number' : `a whole number, or ${count} of them`);
  }

  integers(name: string): readonly number[] {
    const value = this.value(name);
    const list = Array.isArray(value) ? value : [value];
    return list.every((one) => Number.isSafeInteger(one)) ? list : this.#wrong(name, value, 'whole numbers');
  }

  /** None of the settings means anything here. */
  passOver(): void {
    for (const name of this.#fields.keys()) this.#read.add(name);
  }

  /** The settings that nobody has read, and that would change the result. */
  unread(): readonly string[] {
    return [...this.#fields].flatMap(([name, value]) =>
      this.#read.has(name) || idle.test(name) || isOff(value) ? [] : [name],
    );
  }

  #first(names: string | readonly string[]): readonly [string, unknown] {
    const list = typeof names === 'string' ? [names] : names;
    const values = list.map((name) => [name, this.value(name)] as const);
    return values.find(([, value]) => value !== undefined) ?? values[0]!;
  }

  #wrong(name: string, value: unknown, wanted: string): never {
    throw new Refusal(`has ${name} ${showJson(value)}`, wanted, 'attribute');
  }
}
