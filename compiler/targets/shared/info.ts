// `info`: what a module says of itself, as a literal and as its type.

import { quoted } from '../../../dsl/quote.ts';
import type { Plan, PlannedTensor } from '../../plan/plan.ts';
import { bytesOf, sizeOf } from '../../tensor.ts';
import { propertyKey } from './property.ts';
import { compilerVersion } from './version.ts';

type Literal = string | number | readonly Literal[] | { readonly [key: string]: Literal };

export function moduleInfo(plan: Plan, target: string): Literal {
  return {
    name: plan.name,
    inputs: describe(plan.inputs),
    outputs: describe(plan.outputs),
    parameters: plan.parameters,
    multiplyAccumulates: plan.multiplyAccumulates,
    arenaBytes: bytesOf('f32') * plan.arena,
    weightsBytes: plan.weights.storedBytes,
    target,
    compiler: `atrous ${compilerVersion}`,
    sourceHash: plan.sourceHash,
  };
}

const describe = (tensors: readonly PlannedTensor[]): Literal =>
  Object.fromEntries(tensors.map(({ name, shape }) => [name, { shape, length: sizeOf(shape) }]));

/** As an expression; objects take lines of their own down to the given depth. */
export function literalText(value: Literal, lines = 2, indent = ''): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return String(value);
  if (isList(value)) return `[${value.map((item) => literalText(item, 0)).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => {
    return `${propertyKey(key)}: ${literalText(item, lines - 1, `${indent}  `)}`;
  });
  if (lines <= 0) return `{ ${entries.join(', ')} }`;
  return `{\n${entries.map((entry) => `${indent}  ${entry},\n`).join('')}${indent}}`;
}

/** As a type: what `as const` would infer. */
export function literalType(value: Literal, lines = 2, indent = ''): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return String(value);
  if (isList(value)) return `readonly [${value.map((item) => literalType(item, 0)).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => {
    return `readonly ${propertyKey(key)}: ${literalType(item, lines - 1, `${indent}  `)};`;
  });
  if (lines <= 0) return `{ ${entries.join(' ').replace(/;$/, '')} }`;
  return `{\n${entries.map((entry) => `${indent}  ${entry}\n`).join('')}${indent}}`;
}

const isList = (value: Literal): value is readonly Literal[] => Array.isArray(value);
