// Visits what a body mentions, branches that are not taken included.
import type { Body, Call, Expression, Name, ShapePattern, Statement } from '../../../dsl/syntax.ts';

/** The chains and returned values of a body and of the bodies in it. */
export const expressionsIn = (body: Body): readonly Expression[] => body.statements.flatMap(expressionsOf);

function expressionsOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case 'chain-statement':
      return [statement.chain];
    case 'repeat':
      return expressionsIn(statement.body);
    case 'if':
      return bodiesOf(statement).flatMap(expressionsIn);
    case 'return':
      return statement.results.map(({ value }) => value);
    case 'weights':
      return [];
  }
}

const bodiesOf = ({ branches, otherwise }: Extract<Statement, { kind: 'if' }>): readonly Body[] => [
  ...branches.map(({ body }) => body),
  ...(otherwise ? [otherwise] : []),
];

/** What `expressionsIn` gives, and the numbers of repeats, conditions and assertions. */
export const allExpressionsIn = (body: Body): readonly Expression[] => [
  ...expressionsIn(body),
  ...body.statements.flatMap(numbersOf),
];

function numbersOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case 'chain-statement':
      return statement.assertion ? sizesIn(statement.assertion) : [];
    case 'repeat':
      return [statement.count, ...statement.body.statements.flatMap(numbersOf)];
    case 'if': {
      const conditions = statement.branches.map(({ condition }) => condition);
      return [...conditions, ...bodiesOf(statement).flatMap(({ statements }) => statements.flatMap(numbersOf))];
    }
    default:
      return [];
  }
}

/** `H / 2` and what names a dimension by default. */
export const sizesIn = ({ dimensions }: ShapePattern): readonly Expression[] =>
  dimensions.flatMap((dimension): readonly Expression[] => {
    if (dimension.kind === 'any') return [];
    return [dimension.kind === 'named' ? dimension.default : dimension.size];
  });

export function visitNames(expression: Expression, visit: (name: Name) => void): void {
  walk(expression, (each) => {
    if (each.kind === 'name') visit(each);
  });
}

/** Every name and every callee in an expression. */
export function namesIn(expression: Expression): Set<string> {
  const names = new Set<string>();
  walk(expression, (each) => names.add(each.kind === 'name' ? each.name : each.callee.name));
  return names;
}

function walk(expression: Expression, visit: (each: Name | Call) => void): void {
  switch (expression.kind) {
    case 'name':
      visit(expression);
      break;
    case 'call':
      visit(expression);
      for (const { value } of expression.arguments) walk(value, visit);
      break;
    case 'result':
      walk(expression.of, visit);
      break;
    case 'chain':
      for (const link of expression.links) walk(link, visit);
      break;
    case 'list':
      for (const element of expression.elements) walk(element, visit);
      break;
    case 'unary':
      walk(expression.operand, visit);
      break;
    case 'binary':
      walk(expression.left, visit);
      walk(expression.right, visit);
      break;
    default:
      break;
  }
}
