// From the name of a file to models that are ready to compile, with their weights: what every command begins with.
import * as path from 'node:path';
import { IMPORTED_LIMIT } from '../../dsl/clean.ts';
import { error, failure, type Problem, type Result, success } from '../../dsl/problem.ts';
import type { Source, Span } from '../../dsl/span.ts';
import { analyse, type FrontOptions } from '../compile.ts';
import type { ImportedModel } from '../front/importing/import.ts';
import type { ShapedModel } from '../graph/model.ts';
import type { Initialisation, WeightTensors } from '../plan/weights.ts';
import { fileExists, readBytes, readSource, sourceOf } from './files.ts';
import { importModelFile, isModelFile } from './importing.ts';

export interface Loaded {
  readonly source: Source;
  /** In the order of the file. */
  readonly models: readonly ShapedModel[];
  /** Of a model file that carries them. */
  readonly weights?: WeightTensors;
}

export interface LoadOptions extends Pick<FrontOptions, 'model' | 'set'> {
  /** Told of every file that is read, for watching. */
  readonly onRead?: (file: string) => void;
}

/** Also after an error, what was reached of each model: the layers before what failed. */
export type Loading = Result<Loaded> & { readonly reached?: readonly ShapedModel[] };

/** A `.convnet` file or a model of another framework, `-` for a text on the standard input. Warnings come with the models. */
export async function loadModels(file: string, options: LoadOptions = {}): Promise<Loading> {
  options.onRead?.(file);
  const bytes = isText(file) ? undefined : readBytes(file);
  if (bytes && !bytes.ok) return bytes;
  if (bytes && isModelFile(bytes.value, file)) return loadModelFile(bytes.value, file, options);
  const source = bytes ? sourceOf(bytes.value, file) : readSource(file);
  return source.ok ? shape(source.value, options) : source;
}

/** @param imported what an import made, in place of a file that was read */
function shape(source: Source, { model, set, onRead }: LoadOptions, imported?: ImportedModel): Loading {
  const readImport = (file: string): Source | Problem | undefined => {
    onRead?.(file);
    const text = readSource(file);
    if (text.ok) return text.value;
    return fileExists(file) ? text.problems[0]! : undefined;
  };
  const options = { readImport, ...(model !== undefined && { model }), ...(set && { set }) };
  const result = analyse(source, options, imported && IMPORTED_LIMIT);
  const { problems } = result;
  if (!result.ok) return { ...failure(problems), reached: result.reached };
  return success({ source, models: result.value, ...(imported && { weights: imported.weights }) }, problems);
}

/** What is called so is read as a text, whatever it holds. */
const isText = (file: string): boolean => file === '-' || file.toLowerCase().endsWith('.convnet');

async function loadModelFile(bytes: Uint8Array, file: string, options: LoadOptions): Promise<Result<Loaded>> {
  const imported = await importModelFile(bytes, file, options.set, options.onRead);
  if (!imported.ok) return imported;
  // The import has used the sizes; what is no size is nothing that it knows.
  const { set = {}, ...rest } = options;
  const others = Object.fromEntries(Object.entries(set).filter(([, value]) => typeof value !== 'number'));
  const shaped = shape({ file, text: imported.value.text }, { ...rest, set: others }, imported.value);
  return shaped.ok ? success(shaped.value, [...imported.problems, ...shaped.problems]) : shaped;
}

export interface WeightOptions {
  /** A safetensors file, in place of the one that the model names. */
  readonly weights?: string | undefined;
  readonly init?: Initialisation | undefined;
}

export interface FoundWeights {
  readonly weights?: WeightTensors;
  readonly weightsFile?: string;
  readonly init?: Initialisation;
}

/**
 * The weights that were asked for, else those that the model names or carries. Random ones are only taken where they are
 * asked for; they then fill what a `--weights` file leaves open, or everything.
 */
export async function findWeights(
  { models, weights: carried }: Pick<Loaded, 'models' | 'weights'>,
  model: ShapedModel,
  { weights, init, onRead }: WeightOptions & Pick<LoadOptions, 'onRead'>,
): Promise<Result<FoundWeights>> {
  if (weights !== undefined) return readWeights(weights, init, onRead);
  if (init) return success({ init });
  if (carried && models.includes(model)) return success({ weights: carried });
  if (!model.weightsFile) return success({});
  const { path: written, span } = model.weightsFile;
  const read = await readWeights(weightsBeside(written, span), undefined, onRead);
  return read.ok ? read : failure(read.problems.map((problem) => named(problem, span)));
}

/** The path in `weights "file"` is relative to the text that it stands in. */
export const weightsBeside = (written: string, { source }: Span): string =>
  path.isAbsolute(written) ? written : path.join(path.dirname(source.file), written);

async function readWeights(
  file: string,
  init: Initialisation | undefined,
  onRead: LoadOptions['onRead'],
): Promise<Result<FoundWeights>> {
  onRead?.(file);
  const bytes = readBytes(file);
  if (!bytes.ok) return bytes;
  const { read } = await import('../files/safetensors.ts');
  const tensors = read(bytes.value, file);
  return tensors.ok ? success({ weights: tensors.value, weightsFile: file, ...(init && { init }) }) : tensors;
}

/** A missing file is shown where the model names it. */
function named(problem: Problem, span: Span): Problem {
  if (problem.code !== 'file/missing') return problem;
  const notes = ['put the file there, give another one (--weights), or ask for random numbers (--init he)'];
  return error(problem.code, problem.message, span, { notes });
}
