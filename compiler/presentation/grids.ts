// A window over one or two axes as grids of cells, as the textbooks draw it.
//
//   forward       padded input with the taps of the first window  →  output
//   transposed    input  →  zeros inserted and padded, with the taps of the first window  →  output
import type { AxisRecord } from '../operators/operator.ts';

export type Fill = 'value' | 'padding' | 'zero' | 'result' | 'first';

export interface Cell {
  readonly fill: Fill;
  /** Whether the kernel at its first place reads it. */
  readonly tap: boolean;
}

const plain = (fill: Fill): Cell => ({ fill, tap: false });

export interface Grid {
  readonly title: string;
  /** Rows of cells; one axis is one row. */
  readonly cells: readonly (readonly Cell[])[];
}

/** What stands at a position along one axis. */
type Along = 'value' | 'padding' | 'zero';

export function gridsOf(axes: readonly AxisRecord[]): Grid[] {
  const sizes = (of: (axis: AxisRecord) => number): string => axes.map(of).join('×');
  const output: Grid = {
    title: `output ${sizes(({ output }) => output)}`,
    cells: fill(
      axes.map(({ output }) => output),
      (at) => plain(at.every((place) => place === 0) ? 'first' : 'result'),
    ),
  };
  const transposed = axes.some(({ direction }) => direction === 'transposed');
  const spread = axes.map(transposed ? insertedAxis : paddedAxis);
  const reached = axes.map(
    ({ kernel, dilation }) => new Set(Array.from({ length: kernel }, (_, tap) => tap * dilation)),
  );
  const window: Grid = {
    title: `${transposed ? 'zeros inserted' : 'padded input'} ${spread.map(({ length }) => length).join('×')}`,
    cells: fill(
      spread.map(({ length }) => length),
      (at) => ({ fill: combined(at, spread), tap: at.every((place, axis) => reached[axis]!.has(place)) }),
    ),
  };
  if (!transposed) return [window, output];
  const input: Grid = {
    title: `input ${sizes(({ input }) => input)}`,
    cells: fill(
      axes.map(({ input }) => input),
      () => plain('value'),
    ),
  };
  return [input, window, output];
}

/** Padding wins over zeros, zeros over values. */
function combined(at: readonly number[], spread: readonly (readonly Along[])[]): Fill {
  const along = at.map((place, axis) => spread[axis]![place]!);
  return along.includes('padding') ? 'padding' : along.includes('zero') ? 'zero' : 'value';
}

/** Negative padding crops. */
function paddedAxis({ input, before, after }: AxisRecord): Along[] {
  const length = input + before + after;
  return Array.from({ length }, (_, at) => (at < before || at >= before + input ? 'padding' : 'value'));
}

function insertedAxis({ input, stride, kernel, dilation, before, output }: AxisRecord): Along[] {
  const reach = dilation * (kernel - 1);
  const head = reach - before;
  return Array.from({ length: output + reach }, (_, at): Along => {
    const place = at - head;
    if (place < 0 || place > (input - 1) * stride) return 'padding';
    return place % stride === 0 ? 'value' : 'zero';
  });
}

function fill(sizes: readonly number[], cell: (at: readonly number[]) => Cell): Cell[][] {
  const [rows, columns] = sizes.length === 1 ? [1, sizes[0]!] : [sizes[0]!, sizes[1]!];
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => cell(sizes.length === 1 ? [column] : [row, column])),
  );
}
