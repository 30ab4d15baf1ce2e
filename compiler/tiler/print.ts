// Loop nests as text, in the notation of the header of loop.ts.
import type { LoopNest, Statement, Value } from './loop.ts';

/** A loop nest with its operands, one to a line with what it is. */
export function showNest(
  nest: Pick<LoopNest, 'operands' | 'body'> & Partial<Pick<LoopNest, 'name' | 'about'>>,
): string {
  const names = nest.operands.map((operand) => operand.name);
  const operands = nest.operands.map(
    ({ name, memory, element, written }) =>
      `${written ? 'writes' : 'reads'} ${name} (${element ? `${element} in ` : ''}${memory})`,
  );
  const about = (nest.about ?? []).map((text) => `  ${text}\n`).join('');
  return `${nest.name ?? 'nest'}: ${operands.join(', ')}\n${about}${showStatements(nest.body, names)}\n`;
}

export const showStatements = (body: readonly Statement[], names: readonly string[], indent = '  '): string =>
  body.map((statement) => showStatement(statement, names, indent)).join('\n');

function showStatement(statement: Statement, names: readonly string[], indent: string): string {
  switch (statement.kind) {
    case 'for': {
      const body = showStatements(statement.body, names, `${indent}  `);
      return `${indent}for ${statement.variable} < ${statement.extent}\n${body}`;
    }
    case 'set':
      return `${indent}${statement.register} = ${showValue(statement.value, names)}`;
    case 'store': {
      const value = showValue(statement.value, names);
      const count = statement.count === 1 ? '' : `, ${statement.count}`;
      return `${indent}store(${names[statement.operand]}, ${statement.at}, ${value}${count})`;
    }
  }
}

export function showValue(value: Value, names: readonly string[]): string {
  switch (value.kind) {
    case 'constant':
      return `${value.value}`;
    case 'register':
      return value.name;
    case 'load':
      return `load(${names[value.operand]}, ${value.at}${value.width === 1 ? '' : `, ${value.width}`})`;
    case 'splat':
      return `splat(${names[value.operand]}, ${value.at})`;
    case 'gather': {
      const indices = value.indices.map(
        ({ value: index, stride, extent }) => `${stride}·place(${showValue(index, names)}, ${extent})`,
      );
      return `load(${names[value.operand]}, ${[value.at, ...indices].join(' + ')})`;
    }
    case 'lane':
      return `lane(${showValue(value.of, names)}, ${value.index})`;
    case 'extract':
      return `extract(${showValue(value.of, names)}, ${value.index})`;
    case 'apply':
      return `${value.function}(${value.arguments.map((part) => showValue(part, names)).join(', ')})`;
  }
}
