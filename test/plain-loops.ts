// Convolutions and pools as plain loops over three spatial axes, written without the compiler: what the oracle tests
// compare with. Tensors of fewer spatial axes get leading axes of size 1.
import type { Tensor } from '../compiler/algebra/evaluate.ts';

/** One spatial axis: input index = output·stride + tap·dilation − before (or the other way round when transposed). */
export interface PlainAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly output: number;
}

const neutral: PlainAxis = { kernel: 1, stride: 1, dilation: 1, before: 0, output: 1 };
const three = <T>(list: readonly T[], fill: T): readonly [T, T, T] =>
  [...Array<T>(3 - list.length).fill(fill), ...list] as unknown as readonly [T, T, T];

/** Calls `visit` with every input cell, output cell and tap that meet, as flat positions without channels. */
function meetings(
  space: readonly number[],
  axes: readonly PlainAxis[],
  transposed: boolean,
  visit: (inputCell: number, outputCell: number, tap: number) => void,
): void {
  const input = three(space, 1);
  const window = three(axes, neutral);
  const walked = transposed ? input : window.map((axis) => axis.output);
  const reached = transposed ? window.map((axis) => axis.output) : input;
  const along = (n: number, at: number, tap: number): number =>
    at * window[n]!.stride + tap * window[n]!.dilation - window[n]!.before;
  for (let z = 0; z < walked[0]!; z++)
    for (let y = 0; y < walked[1]!; y++)
      for (let x = 0; x < walked[2]!; x++)
        for (let h = 0; h < window[0].kernel; h++)
          for (let i = 0; i < window[1].kernel; i++)
            for (let j = 0; j < window[2].kernel; j++) {
              const [p, q, r] = [along(0, z, h), along(1, y, i), along(2, x, j)];
              if (p < 0 || q < 0 || r < 0 || p >= reached[0]! || q >= reached[1]! || r >= reached[2]!) continue;
              const here = (z * walked[1]! + y) * walked[2]! + x;
              const there = (p * reached[1]! + q) * reached[2]! + r;
              const tap = (h * window[1].kernel + i) * window[2].kernel + j;
              visit(transposed ? here : there, transposed ? there : here, tap);
            }
}

const cellsOf = (axes: readonly PlainAxis[]): number => axes.reduce((product, axis) => product * axis.output, 1);

/** Kernel [taps…, cin / groups, cout]; transposed [taps…, cout / groups, cin]. Without bias. */
export function plainConvolution(
  input: Tensor,
  kernel: Tensor,
  axes: readonly PlainAxis[],
  { groups, filters, transposed }: { readonly groups: number; readonly filters: number; readonly transposed: boolean },
): Float32Array {
  const channels = input.shape.at(-1)!;
  const [inputs, outputs] = [channels / groups, filters / groups];
  const sums = new Float32Array(cellsOf(axes) * filters);
  meetings(input.shape.slice(0, -1), axes, transposed, (from, to, tap) => {
    for (let f = 0; f < filters; f++) {
      const group = Math.floor(f / outputs);
      for (let c = 0; c < inputs; c++) {
        const channel = group * inputs + c;
        const weight = transposed
          ? kernel.data[(tap * outputs + (f % outputs)) * channels + channel]!
          : kernel.data[(tap * inputs + c) * filters + f]!;
        sums[to * filters + f]! += input.data[from * channels + channel]! * weight;
      }
    }
  });
  return sums;
}

/** Every value that each window of each channel sees, by output element. */
export function plainWindows(input: Tensor, axes: readonly PlainAxis[]): readonly (readonly number[])[] {
  const channels = input.shape.at(-1)!;
  const seen: number[][] = Array.from({ length: cellsOf(axes) * channels }, () => []);
  meetings(input.shape.slice(0, -1), axes, false, (from, to) => {
    for (let c = 0; c < channels; c++) seen[to * channels + c]!.push(input.data[from * channels + c]!);
  });
  return seen;
}
