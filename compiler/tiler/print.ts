// Loop nests as text, in the notation of the header of loop.ts.
import type { Affine } from '../algebra/affine.ts';
import type { LoopNest, Statement, TableParameter, Value } from './loop.ts';
import { parameterOf } from './tables.ts';

/** A loop nest with its operands, one to a line with what it is. */
export function showNest(
  nest: Pick<LoopNest, 'operands' | 'body'> & Partial<Pick<LoopNest, 'name' | 'about' | 'tables'>>,
): string {
  const operands = nest.operands.map(
    ({ name, memory, element, written }) =>
      `${written ? 'writes' : 'reads'} ${name} (${element ? `${element} in ` : ''}${memory})`,
  );
  const { tables = [] } = nest;
  const names = { operands: nest.operands.map(({ name }) => name), tables };
  const parameters = tables.map(
    ({ name, variable, values }) => `takes ${name} (${values.length} values of ${variable})`,
  );
  const about = (nest.about ?? []).map((text) => `  ${text}\n`).join('');
  return `${nest.name ?? 'nest'}: ${[...operands, ...parameters].join(', ')}\n${about}${showStatements(nest.body, names)}\n`;
}

interface Names {
  readonly operands: readonly string[];
  readonly tables: readonly TableParameter[];
}

const showPlace = (at: Affine, { tables }: Names): string =>
  at.show(
    (variable) => variable,
    (values, axis) => tables[parameterOf(tables, { axis, values })]?.name ?? 'table',
  );

const showStatements = (body: readonly Statement[], names: Names, indent = '  '): string =>
  body.map((statement) => showStatement(statement, names, indent)).join('\n');

function showStatement(statement: Statement, names: Names, indent: string): string {
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
      return `${indent}store(${names.operands[statement.operand]}, ${showPlace(statement.at, names)}, ${value}${count})`;
    }
  }
}

function showValue(value: Value, names: Names): string {
  switch (value.kind) {
    case 'constant':
      return `${value.value}`;
    case 'register':
      return value.name;
    case 'load':
      return `load(${names.operands[value.operand]}, ${showPlace(value.at, names)}${value.width === 1 ? '' : `, ${value.width}`})`;
    case 'splat':
      return `splat(${names.operands[value.operand]}, ${showPlace(value.at, names)})`;
    case 'gather': {
      const indices = value.indices.map(
        ({ value: index, stride, extent }) => `${stride}·place(${showValue(index, names)}, ${extent})`,
      );
      return `load(${names.operands[value.operand]}, ${[showPlace(value.at, names), ...indices].join(' + ')})`;
    }
    case 'lane':
      return `lane(${showValue(value.of, names)}, ${value.index})`;
    case 'extract':
      return `extract(${showValue(value.of, names)}, ${value.index})`;
    case 'apply':
      return `${value.function}(${value.arguments.map((part) => showValue(part, names)).join(', ')})`;
  }
}
