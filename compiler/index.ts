// The library: `import { check, compile, parse } from 'atrous'`. Pure functions of their arguments: no file system, no
// clock, no state. Texts in, problems and modules out.
import { parse as parseSource } from '../dsl/parse.ts';
import { error, failure, isError, type Problem, type Result, success } from '../dsl/problem.ts';
import type { Source } from '../dsl/span.ts';
import type { File } from '../dsl/syntax.ts';
import { type LayerTable, layerTable } from './analysis/table.ts';
import { analyse, type Compiled, type CompileOptions, compileModel, type FrontOptions, sourceHash } from './compile.ts';
import { read as readSafetensors } from './files/safetensors.ts';
import type { ShapedModel } from './graph/model.ts';
import { describeOperator, type OperatorDescription } from './operators/describe.ts';
import { operators as allOperators } from './operators/index.ts';
import {
  compilationOptions,
  decisionsOf,
  type Given,
  initialisationOf,
  libraryOptions,
  loweringOptions,
  optionProblems,
} from './options.ts';
import type { Initialisation, WeightTensors } from './plan/weights.ts';
import type { Machine } from './scheduling/machine.ts';
import { readRecords } from './scheduling/records.ts';
import type { Backend, EmitOptions, GeneratedFile, Instance } from './targets/target.ts';
import { typescript } from './targets/typescript/run.ts';
import { wasm } from './targets/wasm/run.ts';

export { renderProblem, renderProblems } from '../dsl/frame.ts';
export { print } from '../dsl/print.ts';
export type { Problem, Result } from '../dsl/problem.ts';
export { describeSpan, type Position, positionOf, type Source, type Span } from '../dsl/span.ts';
export type { LayerRow, LayerTable } from './analysis/table.ts';
export type { OperatorDescription, ParameterDescription } from './operators/describe.ts';
export type { Compiled, EmitOptions, GeneratedFile, Initialisation, Instance as Model, WeightTensors };

const targets = { ts: typescript, wasm } satisfies Record<string, Backend>;

export type Target = keyof typeof targets;

/** Options of `compile`: the rows of the tables in options.ts, files as what is in them. */
export interface LibraryOptions extends FrontOptions, Given<typeof compilationOptions> {}

/** Every layer of the language: names, parameters, documentation and examples. */
export const operators: readonly OperatorDescription[] = [...allOperators.values()].map(describeOperator);

const sourceOf = (text: string, { file = 'model.convnet' }: FrontOptions): Source => ({ file, text });

/** Text to syntax tree, with every syntax problem found; never throws. */
export function parse(source: string, options: Pick<FrontOptions, 'file'> = {}): Result<File> {
  const wrong = wrongOptions(source, options);
  return wrong.length > 0 ? failure(wrong) : parseSource(sourceOf(source, options));
}

const wrongOptions = (source: string, options: object): readonly Problem[] =>
  optionProblems(source, options, { ...compilationOptions, ...libraryOptions });

/**
 * All problems of a text, and with no error among them a table for each model; `table` is that of the first, or of the one
 * that `options.model` names.
 */
export function check(
  source: string,
  options: FrontOptions = {},
): { readonly problems: readonly Problem[]; readonly table?: LayerTable; readonly tables: readonly LayerTable[] } {
  const { models, problems } = shapedModels(source, options);
  const tables = models.map(layerTable);
  return { problems, tables, ...(tables[0] && { table: tables[0] }) };
}

/** A text to a model that runs and can be written. A file of several models needs `options.model`. */
export function compile(
  source: string,
  options: LibraryOptions = {},
):
  | { readonly ok: true; readonly model: Compiled; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const { models, problems } = shapedModels(source, options);
  const [model, ...others] = models;
  if (!model) return { ok: false, problems };
  if (others.length > 0) return { ok: false, problems: [...problems, several(models)] };
  const backend = targets[options.target ?? loweringOptions.target.fallback];
  const prepared = contentsOf(options, backend.machine);
  if (!prepared.ok) return { ok: false, problems: [...problems, ...prepared.problems] };
  const compiled = compileModel(model, backend, { ...prepared.value, sourceHash: sourceHash(source) });
  const all = [...problems, ...compiled.problems];
  return compiled.ok ? { ok: true, model: compiled.value, warnings: all } : { ok: false, problems: all };
}

function shapedModels(
  source: string,
  options: FrontOptions,
): { readonly models: readonly ShapedModel[]; readonly problems: readonly Problem[] } {
  const wrong = wrongOptions(source, options);
  if (wrong.length > 0) return { models: [], problems: wrong };
  const result = analyse(sourceOf(source, options), options);
  return { models: result.ok && !result.problems.some(isError) ? result.value : [], problems: result.problems };
}

const readGiven = <T extends object>(
  given: Uint8Array | ArrayBuffer | T,
  read: (bytes: Uint8Array) => Result<T>,
): Result<T> =>
  given instanceof Uint8Array || given instanceof ArrayBuffer ? read(new Uint8Array(given)) : success(given);

/** Options with what is in the files that were given. */
function contentsOf(options: LibraryOptions, machine: Machine): Result<CompileOptions> {
  const of = options.file ? ` of ${options.file}` : '';
  const weights = options.weights && readGiven(options.weights, (bytes) => readSafetensors(bytes, `the weights${of}`));
  const schedules =
    options.schedules && readGiven(options.schedules, (bytes) => readRecords(bytes, `the schedules${of}`, machine));
  const init = initialisationOf(options);
  for (const read of [weights, schedules, init]) if (read && !read.ok) return read;
  const valueIn = <T>(read: Result<T> | undefined): T | undefined => (read?.ok ? read.value : undefined);
  return success({
    ...decisionsOf(options),
    weights: valueIn(weights),
    ...valueIn(schedules),
    init: valueIn(init),
  });
}

const several = (models: readonly ShapedModel[]): Problem =>
  error('model/several', `the text has ${models.length} models, one is compiled at a time`, undefined, {
    notes: [`choose one: ${models.map(({ name }) => name).join(', ')}`],
  });
