// When two loop nests are one: their code is equal but for the names of loop variables and operands. Registers are numbered
// by the tiler, so their names say nothing of the layer. A table that a nest declares is an argument: of it only the length counts.
import { Affine } from '../algebra/affine.ts';
import type { LoopNest, Statement, TableParameter, Value } from './loop.ts';
import { parameterOf } from './tables.ts';

/** Equal texts mean equal loop nests. */
export function nestKey({ operands, body, tables = [] }: Pick<LoopNest, 'operands' | 'body' | 'tables'>): string {
  const memories = operands
    .map(({ memory, element = '', written }) => `${memory}${element}${written ? '!' : ''}`)
    .join();
  const lengths = tables.map(({ values }) => `[${values.length}]`).join('');
  return `${memories}${lengths};${keyOfStatements(body, { variables: new Map(), tables })}`;
}

interface Names {
  /** Loop variable → its name by depth. */
  readonly variables: ReadonlyMap<string, Affine>;
  /** The tables that are arguments. */
  readonly tables: readonly TableParameter[];
}

const keyOfStatements = (body: readonly Statement[], names: Names): string =>
  body.map((statement) => keyOfStatement(statement, names)).join(';');

function keyOfStatement(statement: Statement, names: Names): string {
  switch (statement.kind) {
    case 'for': {
      const { variables } = names;
      const inner = new Map(variables).set(statement.variable, Affine.axis(`${variables.size}`));
      return `${statement.extent}{${keyOfStatements(statement.body, { ...names, variables: inner })}}`;
    }
    case 'set':
      return `${statement.register}=${keyOfValue(statement.value, names)}`;
    case 'store': {
      const { operand, at, value, count } = statement;
      return `${operand}[${keyOfPlace(at, names)}:${count}]=${keyOfValue(value, names)}`;
    }
  }
}

function keyOfValue(value: Value, names: Names): string {
  switch (value.kind) {
    case 'constant':
      return `${Object.is(value.value, -0) ? '-0' : value.value}:${value.width}`;
    case 'register':
      return value.name;
    case 'load':
      return `${value.operand}[${keyOfPlace(value.at, names)}:${value.width}]`;
    case 'splat':
      return `${value.operand}[${keyOfPlace(value.at, names)}*]`;
    case 'gather': {
      const indices = value.indices.map(
        ({ value: index, stride, extent }) => `${stride}·${keyOfValue(index, names)}<${extent}`,
      );
      return `${value.operand}[${keyOfPlace(value.at, names)};${indices.join()}]`;
    }
    case 'lane':
    case 'extract':
      return `${value.kind}${value.index}(${keyOfValue(value.of, names)})`;
    case 'apply':
      return `${value.function}(${value.arguments.map((part) => keyOfValue(part, names)).join()})`;
  }
}

function keyOfPlace(at: Affine, { variables, tables }: Names): string {
  const own = at.tables.filter((term) => parameterOf(tables, term) < 0);
  const passed = at.tables
    .filter((term) => !own.includes(term))
    .map((term) => `+#${parameterOf(tables, term)}[${variables.get(term.axis) ?? term.axis}]`)
    .sort();
  return `${at.withTables(own).substitute(variables).key()}${passed.join('')}`;
}
