// Several linear combinations of the same values with few additions: sums and differences that serve two combinations are
// made once, equal coefficients are multiplied once, and 0, 1 and −1 are not multiplied at all.
//
//   −4·b − 4·c + d + e   →   even = e − 4·c,  odd = d − 4·b   →   even + odd
//    4·b − 4·c − d + e                                             even − odd
import { type Value, widthOf } from './loop.ts';
import type { Values } from './values.ts';

type Row = readonly number[];

/** The values of the rows applied to the inputs. */
export function linearForms(rows: readonly Row[], inputs: readonly Value[], values: Values): Value[] {
  const pair = pairOfInputs(rows);
  if (pair) {
    const [p, q] = pair;
    const sum = values.apply('add', inputs[p]!, inputs[q]!);
    const difference = values.apply('subtract', inputs[p]!, inputs[q]!);
    const paired = rows.map((row) => {
      const [a, b] = [row[p]!, row[q]!];
      const rest = row.map((coefficient, n) => (n === p || n === q ? 0 : coefficient));
      return [...rest, a === b ? a : 0, a === b ? 0 : a];
    });
    return linearForms(paired, [...inputs, sum, difference], values);
  }
  const results = new Array<Value>(rows.length);
  const pending = new Set(rows.keys());
  for (const [first, second] of pairsOfRows(rows)) {
    if (!pending.delete(first) || !pending.delete(second)) continue;
    const even = combination(half(rows[first]!, rows[second]!, 1), inputs, values);
    const odd = combination(half(rows[first]!, rows[second]!, -1), inputs, values);
    results[first] = values.apply('add', even, odd);
    results[second] = values.apply('subtract', even, odd);
  }
  for (const n of pending) results[n] = combination(rows[n]!, inputs, values);
  return results;
}

/** Two inputs that every row takes with the same weight, added or subtracted: their sum and difference serve all rows. */
function pairOfInputs(rows: readonly Row[]): readonly [number, number] | undefined {
  const width = rows[0]?.length ?? 0;
  for (let p = 0; p < width; p++) {
    for (let q = p + 1; q < width; q++) {
      const used = rows.filter((row) => row[p] !== 0 || row[q] !== 0);
      const alike = used.every((row) => Math.abs(row[p]!) === Math.abs(row[q]!));
      const added = used.filter((row) => row[p] === row[q]).length;
      const kinds = (added > 0 ? 1 : 0) + (added < used.length ? 1 : 0);
      if (alike && used.length > kinds) return [p, q];
    }
  }
  return undefined;
}

/** Pairs of rows that are cheaper as an even part plus or minus an odd part, the best first. */
function pairsOfRows(rows: readonly Row[]): (readonly [number, number])[] {
  const pairs: { readonly pair: readonly [number, number]; readonly gain: number }[] = [];
  for (let first = 0; first < rows.length; first++) {
    for (let second = first + 1; second < rows.length; second++) {
      const [a, b] = [rows[first]!, rows[second]!];
      const parts = terms(half(a, b, 1)) + terms(half(a, b, -1)) + 2;
      const isSplit = terms(half(a, b, 1)) > 0 && terms(half(a, b, -1)) > 0;
      if (isSplit) pairs.push({ pair: [first, second], gain: terms(a) + terms(b) - parts });
    }
  }
  return pairs
    .filter(({ gain }) => gain > 0)
    .sort((a, b) => b.gain - a.gain)
    .map(({ pair }) => pair);
}

const half = (a: Row, b: Row, sign: 1 | -1): Row => a.map((coefficient, n) => (coefficient + sign * b[n]!) / 2);

const terms = (row: Row): number => row.filter((coefficient) => coefficient !== 0).length;

/** One row: inputs of equal weight are gathered before they are multiplied. */
function combination(row: Row, inputs: readonly Value[], values: Values): Value {
  const width = widthOf(inputs[0]!);
  const zero = values.constant(0, width);
  const weights = [...new Set(row.map(Math.abs))].filter((weight) => weight !== 0).sort((a, b) => a - b);
  const groups = weights.map((weight) => {
    const plus = inputs.filter((_, n) => row[n] === weight);
    const minus = inputs.filter((_, n) => row[n] === -weight);
    const negative = plus.length === 0;
    const [first, ...more] = negative ? minus : plus;
    const sum = more.reduce((total, value) => values.apply('add', total, value), first!);
    const rest = negative ? [] : minus;
    const signed = rest.reduce((total, value) => values.apply('subtract', total, value), sum);
    return { negative, value: values.apply('multiply', signed, values.constant(weight, width)) };
  });
  const ordered = [...groups.filter((group) => !group.negative), ...groups.filter((group) => group.negative)];
  return ordered.reduce(
    (total, { negative, value }) => values.apply(negative ? 'subtract' : 'add', total, value),
    zero,
  );
}
