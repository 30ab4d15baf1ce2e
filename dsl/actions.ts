// One action per grammar rule: from ohm's match to the syntax tree. The names are the rules of `grammar.ts`.
import type { ActionDict, Node } from 'ohm-js';
import { attach, type CommentQueue } from './attach.ts';
import { type Literal, readNumber, readString } from './literals.ts';
import { groupOperators } from './operators.ts';
import { error, type Problem } from './problem.ts';
import type { Source, Span } from './span.ts';
import type * as syntax from './syntax.ts';

/** The state that actions share while they build the trees of one piece of a file. */
export interface Builder {
  readonly source: Source;
  readonly queue: CommentQueue;
  readonly problems: Problem[];
  /** From a place in the piece to the one in the file. */
  at(offset: number): number;
  /** The statements of the body that begins at a place in the file. */
  readBody(start: number): readonly syntax.Statement[];
  /** Reads `[start, end)`, whose body was read, by itself as `rule`, and reports where that fails. */
  reportBroken(rule: 'OnlyItem' | 'OnlyStatement', start: number, end: number, bodyEnd: number | undefined): void;
}

const UNPLACED: syntax.Layout = { gap: 'line', before: [], after: [] };

const builderOf = (node: Node): Builder => (node as unknown as { args: { builder: Builder } }).args.builder;

/** The place of a node, by default of the one whose action runs. */
function spanOf(parent: Node, node = parent): Span {
  const { source, at } = builderOf(parent);
  const end = Math.min(at(node.source.endIdx), source.text.length);
  return { source, start: Math.min(at(node.source.startIdx), end), end };
}

// biome-ignore lint/suspicious/noExplicitAny: ohm does not know what a rule's action returns
const tree = (parent: Node, node: Node): any => node.tree(builderOf(parent));

/** The trees of a `ListOf<…>`, of a `…*` or of a `…?` (none or one). */
const listed = (parent: Node, node: Node) => node.asIteration().children.map((child: Node) => tree(parent, child));
const each = (parent: Node, node: Node) => node.children.map((child: Node) => tree(parent, child));
const optional = <K extends string>(parent: Node, key: K, node: Node) =>
  node.children[0] ? ({ [key]: tree(parent, node.children[0]) } as { [key in K]: never }) : {};

/** The meaning of a literal; what is wrong with it is reported. */
function literal<T>(node: Node, read: (text: string, span: Span) => Literal<T>): T {
  const { value, problems } = read(node.sourceString, spanOf(node));
  builderOf(node).problems.push(...problems);
  return value;
}

function numberAt(node: Node, sign: string, text: string, start: number): syntax.Expression {
  const { source, problems } = builderOf(node);
  const span = { source, start: start + sign.length, end: start + sign.length + text.length };
  const { value, problems: found } = readNumber(text, span);
  problems.push(...found);
  const operand = { kind: 'number', value, text, span } as const;
  return sign === '' ? operand : { kind: 'unary', operator: '-', operand, span: { ...span, start } };
}

const items: ActionDict<unknown> = {
  Items(_first, nodes, _separators, _end) {
    return each(this, nodes).filter((item: syntax.Item | undefined) => item !== undefined);
  },
  FileItem_good(item, _ahead) {
    return tree(this, item);
  },
  FileItem_broken(text, body) {
    each(this, body);
    reportBroken(this, 'OnlyItem', text, body);
  },
  FileItem_import(text) {
    const { start, end } = spanOf(this, text);
    builderOf(this).reportBroken('OnlyItem', start, end, undefined);
  },
  FileItem_closing(_brace) {
    builderOf(this).problems.push(error('syntax/unopened-bracket', '`}` closes nothing here', spanOf(this)));
  },
  FileItem_stray(body) {
    tree(this, body);
    const place = spanOf(this, body);
    const at = { ...place, end: place.start + 1 };
    builderOf(this).problems.push(error('syntax/unexpected', 'a body in braces needs a model or block before it', at));
  },
  Import(_import, _open, names, _comma, _newlines, _close, _from, path) {
    return { kind: 'import', names: listed(this, names), path: tree(this, path), layout: UNPLACED, span: spanOf(this) };
  },
  ImportedName(_before, name, _after) {
    return tree(this, name);
  },
  Param(_param, name, _equals, value) {
    const shared = { documentation: '', layout: UNPLACED, span: spanOf(this) };
    return { kind: 'param', name: tree(this, name), default: tree(this, value), ...shared };
  },
  Block(_block, name, parameters, body) {
    const shared = { documentation: '', layout: UNPLACED, span: spanOf(this) };
    return {
      kind: 'block',
      name: tree(this, name),
      parameters: each(this, parameters).flat(),
      body: tree(this, body),
      ...shared,
    };
  },
  Parameters(_open, parameters, _comma, _close) {
    return listed(this, parameters);
  },
  Parameter(name, value) {
    return { name: tree(this, name), ...optional(this, 'default', value), span: spanOf(this) };
  },
  Default(_equals, value) {
    return tree(this, value);
  },
  Model(_model, name, _open, inputs, _comma, _close, outputs, body) {
    const header = { name: tree(this, name), inputs: listed(this, inputs), ...optional(this, 'outputs', outputs) };
    const shared = { documentation: '', layout: UNPLACED, span: spanOf(this) };
    return { kind: 'model', ...header, body: tree(this, body), ...shared };
  },
  Results(_before, _arrow, _after, outputs) {
    return tree(this, outputs);
  },
  Outputs_unnamed(shape) {
    return { kind: 'unnamed', shape: tree(this, shape), span: spanOf(this) };
  },
  Outputs_named(_open, results, _comma, _close) {
    return { kind: 'named', results: listed(this, results), span: spanOf(this) };
  },
  NamedShape(name, _colon, shape) {
    return { name: tree(this, name), shape: tree(this, shape), span: spanOf(this) };
  },
  Shape(_open, dimensions, _comma, _close) {
    return { dimensions: listed(this, dimensions), span: spanOf(this) };
  },
  Dimension_any(_wildcard) {
    return { kind: 'any', span: spanOf(this) };
  },
  Dimension_named(name, _equals, value) {
    return { kind: 'named', name: tree(this, name), default: tree(this, value), span: spanOf(this) };
  },
  Dimension_size(size) {
    return { kind: 'size', size: tree(this, size), span: spanOf(this) };
  },
};

function reportBroken(parent: Node, rule: 'OnlyItem' | 'OnlyStatement', text: Node, body: Node): void {
  const { start, end } = spanOf(parent, text);
  const bodyEnd = body.children[0] && spanOf(parent, body.children[0]).end;
  builderOf(parent).reportBroken(rule, start, end, bodyEnd);
}

const statements: ActionDict<unknown> = {
  Body(_newlines, open, _end) {
    const { source, queue, readBody } = builderOf(this);
    const span = { ...spanOf(this), start: spanOf(this, open).start };
    const placed = attach(source, queue, readBody(span.start), span.start + 1, span.end);
    return { statements: placed.nodes, opening: placed.opening, ending: placed.ending, span };
  },
  Statements(_first, nodes, _separators, _end) {
    return each(this, nodes).filter((statement: syntax.Statement | undefined) => statement !== undefined);
  },
  BodyStatement_good(statement, _ahead) {
    return tree(this, statement);
  },
  BodyStatement_broken(text, body, otherwise) {
    each(this, body);
    each(this, otherwise);
    reportBroken(this, 'OnlyStatement', text, body);
  },
  BodyStatement_stray(body) {
    tree(this, body);
    const place = spanOf(this, body);
    const at = { ...place, end: place.start + 1 };
    builderOf(this).problems.push(error('syntax/unexpected', 'a body in braces needs `repeat` or `if` before it', at));
  },
  BrokenElse(_newlines, _else, _text, body) {
    return tree(this, body);
  },
  Repeat(_repeat, count, variable, body) {
    const shared = { body: tree(this, body), layout: UNPLACED, span: spanOf(this) };
    return { kind: 'repeat', count: tree(this, count), ...optional(this, 'variable', variable), ...shared };
  },
  If(branch, branches, otherwise) {
    const all = [tree(this, branch), ...each(this, branches)];
    return {
      kind: 'if',
      branches: all,
      ...optional(this, 'otherwise', otherwise),
      layout: UNPLACED,
      span: spanOf(this),
    };
  },
  Branch(_if, condition, body) {
    return { condition: tree(this, condition), body: tree(this, body), span: spanOf(this) };
  },
  ElseBranch(_newlines, _else, branch) {
    return tree(this, branch);
  },
  Else(_newlines, _else, body) {
    return tree(this, body);
  },
  Return(_return, results) {
    return { kind: 'return', results: listed(this, results), layout: UNPLACED, span: spanOf(this) };
  },
  ReturnedValue(name, value) {
    return { ...optional(this, 'name', name), value: tree(this, value), span: spanOf(this) };
  },
  Label(name, _colon) {
    return tree(this, name);
  },
  Weights(_weights, path) {
    return { kind: 'weights', path: tree(this, path), layout: UNPLACED, span: spanOf(this) };
  },
  ChainStatement(chain, assertion, as) {
    const marks = { ...optional(this, 'assertion', assertion), ...optional(this, 'as', as) };
    return { kind: 'chain-statement', chain: tree(this, chain), ...marks, layout: UNPLACED, span: spanOf(this) };
  },
  Assertion(_colon, shape) {
    return tree(this, shape);
  },
  As(_as, name) {
    return tree(this, name);
  },
  Chain(first, rest) {
    return { kind: 'chain', links: [tree(this, first), ...each(this, rest)], span: spanOf(this) };
  },
  PipedLink(_pipe, link) {
    return tree(this, link);
  },
  Link_result(of, _dot, result) {
    return { kind: 'result', of: tree(this, of), result: tree(this, result), span: spanOf(this) };
  },
  Applied(name, values) {
    const callee = tree(this, name);
    if (!values.children[0]) return { kind: 'name', ...callee };
    return { kind: 'call', callee, arguments: tree(this, values.children[0]), span: spanOf(this) };
  },
  Arguments(_open, values, _comma, _close) {
    return listed(this, values);
  },
  Argument(name, value) {
    return { ...optional(this, 'name', name), value: tree(this, value), span: spanOf(this) };
  },
};

const expressions: ActionDict<unknown> = {
  Expression_number(value, _ahead) {
    return tree(this, value);
  },
  Expression_chain(first, rest) {
    return { kind: 'chain', links: [tree(this, first), ...each(this, rest)], span: spanOf(this) };
  },
  Expression_operation(first, rest) {
    const tokens = [...tree(this, first), ...each(this, rest).flat()];
    return rest.children.length === 0 && tokens.length === 1 ? tokens[0] : groupOperators(tokens);
  },
  OperatorTail(operator, operand) {
    return [{ mark: operator.sourceString, span: spanOf(this, operator) }, ...tree(this, operand)];
  },
  Operand(prefixes, primary) {
    const marks = prefixes.children.map((prefix) => ({ mark: prefix.sourceString, span: spanOf(this, prefix) }));
    return [...marks, tree(this, primary)];
  },
  List_numbers(_open, numbers, _comma, _close) {
    return { kind: 'list', elements: tree(this, numbers), span: spanOf(this) };
  },
  numbers(_first, _spaces, _commas, _more, _rest) {
    const { start } = spanOf(this);
    const written = [...this.sourceString.matchAll(/(-?)([^-, ][^, ]*)/g)];
    return written.map(({ index, 1: sign, 2: text }) => numberAt(this, sign!, text!, start + index));
  },
  List_any(_open, elements, _comma, _close) {
    return { kind: 'list', elements: listed(this, elements), span: spanOf(this) };
  },
  Parentheses(_open, inner, _close) {
    return tree(this, inner);
  },
  identifier(_start, _rest) {
    return { name: this.sourceString, span: spanOf(this) };
  },
  number(_value) {
    return { kind: 'number', value: literal(this, readNumber), text: this.sourceString, span: spanOf(this) };
  },
  string(_open, _characters, _close) {
    return { kind: 'string', value: literal(this, readString), span: spanOf(this) };
  },
  boolean(_word) {
    return { kind: 'boolean', value: this.sourceString === 'true', span: spanOf(this) };
  },
};

export const actions: ActionDict<unknown> = { ...items, ...statements, ...expressions };
