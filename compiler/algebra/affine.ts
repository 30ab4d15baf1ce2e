// An index: a constant plus integer multiples of iteration axes, as in `2·y + 3·i − 1`.
// One extension keeps resampling and mirrored borders in the family: a term may go through a table of
// constants, one integer for each value of an axis (`source[y]`), since shapes are known at compile time.

/** One integer for each value of an axis. */
export interface TableTerm {
  readonly axis: string;
  readonly values: readonly number[];
}

export class Affine {
  readonly constant: number;
  /** Axis → coefficient, never zero, in order of first use. */
  readonly terms: ReadonlyMap<string, number>;
  readonly tables: readonly TableTerm[];

  private constructor(constant: number, terms: ReadonlyMap<string, number>, tables: readonly TableTerm[]) {
    this.constant = constant;
    this.terms = terms;
    this.tables = tables;
  }

  static constant(value: number): Affine {
    return new Affine(value, new Map(), []);
  }

  static axis(name: string, coefficient = 1): Affine {
    return new Affine(0, coefficient === 0 ? new Map() : new Map([[name, coefficient]]), []);
  }

  static table(axis: string, values: readonly number[]): Affine {
    return new Affine(0, new Map(), [{ axis, values }]);
  }

  plus(other: Affine | number): Affine {
    if (typeof other === 'number') return new Affine(this.constant + other, this.terms, this.tables);
    const terms = new Map(this.terms);
    for (const [axis, coefficient] of other.terms) {
      const sum = (terms.get(axis) ?? 0) + coefficient;
      if (sum === 0) terms.delete(axis);
      else terms.set(axis, sum);
    }
    return new Affine(this.constant + other.constant, terms, [...this.tables, ...other.tables]);
  }

  minus(other: Affine | number): Affine {
    return this.plus(typeof other === 'number' ? -other : other.times(-1));
  }

  times(factor: number): Affine {
    if (factor === 0) return Affine.constant(0);
    const terms = new Map([...this.terms].map(([axis, coefficient]) => [axis, coefficient * factor] as const));
    const tables = this.tables.map(({ axis, values }) => ({ axis, values: values.map((value) => value * factor) }));
    return new Affine(this.constant * factor, terms, tables);
  }

  /** The same index with these tables for its own. */
  withTables(tables: readonly TableTerm[]): Affine {
    return new Affine(this.constant, this.terms, tables);
  }

  coefficient(axis: string): number {
    return this.terms.get(axis) ?? 0;
  }

  /** Every axis the index depends on, through a coefficient or a table. */
  axes(): Set<string> {
    return new Set([...this.terms.keys(), ...this.tables.map((table) => table.axis)]);
  }

  dependsOn(axis: string): boolean {
    return this.terms.has(axis) || this.tables.some((table) => table.axis === axis);
  }

  /** The axis this index simply *is* (coefficient one, nothing else), if it is one. */
  bareAxis(): string | undefined {
    if (this.constant !== 0 || this.terms.size !== 1 || this.tables.length > 0) return undefined;
    const [axis, coefficient] = [...this.terms][0]!;
    return coefficient === 1 ? axis : undefined;
  }

  isConstant(): boolean {
    return this.terms.size === 0 && this.tables.length === 0;
  }

  /**
   * Replaces axes by indices over other axes.
   * A table can follow its axis to a new name or be resolved at a constant, and to `a·step + b` when `extents` gives a's size.
   */
  substitute(replacements: ReadonlyMap<string, Affine>, extents?: ReadonlyMap<string, number>): Affine {
    let result = Affine.constant(this.constant);
    for (const [axis, coefficient] of this.terms) {
      result = result.plus((replacements.get(axis) ?? Affine.axis(axis)).times(coefficient));
    }
    for (const table of this.tables) {
      const replacement = replacements.get(table.axis);
      result = result.plus(
        replacement ? composeTable(table, replacement, extents) : Affine.table(table.axis, table.values),
      );
    }
    return result;
  }

  evaluate(point: ReadonlyMap<string, number>): number {
    let value = this.constant;
    for (const [axis, coefficient] of this.terms) value += coefficient * (point.get(axis) ?? missing(axis));
    for (const { axis, values } of this.tables) value += values[point.get(axis) ?? missing(axis)] ?? missing(axis);
    return value;
  }

  /** The smallest and largest value over the box `0 ≤ axis < extent`. */
  range(extents: ReadonlyMap<string, number>): readonly [low: number, high: number] {
    let low = this.constant;
    let high = this.constant;
    for (const [axis, coefficient] of this.terms) {
      const reach = coefficient * ((extents.get(axis) ?? missing(axis)) - 1);
      low += Math.min(0, reach);
      high += Math.max(0, reach);
    }
    for (const { axis, values } of this.tables) {
      const used = values.slice(0, extents.get(axis) ?? missing(axis));
      low += used.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
      high += used.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    }
    return [low, high];
  }

  equals(other: Affine): boolean {
    return this.key() === other.key();
  }

  /** A canonical text: equal indices have equal keys whatever order they were built in. */
  key(): string {
    const terms = [...this.terms]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([axis, coefficient]) => `${coefficient}${axis}`);
    const tables = this.tables.map(({ axis, values }) => `${axis}[${values.join(',')}]`).sort();
    return [this.constant, ...terms, ...tables].join('+');
  }

  /** As a person writes it: `2·y + i − 1`. */
  toString(): string {
    return this.show(
      (axis) => axis,
      () => 'table',
    );
  }

  /** The same with other names for axes, and names for tables. */
  show(nameOf: (axis: string) => string, tableOf: (values: readonly number[], axis: string) => string): string {
    const parts = [...this.terms].map(([axis, coefficient]) => term(coefficient, nameOf(axis)));
    for (const { axis, values } of this.tables) parts.push(` + ${tableOf(values, axis)}[${nameOf(axis)}]`);
    if (this.constant !== 0 || parts.length === 0) parts.push(term(this.constant, ''));
    const text = parts.join('').trimStart();
    return text.startsWith('+ ') ? text.slice(2) : text.replace(/^− /, '−');
  }
}

function term(coefficient: number, axis: string): string {
  const size = Math.abs(coefficient);
  const body = axis === '' ? `${size}` : size === 1 ? axis : `${size}·${axis}`;
  return coefficient < 0 ? ` − ${body}` : ` + ${body}`;
}

function composeTable(table: TableTerm, replacement: Affine, extents?: ReadonlyMap<string, number>): Affine {
  if (replacement.isConstant()) return Affine.constant(table.values[replacement.constant] ?? missing(table.axis));
  const [axis, coefficient] = [...replacement.terms][0]!;
  const single = replacement.terms.size === 1 && replacement.tables.length === 0;
  if (!single) throw new Error(`a table over ${table.axis} cannot follow ${replacement}`);
  const extent = extents?.get(axis) ?? Math.floor((table.values.length - 1 - replacement.constant) / coefficient) + 1;
  const values = Array.from(
    { length: extent },
    (_, at) => table.values[coefficient * at + replacement.constant] ?? missing(table.axis),
  );
  return Affine.table(axis, values);
}

function missing(axis: string): never {
  throw new Error(`axis ${axis} has no value here`);
}
