// Layers whose steps repeat along an axis, each turn standing on the one before: against plain loops, and every way through
// the compiler.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../compiler/algebra/evaluate.ts';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { layerTable } from '../../compiler/analysis/table.ts';
import { verifyPlan } from '../../compiler/analysis/verify-plan.ts';
import { analyse, compileModel } from '../../compiler/compile.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { printGraph } from '../../compiler/graph/print.ts';
import { programAt, stageAfter } from '../../compiler/passes/index.ts';
import { showOutputs } from '../../compiler/presentation/layers.ts';
import { networkOfModel } from '../../compiler/presentation/network.ts';
import { programFaults } from '../../compiler/program/verify.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import { checkAllWays } from '../all-ways.ts';
import { noise, rows, runNamed, tensor } from '../run-operator.ts';

let backends: readonly Backend[];

beforeAll(async () => {
  backends = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);
});

function modelOf(text: string): ShapedModel {
  const result = analyse({ file: 'net.convnet', text });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '));
  return result.value[0]!;
}

/** What a model's outputs are, evaluated as they read. */
function outputsOf(
  text: string,
  inputs: Record<string, Tensor>,
  weights: Record<string, Tensor>,
): Record<string, number[]> {
  const data = Object.fromEntries(Object.entries(inputs).map(([name, { data: numbers }]) => [name, numbers]));
  const outputs = evaluateOutputs(modelOf(text), new Map(Object.entries(weights)), data);
  return Object.fromEntries(Object.entries(outputs).map(([name, numbers]) => [name, [...numbers]]));
}

/** Equal on every way, with every stage verified. */
function checkEverywhere(text: string, tolerance?: number): void {
  const model = modelOf(text);
  for (const backend of backends) {
    const { machine } = backend;
    stageAfter('sweep', model, {
      machine,
      watch: ({ name }, stage) => {
        const program = programAt(stage);
        if (program) expect(programFaults(program, name === 'sweep'), `${text}: after ${name}`).toEqual([]);
      },
    });
    const compiled = compileModel(model, backend, { init: { scheme: 'he', seed: 1 }, sourceHash: '' });
    if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
    expect(verifyPlan(compiled.value.planned.plan)).toEqual([]);
  }
  checkAllWays(model, backends, 7, text, tolerance);
}

describe('cumSum', () => {
  it('adds up along its axis, from either end, with or without the element itself', () => {
    const input = tensor([3, 2], [1, 2, 3, 4, 5, 6]);
    const sums = (written: Record<string, number | boolean>): number[][] => rows(runNamed('cumSum', written, input));
    expect(sums({ axis: 0 })).toEqual([
      [1, 2],
      [4, 6],
      [9, 12],
    ]);
    expect(sums({ axis: 1 })).toEqual([
      [1, 3],
      [3, 7],
      [5, 11],
    ]);
    expect(sums({ axis: 0, reverse: true })).toEqual([
      [9, 12],
      [8, 10],
      [5, 6],
    ]);
    expect(sums({ axis: 0, exclusive: true })).toEqual([
      [0, 0],
      [1, 2],
      [4, 6],
    ]);
    expect(sums({ axis: -1, exclusive: true, reverse: true })).toEqual([
      [2, 0],
      [4, 0],
      [6, 0],
    ]);
  });

  it.each([
    'model m(x: [5]) { cumSum(0) }',
    'model m(x: [1, 3]) { cumSum(0) }',
    'model m(x: [7, 13]) { cumSum(0, reverse: true) }',
    'model m(x: [4, 5, 6]) { cumSum(1, exclusive: true); relu }',
    'model m(x: [4, 5, 6]) { add(it, it); cumSum(-1, reverse: true) }',
    'model m(x: [9, 8]) { concat(x |> cumSum(0), x |> relu |> cumSum(0), axis: 1) }',
    'model m(x: [6, 4]) { conv(4, kernel: 3, padding: same); cumSum(0); conv(4, kernel: 3, padding: same) }',
    'model m(x: [6, 4]) { cumSum(0) as a; cumSum(0, reverse: true); add(a); flatten; cumSum(0) }',
  ])('%s', (text) => checkEverywhere(text));

  it('runs as one loop around its step, not as unrolled code', () => {
    const compiled = compileModel(modelOf('model m(x: [500, 8]) { cumSum(0) }'), backends[0]!, { sourceHash: '' });
    if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
    const { nests } = compiled.value.planned.plan;
    expect(JSON.stringify(nests).length).toBeLessThan(2000);
  });
});

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Small fractions, so that no gate is saturated. */
const fractions = (shape: readonly number[], seed: number): Tensor => {
  const { data } = noise(shape, seed);
  return { shape, data: data.map((value) => value / 12) };
};

const product = (row: readonly number[], { shape, data }: Tensor, columns = shape[1]!): number[] =>
  Array.from({ length: columns }, (_, g) => row.reduce((sum, value, n) => sum + value * data[n * shape[1]! + g]!, 0));

interface State {
  readonly hidden: number[];
  readonly cell: number[];
}

/** A recurrent layer in plain loops: the output and what is left of the state. */
function plainly(
  input: Tensor,
  reverse: boolean,
  first: State,
  turn: (moment: readonly number[], state: State) => State,
): { readonly output: number[]; readonly state: State } {
  const moments = rows(input);
  const order = moments.map((_, t) => (reverse ? moments.length - 1 - t : t));
  const output: number[][] = [];
  let state = first;
  for (const t of order) {
    state = turn(moments[t]!, state);
    output[t] = state.hidden;
  }
  return { output: output.flat(), state };
}

const close = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual.length).toBe(expected.length);
  for (const [n, value] of expected.entries()) expect(actual[n], `element ${n}`).toBeCloseTo(value, 5);
};

const zeros = (units: number): State => ({ hidden: Array(units).fill(0), cell: Array(units).fill(0) });

describe.each([false, true])('recurrent layers, reverse: %s', (reverse) => {
  const [time, channels, units] = [5, 3, 4];
  const x = fractions([time, channels], 1);
  const state = { hidden: fractions([units], 5), cell: fractions([units], 6) };
  const begun: State = { hidden: [...state.hidden.data], cell: [...state.cell.data] };
  const weightsOf = (gates: number, bias = [gates * units]) => ({
    'l.kernel': fractions([channels, gates * units], 2),
    'l.recurrent': fractions([units, gates * units], 3),
    'l.bias': fractions(bias, 4),
  });

  it('lstm keeps and forgets, from zero or from a state that is given', () => {
    const weights = weightsOf(4);
    const turn = (moment: readonly number[], { hidden, cell }: State): State => {
      const [fromInput, fromState] = [product(moment, weights['l.kernel']), product(hidden, weights['l.recurrent'])];
      const gate = (kind: number, u: number): number => {
        const at = kind * units + u;
        return fromInput[at]! + fromState[at]! + weights['l.bias'].data[at]!;
      };
      const next = cell.map((c, u) => sigmoid(gate(1, u)) * c + sigmoid(gate(0, u)) * Math.tanh(gate(2, u)));
      return { hidden: next.map((c, u) => sigmoid(gate(3, u)) * Math.tanh(c)), cell: next };
    };
    const header = 'model m(x: [5, 3], h: [4], c: [4]) -> (y: [5, 4], hidden: [4], cell: [4])';
    const results = 'return y: l, hidden: l.hidden, cell: l.cell';
    const given = { x, h: state.hidden, c: state.cell };
    const fromZero = outputsOf(`${header} { x |> lstm(4, reverse: ${reverse}) as l; ${results} }`, given, weights);
    const expected = plainly(x, reverse, zeros(units), turn);
    close(fromZero.y!, expected.output);
    close(fromZero.hidden!, expected.state.hidden);
    close(fromZero.cell!, expected.state.cell);
    const call = `lstm(4, reverse: ${reverse}, hidden: h, cell: c)`;
    const going = outputsOf(`${header} { x |> ${call} as l; ${results} }`, given, weights);
    const continued = plainly(x, reverse, begun, turn);
    close(going.y!, continued.output);
    close(going.cell!, continued.state.cell);
  });

  it.each([true, false])('gru renews in part, resetAfter: %s', (resetAfter) => {
    const weights = weightsOf(3, resetAfter ? [2, 12] : [12]);
    const bias = weights['l.bias'].data;
    const turn = (moment: readonly number[], { hidden }: State): State => {
      const fromInput = product(moment, weights['l.kernel']).map((sum, g) => sum + bias[g]!);
      const fromState = product(hidden, weights['l.recurrent']).map((sum, g) => sum + (resetAfter ? bias[12 + g]! : 0));
      const gate = (kind: number, u: number): number => sigmoid(fromInput[kind * 4 + u]! + fromState[kind * 4 + u]!);
      const reset = hidden.map((h, u) => gate(1, u) * h);
      const fromReset = product(reset, weights['l.recurrent']);
      const next = hidden.map((h, u) => {
        const inner = resetAfter ? gate(1, u) * fromState[8 + u]! : fromReset[8 + u]!;
        return gate(0, u) * h + (1 - gate(0, u)) * Math.tanh(fromInput[8 + u]! + inner);
      });
      return { hidden: next, cell: [] };
    };
    const text = `model m(x: [5, 3], h: [4]) -> (y: [5, 4], hidden: [4]) {
      x |> gru(4, hidden: h, resetAfter: ${resetAfter}, reverse: ${reverse}) as l; return y: it, hidden: l.hidden }`;
    const found = outputsOf(text, { x, h: state.hidden }, weights);
    const expected = plainly(x, reverse, { ...begun, cell: [] }, turn);
    close(found.y!, expected.output);
    close(found.hidden!, expected.state.hidden);
  });

  it('rnn adds what was to what is', () => {
    const weights = weightsOf(1);
    const turn = (moment: readonly number[], { hidden }: State): State => {
      const [fromInput, fromState] = [product(moment, weights['l.kernel']), product(hidden, weights['l.recurrent'])];
      const sums = fromInput.map((sum, u) => sum + fromState[u]! + weights['l.bias'].data[u]!);
      return { hidden: sums.map((sum) => Math.max(sum, 0)), cell: [] };
    };
    const text = `model m(x: [5, 3]) { rnn(4, activation: relu, reverse: ${reverse}) as l }`;
    close(outputsOf(text, { x }, weights).output!, plainly(x, reverse, zeros(units), turn).output);
  });
});

describe('recurrent layers as TensorFlow.js has them', () => {
  const x = fractions([6, 5], 9);
  const weights = (gates: number) => ({
    'l.kernel': fractions([5, gates * 3], 2),
    'l.recurrent': fractions([3, gates * 3], 3),
    'l.bias': fractions([gates * 3], 4),
  });
  const common = { units: 3, returnSequences: true };

  it.each([
    ['lstm(3)', 4, () => tf.layers.lstm({ ...common, recurrentActivation: 'sigmoid' })],
    ['gru(3, resetAfter: false)', 3, () => tf.layers.gru({ ...common, recurrentActivation: 'sigmoid' })],
    ['rnn(3)', 1, () => tf.layers.simpleRNN(common)],
  ] as const)('%s', (layer, gates, theirs) => {
    const given = weights(gates);
    const [kernel, recurrent, bias] = Object.values(given).map(({ shape, data }) => tf.tensor(data, [...shape]));
    const twin = theirs();
    const input = tf.tensor(x.data, [1, 6, 5]);
    twin.apply(input);
    twin.setWeights([kernel!, recurrent!, bias!]);
    const expected = (twin.apply(input) as tf.Tensor).dataSync();
    close(outputsOf(`model m(x: [6, 5]) { ${layer} as l }`, { x }, given).output!, [...expected]);
  });
});

describe('a layer with several results', () => {
  const text = `model m(x: [5, 3], h: [4]) -> (a: [5, 4], b: [8], c: [2]) {
    x |> lstm(4, hidden: h) as l
    concat(l.hidden, l.cell) as both
    x |> gru(4, hidden: l.cell).hidden |> dense(2)
    return a: l, b: both, c: it
  }`;

  it('is printed as text that gives the same graph', () => {
    const model = modelOf(text);
    const printed = printGraph(model);
    expect(printed).toContain('x |> lstm(units: 4, hidden: h) : [5, 4] as l');
    expect(printed).toContain('concat(l.hidden, l.cell) : [8] as both');
    expect(printed).toContain('x |> gru(units: 4, hidden: l.cell) : [5, 4] as gru_0');
    const operands = (one: ShapedModel) => one.graph.nodes.map((node) => [node.operands, node.named]);
    expect(operands(modelOf(printed))).toEqual(operands(model));
  });

  it('stands in the table with all of them, and pictures lead from it', () => {
    const table = layerTable(modelOf(text));
    expect(showOutputs(table.rows[0]!)).toBe('[5, 4], hidden [4], cell [4]');
    // kernel, recurrent and bias; 5 moments of 3 channels and 4 units into 16 gates
    expect(table.rows[0]!.parameters).toBe(3 * 16 + 4 * 16 + 16);
    expect(table.rows[0]!.multiplyAccumulates).toBe(5 * 3 * 16 + 5 * 4 * 16);
    const network = networkOfModel(modelOf(text));
    const known = new Set(network.boxes.map(({ id }) => id));
    expect(network.arrows.filter(({ from, to }) => !known.has(from) || !known.has(to))).toEqual([]);
    expect(network.arrows).toContainEqual({ from: 'l', to: 'both', label: '[4]' });
  });

  it('warns of none of them that is read', () => {
    const unread = text.replace('return a: l, b: both, c: it', 'x |> rnn(2) as r; return a: l, b: both, c: r.hidden');
    const { problems } = analyse({ file: 'net.convnet', text: unread });
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'lint/unused-value the value of `dense_0` is never used',
    ]);
  });
});

describe('recurrent layers on every way', () => {
  it.each([
    'model m(x: [1, 1]) { lstm(1) }',
    'model m(x: [7, 6]) { lstm(9) }',
    'model m(x: [7, 6]) -> [18] { lstm(9) as l; concat(l.hidden, l.cell) }',
    'model m(x: [7, 6]) { concat(x |> lstm(8), x |> lstm(8, reverse: true)); dense(3) }',
    'model m(x: [7, 6], h: [8]) { x |> gru(8, hidden: h |> relu) as a; x |> gru(8, hidden: a.hidden, resetAfter: false) }',
    'model m(x: [5, 4], h: [4]) -> (y: [5, 4], h: [4]) { x |> rnn(4, hidden: h) as l; return y: it, h: l.hidden }',
    'model m(x: [8, 8, 2]) { conv(3, kernel: 3, stride: 2, padding: same); reshape([4, 12]); lstm(5) as l; l.hidden; dense(2); softmax }',
    'model m(x: [5, 4], h: [4]) -> (a: [5, 4], b: [4]) { h |> relu as r; x |> rnn(4, hidden: r) as l; return a: l, b: r }',
  ])('%s', (text) => checkEverywhere(text));
});
