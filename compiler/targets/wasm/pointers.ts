// Which addresses a loop nest walks, as pointers: one for each distinct combination of operand, loops and strides. A pointer
// is set before the outermost loop that moves it, moved at the end of each iteration, and put back after a loop that is not its
// outermost; what differs between its accesses is a constant in the memory immediate.
//
//   load(in, 80·y + 16·x + c − 17)  →  pointer {in: y 80, x 16, c 1}, start −17, immediate 0
//   load(in, 80·y + 16·x + c − 1)   →  the same pointer, immediate 16
import type { Affine } from '../../algebra/affine.ts';
import type { LoopNest, Statement, TableParameter, Value } from '../../tiler/loop.ts';
import { parameterOf } from '../../tiler/tables.ts';
import { accessesIn } from '../../tiler/values.ts';

export type Loop = Extract<Statement, { kind: 'for' }>;

/** How a loop moves a pointer: by a constant each iteration, and by the differences of a table of constants. In elements. */
export interface Move {
  readonly loop: Loop;
  readonly coefficient: number;
  /** Values by iteration, where the index goes through tables. */
  readonly table?: readonly number[];
  /** The tables of the nest's parameters that it goes through, by their numbers. */
  readonly passed: readonly number[];
}

export interface Pointer {
  readonly operand: number;
  /** Outermost first; empty where the address is constant. */
  readonly moves: readonly Move[];
  /** The parameters whose first value is where the pointer starts. */
  readonly firsts: readonly number[];
  /** The smallest constant among its accesses: where the pointer starts, so that no immediate is negative. */
  start: number;
}

/** Where an access goes: an immediate on top of a pointer. In elements. */
export interface Address {
  readonly pointer: Pointer;
  readonly immediate: number;
}

export interface Addresses {
  /** @param loops the loops around the access, outermost first */
  readonly of: (operand: number, at: Affine, loops: readonly Loop[]) => Address;
  /** The pointers that accesses inside a loop use. */
  readonly within: (loop: Loop) => readonly Pointer[];
}

export function findAddresses(nest: LoopNest): Addresses {
  const pointers = new Map<string, Pointer>();
  const used = new Map<Loop, Set<Pointer>>();
  const numbers = new Map<Loop, number>();
  visitAccesses(nest.body, [], (operand, at, loops) => {
    const { moves, firsts, constant } = movesOf(at, loops, nest.tables);
    const key = keyOf(operand, moves, firsts, numbers);
    const pointer = pointers.get(key) ?? { operand, moves, firsts, start: constant };
    pointer.start = Math.min(pointer.start, constant);
    pointers.set(key, pointer);
    for (const loop of loops) used.set(loop, (used.get(loop) ?? new Set()).add(pointer));
  });
  return {
    of: (operand, at, loops) => {
      const { moves, firsts, constant } = movesOf(at, loops, nest.tables);
      const pointer = pointers.get(keyOf(operand, moves, firsts, numbers)) ?? unknownAddress(at);
      return { pointer, immediate: constant - pointer.start };
    },
    within: (loop) => [...(used.get(loop) ?? [])],
  };
}

/** A pointer belongs to its loops, not only to their variables: loops side by side have pointers of their own. */
function keyOf(operand: number, moves: readonly Move[], firsts: readonly number[], numbers: Map<Loop, number>): string {
  const parts = moves.map(({ loop, coefficient, table, passed }) => {
    const number = numbers.get(loop) ?? numbers.size;
    numbers.set(loop, number);
    return `${number}:${coefficient}${table ? `[${table.join()}]` : ''}${passed.map((one) => `#${one}`).join('')}`;
  });
  return [operand, ...parts, `from ${firsts.join()}`].join(' ');
}

/** Loops of one iteration move nothing. A table starts from its first value, which joins the constant where it is known. */
function movesOf(
  at: Affine,
  loops: readonly Loop[],
  parameters: readonly TableParameter[] = [],
): { moves: Move[]; firsts: number[]; constant: number } {
  const moves: Move[] = [];
  const firsts: number[] = [];
  let { constant } = at;
  for (const loop of loops) {
    const { variable, extent } = loop;
    const coefficient = extent > 1 ? at.coefficient(variable) : 0;
    const terms = at.tables.filter((table) => table.axis === variable);
    const tables = terms.filter((term) => parameterOf(parameters, term) < 0);
    const passed = terms.map((term) => parameterOf(parameters, term)).filter((number) => number >= 0);
    for (const { values } of tables) constant += values[0]!;
    firsts.push(...passed);
    if (extent === 1) continue;
    if (tables.length > 0) moves.push({ loop, coefficient, table: sumTables(tables, extent), passed });
    else if (coefficient !== 0 || passed.length > 0) moves.push({ loop, coefficient, passed });
  }
  return { moves, firsts, constant };
}

const sumTables = (tables: readonly { readonly values: readonly number[] }[], extent: number): readonly number[] =>
  Array.from({ length: extent }, (_, turn) => tables.reduce((sum, { values }) => sum + values[turn]!, 0));

type Visit = (operand: number, at: Affine, loops: readonly Loop[]) => void;

function visitAccesses(body: readonly Statement[], loops: readonly Loop[], visit: Visit): void {
  for (const statement of body) {
    switch (statement.kind) {
      case 'for':
        visitAccesses(statement.body, [...loops, statement], visit);
        break;
      case 'set':
        visitLoads(statement.value, loops, visit);
        break;
      case 'store':
        visitLoads(statement.value, loops, visit);
        visit(statement.operand, statement.at, loops);
        break;
    }
  }
}

function visitLoads(value: Value, loops: readonly Loop[], visit: Visit): void {
  for (const { operand, at } of accessesIn(value)) visit(operand, at, loops);
}

/** How a loop moves a pointer that it does move. */
export const moveIn = (pointer: Pointer, loop: Loop): Move => pointer.moves.find((move) => move.loop === loop)!;

function unknownAddress(at: Affine): never {
  throw new Error(`no pointer for ${at}`);
}
