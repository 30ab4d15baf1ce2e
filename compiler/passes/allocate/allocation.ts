// The result of `allocate`: where every value of the run lies in the arena.
import type { TensorExpression } from '../../algebra/expression.ts';
import type { Shape } from '../../tensor.ts';
import type { View } from '../../tiler/view.ts';

export interface Allocation {
  /** Of every value that the run reads or writes in the arena. */
  readonly views: ReadonlyMap<string, View>;
  /** Steps whose copy a view has made unnecessary. */
  readonly elided: ReadonlySet<string>;
  /** Borders to fill with zeros before a step. */
  readonly clears: readonly Clear[];
  /** In elements. */
  readonly size: number;
  readonly lowerBound: number;
}

export interface Clear {
  /** The step's position. */
  readonly before: number;
  readonly value: string;
  readonly expression: TensorExpression;
  readonly view: View;
  readonly shape: Shape;
}
