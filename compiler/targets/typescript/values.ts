// Values as source text, one text for each lane: a plain number has one, a vector four.
import type { Affine } from '../../algebra/affine.ts';
import type { Element } from '../../tensor.ts';
import { arrayTypeOf } from '../../tiler/elements.ts';
import { elementOf, type Operand, type Value, type Width, widthOf } from '../../tiler/loop.ts';
import type { Names } from '../shared/names.ts';
import { atom, type HelperName, helperOf, type Spelled, spellCall, spellChoice, spellNumber } from './functions.ts';
import { type LoopFrame, offsetText, type Tables } from './pointers.ts';
import { readsOf } from './registers.ts';

/** What a loop nest's values are written in terms of. */
export interface ValueScope {
  readonly operands: readonly Operand[];
  /** Register → an identifier for each of its lanes. */
  readonly registers: ReadonlyMap<string, readonly string[]>;
  readonly names: Names;
  readonly tables: Tables;
  /** `!` after an indexed read in TypeScript, nothing in JavaScript. */
  readonly sure: '!' | '';
  /** Filled while printing: operands that occur, functions of the runtime that are called. */
  readonly used: Set<number>;
  readonly helpers: Set<HelperName>;
  /** Whether a vector is loaded, perhaps beyond the end of its operand. */
  vectors: boolean;
}

/** The array that an operand is read through: `weights`, or `weights_f16` over the same bytes. */
export function arrayOf({ memory, element = 'f32' }: Operand): PrintedArray {
  return { name: element === 'f32' ? memory : `${memory}_${element}`, type: arrayTypeOf(element), memory };
}

export interface PrintedArray {
  readonly name: string;
  readonly type: string;
  readonly memory: Operand['memory'];
}

/** `arena[input_c + 16]` */
export function placeText(scope: ValueScope, operand: number, at: Affine, loops: readonly LoopFrame[]): string {
  const printed = scope.operands[operand]!;
  scope.used.add(operand);
  return `${arrayOf(printed).name}[${offsetText(printed.name, at, loops, scope.names, scope.tables)}]`;
}

export function registerLanes(scope: ValueScope, register: string): readonly string[] {
  const lanes = scope.registers.get(register);
  if (lanes === undefined) throw new Error(`register ${register} is never set`);
  return lanes;
}

export function lanesOf(scope: ValueScope, value: Value, loops: readonly LoopFrame[]): readonly Spelled[] {
  const load = (operand: number, at: Affine): Spelled =>
    widened(scope, elementOf(scope.operands[operand]!), placeText(scope, operand, at, loops) + scope.sure);
  switch (value.kind) {
    case 'constant':
      return repeat(spellNumber(value.value), value.width);
    case 'register':
      return registerLanes(scope, value.name).map(atom);
    case 'load':
      if (value.width > 1) scope.vectors = true;
      return Array.from({ length: value.width }, (_, lane) => load(value.operand, value.at.plus(lane)));
    case 'splat':
      return repeat(load(value.operand, value.at), value.width);
    case 'gather':
      return [gathered(scope, value, loops)];
    case 'lane':
      return repeat(lanesOf(scope, value.of, loops)[value.index]!, widthOf(value));
    case 'extract':
      return [lanesOf(scope, value.of, loops)[value.index]!];
    case 'apply':
      return applied(scope, value, loops);
  }
}

/** `arena[x + 3 * placeOf(index, 8)]` */
function gathered(
  scope: ValueScope,
  { operand, at, indices }: Extract<Value, { kind: 'gather' }>,
  loops: readonly LoopFrame[],
): Spelled {
  const printed = scope.operands[operand]!;
  scope.used.add(operand);
  scope.helpers.add('placeOf');
  const start = offsetText(printed.name, at, loops, scope.names, scope.tables);
  const moves = indices.map(({ value, stride, extent }) => {
    const [{ text }] = lanesOf(scope, value, loops) as [Spelled];
    return `${stride === 1 ? '' : `${stride} * `}placeOf(${text}, ${extent})`;
  });
  const text = `${arrayOf(printed).name}[${[`(${start})`, ...moves].join(' + ')}]${scope.sure}`;
  return widened(scope, elementOf(printed), text);
}

/** An item of an array as the number that it stands for. */
function widened(scope: ValueScope, element: Element, text: string): Spelled {
  if (element !== 'f16') return atom(text);
  scope.helpers.add('widenHalf');
  return atom(`widenHalf(${text})`);
}

function applied(
  scope: ValueScope,
  value: Extract<Value, { kind: 'apply' }>,
  loops: readonly LoopFrame[],
): readonly Spelled[] {
  const helper = helperOf[value.function];
  if (helper) scope.helpers.add(helper);
  const [test] = value.arguments;
  const direct = value.function === 'select' && test?.kind === 'apply' && test.function === 'less';
  const parts = (direct ? [...test.arguments, ...value.arguments.slice(1)] : value.arguments).map((argument) =>
    lanesOf(scope, argument, loops),
  );
  return Array.from({ length: widthOf(value) }, (_, lane) => {
    const at = parts.map((part) => part[lane]!);
    return direct ? spellChoice(at.slice(0, 2), at[2]!, at[3]!) : spellCall(value.function, at);
  });
}

/** Whether a lane of the new value needs another lane of the register's old one, so that none may be replaced too early. */
export function crossesLanes(value: Value, register: string): boolean {
  switch (value.kind) {
    case 'constant':
    case 'load':
    case 'splat':
    case 'register':
      return false;
    case 'gather':
    case 'lane':
    case 'extract':
      return readsOf(value).includes(register);
    case 'apply':
      return value.arguments.some((argument) => crossesLanes(argument, register));
  }
}

const repeat = (lane: Spelled, width: Width): readonly Spelled[] => new Array<Spelled>(width).fill(lane);
