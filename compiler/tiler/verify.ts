// Checks a loop nest before anybody runs it: registers are set before use and keep one width, widths agree, and every access
// stays within its view, halo included, for every iteration of the loops.
import type { Shape } from '../tensor.ts';
import { type LoopNest, type Statement, type Value, type Width, widthOf } from './loop.ts';
import type { View } from './view.ts';

/** Offsets from an operand's base that may be touched: `low ≤ offset < high`, reads and writes apart. */
export interface Bounds {
  readonly read: readonly [low: number, high: number];
  readonly write: readonly [low: number, high: number];
}

/** Faults of a loop nest, each a sentence. */
export function verifyNest(nest: Pick<LoopNest, 'operands' | 'body'>, bounds: readonly Bounds[]): string[] {
  const verifier = new Verifier(nest.operands, bounds);
  verifier.statements(nest.body);
  return verifier.faults;
}

/** The same, with the bounds that the views of the operands give. */
export function verifyInViews(
  nest: Pick<LoopNest, 'operands' | 'body'>,
  tensors: { readonly shapes: ReadonlyMap<string, Shape>; readonly views: ReadonlyMap<string, View> },
): string[] {
  return verifyNest(
    nest,
    nest.operands.map(({ name }) => boundsOf(tensors.views.get(name)!, tensors.shapes.get(name)!)),
  );
}

export function boundsOf(view: View, shape: Shape): Bounds {
  const whole = shape.map((size) => [0, size - 1] as const);
  const halo = view.margins.map(([before, after], n) => [-before, shape[n]! - 1 + after] as const);
  return { read: reach(view, halo), write: reach(view, whole) };
}

function reach(view: View, box: readonly (readonly [low: number, high: number])[]): [number, number] {
  let low = 0;
  let high = 1;
  for (const [n, { stride, block }] of view.axes.entries()) {
    const [first, last] = box[n]!;
    if (block) {
      high += Math.floor(last / block) * stride + block - 1;
    } else {
      low += Math.min(first * stride, last * stride);
      high += Math.max(first * stride, last * stride);
    }
  }
  return [low, high];
}

class Verifier {
  readonly faults: string[] = [];
  private readonly operands: LoopNest['operands'];
  private readonly bounds: readonly Bounds[];
  private readonly loops = new Map<string, number>();
  private readonly widths = new Map<string, Width>();

  constructor(operands: LoopNest['operands'], bounds: readonly Bounds[]) {
    this.operands = operands;
    this.bounds = bounds;
  }

  statements(body: readonly Statement[]): void {
    for (const statement of body) this.statement(statement);
  }

  private statement(statement: Statement): void {
    switch (statement.kind) {
      case 'for':
        if (this.loops.has(statement.variable)) this.faults.push(`${statement.variable} counts two loops at once`);
        if (statement.extent < 1) this.faults.push(`the loop over ${statement.variable} has no turn`);
        this.loops.set(statement.variable, statement.extent);
        this.statements(statement.body);
        this.loops.delete(statement.variable);
        return;
      case 'set': {
        this.value(statement.value);
        const width = widthOf(statement.value);
        const before = this.widths.get(statement.register) ?? width;
        if (before !== width)
          this.faults.push(`${statement.register} has width ${before} and is set to width ${width}`);
        this.widths.set(statement.register, before);
        return;
      }
      case 'store': {
        this.value(statement.value);
        const { operand, count } = statement;
        if (count < 1 || count > widthOf(statement.value))
          this.faults.push(`${count} lanes are stored of a narrower value`);
        if (!this.operands[operand]?.written)
          this.faults.push(`operand ${operand} is stored to and not declared written`);
        if (this.operands[operand]?.element) this.faults.push(`operand ${operand} is stored to and not of float32`);
        this.access(operand, statement.at, count, 'write');
      }
    }
  }

  private value(value: Value): void {
    switch (value.kind) {
      case 'constant':
        return;
      case 'register': {
        const width = this.widths.get(value.name);
        if (width === undefined) this.faults.push(`${value.name} is read before it is set`);
        else if (width !== value.width) this.faults.push(`${value.name} has width ${width}, not ${value.width}`);
        return;
      }
      case 'load':
        this.access(value.operand, value.at, value.width, 'read');
        return;
      case 'splat':
        this.access(value.operand, value.at, 1, 'read');
        return;
      case 'gather': {
        for (const { value: index, extent } of value.indices) {
          this.value(index);
          if (widthOf(index) !== 1) this.faults.push('a place is computed in a vector');
          if (extent < 1) this.faults.push('a place is computed on an axis without any');
        }
        // Wherever it is clamped to.
        for (const end of [0, 1]) {
          const move = value.indices.reduce((sum, { stride, extent }) => sum + end * stride * (extent - 1), 0);
          this.access(value.operand, value.at.plus(move), 1, 'read');
        }
        return;
      }
      case 'lane':
      case 'extract':
        this.value(value.of);
        if (widthOf(value.of) === 1 || value.index < 0 || value.index >= widthOf(value.of))
          this.faults.push(`no lane ${value.index}`);
        return;
      case 'apply': {
        value.arguments.forEach((part) => void this.value(part));
        if (new Set(value.arguments.map(widthOf)).size > 1) this.faults.push(`${value.function} of unequal widths`);
      }
    }
  }

  private access(
    operand: number,
    at: Extract<Value, { kind: 'load' }>['at'],
    count: number,
    what: 'read' | 'write',
  ): void {
    const [low, high] = this.bounds[operand]![what];
    const [first, last] = at.range(this.loops);
    // All lanes but the first may be read beyond the end.
    const end = last + (what === 'read' ? 1 : count);
    if (first >= low && end <= high) return;
    this.faults.push(`${what} of ${this.operands[operand]!.name} at ${at}: ${first} … ${end} leaves ${low} … ${high}`);
  }
}
