// One imported layer as a statement: its arguments as a person gives them, its operands where they are not the current
// value.
import * as build from '../../../dsl/build.ts';
import type { Link } from '../../../dsl/syntax.ts';
import type { AnyOperator } from '../../operators/operator.ts';
import type { Static } from '../../operators/parameters.ts';
import type { ImportedLayer } from './importer.ts';

/** How values are called, by their ids. */
export type Called = ReadonlyMap<string, string>;

/** How a value is called where it is not the current one. */
export type NameOf = (id: string) => string;

/** A normalisation and an activation stand on the line of the layer they belong to. */
export const joins = ({ operator, operands }: ImportedLayer): boolean =>
  operands.length === 1 && (operator.family === 'activation' || operator.family === 'normalisation');

/** `current` is the value that the statement before made. */
export function linksOf(layer: ImportedLayer, current: string | undefined, nameOf: NameOf): Link[] {
  const { operator, operands } = layer;
  const given = writtenArguments(layer);
  if (operands.length <= 1) {
    const link = build.layer(operator.name, given.positional, given.named);
    const from = operands[0];
    return from === undefined || from === current ? [link] : [build.layer(nameOf(from)), link];
  }
  const values = operands.map((id) => (id === current ? 'it' : nameOf(id)));
  return [build.layer(operator.name, [...values, ...given.positional], given.named)];
}

/** Arguments that differ from their defaults; those that may be positional first and without names. */
function writtenArguments({ operator, given }: ImportedLayer): {
  positional: build.Value[];
  named: Record<string, build.Value>;
} {
  const isDefault = (name: string) => sameStatic(given[name], operator.parameters[name]!.fallback?.value);
  const kept = Object.keys(given).filter((name) => !isDefault(name));
  const positional = operator.positional.slice(0, positionalCount(operator, kept));
  const named = Object.keys(operator.parameters).filter((name) => kept.includes(name) && !positional.includes(name));
  return {
    positional: positional.map((name) => given[name] as build.Value),
    named: Object.fromEntries(named.map((name) => [name, given[name] as build.Value])),
  };
}

function positionalCount(operator: AnyOperator, kept: readonly string[]): number {
  if (operator.operands.maximum > 1) return 0;
  const first = operator.positional.findIndex((name) => !kept.includes(name));
  return first < 0 ? operator.positional.length : first;
}

/** Numbers are the same where float32 does not tell them apart: the float32 0.16666667 is 1/6. */
function sameStatic(a: Static | undefined, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.fround(a) === Math.fround(b);
  return JSON.stringify(a) === JSON.stringify(b);
}
