// Long short-term memory (S. Hochreiter, J. Schmidhuber, "Long Short-Term Memory", 1997; the forget gate is by F. Gers et al.,
// 2000): a cell that is kept or forgotten, and shown or hidden, moment by moment.
//
//   cell[u]   = sigmoid(f[u]) · cell[u] + sigmoid(i[u]) · tanh(c[u])
//   hidden[u] = sigmoid(o[u]) · tanh(cell[u])
import { Affine } from '../../algebra/affine.ts';
import { accumulated, add, call, coordinate, multiply, read } from '../../algebra/expression.ts';
import { defineOperator, faults, type Repetition } from '../operator.ts';
import {
  begin,
  momentAt,
  ofKind,
  ofUnits,
  projection,
  type RecurrentArguments,
  recurrentFault,
  recurrentParameters,
  recurrentWeights,
  recurring,
  states,
} from '../shared/recurrence.ts';

export const lstm = defineOperator<RecurrentArguments>({
  name: 'lstm',
  family: 'recurrent',
  about: 'Long short-term memory over [time, channels]. Its gates lie in the order input, forget, cell, output.',
  example: 'lstm(4)',
  exampleInputs: [[5, 3]],
  operands: states('hidden', 'cell'),
  results: ['hidden', 'cell'],
  parameters: recurrentParameters,
  positional: ['units'],
  infer: (layer) => {
    const fault = recurrentFault(layer);
    if (fault) return faults(fault);
    const input = layer.inputs[0]!;
    const { units, reverse, bias } = layer.arguments;
    const moment = momentAt(input[0]!, reverse);
    const [i, f, c, o] = [0, 1, 2, 3].map((kind) => ofKind('gates', kind, units)) as [Gate, Gate, Gate, Gate];
    const unit = [Affine.axis('u')];
    const kept = multiply(call('sigmoid', f), read('cell', unit));
    const learnt = multiply(call('sigmoid', i), call('tanh', c));
    const shown = multiply(call('sigmoid', o), call('tanh', read('cell', unit)));
    const size = { units, width: 4 * units };
    const turns: Repetition = {
      repeat: { name: 't', extent: input[0]! },
      statements: [
        recurring('gates', 'hidden', size, add(accumulated, read('projected', [moment, coordinate(0)]))),
        ofUnits('cell', units, add(kept, learnt)),
        ofUnits('hidden', units, shown),
        ofUnits('output', units, read('hidden', unit), moment),
      ],
      scratch: ['gates'],
      carried: ['hidden', 'cell'],
    };
    const first = projection(input, 4 * units, bias ? [coordinate(1)] : undefined);
    return {
      output: [input[0]!, units],
      results: { hidden: [units], cell: [units] },
      weights: recurrentWeights(input[1]!, layer.arguments, 4),
      axes: [],
      meaning: {
        kind: 'expressions',
        statements: [first, begin('hidden', units, layer), begin('cell', units, layer), turns],
        temporaries: { projected: [input[0]!, 4 * units], gates: [4 * units] },
      },
    };
  },
});

type Gate = ReturnType<typeof ofKind>;
