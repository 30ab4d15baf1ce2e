// Straight-line code from actions: every value that is needed twice gets a register just before its first use, and what
// the innermost loop does not change is handed outwards, as far as registers are left.
//
//   a0 += x·w0, a1 += x·w1   →   v0 = splat(x); a0 = add(a0, multiply(v0, load(w0))); a1 = add(a1, multiply(v0, load(w1)))
import type { Affine } from '../algebra/affine.ts';
import type { Code } from './code.ts';
import { type Statement, type Value, widthOf } from './loop.ts';
import { partsOf, readsRegister, type Values, variablesOf } from './values.ts';

export type Action =
  | { readonly kind: 'set'; readonly register: string; readonly value: Value }
  /** Computes a value here and now and keeps it, for its later uses. */
  | { readonly kind: 'keep'; readonly value: Value }
  | {
      readonly kind: 'store';
      readonly operand: number;
      readonly at: Affine;
      readonly value: Value;
      readonly count: number;
    };

/** What the blocks of one nest share: values, names, and how many registers may hold values across loops. */
export interface Registers {
  readonly values: Values;
  /** Names of hoisted registers. */
  readonly hoisted: Map<Value, string>;
  /** How many more may be hoisted around the current accumulators. */
  room: number;
}

/** @param innermost the variable of the loop around the block, if there is one */
export function block(actions: readonly Action[], registers: Registers, innermost: string | undefined): Code {
  const uses = countUses(actions.map((action) => action.value));
  const hoisted = innermost === undefined ? new Map<Value, string>() : hoist(uses, registers, innermost);
  const names = new Map<Value, string>(hoisted);
  const statements: Statement[] = [];
  let locals = 0;
  const keep = (value: Value): void => {
    if (names.has(value) || !isComputed(value)) return;
    const built = build(value);
    const name = registerName('v', locals++, value);
    statements.push({ kind: 'set', register: name, value: built });
    names.set(value, name);
  };
  const build = (value: Value): Value => rebuild(value, emit);
  const emit = (value: Value): Value => {
    if (!names.has(value) && isComputed(value) && uses.get(value)! > 1) keep(value);
    const name = names.get(value);
    return name === undefined ? build(value) : { kind: 'register', name, width: widthOf(value) };
  };
  for (const action of actions) {
    if (action.kind === 'keep') keep(action.value);
    else statements.push({ ...action, value: emit(action.value) });
  }
  return { statements, hoisted: new Map([...hoisted].map(([value, name]) => [name, value])) };
}

/** Capitals are vectors. */
export const registerName = (letter: string, number: number, value: Value): string =>
  `${widthOf(value) > 1 ? letter.toUpperCase() : letter}${number}`;

const isComputed = (value: Value): boolean => value.kind !== 'constant' && value.kind !== 'register';

/** How many places use each value; a shared value counts its parts once. */
function countUses(roots: readonly Value[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  const visit = (value: Value): void => {
    const before = uses.get(value) ?? 0;
    uses.set(value, before + 1);
    if (before === 0) partsOf(value).forEach(visit);
  };
  roots.forEach(visit);
  return uses;
}

/** Loads that the innermost loop does not change, in order of use, while there is room. */
function hoist(uses: ReadonlyMap<Value, number>, registers: Registers, innermost: string): Map<Value, string> {
  const chosen = new Map<Value, string>();
  for (const value of uses.keys()) {
    const isLoad = value.kind === 'load' || value.kind === 'splat';
    if (!isLoad || readsRegister(value) || variablesOf(value).has(innermost)) continue;
    const known = registers.hoisted.get(value);
    if (known === undefined && registers.room <= 0) continue;
    if (known === undefined) registers.room--;
    const name = known ?? registerName('h', registers.hoisted.size, value);
    registers.hoisted.set(value, name);
    chosen.set(value, name);
  }
  return chosen;
}

function rebuild(value: Value, emit: (part: Value) => Value): Value {
  switch (value.kind) {
    case 'apply':
      return { ...value, arguments: value.arguments.map(emit) };
    case 'gather':
      return { ...value, indices: value.indices.map((index) => ({ ...index, value: emit(index.value) })) };
    case 'lane':
    case 'extract':
      return { ...value, of: emit(value.of) };
    default:
      return value;
  }
}
