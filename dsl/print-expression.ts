// Expressions as text: on one line where they fit, broken at their brackets where they do not.
//
//   conv(8, kernel: 3)            conv(
//                                   1,
//                                   weights: [[-1, 2, -3], [4, -5, 6], …],
//                                 )
import { BINARY_PRECEDENCE, isRightAssociative, UNARY_PRECEDENCE } from './precedence.ts';
import type { Argument, Dimension, Expression, Link, NumberLiteral, ShapePattern } from './syntax.ts';

/** Columns of a line. */
export const LINE_WIDTH = 100;
const STEP = '  ';

/** The text on one line, however long. */
export function flat(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return numberText(expression);
    case 'string':
      return quoted(expression.value);
    case 'boolean':
      return String(expression.value);
    case 'name':
      return expression.name;
    case 'list':
      return `[${expression.elements.map(flat).join(', ')}]`;
    case 'call':
      return `${expression.callee.name}(${expression.arguments.map(flatArgument).join(', ')})`;
    case 'result':
      return `${flat(expression.of)}.${expression.result.name}`;
    case 'chain':
      return expression.links.map(flat).join(' |> ');
    case 'unary': {
      const inner = operand(expression.operand, UNARY_PRECEDENCE[expression.operator]);
      return expression.operator === 'not' ? `not ${inner}` : expression.operator + inner;
    }
    case 'binary': {
      const { operator, left, right } = expression;
      const precedence = BINARY_PRECEDENCE[operator];
      const toRight = isRightAssociative(operator);
      const leftText = operand(left, toRight ? precedence + 1 : precedence);
      // `2 ^ -x` needs no parentheses: a sign begins an operand.
      const signed = right.kind === 'unary' && right.operator !== 'not';
      const rightText = signed ? flat(right) : operand(right, toRight ? precedence : precedence + 1);
      return `${leftText} ${operator} ${rightText}`;
    }
  }
}

function operand(expression: Expression, loosest: number): string {
  const text = flat(expression);
  return precedenceOf(expression) < loosest ? `(${text})` : text;
}

function precedenceOf(expression: Expression): number {
  switch (expression.kind) {
    case 'chain':
      return 0;
    case 'binary':
      return BINARY_PRECEDENCE[expression.operator];
    case 'unary':
      return UNARY_PRECEDENCE[expression.operator];
    default:
      return Number.POSITIVE_INFINITY;
  }
}

const flatArgument = ({ name, value }: Argument): string => (name ? `${name.name}: ${flat(value)}` : flat(value));

/** Keeps `1.0` as it was written; a number made by a program gets the shortest text that reads back. */
function numberText({ value, text }: NumberLiteral): string {
  return text !== '' && Number(text) === value ? text : numberToText(value);
}

export function numberToText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (!Number.isFinite(value) || value < 0) throw new Error(`${value} is no number literal`);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

export const quoted = (value: string): string => `"${value.replace(/["\\\n\t]/g, (character) => ESCAPES[character]!)}"`;

export const flatShape = ({ dimensions }: ShapePattern): string => `[${dimensions.map(flatDimension).join(', ')}]`;

function flatDimension(dimension: Dimension): string {
  switch (dimension.kind) {
    case 'any':
      return '_';
    case 'named':
      return `${dimension.name.name} = ${flat(dimension.default)}`;
    case 'size':
      return flat(dimension.size);
  }
}

/**
 * The text where its first line begins in column `column` (from 0) and `after` more columns follow its last line;
 * lines after the first are indented by `indent` and what they need.
 */
export function broken(expression: Expression, indent: string, column: number, after: number): string {
  const text = flat(expression);
  if (column + text.length + after <= LINE_WIDTH) return text;
  const deeper = indent + STEP;
  switch (expression.kind) {
    case 'call': {
      if (expression.arguments.length === 0) return text;
      const lines = expression.arguments.map((each) => brokenArgument(each, deeper));
      return bracketed(`${expression.callee.name}(`, lines, ')', indent);
    }
    case 'result': {
      const result = `.${expression.result.name}`;
      return broken(expression.of, indent, column, after + result.length) + result;
    }
    case 'list':
      if (expression.elements.length === 0) return text;
      if (expression.elements.every(isScalar)) return bracketed('[', filled(expression.elements, deeper), ']', indent);
      return bracketed(
        '[',
        expression.elements.map((each) => broken(each, deeper, deeper.length, 1)),
        ']',
        indent,
      );
    case 'chain':
      return brokenChain(expression.links, indent, column, after);
    default:
      return text;
  }
}

function brokenArgument({ name, value }: Argument, indent: string): string {
  const label = name ? `${name.name}: ` : '';
  return label + broken(value, indent, indent.length + label.length, 1);
}

const isScalar = (expression: Expression): boolean =>
  expression.kind === 'unary' ? isScalar(expression.operand) : /^(?:number|string|boolean|name)$/.test(expression.kind);

/** As many elements on a line as fit. */
function filled(elements: readonly Expression[], indent: string): string[] {
  const lines: string[] = [];
  for (const text of elements.map(flat)) {
    const last = lines.at(-1);
    if (last !== undefined && indent.length + last.length + text.length + 3 <= LINE_WIDTH) {
      lines[lines.length - 1] = `${last}, ${text}`;
    } else lines.push(text);
  }
  return lines;
}

/** `open`, each line indented and ended by a comma, `close`. */
export function bracketed(open: string, lines: readonly string[], close: string, indent: string): string {
  return `${open}\n${lines.map((line) => `${indent}${STEP}${line},\n`).join('')}${indent}${close}`;
}

/**
 * One link on a line where each of them fits there, else all on one line with the last call broken:
 *
 *   x |> convTranspose(
 *     1,
 *     …
 *   )
 */
export function brokenChain(links: readonly Link[], indent: string, column: number, after: number): string {
  const [first, ...rest] = links;
  const last = rest.at(-1);
  if (!first) return '';
  if (!last) return broken(first, indent, column, after);
  const deeper = indent + STEP;
  const lines = rest.map((link) => broken(link, deeper, deeper.length + 3, after));
  const start = `${links.slice(0, -1).map(flat).join(' |> ')} |> `;
  const call = last.kind === 'result' ? last.of : last;
  const opening = call.kind === 'call' ? call.callee.name.length + 1 : LINE_WIDTH;
  if (lines.at(-1)!.includes('\n') && column + start.length + opening <= LINE_WIDTH) {
    return start + broken(last, indent, column + start.length, after);
  }
  return broken(first, indent, column, 0) + lines.map((line) => `\n${deeper}|> ${line}`).join('');
}
