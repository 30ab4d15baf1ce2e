// Which operator binds tighter: one table for the parser and the printer.
import type { BinaryOperator, UnaryOperator } from './syntax.ts';

/** From loose to tight. `-2 ^ 2` is `-(2 ^ 2)`; `2 ^ 3 ^ 2` is `2 ^ (3 ^ 2)`; all others group to the left. */
export const BINARY_PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
  '^': 8,
};

/** `not a == b` is `not (a == b)`; `-a * b` is `(-a) * b`. */
export const UNARY_PRECEDENCE: Readonly<Record<UnaryOperator, number>> = { not: 3, '-': 7, '+': 7 };

export const isRightAssociative = (operator: BinaryOperator): boolean => operator === '^';
