// The tables of a loop nest as arguments: which of them a nest declares, and what a call with others means.
//
//   resize(rows):  for y < 4: store(out, y, load(in, rows[y]))
//     called with [0, 0, 1, 1]  =  for y < 4: store(out, y, load(in, [0, 0, 1, 1][y]))
import type { TableTerm } from '../algebra/affine.ts';
import type { Invocation, LoopNest, Statement, TableParameter } from './loop.ts';
import { mapPlaces } from './map-places.ts';
import { accessesIn } from './values.ts';

const sameValues = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((value, n) => value === b[n]));

/** The number of the parameter that a table of an index is; −1 where it is part of the code. */
export const parameterOf = (tables: readonly TableParameter[], { axis, values }: TableTerm): number =>
  tables.findIndex((parameter) => parameter.variable === axis && sameValues(parameter.values, values));

/** The nest with every table of its places declared, in order of first use. */
export function withTableParameters(nest: LoopNest): LoopNest {
  const tables: TableParameter[] = [];
  const numbers = new Map<string, number>();
  for (const term of termsIn(nest.body)) {
    if (parameterOf(tables, term) >= 0) continue;
    const number = (numbers.get(term.axis) ?? 0) + 1;
    numbers.set(term.axis, number);
    const name = `${term.axis}_table${number === 1 ? '' : `_${number}`}`;
    tables.push({ name, variable: term.axis, values: term.values });
  }
  return { ...nest, tables };
}

const termsIn = (body: readonly Statement[]): readonly TableTerm[] =>
  body.flatMap((statement) => {
    if (statement.kind === 'for') return termsIn(statement.body);
    const loaded = accessesIn(statement.value).flatMap(({ at }) => at.tables);
    return statement.kind === 'store' ? [...loaded, ...statement.at.tables] : loaded;
  });

/** What a call does: its nest with the tables of the call in their places. */
export function boundNest({ nest, tables }: Pick<Invocation, 'nest' | 'tables'>): LoopNest {
  const { tables: parameters = [], ...bare } = nest;
  if (!tables) return bare;
  const bound = (term: TableTerm): TableTerm => {
    const values = tables[parameterOf(parameters, term)];
    return values ? { ...term, values } : term;
  };
  const body = nest.body.map((statement) => mapPlaces(statement, (_, at) => at.withTables(at.tables.map(bound))));
  return { ...bare, body };
}

/** The tables of a call, for each that the nest declares. */
export const tablesOfCall = ({ nest, tables }: Pick<Invocation, 'nest' | 'tables'>): readonly (readonly number[])[] =>
  tables ?? (nest.tables ?? []).map(({ values }) => values);

/** Whether the tables of a call fit those that its nest declares; each fault is a sentence. */
export function verifyTables({ nest, tables }: Pick<Invocation, 'nest' | 'tables'>): string[] {
  const parameters = nest.tables ?? [];
  if (!tables) return [];
  if (tables.length !== parameters.length)
    return [`${tables.length} tables are passed where the nest declares ${parameters.length}`];
  return parameters.flatMap(({ name, values }, n) => [
    ...(tables[n]!.length === values.length ? [] : [`${name} has ${tables[n]!.length} values, not ${values.length}`]),
    ...(tables[n]!.every(Number.isInteger) ? [] : [`${name} has a value that is no integer`]),
  ]);
}
