// Tensors as JSON: nested lists of numbers, read flat and written nested by shape. `[[1, 2], [3, 4]]`
// What JSON cannot say is written as a string: "NaN", "Infinity", "-Infinity".
import { error, failure, type Result, success } from '../../dsl/problem.ts';
import { shortestFloat } from './elements.ts';
import { parseJson, showJson } from './json.ts';
import type { TensorData } from './safetensors.ts';

const specials = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** The numbers in the order of the text, whatever their nesting. Problem: `input/json`. */
export function readJsonTensor(bytes: Uint8Array, file: string): Result<Float32Array> {
  const fail = (message: string) => failure([error('input/json', `${file} ${message}`)]);
  const json = parseJson(bytes);
  if (!json.ok) return fail(json.reason);
  const numbers: number[] = [];
  // The lists being read, and how far.
  const open: { readonly list: readonly unknown[]; next: number }[] = [{ list: [json.value], next: 0 }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    if (top.next === top.list.length) {
      open.pop();
      continue;
    }
    const item = top.list[top.next++];
    const number = typeof item === 'number' ? item : specials.get(item as string);
    if (Array.isArray(item)) open.push({ list: item, next: 0 });
    else if (number !== undefined) numbers.push(number);
    else return fail(`holds ${showJson(item)} where a number or a list of numbers is expected`);
  }
  return success(Float32Array.from(numbers));
}

/** Nested lists, the innermost axis on one line. */
export function writeJsonTensor({ shape, data }: TensorData): Uint8Array {
  const numberText = (value: number) => {
    if (!Number.isFinite(value)) return `"${value}"`;
    return Object.is(value, -0) ? '-0.0' : String(shortestFloat(value));
  };
  const write = (axis: number, begin: number, end: number): string => {
    if (axis === shape.length) return numberText(data[begin]!);
    const step = shape[axis] === 0 ? 0 : (end - begin) / shape[axis]!;
    const parts = Array.from({ length: shape[axis]! }, (_, i) =>
      write(axis + 1, begin + i * step, begin + (i + 1) * step),
    );
    return axis === shape.length - 1 ? `[${parts.join(', ')}]` : `[${parts.join(`,\n${' '.repeat(axis + 1)}`)}]`;
  };
  return new TextEncoder().encode(`${write(0, 0, data.length)}\n`);
}
