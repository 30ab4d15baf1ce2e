// What an operator is: one value that everything else reads. Parser, shape check, oracle, lowering, kernels, importer,
// documentation and tests know operators only through this type; adding one touches one file in this folder.
//
// An operator *means* something (tensor expressions), *abbreviates* something (an expansion into other operators),
// or only renames the elements it is given (an alias: reshape, flatten, dropout).
import type { Axis, TensorExpression } from '../algebra/expression.ts';
import type { Shape } from '../tensor.ts';
import type { Parameter } from './parameters.ts';

/** One spatial axis of a window operator, every dialect's padding resolved into explicit numbers. */
export interface AxisRecord {
  readonly direction: 'forward' | 'transposed';
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Head padding. Forward: output o reads input o·stride + k·dilation − before. Transposed: input i adds to output i·stride + k·dilation − before. */
  readonly before: number;
  /** Tail padding; negative where a transposed output has a tail that no tap reaches. */
  readonly after: number;
  readonly output: number;
  /** Which rule the padding came from: 'same', 'valid', 'explicit', 'causal', 'outputShape'… */
  readonly rule: string;
}

export interface WeightSpecification {
  readonly name: string;
  readonly shape: Shape;
  /** How `--init` fills it: he (normal, variance 2/fanIn), zero or one. */
  readonly fill: 'he' | 'zero' | 'one';
  /** Inputs that are summed into one output, for `he`. */
  readonly fanIn?: number;
  /** Values written in the source, row-major. */
  readonly literal?: readonly number[];
}

/**
 * Statements that run together for each value of an axis, in rising order; their indices may use it.
 *
 *   for t < 5    out[t, c] = out[t − 1, c] + in[t, c]        carried: out
 */
export interface Repetition {
  readonly repeat: Axis;
  readonly statements: readonly TensorExpression[];
  /** Temporaries that mean something within one iteration only. */
  readonly scratch: readonly string[];
  /** Tensors of which an iteration reads what iterations before have left, or a statement before the first. */
  readonly carried: readonly string[];
}

export const isRepetition = (statement: TensorExpression | Repetition): statement is Repetition =>
  'repeat' in statement;

export type Meaning =
  | {
      readonly kind: 'expressions';
      /**
       * In order; each writes 'output', another result or a temporary. Tensors read: `operand(n)`, the weights by name, constants, temporaries
       * written before. Several may write disjoint parts of one tensor.
       */
      readonly statements: readonly (TensorExpression | Repetition)[];
      readonly temporaries?: Readonly<Record<string, Shape>>;
      readonly constants?: Readonly<Record<string, { readonly shape: Shape; readonly data: readonly number[] }>>;
    }
  /** The same elements in row-major order under the output's shape. */
  | { readonly kind: 'alias' }
  | { readonly kind: 'expansion'; readonly expand: (net: Expander) => Expanded };

/** The tensor name of the n-th operand within an operator's expressions. */
export const operand = (n: number): string => `input${n}`;

/** The tensor name of an operand that is given by name: a result may be called the same. */
export const operandNamed = (name: string): string => `given.${name}`;

/** A value within an expansion. */
export interface Expanded {
  readonly id: string;
  readonly shape: Shape;
}

/** What an expansion builds with. Weights of the inner layers are taken from the outer layer's weights by name. */
export interface Expander {
  readonly inputs: readonly Expanded[];
  /**
   * @param inner name → the outer layer's weight that serves as the inner operator's weight of that name
   * @param name the inner layer's name, appended to the outer path
   */
  apply<A>(
    operator: Operator<A>,
    given: Partial<A>,
    operands: readonly Expanded[],
    options?: { readonly weights?: Readonly<Record<string, string>>; readonly name?: string },
  ): Expanded;
}

export interface Inference {
  readonly output: Shape;
  /** Of the operator's further results, by name; their tensors are written under these names. */
  readonly results?: Readonly<Record<string, Shape>>;
  readonly weights: readonly WeightSpecification[];
  /** For window operators, one per spatial axis; else empty. */
  readonly axes: readonly AxisRecord[];
  readonly meaning: Meaning;
  /** Lints that concern this one layer (a checkerboard kernel, dead taps): codes are `lint/…`. */
  readonly warnings?: readonly Fault[];
}

/** A problem an operator finds: the shape pass gives it a place from the parameter's name. */
export interface Fault {
  /** The parameter whose argument is at fault, `operand(n)`, or nothing for the whole call. */
  readonly parameter?: string;
  /** `family/name`. */
  readonly code: string;
  readonly message: string;
  readonly label?: string;
  readonly notes?: readonly string[];
}

export const isFault = (value: unknown): value is Fault =>
  typeof value === 'object' && value !== null && 'code' in value && 'message' in value;

export interface Call<A> {
  readonly arguments: A;
  /** Of the values in their order, without those given by name. */
  readonly inputs: readonly Shape[];
  /** Of the values given by name. */
  readonly named?: Readonly<Record<string, Shape>>;
  /** Whether the writer gave this argument (as opposed to its default). */
  readonly given: (parameter: keyof A & string) => boolean;
}

/** Faults found, or everything known. */
export type InferenceResult = Inference | { readonly faults: readonly Fault[] };
export const faults = (...list: readonly Fault[]): { readonly faults: readonly Fault[] } => ({ faults: list });

export type Family =
  | 'convolution'
  | 'pooling'
  | 'dense'
  | 'recurrent'
  | 'normalisation'
  | 'activation'
  | 'elementwise'
  | 'reduction'
  | 'arrangement';

export interface Operator<A> {
  readonly name: string;
  readonly family: Family;
  /** One sentence for hovers and the language reference. */
  readonly about: string;
  /** A chain that is legal on `exampleInput`, for the documentation; tests compile and run it. */
  readonly example: string;
  /** The shape of the value(s) the example stands on. */
  readonly exampleInputs: readonly Shape[];
  /** How many values it takes. With `maximum` above 1 they are positional arguments, and the current value leads where one is missing. */
  readonly operands: {
    readonly minimum: number;
    readonly maximum: number;
    /** Further values, each given by its name or left out: `lstm(64, hidden: h0)`. Their tensors are `operandNamed(…)`. */
    readonly named?: readonly string[];
  };
  /** Names of what it gives besides its output: `l.hidden`. */
  readonly results?: readonly string[];
  readonly parameters: { readonly [K in keyof A]: Parameter<A[K]> };
  /** Parameters that may be given without a name, in order: `conv(8)` is `conv(filters: 8)`. */
  readonly positional: readonly (keyof A & string)[];
  /** Shape rule, problems, weights and meaning in one place, for any spatial rank. */
  readonly infer: (call: Call<A>) => InferenceResult;
}

// biome-ignore lint/suspicious/noExplicitAny: a table of operators holds every argument type; each operator's own file is checked.
export type AnyOperator = Operator<any>;

/** Gives the argument record its type from the parameters. */
export function defineOperator<A>(operator: Operator<A>): Operator<A> {
  return operator;
}
