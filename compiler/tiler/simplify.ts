// Arithmetic that needs no arithmetic: x · 0 = 0, x + 0 = x, max(x, −∞) = x. A factor outside its tensor makes its product
// vanish, and a matrix of small constants leaves only sums.
import { mapLeaves, type Scalar } from '../algebra/expression.ts';
import { applyFunction, type FunctionName } from '../algebra/functions.ts';

/** What an application comes to: a number, one of its arguments, or one of them with its sign turned. */
export type Simplified =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'argument'; readonly position: number }
  | { readonly kind: 'negated'; readonly position: number };

const argument = (position: number): Simplified => ({ kind: 'argument', position });
const negated = (position: number): Simplified => ({ kind: 'negated', position });
const zero: Simplified = { kind: 'constant', value: 0 };

/** Simplifies an application, given the arguments that are constant; `undefined` where it must be computed. */
export function simplifyApplication(
  name: FunctionName,
  constants: readonly (number | undefined)[],
): Simplified | undefined {
  if (constants.every((value) => value !== undefined)) {
    return { kind: 'constant', value: applyFunction(name, constants) };
  }
  const [a, b] = constants;
  switch (name) {
    case 'add':
      return a === 0 ? argument(1) : b === 0 ? argument(0) : undefined;
    case 'subtract':
      return b === 0 ? argument(0) : a === 0 ? negated(1) : undefined;
    case 'multiply':
      if (a === 0 || b === 0) return zero;
      if (a === 1 || b === 1) return argument(a === 1 ? 1 : 0);
      return a === -1 || b === -1 ? negated(a === -1 ? 1 : 0) : undefined;
    case 'divide':
      return b === 1 ? argument(0) : b === -1 ? negated(0) : undefined;
    case 'maximum':
      return neutral(a, b, Number.NEGATIVE_INFINITY);
    case 'minimum':
      return neutral(a, b, Number.POSITIVE_INFINITY);
    case 'select':
      return a === undefined ? undefined : argument(a !== 0 ? 1 : 2);
    default:
      return undefined;
  }
}

function neutral(a: number | undefined, b: number | undefined, identity: number): Simplified | undefined {
  if (a === identity) return argument(1);
  return b === identity ? argument(0) : undefined;
}

/** Simplifies a scalar bottom-up, with some of its leaves replaced. */
export function simplify(
  scalar: Scalar,
  change: (leaf: Exclude<Scalar, { kind: 'apply' }>) => Scalar = (leaf) => leaf,
): Scalar {
  if (scalar.kind !== 'apply') return mapLeaves(scalar, change);
  const parts = scalar.arguments.map((part) => simplify(part, change));
  const constants = parts.map((part) => (part.kind === 'constant' ? part.value : undefined));
  const simplified = simplifyApplication(scalar.function, constants);
  if (!simplified) return { ...scalar, arguments: parts };
  if (simplified.kind === 'constant') return simplified;
  const part = parts[simplified.position]!;
  return simplified.kind === 'argument' ? part : { kind: 'apply', function: 'negate', arguments: [part] };
}
