// A model's header: sizes of its inputs, names of dimensions, the shapes it promises for its results.
import { error } from '../../../dsl/problem.ts';
import type { Dimension, Model, NamedShape, ShapePattern } from '../../../dsl/syntax.ts';
import type { ModelInput, ShapeAssertion } from '../../graph/model.ts';
import { sizeFault } from '../../operators/shared/size-limit.ts';
import type { Shape } from '../../tensor.ts';
import type { Context } from './context.ts';
import { evaluateWhole } from './evaluate.ts';
import type { Library } from './library.ts';
import { FAILED, type Scope, type Value } from './scope.ts';
import type { Surroundings } from './surroundings.ts';

/** The inputs with their sizes; declares inputs and named dimensions in `scope`. Undefined sizes were reported. */
export function resolveInputs(model: Model, library: Library, scope: Scope, surroundings: Surroundings): ModelInput[] {
  const { reporter, operators } = surroundings;
  const inputs = model.inputs.flatMap((input): ModelInput[] => {
    const shape = input.shape.dimensions.map((dimension) => inputSize(dimension, input, scope, surroundings));
    const { name, span } = input.name;
    const what = operators.has(name) ? 'layer' : library.blocks.has(name) ? 'block' : undefined;
    if (what) {
      const notes = [`\`${name}\` alone would mean the ${what}: choose another name`];
      reporter.report(error('name/taken', `\`${name}\` is a ${what} already`, span, { notes }));
    }
    if (shape.length === 0) reporter.report(error('dimension/size', `\`${name}\` has no dimension`, input.shape.span));
    const known = shape.every((size) => size !== undefined) && shape.length > 0;
    scope.declare(
      input.name,
      { kind: 'value', value: known ? inputValue(name, shape as number[]) : FAILED, ofHeader: true },
      reporter,
    );
    return known ? [{ name, shape: shape as number[], span: input.span }] : [];
  });
  if (model.inputs.length === 0) {
    const notes = [`\`model ${model.name.name}(image: [28, 28, 1])\` has an input of 28×28 cells with 1 channel`];
    reporter.report(error('model/no-input', `model \`${model.name.name}\` has no input`, model.name.span, { notes }));
  }
  return inputs;
}

/** One that no tensor can hold has no sizes to speak of. */
const inputValue = (id: string, shape: Shape): Value => ({
  kind: 'input',
  id,
  shape: sizeFault(shape) ? undefined : shape,
});

function inputSize(
  dimension: Dimension,
  input: NamedShape,
  scope: Scope,
  surroundings: Surroundings,
): number | undefined {
  const { reporter, settings, usedSettings } = surroundings;
  const what = `the size of \`${input.name.name}\``;
  if (dimension.kind === 'any') {
    const notes = ['`_` matches any size where a shape is checked; a named size can be chosen later: `H = 224`'];
    reporter.report(error('dimension/any', `${what} must be known`, dimension.span, { notes }));
    return undefined;
  }
  const alone = dimension.kind === 'size' && dimension.size.kind === 'name' ? dimension.size : undefined;
  if (dimension.kind === 'size' && !(alone && scope.lookup(alone.name) === undefined)) {
    return evaluateWhole(dimension.size, what, 1, { scope, reporter });
  }
  const { name, span } = dimension.kind === 'named' ? dimension.name : alone!;
  const set = settings.get(name);
  if (set !== undefined) usedSettings.add(name);
  const value =
    set ??
    (dimension.kind === 'named' ? evaluateWhole(dimension.default, `\`${name}\``, 1, { scope, reporter }) : undefined);
  if (value === undefined && dimension.kind === 'size') {
    const notes = [`give it one from outside (\`--set ${name}=224\`) or here (\`${name} = 224\`)`];
    reporter.report(error('dimension/unbound', `the dimension \`${name}\` has no size`, span, { notes }));
  }
  const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
  if (value !== undefined && !fits) {
    const message = `\`${name}\` is set to ${JSON.stringify(value)}, expected a whole number of at least 1`;
    reporter.report(error('set/type', message, span));
  }
  const size = fits ? value : undefined;
  scope.declare({ name, span }, { kind: 'static', value: size }, reporter);
  return size;
}

/** `[56, H / 2, _]` as a check; undefined where a size was reported. */
export function resolveAssertion(pattern: ShapePattern, context: Context): ShapeAssertion | undefined {
  const { reporter } = context;
  let failed = false;
  const dimensions = pattern.dimensions.map((dimension) => {
    if (dimension.kind === 'any') return undefined;
    if (dimension.kind === 'named') {
      const notes = ['only the shape of an input gives a dimension its default'];
      reporter.report(
        error('dimension/default', `\`${dimension.name.name}\` cannot have a default here`, dimension.span, { notes }),
      );
    }
    const size = dimension.kind === 'size' ? evaluateWhole(dimension.size, 'this size', 1, context) : undefined;
    failed ||= size === undefined;
    return size;
  });
  return failed ? undefined : { dimensions, span: pattern.span };
}
