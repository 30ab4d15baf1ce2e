// allocate: every value of the run gets a window on one arena. Views first (concat, reshape, in-place), then halos, then
// lifetimes, then offsets. Borders that share memory with other buffers are cleared before they are needed.
import { failure, type Result, success } from '../../../dsl/problem.ts';
import { Affine } from '../../algebra/affine.ts';
import { accumulated, constant, type TensorExpression } from '../../algebra/expression.ts';
import type { Program } from '../../program/program.ts';
import { preparedValues, readValues, writtenValues } from '../../program/usage.ts';
import type { Machine } from '../../scheduling/machine.ts';
import { denseStrides, denseView, paddedShape, type View } from '../../tiler/view.ts';
import { arenaProblem } from '../limits.ts';
import type { Pass, PassOptions } from '../pass.ts';
import type { Allocated, Packed } from '../stages.ts';
import type { Allocation, Clear } from './allocation.ts';
import { type Fit, fitBuffers, type Request } from './fit.ts';
import { lifetimes } from './lifetimes.ts';
import { type Margin, margins } from './margins.ts';
import { findPlaces, type Places } from './places.ts';

export const allocate = {
  name: 'allocate',
  about: 'Every value of the run gets a view on one arena, shared with those that are not alive at the same time.',
  from: 'packed',
  to: 'allocated',
  /** Problem: `memory/arena`. */
  run(packed: Packed, { machine }: Pick<PassOptions, 'machine'>): Result<Allocated> {
    const allocation = allocationOf(packed.program, machine);
    const tooLarge = arenaProblem(allocation);
    return tooLarge ? failure([tooLarge]) : success({ ...packed, allocation });
  },
} as const satisfies Pass<'packed', 'allocated'>;

export function allocationOf(program: Program, machine: Machine): Allocation {
  const stored = storedValues(program);
  const places = findPlaces(program, stored);
  const halos = machine.halos ? margins(program, places) : new Map<string, Margin[]>();
  const lives = lifetimes(program, places);
  const owners = [...lives.keys()];
  const layouts = new Map(owners.map((id) => [id, layout(program.values.get(id)!.shape, halos.get(id))]));
  const requests: Request[] = owners.map((id) => ({ id, size: layouts.get(id)!.size, life: lives.get(id)! }));
  const fitted = fitBuffers(requests);
  const views = new Map<string, View>();
  for (const id of stored) views.set(id, windowOf(program, places, id, layouts, fitted));
  const shared = sharedBuffers(requests, fitted);
  const clears = owners
    .filter((id) => shared.has(id))
    .flatMap((id) => clearsOf(id, layouts.get(id)!, Math.max(lives.get(id)!.first, 0), fitted.offsets.get(id)!));
  return { views, elided: places.elided, clears, size: fitted.size, lowerBound: fitted.lowerBound };
}

/** What lives in the arena: all that is read or written at each call and not known at build time. */
function storedValues(program: Program): Set<string> {
  const prepared = preparedValues(program);
  const touched = program.steps.flatMap((step) => [...writtenValues(step), ...readValues(step)]);
  const outputs = program.outputs.map(({ value }) => value);
  return new Set([...program.inputs, ...touched, ...outputs].filter((id) => !prepared.has(id)));
}

interface Layout {
  readonly shape: readonly number[];
  readonly margin: readonly Margin[];
  readonly strides: readonly number[];
  readonly size: number;
}

function layout(shape: readonly number[], margin: readonly Margin[] = shape.map(() => [0, 0] as const)): Layout {
  const padded = paddedShape(shape, margin);
  return { shape, margin, strides: denseStrides(padded), size: padded.reduce((product, size) => product * size, 1) };
}

function windowOf(
  program: Program,
  places: Places,
  id: string,
  layouts: ReadonlyMap<string, Layout>,
  fitted: Fit,
): View {
  const { root, offset } = places.of.get(id)!;
  const { shape, margin, strides } = layouts.get(root)!;
  const start = fitted.offsets.get(root)!;
  const own = program.values.get(id)!.shape;
  if (offset === undefined) return denseView('arena', start, own);
  const base = start + strides.reduce((sum, stride, n) => sum + stride * (margin[n]![0] + offset[n]!), 0);
  const whole = (n: number): boolean => offset[n] === 0 && own[n] === shape[n];
  return {
    memory: 'arena',
    base,
    axes: strides.map((stride) => ({ stride })),
    margins: margin.map((pair, n) => (whole(n) ? pair : ([0, 0] as const))),
  };
}

/** Buffers whose memory others use too, at other times: lives that overlap never share. */
function sharedBuffers(requests: readonly Request[], { offsets }: Fit): Set<string> {
  const boxes = requests.map(({ id, size }) => ({ id, from: offsets.get(id)!, to: offsets.get(id)! + size }));
  const shared = new Set<string>();
  // Of those that begin before a buffer, the one that reaches farthest decides for it, and it for the farthest.
  let farthest: (typeof boxes)[number] | undefined;
  for (const box of boxes.sort((a, b) => a.from - b.from)) {
    if (farthest && box.from < farthest.to) shared.add(box.id).add(farthest.id);
    if (!farthest || box.to > farthest.to) farthest = box;
  }
  return shared;
}

/** A border of an owner stays zero by itself where no other buffer ever uses its memory. */
function clearsOf(id: string, { shape, margin, strides }: Layout, before: number, start: number): Clear[] {
  if (margin.every(([low, high]) => low === 0 && high === 0)) return [];
  return strips(shape, margin).map(({ from, to }) => {
    const box = to.map((end, n) => end - from[n]!);
    const base = start + strides.reduce((sum, stride, n) => sum + stride * from[n]!, 0);
    const view: View = {
      memory: 'arena',
      base,
      axes: strides.map((stride) => ({ stride })),
      margins: shape.map(() => [0, 0] as const),
    };
    const names = box.map((_, n) => `a${n}`);
    const expression: TensorExpression = {
      axes: names.map((name, n) => ({ name, extent: box[n]! })),
      target: { tensor: 'border', index: names.map((name) => Affine.axis(name)) },
      combine: 'set',
      value: constant(0),
      finish: accumulated,
      scatter: false,
    };
    return { before, value: id, expression, view, shape: box };
  });
}

/** The border as boxes in padded coordinates that do not overlap: for each axis, before and after what is left inside. */
function strips(shape: readonly number[], margin: readonly Margin[]): { from: number[]; to: number[] }[] {
  const boxes: { from: number[]; to: number[] }[] = [];
  const inner = shape.map((size, n) => ({ from: margin[n]![0], to: margin[n]![0] + size }));
  const whole = shape.map((size, n) => ({ from: 0, to: size + margin[n]![0] + margin[n]![1] }));
  for (let axis = 0; axis < shape.length; axis++) {
    const span = (n: number): { from: number; to: number } => (n < axis ? inner[n]! : whole[n]!);
    for (const [from, to] of [
      [0, inner[axis]!.from],
      [inner[axis]!.to, whole[axis]!.to],
    ] as const) {
      if (from === to) continue;
      boxes.push({
        from: shape.map((_, n) => (n === axis ? from : span(n).from)),
        to: shape.map((_, n) => (n === axis ? to : span(n).to)),
      });
    }
  }
  return boxes;
}
