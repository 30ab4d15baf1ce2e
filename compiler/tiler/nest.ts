// The tiler's door: a tensor expression, the views of its tensors and a schedule become loops.
//
//   nest(out[y, x, f] += in[y + i − 1, x + j − 1, c] · kernel[i, j, c, f], f/8 y x/4 i j c)
//     → pieces (interior and borders) → one nest each → statements in sequence
import { Affine } from '../algebra/affine.ts';
import { type Axis, mapReads, readsOf, type Scalar, type TensorExpression } from '../algebra/expression.ts';
import type { Machine, Schedule } from '../scheduling/machine.ts';
import type { Shape } from '../tensor.ts';
import { settled } from './code.ts';
import { collapse, flatten, readsOfPiece } from './collapse.ts';
import { fitSchedule, levelsOf } from './fit-schedule.ts';
import { nowhere, type Position } from './levels.ts';
import type { LoopNest, Statement } from './loop.ts';
import { constantAt } from './lower.ts';
import { conditionsOf, type Piece, piecesOf, wholePiece } from './pieces.ts';
import type { Room } from './room.ts';
import { type Run, runsOf } from './runs.ts';
import { tile } from './tile.ts';
import type { View } from './view.ts';

/** The tiler's knowledge of the tensors of an expression, by name. */
export interface Surroundings {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly views: ReadonlyMap<string, View>;
  /** Row-major values of tensors known at compile time; reads of them at fixed places become numbers in the code. */
  readonly constants: ReadonlyMap<string, readonly number[]>;
  readonly machine: Machine;
  /** What is left of the network's code; once it is full, loops may be missing. */
  readonly room?: Room;
}

/** A loop nest without a name; an operand's name is the tensor's, its base at a call is `views.get(name).base`. */
export interface NestBody {
  readonly operands: LoopNest['operands'];
  readonly body: readonly Statement[];
}

/** An expression and how it is to be looped. */
export interface Scheduled {
  readonly expression: TensorExpression;
  readonly schedule: Schedule;
}

/** The loops of one owned expression (`scatter` false). */
export function buildNest(expression: TensorExpression, schedule: Schedule, surroundings: Surroundings): NestBody {
  surroundings.room?.begin();
  const operands = new Operands(surroundings.views);
  return { body: statementsOf({ expression, schedule }, surroundings, operands, []), operands: operands.list() };
}

/**
 * The loops of expressions that run one after the other for each value of an outer axis, which their indices may use.
 * Where a border makes some iterations different, the outer loop is cut there.
 */
export function nestBlocked(axis: Axis, steps: readonly Scheduled[], surroundings: Surroundings): NestBody {
  surroundings.room?.begin();
  const operands = new Operands(surroundings.views);
  const body = outerRuns(axis, steps, surroundings).flatMap((run): Statement[] => {
    const outer = { name: axis.name, extent: run.extent };
    const inner = steps.flatMap(({ expression, schedule }) => {
      const clipped = clipOuter(expression, axis.name, run);
      return statementsOf({ expression: clipped, schedule }, surroundings, operands, run.extent > 1 ? [outer] : []);
    });
    return run.extent > 1 ? [{ kind: 'for', variable: outer.name, extent: outer.extent, body: inner }] : inner;
  });
  return { body, operands: operands.list() };
}

/** Where the outer axis must be cut so that within a run every iteration has the same pieces. */
function outerRuns(axis: Axis, steps: readonly Scheduled[], surroundings: Surroundings): Run[] {
  const starts = new Set<number>([0]);
  for (const { expression } of steps) {
    const piece = wholePiece(expression);
    const size = surroundings.shapes.get(piece.target.tensor)!;
    const conditions = [
      ...piece.target.index.map((index, n) => ({ index, low: 0, high: size[n]! - 1 })),
      ...[...piece.parts.map((part) => part.value), piece.finish]
        .flatMap(readsOf)
        .flatMap((read) => conditionsOf(read, surroundings)),
    ];
    for (const condition of conditions) {
      if (!condition.index.dependsOn(axis.name)) continue;
      for (const run of runsOf(condition, axis.name, [axis, ...expression.axes])) starts.add(run.low);
    }
  }
  const cuts = [...starts].sort((a, b) => a - b);
  return cuts.map((low, n) => ({ low, extent: (cuts[n + 1] ?? axis.extent) - low }));
}

function clipOuter(expression: TensorExpression, axis: string, { low, extent }: Run): TensorExpression {
  const moved = new Map([[axis, extent > 1 ? Affine.axis(axis).plus(low) : Affine.constant(low)]]);
  const affine = (index: Affine): Affine => index.substitute(moved, new Map([[axis, extent]]));
  const scalar = (value: Scalar): Scalar => mapReads(value, (read) => ({ ...read, index: read.index.map(affine) }));
  return {
    ...expression,
    target: { ...expression.target, index: expression.target.index.map(affine) },
    value: scalar(expression.value),
    finish: scalar(expression.finish),
  };
}

function statementsOf(
  { expression, schedule }: Scheduled,
  surroundings: Surroundings,
  operands: Operands,
  outer: readonly Axis[],
): readonly Statement[] {
  const statements: Statement[] = [];
  for (const piece of piecesOf(expression, surroundings, outer)) {
    const code = pieceStatements(piece, schedule, surroundings, operands, outer);
    statements.push(...code);
    if (surroundings.room?.take(code) === false) break;
  }
  return statements;
}

function pieceStatements(
  whole: Piece,
  schedule: Schedule,
  { shapes, views: given, constants, machine }: Surroundings,
  operands: Operands,
  outer: readonly Axis[],
): readonly Statement[] {
  // A computed place is one along an axis, so that axes are kept.
  const computed = new Set(readsOfPiece(whole).flatMap((read) => (read.computed ? [read.tensor] : [])));
  const flat = flatten(whole, given, { has: (tensor) => constants.has(tensor) || computed.has(tensor) });
  const { views } = flat;
  const { piece, order } = collapse(flat.piece, levelsOf(flat.piece, schedule));
  const fitted = fitSchedule(piece, { ...schedule, order }, views, machine);
  const around: Position = { ...nowhere, loops: new Map(outer.map(({ name, extent }) => [name, extent])) };
  const reductions = fitted.order.filter(([axis]) => !piece.axes.some(({ name }) => name === axis));
  const code = tile(piece, {
    order: fitted.order,
    lanes: fitted.lanes,
    vector: machine.lanes,
    laneSource: schedule.splat === 'lane' ? reductions.at(-1)?.[0] : undefined,
    views,
    around,
    registers: machine.registers,
    operandOf: (tensor) => operands.numberOf(tensor),
    numberAt: (tensor, index) => {
      const data = constants.get(tensor);
      return data && constantAt(data, shapes.get(tensor)!, index);
    },
  });
  operands.write(whole.target.tensor);
  return settled(code);
}

/** Numbers the tensors that the code touches, in order of first use. */
class Operands {
  private readonly views: ReadonlyMap<string, View>;
  private readonly names: string[] = [];
  private readonly written = new Set<string>();

  constructor(views: ReadonlyMap<string, View>) {
    this.views = views;
  }

  numberOf(tensor: string): number {
    const known = this.names.indexOf(tensor);
    return known >= 0 ? known : this.names.push(tensor) - 1;
  }

  write(tensor: string): void {
    this.written.add(tensor);
  }

  list(): LoopNest['operands'] {
    return this.names.map((name) => {
      const { memory, element } = this.views.get(name)!;
      return { name, memory, ...(element && { element }), written: this.written.has(name) };
    });
  }
}
