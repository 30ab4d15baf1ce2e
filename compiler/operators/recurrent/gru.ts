// The gated recurrent unit (K. Cho et al., "Learning Phrase Representations using RNN Encoder–Decoder", 2014): a state that is
// in part kept, in part renewed.
//
//   hidden[u] = z · hidden[u] + (1 − z) · candidate,  z = sigmoid(…)
//   candidate = tanh(projected + r · (hidden · recurrent + bias))     after the product, as fast implementations have it
//             = tanh(projected + (r · hidden) · recurrent)            before it, as the paper has it
import { Affine } from '../../algebra/affine.ts';
import {
  accumulated,
  add,
  call,
  coordinate,
  multiply,
  read,
  type Scalar,
  type TensorExpression,
} from '../../algebra/expression.ts';
import { defineOperator, faults, type Repetition } from '../operator.ts';
import { flag, optional } from '../parameters.ts';
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

interface Arguments extends RecurrentArguments {
  readonly resetAfter: boolean;
}

export const gru = defineOperator<Arguments>({
  name: 'gru',
  family: 'recurrent',
  about: 'Gated recurrent unit over [time, channels]. Its gates lie in the order update, reset, candidate.',
  example: 'gru(4)',
  exampleInputs: [[5, 3]],
  operands: states('hidden'),
  results: ['hidden'],
  parameters: {
    ...recurrentParameters,
    resetAfter: optional(flag('Whether the reset gate comes after the product; it then has a bias of its own.'), true),
  },
  positional: ['units'],
  infer: (layer) => {
    const fault = recurrentFault(layer);
    if (fault) return faults(fault);
    const input = layer.inputs[0]!;
    const { units, reverse, bias, resetAfter } = layer.arguments;
    const moment = momentAt(input[0]!, reverse);
    const { statements, temporaries } = (resetAfter ? resettingAfter : resettingBefore)(layer.arguments, moment);
    const turns: Repetition = {
      repeat: { name: 't', extent: input[0]! },
      statements: [...statements, ofUnits('output', units, read('hidden', [Affine.axis('u')]), moment)],
      scratch: Object.keys(temporaries),
      carried: ['hidden'],
    };
    const place = resetAfter ? [Affine.constant(0), coordinate(1)] : [coordinate(1)];
    return {
      output: [input[0]!, units],
      results: { hidden: [units] },
      weights: recurrentWeights(input[1]!, layer.arguments, 3, resetAfter ? [2, 3 * units] : undefined),
      axes: [],
      meaning: {
        kind: 'expressions',
        statements: [projection(input, 3 * units, bias ? place : undefined), begin('hidden', units, layer), turns],
        temporaries: { projected: [input[0]!, 3 * units], ...temporaries },
      },
    };
  },
});

interface Turn {
  readonly statements: readonly TensorExpression[];
  readonly temporaries: Readonly<Record<string, readonly number[]>>;
}

/** `z · hidden + (1 − z) · candidate` */
function renewed(units: number, z: Scalar, candidate: Scalar): TensorExpression {
  const hidden = read('hidden', [Affine.axis('u')]);
  return ofUnits('hidden', units, add(multiply(z, hidden), multiply(call('subtract', 1, z), candidate)));
}

function resettingAfter({ units, bias }: Arguments, moment: Affine): Turn {
  const finish = bias ? add(accumulated, read('bias', [Affine.constant(1), coordinate(0)])) : accumulated;
  const projected = (kind: number): Scalar => ofKind('projected', kind, units, moment);
  const [z, r] = [0, 1].map((kind) => call('sigmoid', add(projected(kind), ofKind('gates', kind, units))));
  const candidate = call('tanh', add(projected(2), multiply(r!, ofKind('gates', 2, units))));
  return {
    statements: [recurring('gates', 'hidden', { units, width: 3 * units }, finish), renewed(units, z!, candidate)],
    temporaries: { gates: [3 * units] },
  };
}

function resettingBefore({ units }: Arguments, moment: Affine): Turn {
  const withProjected = (first: number): Scalar =>
    add(accumulated, read('projected', [moment, coordinate(0).plus(first)]));
  const [z, r] = [0, 1].map((kind) => call('sigmoid', ofKind('gates', kind, units)));
  const width = 2 * units;
  return {
    statements: [
      recurring('gates', 'hidden', { units, width }, withProjected(0)),
      ofUnits('reset', units, multiply(r!, read('hidden', [Affine.axis('u')]))),
      recurring('candidate', 'reset', { units, width: units, first: width }, call('tanh', withProjected(width))),
      renewed(units, z!, read('candidate', [Affine.axis('u')])),
    ],
    temporaries: { gates: [width], reset: [units], candidate: [units] },
  };
}
