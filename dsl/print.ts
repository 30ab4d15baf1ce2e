// The formatter: syntax tree → canonical text, comments kept. `parse(print(file))` gives the same tree, and printing is
// idempotent. Trees made by a program (`build.ts`) print the same way.
//
// Two spaces of indentation, one statement on a line unless the writer joined them (`conv(8); relu`), at most one blank
// line in a row, at least one before a model or block, lines of up to 100 columns.
import { bracketed, broken, brokenChain, flat, flatShape, LINE_WIDTH, quoted } from './print-expression.ts';
import type * as syntax from './syntax.ts';

const STEP = '  ';

/** Ends with one newline; an empty tree is the empty text. */
export function print(file: syntax.File): string {
  const lines: string[] = [];
  for (const item of file.items) {
    const apart = item.kind === 'model' || item.kind === 'block' || followsBody(file.items, item);
    pushLeading(lines, item.layout, '', apart);
    const documentation = item.kind === 'import' ? '' : item.documentation;
    if (documentation !== '') lines.push(...documentation.split('\n').map((line) => `/// ${line}`.trimEnd()));
    lines.push(printItem(item) + trailing(item.layout.after));
  }
  pushComments(lines, file.ending, '');
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function followsBody(items: readonly syntax.Item[], item: syntax.Item): boolean {
  const previous = items[items.indexOf(item) - 1];
  return previous?.kind === 'model' || previous?.kind === 'block';
}

function pushLeading(lines: string[], layout: syntax.Layout, indent: string, apart: boolean): void {
  const first = layout.before[0];
  if (lines.length > 0 && apart && !(first ? first.blankBefore : layout.gap === 'blank')) lines.push('');
  pushComments(lines, layout.before, indent);
  if (layout.gap === 'blank' && lines.length > 0) lines.push('');
}

function pushComments(lines: string[], comments: readonly syntax.Comment[], indent: string): void {
  for (const comment of comments) {
    if (comment.blankBefore && lines.length > 0) lines.push('');
    lines.push(indent + comment.text);
  }
}

const trailing = (comments: readonly syntax.Comment[]): string => comments.map(({ text }) => `  ${text}`).join('');

function printItem(item: syntax.Item): string {
  switch (item.kind) {
    case 'import': {
      const names = item.names.map(({ name }) => name);
      const path = quoted(item.path.value);
      const text = names.length === 0 ? `import {} from ${path}` : `import { ${names.join(', ')} } from ${path}`;
      return text.length <= LINE_WIDTH || names.length === 0
        ? text
        : `${bracketed('import {', names, '}', '')} from ${path}`;
    }
    case 'param': {
      const start = `param ${item.name.name} = `;
      return start + broken(item.default, '', start.length, 0);
    }
    case 'block': {
      const parameters = item.parameters.map(({ name, default: value }) =>
        value ? `${name.name} = ${flat(value)}` : name.name,
      );
      return withBody(header(`block ${item.name.name}`, parameters, ''), item.body, '');
    }
    case 'model':
      return withBody(
        header(`model ${item.name.name}`, item.inputs.map(namedShape), results(item.outputs)),
        item.body,
        '',
      );
  }
}

const namedShape = ({ name, shape }: syntax.NamedShape): string => `${name.name}: ${flatShape(shape)}`;

function results(outputs: syntax.Outputs | undefined): string {
  if (!outputs) return '';
  if (outputs.kind === 'unnamed') return ` -> ${flatShape(outputs.shape)}`;
  const named = outputs.results.map(namedShape);
  const text = ` -> (${named.join(', ')})`;
  return text.length <= LINE_WIDTH - 4 ? text : ` -> ${bracketed('(', named, ')', '')}`;
}

function header(start: string, parameters: readonly string[], end: string): string {
  const text = `${start}(${parameters.join(', ')})${end}`;
  const widest = Math.max(...text.split('\n').map((line) => line.length));
  return widest + 2 <= LINE_WIDTH || parameters.length === 0 ? text : bracketed(`${start}(`, parameters, ')', '') + end;
}

/** `header { a; b }` where the writer had it on one line and it fits, else a line for each. */
function withBody(header: string, body: syntax.Body, indent: string): string {
  return `${header} ${onOneLine(body, indent, header) ?? onLines(body, indent)}`;
}

function onOneLine(body: syntax.Body, indent: string, header: string): string | undefined {
  if (body.opening.length + body.ending.length > 0) return undefined;
  if (body.statements.length === 0) return '{}';
  const texts: string[] = [];
  for (const { layout, ...statement } of body.statements) {
    if (layout.gap !== 'joined' || layout.before.length + layout.after.length > 0) return undefined;
    texts.push(statementText({ ...statement, layout }, indent));
  }
  const text = `{ ${texts.join('; ')} }`;
  const column = indent.length + header.length - (header.lastIndexOf('\n') + 1) + 1;
  return text.includes('\n') || column + text.length > LINE_WIDTH ? undefined : text;
}

function onLines(body: syntax.Body, indent: string): string {
  const inner = indent + STEP;
  const lines: string[] = [];
  let open = false;
  for (const statement of body.statements) {
    const text = statementText(statement, inner);
    const layout = text.includes('\n') ? withAllowAbove(statement.layout) : statement.layout;
    const comments = trailing(layout.after);
    const line = lines.at(-1);
    if (open && line !== undefined && canJoin(statement, line, text))
      lines[lines.length - 1] = `${line}; ${text}${comments}`;
    else {
      pushLeading(lines, layout, inner, false);
      lines.push(inner + text + comments);
    }
    open =
      !text.includes('\n') && statement.layout.after.every(({ text }) => text.startsWith('/*') && !text.includes('\n'));
  }
  pushComments(lines, body.ending, inner);
  return [`{${trailing(body.opening)}`, ...lines, `${indent}}`].join('\n');
}

/** `// allow` behind a statement silences that line; where the statement has several, it must stand above the first. */
function withAllowAbove({ gap, before, after }: syntax.Layout): syntax.Layout {
  const isAllow = ({ text }: syntax.Comment): boolean => /^\/\/\s*allow\b/.test(text);
  if (!after.some(isAllow)) return { gap, before, after };
  const moved = after
    .filter(isAllow)
    .map((comment, index) => ({ ...comment, blankBefore: index === 0 && gap === 'blank' }));
  return { gap: 'line', before: [...before, ...moved], after: after.filter((comment) => !isAllow(comment)) };
}

function canJoin(statement: syntax.Statement, line: string, text: string): boolean {
  const { gap, before } = statement.layout;
  return gap === 'joined' && before.length === 0 && !text.includes('\n') && line.length + 2 + text.length <= LINE_WIDTH;
}

/** The text without its comments; its first line is not indented, the others are. */
function statementText(statement: syntax.Statement, indent: string): string {
  switch (statement.kind) {
    case 'chain-statement':
      return chainText(statement, indent);
    case 'repeat': {
      const variable = statement.variable ? ` as ${statement.variable.name}` : '';
      return withBody(`repeat ${flat(statement.count)}${variable}`, statement.body, indent);
    }
    case 'if':
      return ifText(statement, indent);
    case 'return': {
      const results = statement.results.map(({ name, value }) => {
        const label = name ? `${name.name}: ` : '';
        return (
          label +
          (statement.results.length === 1 ? broken(value, indent, indent.length + 7 + label.length, 0) : flat(value))
        );
      });
      return `return ${results.join(', ')}`;
    }
    case 'weights':
      return `weights ${quoted(statement.path.value)}`;
  }
}

function chainText({ chain, assertion, as }: syntax.ChainStatement, indent: string): string {
  const marks = `${assertion ? ` : ${flatShape(assertion)}` : ''}${as ? ` as ${as.name}` : ''}`;
  const text = flat(chain) + marks;
  if (indent.length + text.length <= LINE_WIDTH) return text;
  return brokenChain(chain.links, indent, indent.length, marks.length) + marks;
}

function ifText({ branches, otherwise }: syntax.If, indent: string): string {
  const parts = branches.map(({ condition, body }) => ({ header: `if ${flat(condition)}`, body }));
  const all = [...parts, ...(otherwise ? [{ header: '', body: otherwise }] : [])];
  const headers = all.map(({ header }, index) => (index === 0 ? header : header === '' ? 'else' : `else ${header}`));
  const inline = all.map(({ body }, index) => onOneLine(body, indent, headers[index]!));
  const oneLine = headers.map((header, index) => `${header} ${inline[index]}`).join(' ');
  if (inline.every((text) => text !== undefined) && indent.length + oneLine.length <= LINE_WIDTH) return oneLine;
  return headers.map((header, index) => `${header} ${onLines(all[index]!.body, indent)}`).join(' ');
}
