// Small constructors for syntax trees that a program makes: dumps of graphs, the importer, tests.
//
//   print(file([model('tiny', [input('x', [8, 8, 1])], [layer('conv', [number(4)], { kernel: 3 }), layer('relu')])]))
//
// Nodes carry an empty place, so problems about them have no frame.
import type { Source, Span } from './span.ts';
import type * as syntax from './syntax.ts';

const NOWHERE: Source = { file: '', text: '' };
const NO_SPAN: Span = { source: NOWHERE, start: 0, end: 0 };
const LINE: syntax.Layout = { gap: 'line', before: [], after: [] };

/** What stands for an expression where one is built: numbers, keywords' names, booleans, lists of them. */
export type Value = number | boolean | string | readonly Value[] | syntax.Expression;

export const file = (items: readonly syntax.Item[]): syntax.File => {
  return { source: NOWHERE, items, comments: [], ending: [], span: NO_SPAN };
};

export const identifier = (name: string): syntax.Identifier => ({ name, span: NO_SPAN });
export const name = (text: string): syntax.Name => ({ kind: 'name', name: text, span: NO_SPAN });
export const string = (value: string): syntax.StringLiteral => ({ kind: 'string', value, span: NO_SPAN });
export const boolean = (value: boolean): syntax.BooleanLiteral => ({ kind: 'boolean', value, span: NO_SPAN });

/** A negative number becomes the negation of a literal, as it does when it is read. */
export function number(value: number): syntax.Expression {
  if (value >= 0 && !Object.is(value, -0)) return { kind: 'number', value, text: '', span: NO_SPAN };
  return { kind: 'unary', operator: '-', operand: number(-value), span: NO_SPAN };
}

export const list = (values: readonly Value[]): syntax.List => {
  return { kind: 'list', elements: values.map(expression), span: NO_SPAN };
};

/** Numbers, booleans and lists as literals; a string as a *name* (`same`); `string(…)` makes a quoted one. */
export function expression(value: Value): syntax.Expression {
  if (typeof value === 'number') return number(value);
  if (typeof value === 'boolean') return boolean(value);
  if (typeof value === 'string') return name(value);
  return 'kind' in value ? value : list(value);
}

/** `layer('conv', [8], { kernel: 3 })` is `conv(8, kernel: 3)`; without arguments it is the name alone. */
export function layer(
  operator: string,
  positional: readonly Value[] = [],
  named: Readonly<Record<string, Value>> = {},
): syntax.Link {
  const values: syntax.Argument[] = positional.map((value) => ({ value: expression(value), span: NO_SPAN }));
  for (const [key, value] of Object.entries(named)) {
    values.push({ name: identifier(key), value: expression(value), span: NO_SPAN });
  }
  if (values.length === 0) return name(operator);
  return { kind: 'call', callee: identifier(operator), arguments: values, span: NO_SPAN };
}

/** `resultOf('l', 'hidden')` is `l.hidden`. */
export const resultOf = (value: string, result: string): syntax.ResultOf => {
  return { kind: 'result', of: name(value), result: identifier(result), span: NO_SPAN };
};

export const chain = (links: readonly syntax.Link[]): syntax.Chain => ({ kind: 'chain', links, span: NO_SPAN });

/** A shape's dimensions; `undefined` is `_`. */
export function shape(dimensions: readonly (number | undefined)[]): syntax.ShapePattern {
  const all = dimensions.map((size): syntax.Dimension => {
    return size === undefined ? { kind: 'any', span: NO_SPAN } : { kind: 'size', size: number(size), span: NO_SPAN };
  });
  return { dimensions: all, span: NO_SPAN };
}

export interface StatementOptions {
  readonly assertion?: readonly (number | undefined)[];
  readonly as?: string;
  /** On the line of the statement before. */
  readonly joined?: boolean;
  /** A comment above, without its `// `. */
  readonly comment?: string;
}

export function statement(links: readonly syntax.Link[], options: StatementOptions = {}): syntax.ChainStatement {
  const { assertion, as, joined, comment } = options;
  return {
    kind: 'chain-statement',
    chain: chain(links),
    ...(assertion && { assertion: shape(assertion) }),
    ...(as !== undefined && { as: identifier(as) }),
    layout: { ...LINE, gap: joined ? 'joined' : 'line', before: comment === undefined ? [] : commentLines(comment) },
    span: NO_SPAN,
  };
}

export function commentLines(text: string): syntax.Comment[] {
  return text
    .split('\n')
    .map((line) => ({ text: `// ${line}`.trimEnd(), own: true, blankBefore: false, span: NO_SPAN }));
}

export function repeat(count: Value, statements: readonly syntax.Statement[], variable?: string): syntax.Repeat {
  const named = variable === undefined ? {} : { variable: identifier(variable) };
  return { kind: 'repeat', count: expression(count), ...named, body: body(statements), layout: LINE, span: NO_SPAN };
}

/** `results({ classes: name('it') })` names its results; a list gives one without a name. */
export function results(values: Readonly<Record<string, Value>> | readonly Value[]): syntax.Return {
  const all = Array.isArray(values)
    ? values.map((value: Value) => ({ value: expression(value), span: NO_SPAN }))
    : Object.entries(values).map(([key, value]) => ({
        name: identifier(key),
        value: expression(value),
        span: NO_SPAN,
      }));
  return { kind: 'return', results: all, layout: LINE, span: NO_SPAN };
}

export const weights = (path: string): syntax.Weights => {
  return { kind: 'weights', path: string(path), layout: LINE, span: NO_SPAN };
};

export const body = (statements: readonly syntax.Statement[]): syntax.Body => {
  return { statements, opening: [], ending: [], span: NO_SPAN };
};

export const input = (name: string, dimensions: readonly (number | undefined)[]): syntax.NamedShape => {
  return { name: identifier(name), shape: shape(dimensions), span: NO_SPAN };
};

export const imported = (names: readonly string[], path: string): syntax.Import => {
  return { kind: 'import', names: names.map(identifier), path: string(path), layout: LINE, span: NO_SPAN };
};

export function param(name: string, value: Value, documentation = ''): syntax.Param {
  return {
    kind: 'param',
    name: identifier(name),
    default: expression(value),
    documentation,
    layout: LINE,
    span: NO_SPAN,
  };
}

/** Parameters by name: a default, or `undefined` for none. */
export function block(
  name: string,
  parameters: Readonly<Record<string, Value | undefined>>,
  statements: readonly syntax.Statement[],
  documentation = '',
): syntax.Block {
  const all = Object.entries(parameters).map(([key, value]) => {
    return { name: identifier(key), ...(value !== undefined && { default: expression(value) }), span: NO_SPAN };
  });
  const shared = { documentation, layout: LINE, span: NO_SPAN };
  return { kind: 'block', name: identifier(name), parameters: all, body: body(statements), ...shared };
}

export interface ModelOptions {
  /** One shape for a result without a name, a list of `input(…)`s for named ones. */
  readonly outputs?: readonly (number | undefined)[] | readonly syntax.NamedShape[];
  readonly documentation?: string;
}

export function model(
  name: string,
  inputs: readonly syntax.NamedShape[],
  statements: readonly syntax.Statement[],
  { outputs, documentation = '' }: ModelOptions = {},
): syntax.Model {
  return {
    kind: 'model',
    name: identifier(name),
    inputs,
    ...(outputs && { outputs: outputsOf(outputs) }),
    body: body(statements),
    documentation,
    layout: LINE,
    span: NO_SPAN,
  };
}

function outputsOf(outputs: NonNullable<ModelOptions['outputs']>): syntax.Outputs {
  const named = outputs.filter((each): each is syntax.NamedShape => typeof each === 'object');
  if (named.length > 0) return { kind: 'named', results: named, span: NO_SPAN };
  const sizes = outputs.filter((each): each is number | undefined => typeof each !== 'object');
  return { kind: 'unnamed', shape: shape(sizes), span: NO_SPAN };
}
