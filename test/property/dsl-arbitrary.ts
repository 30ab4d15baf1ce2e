// Random syntax trees with the grammar's shape, built as a program builds them.
import fc from 'fast-check';
import * as build from '../../dsl/build.ts';
import type * as syntax from '../../dsl/syntax.ts';

const { span } = build.identifier('');
const layout: fc.Arbitrary<syntax.Layout> = fc.record({
  gap: fc.constantFrom('line', 'joined', 'blank'),
  before: fc.constant([]),
  after: fc.constant([]),
});

const RESERVED = new Set(['repeat', 'if', 'else', 'return', 'as', 'and', 'or', 'not', 'true', 'false']);
const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,7}$/).filter((text) => !RESERVED.has(text));
const name: fc.Arbitrary<string> = fc.oneof(
  word,
  fc.constantFrom('model', 'block', 'weights', 'from', '_x', 'it', 'größe', 'notch'),
);
const identifier: fc.Arbitrary<syntax.Identifier> = name.map(build.identifier);

const number: fc.Arbitrary<syntax.Expression> = fc
  .oneof(fc.nat(), fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constantFrom(1e21, 1e-7, 3.4e38, 0.1))
  .map((value) => build.number(Math.abs(value)));
const text: fc.Arbitrary<syntax.StringLiteral> = fc.string({ maxLength: 12 }).map(build.string);

const binaryOperator = fc.constantFrom<syntax.BinaryOperator>(
  ...(['+', '-', '*', '/', '%', '^', '==', '!=', '<', '<=', '>', '>=', 'and', 'or'] as const),
);

const expressions = fc.letrec<{
  expression: syntax.Expression;
  link: syntax.Link;
  applied: syntax.Name | syntax.Call;
  chain: syntax.Chain;
}>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    number,
    name.map(build.name),
    text,
    fc.boolean().map(build.boolean),
    fc.array(tie('expression'), { maxLength: 4 }).map(build.list),
    fc.record({
      kind: fc.constant('unary' as const),
      operator: fc.constantFrom<syntax.UnaryOperator>('-', '+', 'not'),
      operand: tie('expression'),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant('binary' as const),
      operator: binaryOperator,
      left: tie('expression'),
      right: tie('expression'),
      operatorSpan: fc.constant(span),
      span: fc.constant(span),
    }),
    tie('link'),
    tie('chain').filter(({ links }) => links.length > 1),
  ),
  link: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    tie('applied'),
    fc.record({
      kind: fc.constant('result' as const),
      of: tie('applied'),
      result: identifier,
      span: fc.constant(span),
    }),
  ),
  applied: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    name.map(build.name),
    fc.record({
      kind: fc.constant('call' as const),
      callee: identifier,
      arguments: fc.array(
        fc.record(
          { name: identifier, value: tie('expression'), span: fc.constant(span) },
          { requiredKeys: ['value', 'span'] },
        ),
        { maxLength: 4 },
      ),
      span: fc.constant(span),
    }),
  ),
  chain: fc.array(tie('link'), { minLength: 1, maxLength: 4 }).map(build.chain),
}));

const { expression, chain } = expressions;

const dimension: fc.Arbitrary<syntax.Dimension> = fc.oneof(
  fc.constant({ kind: 'any' as const, span }),
  fc.record({ kind: fc.constant('named' as const), name: identifier, default: expression, span: fc.constant(span) }),
  fc.record({ kind: fc.constant('size' as const), size: expression, span: fc.constant(span) }),
);
const shape: fc.Arbitrary<syntax.ShapePattern> = fc.record({
  dimensions: fc.array(dimension, { maxLength: 4 }),
  span: fc.constant(span),
});
const namedShape = fc.record({ name: identifier, shape, span: fc.constant(span) });

const statements = fc.letrec<{ statement: syntax.Statement; body: syntax.Body }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'statement' },
    fc.record(
      {
        kind: fc.constant('chain-statement' as const),
        chain,
        assertion: shape,
        as: identifier,
        layout,
        span: fc.constant(span),
      },
      { requiredKeys: ['kind', 'chain', 'layout', 'span'] },
    ),
    fc.record({
      kind: fc.constant('return' as const),
      results: fc.array(
        fc.record(
          { name: identifier, value: expression, span: fc.constant(span) },
          { requiredKeys: ['value', 'span'] },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      layout,
      span: fc.constant(span),
    }),
    fc.record({ kind: fc.constant('weights' as const), path: text, layout, span: fc.constant(span) }),
    fc.record(
      {
        kind: fc.constant('repeat' as const),
        count: expression,
        variable: identifier,
        body: tie('body'),
        layout,
        span: fc.constant(span),
      },
      { requiredKeys: ['kind', 'count', 'body', 'layout', 'span'] },
    ),
    fc.record(
      {
        kind: fc.constant('if' as const),
        branches: fc.array(fc.record({ condition: expression, body: tie('body'), span: fc.constant(span) }), {
          minLength: 1,
          maxLength: 3,
        }),
        otherwise: tie('body'),
        layout,
        span: fc.constant(span),
      },
      { requiredKeys: ['kind', 'branches', 'layout', 'span'] },
    ),
  ),
  body: fc.array(tie('statement'), { maxLength: 4 }).map(build.body),
}));

const documentation = fc.oneof(
  fc.constant(''),
  fc.array(fc.stringMatching(/^[a-zA-Z .,()*]{0,20}$/), { minLength: 1, maxLength: 3 }).map((lines) => {
    return lines.map((line) => line.trimEnd()).join('\n');
  }),
);

const parameter = fc.record(
  { name: identifier, default: expression, span: fc.constant(span) },
  { requiredKeys: ['name', 'span'] },
);

const item: fc.Arbitrary<syntax.Item> = fc.oneof(
  fc.record({
    kind: fc.constant('import' as const),
    names: fc.array(identifier, { maxLength: 12 }),
    path: text,
    layout,
    span: fc.constant(span),
  }),
  fc.record({
    kind: fc.constant('param' as const),
    name: identifier,
    default: expression,
    documentation,
    layout,
    span: fc.constant(span),
  }),
  fc.record({
    kind: fc.constant('block' as const),
    name: identifier,
    parameters: fc.array(parameter, { maxLength: 4 }),
    body: statements.body,
    documentation,
    layout,
    span: fc.constant(span),
  }),
  fc.record(
    {
      kind: fc.constant('model' as const),
      name: identifier,
      inputs: fc.array(namedShape, { maxLength: 3 }),
      outputs: fc.oneof(
        fc.record({ kind: fc.constant('unnamed' as const), shape, span: fc.constant(span) }),
        fc.record({
          kind: fc.constant('named' as const),
          results: fc.array(namedShape, { maxLength: 3 }),
          span: fc.constant(span),
        }),
      ),
      body: statements.body,
      documentation,
      layout,
      span: fc.constant(span),
    },
    { requiredKeys: ['kind', 'name', 'inputs', 'body', 'documentation', 'layout', 'span'] },
  ),
);

export const file: fc.Arbitrary<syntax.File> = fc.array(item, { minLength: 1, maxLength: 4 }).map(build.file);
