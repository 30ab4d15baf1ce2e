// The plain recurrent layer: what was, weighted, beside what is (J. Elman, "Finding Structure in Time", 1990).
//
//   out[t, u] += hidden[v] · recurrent[v, u], finished by tanh(acc + projected[t, u]);  hidden[u] = out[t, u]
import { Affine } from '../../algebra/affine.ts';
import { accumulated, add, call, coordinate, express, multiply, read, type Scalar } from '../../algebra/expression.ts';
import { relu } from '../activation/relu.ts';
import { sigmoid } from '../activation/sigmoid.ts';
import { tanh } from '../activation/tanh.ts';
import { defineOperator, faults, type Repetition } from '../operator.ts';
import { choice, optional } from '../parameters.ts';
import {
  begin,
  momentAt,
  ofUnits,
  projection,
  type RecurrentArguments,
  recurrentFault,
  recurrentParameters,
  recurrentWeights,
  states,
} from '../shared/recurrence.ts';

interface Arguments extends RecurrentArguments {
  readonly activation: string;
}

/** By the names of the layers that do the same. */
const activations: ReadonlyMap<string, (x: Scalar) => Scalar> = new Map([
  [tanh.name, (x: Scalar) => call('tanh', x)],
  [relu.name, (x: Scalar) => call('maximum', x, 0)],
  [sigmoid.name, (x: Scalar) => call('sigmoid', x)],
  ['linear', (x: Scalar) => x],
]);

export const rnn = defineOperator<Arguments>({
  name: 'rnn',
  family: 'recurrent',
  about: 'The plain recurrent layer over [time, channels].',
  example: 'rnn(4)',
  exampleInputs: [[5, 3]],
  operands: states('hidden'),
  results: ['hidden'],
  parameters: {
    ...recurrentParameters,
    activation: optional(choice('What becomes of each sum.', ...activations.keys()), tanh.name),
  },
  positional: ['units'],
  infer: (layer) => {
    const fault = recurrentFault(layer);
    if (fault) return faults(fault);
    const input = layer.inputs[0]!;
    const { units, reverse, bias, activation } = layer.arguments;
    const moment = momentAt(input[0]!, reverse);
    const next = express({
      axes: { u: units, v: units },
      target: [moment, Affine.axis('u')],
      combine: 'sum',
      value: multiply(read('hidden', [Affine.axis('v')]), read('recurrent', [Affine.axis('v'), Affine.axis('u')])),
      finish: activations.get(activation)!(add(accumulated, read('projected', [coordinate(0), coordinate(1)]))),
    });
    const turns: Repetition = {
      repeat: { name: 't', extent: input[0]! },
      statements: [next, ofUnits('hidden', units, read('output', [moment, Affine.axis('u')]))],
      scratch: [],
      carried: ['hidden'],
    };
    const first = projection(input, units, bias ? [coordinate(1)] : undefined);
    return {
      output: [input[0]!, units],
      results: { hidden: [units] },
      weights: recurrentWeights(input[1]!, layer.arguments, 1),
      axes: [],
      meaning: {
        kind: 'expressions',
        statements: [first, begin('hidden', units, layer), turns],
        temporaries: { projected: [input[0]!, units] },
      },
    };
  },
});
