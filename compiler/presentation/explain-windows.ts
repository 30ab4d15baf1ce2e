// How the size of an output and its padding come about, axis by axis, with the numbers filled in.
import type { AxisRecord } from '../operators/operator.ts';
import { axisName, effectiveKernel } from '../operators/shared/windows.ts';

/** One block of lines for each spatial axis; axes with the same numbers share one. */
export function explainWindows(axes: readonly AxisRecord[]): string[] {
  const groups = new Map<string, { readonly names: string[]; readonly record: AxisRecord }>();
  for (const [axis, record] of axes.entries()) {
    const key = JSON.stringify(record);
    const group = groups.get(key) ?? { names: [], record };
    group.names.push(axisName(axis, axes.length));
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ names, record }) => {
    const title = names.join(' and ');
    return explainAxis(record).map((line, n) => `${n === 0 ? title : ' '.repeat(title.length)}  ${line}`);
  });
}

const explainAxis = (record: AxisRecord): string[] =>
  record.direction === 'forward'
    ? [forwardFormula(record), ...forwardPadding(record)]
    : [transposedFormula(record), ...transposedPadding(record)];

/** `− 2`, or `+ 1` for −1. */
const less = (value: number): string => (value < 0 ? `+ ${-value}` : `− ${value}`);
const plus = (value: number): string => less(-value).replace('− -', '+ ').replace('− 0', '+ 0');

export function forwardFormula({ input, kernel, stride, dilation, before, after, output }: AxisRecord): string {
  const numbers = `⌊(${input} ${plus(before)} ${plus(after)} − ${dilation}·(${kernel} − 1) − 1) / ${stride}⌋ + 1`;
  return `o = ⌊(i + before + after − d·(k − 1) − 1) / s⌋ + 1 = ${numbers} = ${output}`;
}

function forwardPadding({ rule, input, kernel, stride, dilation, before, after, output }: AxisRecord): string[] {
  const extent = effectiveKernel(kernel, dilation);
  switch (rule) {
    case 'same':
    case 'same_lower': {
      const wanted = (output - 1) * stride + extent - input;
      const total = `the last window ends ${Math.max(wanted, 0)} past the input: (${output} − 1)·${stride} + ${extent} − ${input} = ${wanted}`;
      const half = rule === 'same' ? 'the odd one at the tail' : 'the odd one at the head';
      const split = before === after ? ends(before, after) : `${ends(before, after)}, ${half}`;
      return [`${rule}: o = ⌈${input} / ${stride}⌉ = ${output}; ${total}`, split];
    }
    case 'causal':
      return [`causal: nothing ahead is seen, before = d·(k − 1) = ${before}, after = 0`];
    case 'valid':
      return ['valid: every window lies inside, before = after = 0'];
    default:
      return [`${rule}: ${ends(before, after)}`];
  }
}

const ends = (before: number, after: number): string => `before = ${signed(before)}, after = ${signed(after)}`;
const signed = (value: number): string => String(value).replace('-', '−');

/** (i − 1)·s + d·(k − 1) + 1: where the input reaches before anything is cut. */
export const fullSize = ({ input, kernel, stride, dilation }: AxisRecord): number =>
  (input - 1) * stride + effectiveKernel(kernel, dilation);

export function transposedFormula(record: AxisRecord): string {
  const { input, kernel, stride, dilation, before, after, output } = record;
  const numbers = `(${input} − 1)·${stride} + ${dilation}·(${kernel} − 1) + 1 ${less(before)} ${less(after)}`;
  return `o = (i − 1)·s + d·(k − 1) + 1 − before − after = ${numbers} = ${output}`;
}

function transposedPadding(record: AxisRecord): string[] {
  const { rule, input, stride, before, after, output } = record;
  const full = fullSize(record);
  switch (rule) {
    case 'valid':
      return [`valid: nothing is cut, ${ends(before, after)}`];
    case 'same':
    case 'same_lower':
      return [
        `${rule}: o = i·s = ${input}·${stride} = ${output}, so ${full} − ${output} = ${full - output} are cut: ${ends(before, after)}`,
      ];
    case 'causal':
      return [`causal: o = i·s = ${output}, the tail is cut: ${ends(before, after)}`];
    case 'outputShape':
      return outputPadding(record);
    default:
      return [`${rule}: ${ends(before, after)}`, ...(after < before ? outputPadding(record) : [])];
  }
}

/** The output padding that reaches this size, where the padding is the same at both ends. */
function outputPadding(record: AxisRecord): string[] {
  const { kernel, stride, dilation, before, after, output } = record;
  const reach = dilation * (kernel - 1);
  const padding = (((output + 2 * before - reach - 1) % stride) + stride) % stride;
  if (padding !== before - after) return [`o = ${output} is asked for: ${ends(before, after)}`];
  const numbers = `(${output} + 2·${before} − ${reach} − 1) mod ${stride}`;
  return [
    `output padding a = (o + 2·p − d·(k − 1) − 1) mod s = ${numbers} = ${padding}`,
    `${ends(before, after)}: the tail is p − a`,
  ];
}
