// Groups a row of operands and operators into a tree by precedence climbing.
//
//   1 + 2 * -x   →   1 + (2 * (-x))
import { BINARY_PRECEDENCE, isRightAssociative, UNARY_PRECEDENCE } from './precedence.ts';
import type { Span } from './span.ts';
import type { BinaryOperator, Expression, UnaryOperator } from './syntax.ts';

/** An operator as it stands in the row. */
export interface Mark {
  readonly mark: string;
  readonly span: Span;
}

type Token = Mark | Expression;

const isMark = (token: Token | undefined): token is Mark => token !== undefined && 'mark' in token;

/** The row alternates as the grammar has it: prefixes, operand, operator, prefixes, operand… */
export function groupOperators(tokens: readonly Token[]): Expression {
  let next = 0;

  function operand(): Expression {
    const token = tokens[next]!;
    next += 1;
    if (!isMark(token)) return token;
    const operator = token.mark as UnaryOperator;
    const inner = operation(UNARY_PRECEDENCE[operator]);
    return { kind: 'unary', operator, operand: inner, span: { ...token.span, end: inner.span.end } };
  }

  function operation(loosest: number): Expression {
    let left = operand();
    for (let token = tokens[next]; isMark(token); token = tokens[next]) {
      const operator = token.mark as BinaryOperator;
      const precedence = BINARY_PRECEDENCE[operator];
      if (precedence < loosest) break;
      next += 1;
      const right = operation(isRightAssociative(operator) ? precedence : precedence + 1);
      const span = { ...left.span, end: right.span.end };
      left = { kind: 'binary', operator, left, right, operatorSpan: token.span, span };
    }
    return left;
  }

  return operation(0);
}
