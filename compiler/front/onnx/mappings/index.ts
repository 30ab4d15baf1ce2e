// How ONNX spells our operators, both ways: one table per family, and what is looked up in them.

import { gather } from '../../../operators/arrangement/gather.ts';
import type { AnyOperator } from '../../../operators/operator.ts';
import { gru } from '../../../operators/recurrent/gru.ts';
import { lstm } from '../../../operators/recurrent/lstm.ts';
import { rnn } from '../../../operators/recurrent/rnn.ts';
import type { OnnxImport, OnnxMapping } from '../mapping.ts';
import { activations } from './activation.ts';
import { arrangements } from './arrangement.ts';
import { convolutions } from './convolution.ts';
import { products } from './dense.ts';
import { elementwise } from './elementwise.ts';
import { normalisations } from './normalisation.ts';
import { pools } from './pooling.ts';
import { reductions } from './reduction.ts';

/** The order is that in which mappings are asked whether they want a node: what is more special comes first. */
export const mappings: ReadonlyMap<AnyOperator, OnnxMapping> = new Map([
  ...convolutions,
  ...products,
  ...pools,
  ...reductions,
  ...activations,
  ...elementwise,
  ...normalisations,
  ...arrangements,
]);

/** Operators that ONNX cannot say, and why. */
export const withoutTwin: ReadonlyMap<AnyOperator, string> = new Map<AnyOperator, string>([
  ...[gru, lstm, rnn].map((operator) => [operator, 'its gates, states and batch are not translated'] as const),
  [gather, 'its places are clamped, where ONNX has them within the axis'],
]);

/** A way to import a node: as this operator. */
export interface OperatorImport {
  readonly operator: AnyOperator;
  readonly read: OnnxImport;
}

const imports = byNodes(({ imports }) => imports);
const patterns = byNodes(({ patterns }) => patterns);

/** How nodes of this operator of ONNX are imported: the first that wants a node has it. */
export const importsOf = (name: string): readonly OperatorImport[] => imports.get(name) ?? [];

/** What several nodes may be together, the last of which is this operator of ONNX. */
export const patternsOf = (name: string): readonly OperatorImport[] => patterns.get(name) ?? [];

function byNodes(part: (mapping: OnnxMapping) => Readonly<Record<string, OnnxImport>> | undefined) {
  const result = new Map<string, OperatorImport[]>();
  for (const [operator, mapping] of mappings) {
    for (const [name, read] of Object.entries(part(mapping) ?? {}))
      result.set(name, [...(result.get(name) ?? []), { operator, read }]);
  }
  return result as ReadonlyMap<string, readonly OperatorImport[]>;
}
