// One piece becomes one nest: loops over its target, accumulators for a tile of elements, loops over the reduction around
// straight-line code, and `finish` before the store. It knows axes and strides, and no operator.
//
//   f/8 y x/4 i j c, lanes f      for f, y, x { A0 … A7 = 0; for i, j, c { 2 loads, 4 splats, 8 sums }; 8 stores }
import { type Combine, identityOf } from '../algebra/expression.ts';
import type { FunctionName } from '../algebra/functions.ts';
import { type Action, block, type Registers, registerName } from './block.ts';
import { type Code, sequence } from './code.ts';
import type { Order } from './collapse.ts';
import { innermostLoop, loopsOver, type Position, pointsOf, start } from './levels.ts';
import { offsetOf } from './locate.ts';
import type { Statement, Value, Width } from './loop.ts';
import { indexAt, lower, type Site, type Target } from './lower.ts';
import { clipPart, type Part, type Piece } from './pieces.ts';
import { recogniseTransform, transformed } from './transform.ts';
import { Values } from './values.ts';

export interface Tiling extends Target {
  /** The piece's axes and its parts', outermost first, those of the target before those that reduce. */
  readonly order: Order;
  /** How many registers the machine has for the code. */
  readonly registers: number;
  /** Loops around the nest. */
  readonly around: Position;
}

/** One register's worth of target elements. */
interface Element {
  readonly offsets: ReadonlyMap<string, number>;
  readonly width: Width;
  readonly count: number;
}

interface Tile {
  readonly piece: Piece;
  readonly tiling: Tiling;
  readonly position: Position;
  readonly elements: readonly Element[];
  readonly registers: Registers;
}

const combining = {
  sum: 'add',
  product: 'multiply',
  max: 'maximum',
  min: 'minimum',
} satisfies Record<Exclude<Combine, 'set'>, FunctionName>;

export function tile(piece: Piece, tiling: Tiling): Code {
  const values = new Values();
  const hoisted = new Map<Value, string>();
  const order = tiling.order.filter(([axis]) => piece.axes.some(({ name }) => name === axis));
  return loopsOver(order, start(piece.axes, tiling.around), (position) => {
    const elements = elementsOf(piece, order, tiling, position);
    const registers: Registers = { values, hoisted, room: tiling.registers - elements.length - 2 };
    const tile: Tile = { piece, tiling, position, elements, registers };
    return piece.combine === 'set' ? assign(tile) : reduce(tile, piece.combine);
  });
}

/** The unrolled elements of the target, the lanes' axis fastest. */
function elementsOf(piece: Piece, order: Order, { lanes, vector }: Tiling, position: Position): Element[] {
  const names = order.map(([axis]) => axis);
  const inLanes = piece.axes.some((axis) => axis.name === lanes);
  const axes = [...new Set(inLanes ? [...names.filter((name) => name !== lanes), lanes!] : names)];
  const extent = (inLanes && position.stretches.get(lanes!)?.extent) || 1;
  return pointsOf(axes, position, (axis) => (inLanes && axis === lanes ? vector : 1)).map((offsets) => ({
    offsets,
    width: inLanes ? vector : 1,
    count: inLanes ? Math.min(vector, extent - offsets.get(lanes!)!) : 1,
  }));
}

const assign = (tile: Tile): Code =>
  block(
    tile.elements.map((element) => {
      const site: Site = { position: tile.position, offsets: element.offsets, width: element.width };
      const value = lower(tile.piece.parts[0]!.value, site, tile.tiling, tile.registers.values);
      return finishing(tile, element, value);
    }),
    tile.registers,
    innermostLoop(tile.position),
  );

/** The store of an element: `finish` of what was accumulated. */
function finishing({ piece, tiling, position, registers }: Tile, element: Element, accumulated: Value): Action {
  const { tensor, index } = piece.target;
  const site: Site = { position, offsets: element.offsets, width: element.width, accumulated };
  return {
    kind: 'store',
    operand: tiling.operandOf(tensor),
    at: offsetOf(indexAt(index, site), tiling.views.get(tensor)!, position.loops),
    value: lower(piece.finish, site, tiling, registers.values),
    count: element.count,
  };
}

function reduce(tile: Tile, combine: Exclude<Combine, 'set'>): Code {
  const { piece, tiling, elements, registers } = tile;
  const transform = transforming(tile);
  if (transform) return transform;
  const { wide, narrow } = splitLanes(piece, tiling);
  const code: Code[] = [];
  if (wide.length > 0) {
    code.push(
      accumulate(tile, combine, wide, tiling.vector, false),
      sequence([{ statements: across(elements, combine, tiling.vector), hoisted: new Map() }]),
    );
  }
  const width = elements[0]!.width;
  code.push(accumulate(tile, combine, narrow, width, wide.length > 0));
  const finish = elements.map((element, n) => finishing(tile, element, accumulator(n, width, registers.values)));
  code.push(block(finish, registers, innermostLoop(tile.position)));
  return sequence(code);
}

/** The whole tile in stages, where it is a sum with constant matrices in a single block. */
function transforming(tile: Tile): Code | undefined {
  const { piece, tiling, elements, registers } = tile;
  const [part, ...more] = piece.parts;
  if (!part || more.length > 0 || !isStraight(part, tiling.order)) return undefined;
  const position = start(part.axes, tile.position);
  const transform = recogniseTransform(piece, part, tiling, position);
  if (!transform) return undefined;
  const rows = new Set(transform.matrices.flatMap((matrix) => matrix.rows));
  const groups = new Map<string, Element[]>();
  for (const element of elements) {
    const key = [...element.offsets].filter(([axis]) => !rows.has(axis)).join();
    groups.set(key, [...(groups.get(key) ?? []), element]);
  }
  const actions = [...groups.values()].flatMap((group): Action[] => {
    const others = new Map([...group[0]!.offsets].filter(([axis]) => !rows.has(axis)));
    const { width } = group[0]!;
    const { actions, valueAt } = transformed(transform, others, width, position, tiling, registers.values);
    return [...actions, ...group.map((element) => finishing(tile, element, valueAt(element.offsets)))];
  });
  return block(actions, registers, innermostLoop(position));
}

/** Where the lanes run along the reduction: whole vectors first, then what is left as plain numbers. */
function splitLanes(piece: Piece, { lanes, vector }: Tiling): { wide: Part[]; narrow: readonly Part[] } {
  if (lanes === undefined || piece.axes.some((axis) => axis.name === lanes)) return { wide: [], narrow: piece.parts };
  const wide: Part[] = [];
  const narrow: Part[] = [];
  for (const part of piece.parts) {
    const extent = part.axes.find((axis) => axis.name === lanes)?.extent ?? 0;
    const whole = extent - (extent % vector);
    if (whole > 0) wide.push(clipPart(part, lanes, { low: 0, extent: whole }));
    if (whole === 0) narrow.push(part);
    else if (whole < extent) narrow.push(clipPart(part, lanes, { low: whole, extent: extent - whole }));
  }
  return { wide, narrow };
}

/** All parts into one register an element; `open` where the registers already hold something. */
function accumulate(
  tile: Tile,
  combine: Exclude<Combine, 'set'>,
  parts: readonly Part[],
  width: Width,
  open: boolean,
): Code {
  const { values } = tile.registers;
  const identity = values.constant(identityOf[combine], width);
  const straight = !open && parts[0] !== undefined && isStraight(parts[0], tile.tiling.order);
  const opening: Statement[] = tile.elements.map((_, n) => ({
    kind: 'set',
    register: nameOf(n, width),
    value: identity,
  }));
  return sequence([
    { statements: open || straight ? [] : opening, hoisted: new Map() },
    ...parts.map((part, n) => reducePart(tile, combine, part, width, straight && n === 0)),
  ]);
}

/** Whether a part unrolls into a single block. */
const isStraight = (part: Part, order: Order): boolean =>
  part.axes.every(({ name, extent }) => {
    const steps = order.filter(([axis]) => axis === name).map(([, step]) => step);
    return extent === 1 || (steps.length > 0 && steps.every((step) => step >= extent));
  });

function reducePart(tile: Tile, combine: Exclude<Combine, 'set'>, part: Part, width: Width, opening: boolean): Code {
  const { tiling, registers } = tile;
  const order = tiling.order.filter(([axis]) => part.axes.some(({ name }) => name === axis));
  const axes = [...new Set(order.map(([axis]) => axis))];
  const step = (axis: string): number => (axis === tiling.lanes ? width : 1);
  return loopsOver(order, start(part.axes, tile.position), (position) => {
    const points = pointsOf(axes, position, step);
    return block(
      contributions(tile, combine, part, width, opening, position, points),
      registers,
      innermostLoop(position),
    );
  });
}

function contributions(
  { elements, registers: { values }, tiling }: Tile,
  combine: Exclude<Combine, 'set'>,
  part: Part,
  width: Width,
  opening: boolean,
  position: Position,
  points: readonly ReadonlyMap<string, number>[],
): Action[] {
  const identity = values.constant(identityOf[combine], width);
  const opened = new Set<number>();
  const actions: Action[] = [];
  for (const point of points) {
    for (const [n, element] of elements.entries()) {
      const offsets = new Map([...element.offsets, ...point]);
      const value = lower(part.value, { position, offsets, width }, tiling, values);
      if (value === identity) continue;
      const first = opening && !opened.has(n);
      opened.add(n);
      actions.push({
        kind: 'set',
        register: nameOf(n, width),
        value: first ? value : combined(n, width, combine, value),
      });
    }
  }
  const missing = elements.flatMap((_, n): Action[] =>
    opening && !opened.has(n) ? [{ kind: 'set', register: nameOf(n, width), value: identity }] : [],
  );
  return [...missing, ...actions];
}

/** Not shared with equal values: the register changes in between. */
const combined = (n: number, width: Width, combine: Exclude<Combine, 'set'>, value: Value): Value => ({
  kind: 'apply',
  function: combining[combine],
  arguments: [{ kind: 'register', name: nameOf(n, width), width }, value],
});

/** The lanes of each accumulator become one number, in pairs: (a + b) + (c + d). */
const across = (elements: readonly Element[], combine: Exclude<Combine, 'set'>, width: Width): Statement[] =>
  elements.map((_, n) => {
    const of: Value = { kind: 'register', name: nameOf(n, width), width };
    let parts = Array.from({ length: width }, (_, index): Value => ({ kind: 'extract', of, index }));
    while (parts.length > 1) {
      parts = Array.from({ length: Math.ceil(parts.length / 2) }, (_, pair): Value => {
        const [a, b] = [parts[2 * pair]!, parts[2 * pair + 1]];
        return b ? { kind: 'apply', function: combining[combine], arguments: [a, b] } : a;
      });
    }
    return { kind: 'set', register: nameOf(n, 1), value: parts[0]! };
  });

const accumulator = (n: number, width: Width, values: Values): Value => values.register(nameOf(n, width), width);

const nameOf = (n: number, width: Width): string => registerName('a', n, { kind: 'constant', value: 0, width });
