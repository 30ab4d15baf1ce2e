// Numbers to run a model on where nobody brings any: the same everywhere.

import { generator, hash } from '../../algebra/pseudo-random.ts';
import type { ShapedModel } from '../../graph/model.ts';
import { sizeOf } from '../../tensor.ts';

/** Uniform in [−1, 1), by the input's name. */
export function seededInputs(model: ShapedModel): Record<string, Float32Array> {
  return Object.fromEntries(
    model.inputs.map(({ name, shape }) => {
      const random = generator(hash(name));
      return [name, Float32Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1)];
    }),
  );
}
