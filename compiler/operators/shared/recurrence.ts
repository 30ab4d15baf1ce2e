// What recurrent layers share: moments of [time, channels] are projected all at once, as one matrix product; what is left
// repeats along time, with a state that goes from moment to moment.
//
//   projected[t, g] += in[t, c] · kernel[c, g], finished by acc + bias[g]
//   for t < 5
//     gates[g] += hidden[v] · recurrent[v, g], finished by acc + projected[t, g]
//     hidden[u] = …
import { Affine } from '../../algebra/affine.ts';
import {
  accumulated,
  add,
  constant,
  express,
  multiply,
  read,
  type Scalar,
  type TensorExpression,
} from '../../algebra/expression.ts';
import type { Shape } from '../../tensor.ts';
import { showShape } from '../../tensor.ts';
import { type Call, type Fault, operand, operandNamed, type WeightSpecification } from '../operator.ts';
import { count, flag, optional, type Parameter } from '../parameters.ts';

export interface RecurrentArguments {
  readonly units: number;
  readonly reverse: boolean;
  readonly bias: boolean;
}

export const recurrentParameters: { readonly [K in keyof RecurrentArguments]: Parameter<RecurrentArguments[K]> } = {
  units: count('Numbers of the state, and of each moment of the output.'),
  reverse: optional(flag('Whether the last moment comes first; the output keeps the order of the input.'), false),
  bias: optional(flag('Whether a value is added to each gate.'), true),
};

/** A state may begin as a value. */
export const states = (...names: readonly string[]) => ({ minimum: 1, maximum: 1, named: names });

/** What is wrong with the shapes. */
export function recurrentFault({
  arguments: { units },
  inputs,
  named = {},
}: Call<RecurrentArguments>): Fault | undefined {
  const input = inputs[0]!;
  if (input.length !== 2) {
    const notes = ['moments are the first axis: `[time, channels]`'];
    return { code: 'shape/rank', message: `a recurrent layer wants [time, channels], not ${showShape(input)}`, notes };
  }
  for (const [name, shape] of Object.entries(named)) {
    if (shape.length === 1 && shape[0] === units) continue;
    const message = `\`${name}\` begins as [${units}], one number for each unit, not ${showShape(shape)}`;
    return { parameter: name, code: 'shape/state', message, label: `this is ${showShape(shape)}` };
  }
  return undefined;
}

/** The input's moment at iteration `t`. */
export const momentAt = (time: number, reverse: boolean): Affine =>
  reverse ? Affine.axis('t', -1).plus(time - 1) : Affine.axis('t');

export function recurrentWeights(
  channels: number,
  { units, bias }: RecurrentArguments,
  gates: number,
  biasShape: Shape = [gates * units],
): readonly WeightSpecification[] {
  return [
    { name: 'kernel', shape: [channels, gates * units], fill: 'he', fanIn: channels },
    { name: 'recurrent', shape: [units, gates * units], fill: 'he', fanIn: units },
    ...(bias ? [{ name: 'bias', shape: biasShape, fill: 'zero' as const }] : []),
  ];
}

/** Fills the temporary `projected`, [time, width]. */
export const projection = ([time, channels]: Shape, width: number, bias: readonly Affine[] | undefined) =>
  express({
    tensor: 'projected',
    axes: { t: time!, g: width, c: channels! },
    target: [Affine.axis('t'), Affine.axis('g')],
    combine: 'sum',
    value: multiply(
      read(operand(0), [Affine.axis('t'), Affine.axis('c')]),
      read('kernel', [Affine.axis('c'), Affine.axis('g')]),
    ),
    finish: bias ? add(accumulated, read('bias', bias)) : accumulated,
  });

/** What a state is before the first iteration: the value given for it, or zero. */
export const begin = (state: string, units: number, { named = {} }: Pick<Call<unknown>, 'named'>): TensorExpression =>
  express({
    tensor: state,
    axes: { u: units },
    target: [Affine.axis('u')],
    value: state in named ? read(operandNamed(state), [Affine.axis('u')]) : constant(0),
  });

/** `tensor[g] += state[v] · recurrent[v, g + first]`, finished. */
export const recurring = (
  tensor: string,
  state: string,
  { units, width, first = 0 }: { readonly units: number; readonly width: number; readonly first?: number },
  finish: Scalar = accumulated,
): TensorExpression =>
  express({
    tensor,
    axes: { g: width, v: units },
    target: [Affine.axis('g')],
    combine: 'sum',
    value: multiply(
      read(state, [Affine.axis('v')]),
      read('recurrent', [Affine.axis('v'), Affine.axis('g').plus(first)]),
    ),
    finish,
  });

/** A statement over the units: `tensor[…, u] = value`. */
export const ofUnits = (tensor: string, units: number, value: Scalar, moment?: Affine): TensorExpression =>
  express({ tensor, axes: { u: units }, target: [...(moment ? [moment] : []), Affine.axis('u')], value });

/** A unit's number in a vector that holds `units` of each kind, one kind behind the other. */
export const ofKind = (tensor: string, kind: number, units: number, moment?: Affine): Scalar =>
  read(tensor, [...(moment ? [moment] : []), Affine.axis('u').plus(kind * units)]);
