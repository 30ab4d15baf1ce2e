// The tiler's door: a tensor expression, the windows of its tensors and a schedule become loops.
//
//   nest(out[y, x, f] += in[y + i − 1, x + j − 1, c] · kernel[i, j, c, f], f/8 y x/4 i j c)
//     → pieces (interior and borders) → one nest each → statements in sequence
import type { Axis, TensorExpression } from '../algebra/expression.ts';
import type { Machine, Schedule } from '../machines/machine.ts';
import type { Shape } from '../operators/operator.ts';
import type { Kernel, Statement } from './loop.ts';
import type { Window } from './window.ts';

/** What the tiler must know about the tensors of an expression, by name. */
export interface Surroundings {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly windows: ReadonlyMap<string, Window>;
  /** Row-major values of tensors known at compile time; reads of them at fixed places become numbers in the code. */
  readonly constants: ReadonlyMap<string, readonly number[]>;
  readonly machine: Machine;
}

/** A kernel without a name; an operand's name is the tensor's, its base at a call is `windows.get(name).base`. */
export interface Nest {
  readonly operands: Kernel['operands'];
  readonly body: readonly Statement[];
}

/** The loops of one owned expression (`scatter` false). */
export function nest(_expression: TensorExpression, _schedule: Schedule, _surroundings: Surroundings): Nest {
  throw new Error('the tiler follows');
}

/** The loops of expressions that run one after the other for each value of an outer axis, which their indices may use. */
export function nestBlocked(
  _axis: Axis,
  _steps: readonly { readonly expression: TensorExpression; readonly schedule: Schedule }[],
  _surroundings: Surroundings,
): Nest {
  throw new Error('the tiler follows');
}
