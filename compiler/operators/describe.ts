// What a layer is, as data for documentation and editors: `import { operators } from 'atrous'`.
import type { AnyOperator, Family } from './operator.ts';
import type { Parameter } from './parameters.ts';

/** One parameter of a layer. */
export interface ParameterDescription {
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  /** What fits, in words that complete "expected …". */
  readonly expects: string;
  /** The words it understands, where there are some. */
  readonly keywords: readonly string[];
  readonly required: boolean;
  /** What holds where the argument is left out. */
  readonly fallback?: unknown;
}

/** One layer of the language. */
export interface OperatorDescription {
  readonly name: string;
  readonly family: Family;
  /** One sentence. */
  readonly about: string;
  /** A chain that is legal on values of the shapes in `exampleInputs`. */
  readonly example: string;
  readonly exampleInputs: readonly (readonly number[])[];
  /** How many values it takes. */
  readonly operands: { readonly minimum: number; readonly maximum: number };
  readonly parameters: readonly ParameterDescription[];
  /** Parameters that may be given without a name, in order. */
  readonly positional: readonly string[];
}

export function describeOperator(operator: AnyOperator): OperatorDescription {
  const { name, family, about, example, exampleInputs, operands, positional } = operator;
  const parameters = Object.entries<Parameter<unknown>>(operator.parameters).map(
    ([key, { about, expects, keywords = [], fallback }]): ParameterDescription => ({
      name: key,
      about,
      expects,
      keywords,
      required: fallback === undefined,
      ...(fallback && { fallback: fallback.value }),
    }),
  );
  return { name, family, about, example, exampleInputs, operands, parameters, positional };
}
