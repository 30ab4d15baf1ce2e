// The beginning of build, run, bench and verify: files to models to something that runs, with problems shown and progress.
import { distinct, failure, isError, type Problem, type Result, success } from '../../../dsl/problem.ts';
import { unusedRecords } from '../../analysis/unused-records.ts';
import { type Compiled, compileModel, sourceHash } from '../../compile.ts';
import type { ShapedModel } from '../../graph/model.ts';
import { decisionsOf } from '../../options.ts';
import type { Watch } from '../../passes/index.ts';
import type { PassOptions } from '../../passes/pass.ts';
import { bindWeights } from '../../plan/weights.ts';
import type { Machine } from '../../scheduling/machine.ts';
import { type Records, readRecords } from '../../scheduling/records.ts';
import { loadBackend, loadMachine } from '../../targets/index.ts';
import { readBytes } from '../files.ts';
import type { FoundWeights, Loaded, LoadOptions } from '../models.ts';
import { findWeights, loadModels, weightsBeside } from '../models.ts';
import { type CompilationArguments, weightOptions } from './options.ts';
import type { Progress } from './terminal.ts';
import { UsageError } from './usage.ts';

/** With somebody who is told of every file that is read. */
export type ReadingArguments = CompilationArguments & Pick<LoadOptions, 'onRead'>;

export interface Chosen {
  readonly loaded: Loaded;
  readonly model: ShapedModel;
}

/** The model of a file that a command works on; where there are several it must be named. */
export async function chooseModel(file: string, options: ReadingArguments): Promise<Result<Chosen>> {
  const loaded = await loadModels(file, options);
  if (!loaded.ok) return loaded;
  const [model, ...others] = loaded.value.models;
  if (!model) throw new Error(`${file} was read without problems and without models`);
  if (others.length > 0) {
    const names = loaded.value.models.map(({ name }) => name);
    throw new UsageError(`${file} has ${names.length} models`, [`choose one: --model ${names.join(', --model ')}`]);
  }
  if (model.weightsFile) options.onRead?.(weightsBeside(model.weightsFile.path, model.weightsFile.span));
  return success({ loaded: loaded.value, model }, loaded.problems);
}

/** A model with what was found for it. */
export interface Prepared extends Chosen {
  readonly weights: FoundWeights;
}

export async function prepareModel(
  chosen: Chosen,
  options: CompilationArguments,
  onRead?: LoadOptions['onRead'],
): Promise<Result<Prepared>> {
  const weights = await findWeights(chosen.loaded, chosen.model, {
    ...weightOptions(options),
    ...(onRead && { onRead }),
  });
  return weights.ok ? success({ ...chosen, weights: weights.value }, weights.problems) : weights;
}

/** Compiles for a target; each pass is a step of the progress. */
export async function compilePrepared(
  { loaded, model, weights }: Prepared,
  options: ReadingArguments,
  progress: Progress,
  watch?: Watch,
): Promise<Result<Compiled>> {
  const backend = await loadBackend(options.target);
  return andThen(await readRecordsFile(options, backend.machine), (records) =>
    compileModel(model, backend, {
      ...decisionsOf(options),
      ...weights,
      ...records,
      sourceHash: sourceHash(loaded.source.text),
      watch: (pass, stage) => {
        progress.step(`${model.name}: ${pass.name}`);
        watch?.(pass, stage);
      },
    }),
  );
}

/** A model with all that decides how it is lowered, for commands that make no kernels of it. */
export interface Planned extends Chosen {
  readonly passOptions: PassOptions;
}

export async function planChosen(chosen: Chosen, options: ReadingArguments): Promise<Result<Planned>> {
  const machine = await loadMachine(options.target);
  return andThen(await readRecordsFile(options, machine), (records) => {
    const passOptions = { ...decisionsOf(options), ...records, machine };
    return success({ ...chosen, passOptions }, unusedRecords(chosen.model, passOptions));
  });
}

/** The model of a file that a command only plans; weights matter to it where they are asked for, and then have to fit. */
export async function choosePlanned(file: string, options: ReadingArguments): Promise<Result<Planned>> {
  return andThen(await chooseModel(file, options), async (chosen) => {
    const wrong = options.weights === undefined ? [] : await weightProblems(chosen, options);
    return andThen(wrong.some(isError) ? failure(wrong) : success(chosen, wrong), () => planChosen(chosen, options));
  });
}

/** Weights are looked at where there are any: a network may be drawn up long before it is trained. */
export async function weightProblems(
  { loaded, model }: Chosen,
  options: ReadingArguments,
): Promise<readonly Problem[]> {
  const found = await findWeights(loaded, model, { ...weightOptions(options), onRead: options.onRead });
  if (!found.ok) return options.weights === undefined ? found.problems.map(asWarning) : found.problems;
  const { weights, init, weightsFile } = found.value;
  return weights ? bindWeights(model, weights, init, weightsFile).problems : [];
}

const asWarning = (problem: Problem): Problem =>
  problem.code === 'file/missing' ? { ...problem, severity: 'warning' } : problem;

async function readRecordsFile(
  { schedules: file, onRead }: ReadingArguments,
  machine: Machine,
): Promise<Result<Records | undefined>> {
  if (file === undefined) return success(undefined);
  onRead?.(file);
  return andThen(readBytes(file), (bytes) => readRecords(bytes, file, machine));
}

/** One after the other, with the problems of both. */
export async function andThen<A, B>(
  first: Result<A>,
  next: (value: A) => Result<B> | Promise<Result<B>>,
): Promise<Result<B>> {
  if (!first.ok) return first;
  const second = await next(first.value);
  const problems = distinct([...first.problems, ...second.problems]);
  return second.ok ? success(second.value, problems) : failure(problems);
}
