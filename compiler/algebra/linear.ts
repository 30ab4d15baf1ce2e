// Reads a scalar as `scale · x + shift`, where x is a tensor's element or the accumulated value.
import { add, call, constant, multiply, readsOf, type Scalar } from './expression.ts';

export interface LinearMap {
  readonly scale: Scalar;
  readonly shift: Scalar;
}

const zero = constant(0);
const one = constant(1);

/**
 * @param tensor the tensor that x is an element of; undefined where x is the accumulated value
 * @returns undefined where the scalar is not linear in x
 */
export function linearIn(scalar: Scalar, tensor: string | undefined): LinearMap | undefined {
  if (isVariable(scalar, tensor)) return { scale: one, shift: zero };
  if (!dependsOn(scalar, tensor)) return { scale: zero, shift: scalar };
  if (scalar.kind !== 'apply') return undefined;
  const [a, b] = scalar.arguments.map((argument) => linearIn(argument, tensor));
  if (!a) return undefined;
  switch (scalar.function) {
    case 'negate':
      return scaled(a, constant(-1));
    case 'add':
      return b && { scale: sum(a.scale, b.scale), shift: sum(a.shift, b.shift) };
    case 'subtract':
      return b && { scale: sum(a.scale, product(b.scale, constant(-1))), shift: difference(a.shift, b.shift) };
    case 'multiply':
      if (b && isZero(b.scale)) return scaled(a, b.shift);
      return b && isZero(a.scale) ? scaled(b, a.shift) : undefined;
    case 'divide':
      return b && isZero(b.scale)
        ? { scale: quotient(a.scale, b.shift), shift: quotient(a.shift, b.shift) }
        : undefined;
    default:
      return undefined;
  }
}

function dependsOn(scalar: Scalar, tensor: string | undefined): boolean {
  if (tensor !== undefined) return readsOf(scalar).some((read) => read.tensor === tensor);
  return (
    scalar.kind === 'accumulated' ||
    (scalar.kind === 'apply' && scalar.arguments.some((argument) => dependsOn(argument, tensor)))
  );
}

const isVariable = (scalar: Scalar, tensor: string | undefined): boolean =>
  tensor === undefined ? scalar.kind === 'accumulated' : scalar.kind === 'read' && scalar.tensor === tensor;

const isZero = (scalar: Scalar): boolean => scalar.kind === 'constant' && scalar.value === 0;
const isOne = (scalar: Scalar): boolean => scalar.kind === 'constant' && scalar.value === 1;
const scaled = (map: LinearMap, factor: Scalar): LinearMap => ({
  scale: product(map.scale, factor),
  shift: product(map.shift, factor),
});
const sum = (a: Scalar, b: Scalar): Scalar => (isZero(a) ? b : isZero(b) ? a : add(a, b));
const difference = (a: Scalar, b: Scalar): Scalar => (isZero(b) ? a : call('subtract', a, b));
const product = (a: Scalar, b: Scalar): Scalar =>
  isZero(a) || isZero(b) ? zero : isOne(a) ? b : isOne(b) ? a : multiply(a, b);
const quotient = (a: Scalar, b: Scalar): Scalar => (isZero(a) ? zero : call('divide', a, b));
