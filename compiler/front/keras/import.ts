// Models of Keras and layers models of TensorFlow.js as networks of the language, whichever file they came from.
import { error, failure, type Problem, type Result, success } from '../../../dsl/problem.ts';
import { fieldsOf, showJson } from '../../files/json.ts';
import { sizeFault } from '../../operators/shared/size-limit.ts';
import { type ImportedModel, importBatch, importedModel } from '../importing/import.ts';
import { cleanName } from '../importing/names.ts';
import { inputShape, type KerasModel } from './topology.ts';
import { type KerasFile, type KerasInput, Walk } from './walk.ts';

export interface KerasOptions {
  /** Sizes of axes that the model leaves open: `H` and `W` of images, else `NAME_1` for axis 1 of input NAME. */
  readonly set?: Readonly<Record<string, number>>;
  readonly name: string;
}

/**
 * Problems: `keras/input` and `keras/dimension` for inputs whose sizes are not known, and for each layer that cannot be
 * imported one of `keras/layer`, `keras/attribute`, `keras/weights`, `keras/shape`, `keras/unsupported`.
 */
export function importKeras(source: KerasFile, file: string, { set = {}, name }: KerasOptions): Result<ImportedModel> {
  const inputs = inputsOf(source.model, set, file);
  if (!inputs.ok) return inputs;
  const channels = hasChannelsFirst(source.model) ? 'first' : 'last';
  let walk: Walk | undefined;
  const importer = importBatch(
    inputs.value.map(({ dims }) => dims),
    (batch) => {
      walk = new Walk(source, file, inputs.value, channels, batch);
      return walk.importer;
    },
  );
  const imported = importedModel(importer, name);
  return imported.ok ? success(imported.value, walk!.warnings) : imported;
}

function inputsOf(
  { layers, inputs }: KerasModel,
  set: Readonly<Record<string, number>>,
  file: string,
): Result<readonly KerasInput[]> {
  const problems: Problem[] = [];
  const read = inputs.map(({ layer: name }): KerasInput => {
    const layer = layers.find((one) => one.name === name)!;
    const shape = inputShape(layer.config);
    if (
      !Array.isArray(shape) ||
      shape.length === 0 ||
      !shape.every((size) => size === null || (Number.isSafeInteger(size) && size > 0))
    ) {
      const notes = ['what would work: a model that was built, or saved with an Input of a stated shape'];
      problems.push(
        error('keras/input', `input ${JSON.stringify(name)} of ${file} has the shape ${showJson(shape)}`, undefined, {
          notes,
        }),
      );
      return { name, dims: [1, 1] };
    }
    const sizes = shape as readonly (number | null)[];
    const dims = sizes.map((size, axis) => {
      if (size !== null) return size;
      const names = openNames(name, axis, sizes.length);
      const bound =
        axis === 0
          ? 1
          : names.map((one) => (Object.hasOwn(set, one) ? set[one] : undefined)).find((one) => one !== undefined);
      if (bound === undefined) problems.push(openAxis(name, sizes, names[0]!, file));
      return bound ?? 1;
    });
    const fault = sizeFault(dims, `input ${JSON.stringify(name)} of ${file}`);
    if (fault) problems.push(error('keras/too-large', fault.message, undefined, { notes: fault.notes ?? [] }));
    return { name, dims };
  });
  return problems.length > 0 ? failure(problems) : success(read);
}

/** The file has no names for its axes: those of an image are called as everybody calls them. */
function openNames(input: string, axis: number, rank: number): readonly string[] {
  const own = `${cleanName(input) ?? 'input'}_${axis}`;
  return rank === 4 && axis < 3 ? [axis === 1 ? 'H' : 'W', own] : [own];
}

const openAxis = (input: string, shape: readonly (number | null)[], name: string, file: string): Problem =>
  error(
    'keras/dimension',
    `input ${JSON.stringify(input)} of ${file} is [${shape.map((size) => size ?? '?').join(', ')}]: the size ${name} is open`,
    undefined,
    { notes: [`give it: --set ${name}=224`] },
  );

/** Whether some layer has the channels behind the batch. */
const hasChannelsFirst = ({ layers }: KerasModel): boolean =>
  layers.some(
    ({ config, model }) =>
      fieldsOf(config)?.get('data_format') === 'channels_first' || (model !== undefined && hasChannelsFirst(model)),
  );
