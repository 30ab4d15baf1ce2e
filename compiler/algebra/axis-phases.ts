// The phases of one scattered axis: which outputs are written together, and which inputs and taps they sum.
//
//   outputs o with (o + p) mod s = r   are reached by the taps k0, k0 + S, … only
//
// where g = gcd(s, d), S = s/g, D = d/g, k0 = (r/g)·D⁻¹ mod S, q = (r − k0·d)/s. Usually a sum walks the taps. Where the kernel
// is much longer than the input, nearly every output would have taps of its own, and the sum walks the input instead:
//
//   taps    out[s·m + r]           += in[m + q − D·t]  · kernel[k0 + S·t]           t < T
//   input   out[s·(D·m + ρ) + r]   += in[D·x + σ]      · kernel[k0 + S·(m + e − x)]  σ + D·e = ρ + q, a statement for each ρ < D
import { ceilDivide, floorDivide, greatestCommonDivisor, inverseModulo, modulo } from './integers.ts';

/** A target axis reached through two iteration axes: stride·source + dilation·tap − before; without a tap there is one. */
export interface ScatteredAxis {
  /** The position in the target's index. */
  readonly dimension: number;
  readonly source: string;
  /** Values of the source axis. */
  readonly input: number;
  readonly stride: number;
  readonly tap?: { readonly axis: string; readonly dilation: number; readonly extent: number };
  readonly before: number;
  /** The target's size on this axis. */
  readonly output: number;
}

/** An index: start + each·m + step·t + copy·r, for the m-th output, the t-th summand and the r-th of alike phases. */
export interface Walk {
  readonly start: number;
  readonly each: number;
  readonly step: number;
  readonly copy: number;
}

export interface AxisPhase {
  /** Outputs m < count. */
  readonly count: number;
  /** Summands t < summands; none where no tap reaches the phase. */
  readonly summands: number;
  /** Phases r < copies that differ by a constant step only. */
  readonly copies: number;
  readonly target: Walk;
  readonly source: Walk;
  readonly tap: Walk;
}

/** A kernel this long that is longer than its input is walked by the input. */
const longKernel = 16;

const still: Walk = { start: 0, each: 0, step: 0, copy: 0 };

/** Every phase with an output, by residue; neighbouring residues that no tap reaches are one. */
export function phasesOfAxis(axis: ScatteredAxis): AxisPhase[] {
  const { stride, before, output } = axis;
  const { dilation, extent } = axis.tap ?? { dilation: stride, extent: 1 };
  const divisor = greatestCommonDivisor(stride, dilation);
  const tapStep = stride / divisor;
  const inverse = inverseModulo(dilation / divisor, tapStep);
  // Neighbours have as many outputs as each other, but for where the output begins and ends.
  const cuts = [modulo(before, stride), modulo(output - 1 + before, stride) + 1];
  const residues = reachedResidues(stride, dilation, Math.min(tapStep, extent));
  return withGaps(residues, stride, cuts)
    .flatMap(({ at, length, gap }) => {
      if (gap) return [idlePhase(axis, at, length)];
      return reachedPhases(axis, at, modulo((at / divisor) * inverse, tapStep), divisor);
    })
    .filter(({ count }) => count > 0);
}

/** 0 … size − 1 as the given values, which ascend, and the runs between them; runs are cut at `cuts` too. */
function withGaps(values: readonly number[], size: number, cuts: readonly number[]) {
  const result: { at: number; length: number; gap: boolean }[] = [];
  let next = 0;
  const skipTo = (end: number): void => {
    for (const cut of [...cuts, end].sort((a, b) => a - b)) {
      if (cut <= next || cut > end) continue;
      result.push({ at: next, length: cut - next, gap: true });
      next = cut;
    }
  };
  for (const at of values) {
    skipTo(at);
    result.push({ at, length: 1, gap: false });
    next = at + 1;
  }
  skipTo(size);
  return result;
}

/** Residues of the first taps, ascending: later taps come to the same ones. */
function reachedResidues(stride: number, dilation: number, taps: number): number[] {
  const residues = Array.from({ length: taps }, (_, tap) => modulo(tap * dilation, stride));
  return residues.sort((a, b) => a - b);
}

/** The outputs of a residue: `start + stride·m`, m < count; `lowest` is the first m before the output was cut at its head. */
function outputsOf({ stride, before, output }: ScatteredAxis, residue: number) {
  const lowest = ceilDivide(before - residue, stride);
  const count = floorDivide(output - 1 + before - residue, stride) - lowest + 1;
  return { lowest, count, start: residue - before + stride * lowest };
}

function idlePhase(axis: ScatteredAxis, residue: number, copies: number): AxisPhase {
  const { count, start } = outputsOf(axis, residue);
  const target = { start, each: axis.stride, step: 0, copy: copies > 1 ? 1 : 0 };
  return { count, summands: 0, copies, target, source: still, tap: still };
}

function reachedPhases(axis: ScatteredAxis, residue: number, tapStart: number, divisor: number): AxisPhase[] {
  const { stride, input } = axis;
  const { dilation, extent } = axis.tap ?? { dilation: stride, extent: 1 };
  const [tapStep, sourceStep] = [stride / divisor, dilation / divisor];
  const { lowest, count, start } = outputsOf(axis, residue);
  const taps = ceilDivide(extent - tapStart, tapStep);
  const sourceStart = (residue - tapStart * dilation) / stride + lowest;
  const byTaps: AxisPhase = {
    count,
    summands: taps,
    copies: 1,
    target: { start, each: stride, step: 0, copy: 0 },
    source: { start: sourceStart, each: 1, step: -sourceStep, copy: 0 },
    tap: { start: tapStart, each: 0, step: tapStep, copy: 0 },
  };
  if (taps <= longKernel || taps <= input) return [byTaps];
  const shifts = Array.from({ length: Math.min(input, sourceStep) }, (_, x) => modulo(x - sourceStart, sourceStep));
  const sorted = shifts.filter((shift) => shift < count).sort((a, b) => a - b);
  return withGaps(sorted, Math.min(sourceStep, count), [count % sourceStep]).map(({ at, length, gap }) =>
    gap ? idleShifts(byTaps, at, length) : byInput(byTaps, at, input),
  );
}

/** The outputs of a phase at some distance from each other, summed over the inputs that reach them. */
function byInput({ count, target, source, tap }: AxisPhase, shift: number, input: number): AxisPhase {
  const every = -source.step;
  const first = modulo(shift + source.start, every);
  const skipped = floorDivide(shift + source.start, every);
  return {
    count: ceilDivide(count - shift, every),
    summands: ceilDivide(input - first, every),
    copies: 1,
    target: { start: target.start + target.each * shift, each: target.each * every, step: 0, copy: 0 },
    source: { start: first, each: 0, step: every, copy: 0 },
    tap: { start: tap.start + tap.step * skipped, each: tap.step, step: -tap.step, copy: 0 },
  };
}

/** Outputs of a phase that no input reaches, however its taps lie. */
function idleShifts({ count, target, source }: AxisPhase, shift: number, copies: number): AxisPhase {
  const every = -source.step;
  return {
    count: ceilDivide(count - shift, every),
    summands: 0,
    copies,
    target: {
      start: target.start + target.each * shift,
      each: target.each * every,
      step: 0,
      copy: copies > 1 ? target.each : 0,
    },
    source: still,
    tap: still,
  };
}

/**
 * Phases that differ by a constant step only become one with an axis for them.
 *
 *   out[9·m] += in[m] · kernel[0], out[9·m + 1] += in[m] · kernel[1], …   →   out[9·m + r] += in[m] · kernel[r]
 */
export function mergeAlike(phases: readonly AxisPhase[]): AxisPhase[] {
  const alike = new Map<string, AxisPhase[]>();
  for (const phase of phases) {
    const { count, summands, copies, target, source, tap } = phase;
    const form = [target, source, tap].flatMap(({ each, step, copy }) => [each, step, copy]);
    const key = [count, summands, copies, ...form].join();
    alike.set(key, [...(alike.get(key) ?? []), phase]);
  }
  return [...alike.values()].flatMap((group) => (group[0]!.copies > 1 ? group : progressions(group)));
}

/** The maximal runs of a constant step, found in the order of their taps. */
function progressions(group: readonly AxisPhase[]): AxisPhase[] {
  const ordered = group.toSorted((a, b) => a.tap.start - b.tap.start || a.target.start - b.target.start);
  const result: AxisPhase[] = [];
  for (let at = 0; at < ordered.length; ) {
    const first = ordered[at]!;
    const steps = stepsBetween(first, ordered[at + 1] ?? first);
    let copies = 1;
    while (at + copies < ordered.length) {
      const next = stepsBetween(ordered[at + copies - 1]!, ordered[at + copies]!);
      if (next.some((step, n) => step !== steps[n])) break;
      copies++;
    }
    const [target, source, tap] = copies > 1 ? steps : [0, 0, 0];
    result.push({
      ...first,
      copies,
      target: { ...first.target, copy: target! },
      source: { ...first.source, copy: source! },
      tap: { ...first.tap, copy: tap! },
    });
    at += copies;
  }
  return result;
}

const stepsBetween = (a: AxisPhase, b: AxisPhase): number[] => [
  b.target.start - a.target.start,
  b.source.start - a.source.start,
  b.tap.start - a.tap.start,
];
