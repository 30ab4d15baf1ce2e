// When two loop nests are one: their code is equal but for the names of loop variables and operands. Registers are numbered
// by the tiler, so their names say nothing of the layer.
import { Affine } from '../algebra/affine.ts';
import type { LoopNest, Statement, Value } from './loop.ts';

/** Equal texts mean equal loop nests. */
export function nestKey({ operands, body }: Pick<LoopNest, 'operands' | 'body'>): string {
  const memories = operands
    .map(({ memory, element = '', written }) => `${memory}${element}${written ? '!' : ''}`)
    .join();
  return `${memories};${keyOfStatements(body, new Map())}`;
}

/** Loop variable → its name by depth. */
type Names = ReadonlyMap<string, Affine>;

const keyOfStatements = (body: readonly Statement[], names: Names): string =>
  body.map((statement) => keyOfStatement(statement, names)).join(';');

function keyOfStatement(statement: Statement, names: Names): string {
  switch (statement.kind) {
    case 'for': {
      const inner = new Map(names).set(statement.variable, Affine.axis(`${names.size}`));
      return `${statement.extent}{${keyOfStatements(statement.body, inner)}}`;
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

const keyOfPlace = (at: Affine, names: Names): string => at.substitute(names).key();
