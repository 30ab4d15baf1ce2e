// A loop nest as a function that a person can read: plain loops, running offsets, sums in plain numbers. The store into a
// Float32Array rounds, once. A vector of the loop IR becomes four numbers.
//
//   function conv_3x3_8x8x16_32(arena: Float32Array, weights: Float32Array, input: number, loop nest: number): void {
//     for (let y = 0, input_y = input; y < 8; y++, input_y += 160) {
//       …
import CodeBlockWriter from 'code-block-writer';
import type { LoopNest, Statement, Width } from '../../tiler/loop.ts';
import type { Dialect } from '../shared/engine.ts';
import { Names } from '../shared/names.ts';
import type { HelperName } from './functions.ts';
import { LoopFrame, pointerAdvance, type Tables } from './pointers.ts';
import { type Declarations, placeDeclarations, readsOf } from './registers.ts';
import { NestTables } from './tables.ts';
import { withoutUnread } from './unread.ts';
import {
  arrayOf,
  crossesLanes,
  lanesOf,
  type PrintedArray,
  placeText,
  registerLanes,
  type ValueScope,
} from './values.ts';

/** The parts of a loop nest's function. Its parameters: the arrays it touches, the base of each operand it uses, its tables. */
export interface PrintedKernel {
  readonly arrays: readonly PrintedArray[];
  readonly operands: readonly { readonly name: string; readonly operand: number }[];
  readonly tables: readonly { readonly name: string; readonly table: number }[];
  readonly body: string;
  readonly helpers: ReadonlySet<HelperName>;
  /** Whether a vector may be read past an operand's end. */
  readonly vectors: boolean;
}

export function printKernel(nest: LoopNest, dialect: Dialect, tables: Tables): PrintedKernel {
  const printer = new KernelPrinter(nest, dialect, tables);
  const wide = [...printer.scope.registers.values()].filter((lanes) => lanes.length > 1);
  const printed = printer.block(nest.body, []);
  const body = wide.length > 0 ? withoutUnread(printed, new Set(wide.flat())) : printed;
  const operands = printer.scope.operands
    .map(({ name }, operand) => ({ name, operand }))
    .filter(({ operand }) => printer.scope.used.has(operand));
  const arrays = distinctArrays(operands.map(({ operand }) => arrayOf(nest.operands[operand]!)));
  const { helpers, vectors } = printer.scope;
  return { arrays, operands, tables: printer.tables.passed(), body, helpers, vectors };
}

/** Each once, by name: `arena` before `weights` before `weights_f16`. */
export function distinctArrays(arrays: readonly PrintedArray[]): readonly PrintedArray[] {
  const byName = new Map(arrays.map((array) => [array.name, array]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const newWriter = (): CodeBlockWriter => new CodeBlockWriter({ indentNumberOfSpaces: 2, useSingleQuote: true });

/** `sum` as it is, or `sum_0` to `sum_3`: each a name of its own, since an operand may be called `sum_0`. */
const claimLanes = (names: Names, name: string, width: Width): readonly string[] =>
  width === 1 ? [names.unique(name)] : Array.from({ length: width }, (_, lane) => names.unique(`${name}_${lane}`));

class KernelPrinter {
  readonly scope: ValueScope;
  readonly tables: NestTables;
  readonly #declarations: Declarations;

  constructor(nest: LoopNest, dialect: Dialect, tables: Tables) {
    const names = new Names([
      ...nest.operands.map((operand) => arrayOf(operand).name),
      'arena',
      'weights',
      'next_0',
      'next_1',
      'next_2',
      'next_3',
      'sigmoid',
      'errorFunction',
      'roundHalfEven',
      'placeOf',
      'widenHalf',
    ]);
    this.#declarations = placeDeclarations(nest.body);
    const operands = nest.operands.map((operand) => ({ ...operand, name: names.unique(operand.name) }));
    this.tables = new NestTables(nest.tables ?? [], names, tables);
    this.scope = {
      operands,
      registers: new Map([...this.#declarations.widths].map(([name, width]) => [name, claimLanes(names, name, width)])),
      names,
      tables: this.tables,
      sure: dialect === 'ts' ? '!' : '',
      used: new Set(),
      helpers: new Set(),
      vectors: false,
    };
  }

  block(body: readonly Statement[], loops: readonly LoopFrame[]): string {
    const writer = newWriter();
    for (const statement of body) {
      for (const register of this.#declarations.before.get(statement) ?? []) {
        for (const name of registerLanes(this.scope, register)) writer.writeLine(`let ${name} = 0;`);
      }
      for (const line of this.#lines(statement, loops)) writer.writeLine(line);
    }
    return writer.toString().trimEnd();
  }

  #lines(statement: Statement, loops: readonly LoopFrame[]): readonly string[] {
    switch (statement.kind) {
      case 'for':
        return [this.#loop(statement, loops)];
      case 'set':
        return this.#assignment(statement, loops);
      case 'store': {
        const { operand, at, value, count } = statement;
        const lanes = lanesOf(this.scope, value, loops).slice(0, count);
        return lanes.map(({ text }, lane) => `${placeText(this.scope, operand, at.plus(lane), loops)} = ${text};`);
      }
    }
  }

  /** The body first: it decides which offsets the loop has to carry. */
  #loop(loop: Extract<Statement, { kind: 'for' }>, loops: readonly LoopFrame[]): string {
    const variable = this.scope.names.unique(loop.variable);
    const innermost = loop.body.every(({ kind }) => kind !== 'for');
    const frame = new LoopFrame(loop.variable, variable, innermost);
    const body = this.block(loop.body, [...loops, frame]);
    const pointers = [...frame.pointers.values()];
    const start = [`${variable} = 0`, ...pointers.map(({ name, from }) => `${name} = ${from}`)].join(', ');
    const advance = [`${variable}++`, ...pointers.map((pointer) => pointerAdvance(pointer, frame))].join(', ');
    const writer = newWriter();
    writer.write(`for (let ${start}; ${variable} < ${loop.extent}; ${advance})`).block(() => {
      for (const { name, from, table } of frame.lookups.values()) {
        writer.writeLine(`const ${name} = ${from} + ${table}[${variable}]${this.scope.sure};`);
      }
      writer.write(body);
    });
    return writer.toString().trimEnd();
  }

  #assignment(statement: Extract<Statement, { kind: 'set' }>, loops: readonly LoopFrame[]): readonly string[] {
    const { register, value } = statement;
    const targets = registerLanes(this.scope, register);
    const declared = this.#declarations.here.get(statement);
    if (!declared && value.kind === 'apply' && value.function === 'add') {
      const [sum, term] = value.arguments;
      if (sum?.kind === 'register' && sum.name === register && !readsOf(term!).includes(register)) {
        return lanesOf(this.scope, term!, loops).map(({ text }, lane) => `${targets[lane]} += ${text};`);
      }
    }
    const word = declared ? `${declared} ` : '';
    const lanes = lanesOf(this.scope, value, loops);
    if (crossesLanes(value, register)) {
      const next = lanes.map(({ text }, lane) => `next_${lane} = ${text}`);
      return [`{ const ${next.join(', ')}; ${targets.map((target, lane) => `${target} = next_${lane};`).join(' ')} }`];
    }
    return lanes.map(({ text }, lane) => `${word}${targets[lane]} = ${text};`);
  }
}
