// What build, run, bench and verify begin with: files to models to something that runs, with problems shown and progress.
import { distinct, failure, type Result, success, warning } from '../../../dsl/problem.ts';
import { type Compiled, type CompileOptions, compileModel, sourceHash } from '../../compile.ts';
import type { ShapedModel } from '../../graph/model.ts';
import type { Machine } from '../../scheduling/machine.ts';
import { type BackendName, loadBackend } from '../../targets/index.ts';
import type { FoundWeights, Loaded, LoadOptions } from '../models.ts';
import { findWeights, loadModels, weightsBeside } from '../models.ts';
import { type ModelOptions, type WeightArguments, weightOptions } from './options.ts';
import type { Records } from './schedules.ts';
import type { Progress } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface Chosen {
  readonly loaded: Loaded;
  readonly model: ShapedModel;
}

/** The model of a file that a command works on; where there are several it must be named. */
export async function chooseModel(
  file: string,
  options: ModelOptions & Pick<LoadOptions, 'onRead'>,
): Promise<Result<Chosen>> {
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
  options: WeightArguments,
  onRead?: LoadOptions['onRead'],
): Promise<Result<Prepared>> {
  const weights = await findWeights(chosen.loaded, chosen.model, {
    ...weightOptions(options),
    ...(onRead && { onRead }),
  });
  return weights.ok ? success({ ...chosen, weights: weights.value }, weights.problems) : weights;
}

export interface CompileRequest extends Pick<CompileOptions, 'lowering' | 'exact' | 'watch'> {
  readonly target: BackendName;
  /** A file that `atrous tune` has written. */
  readonly schedules?: string;
}

/** Compiles for a target; each pass is a step of the progress. */
export async function compilePrepared(
  { loaded, model, weights }: Prepared,
  { target, watch, schedules, ...request }: CompileRequest,
  progress: Progress,
): Promise<Result<Compiled>> {
  const backend = await loadBackend(target);
  const tuned = schedules === undefined ? success(undefined) : await readTuned(schedules, backend.machine);
  if (!tuned.ok) return tuned;
  const used = tuned.value && noting(tuned.value);
  const compiled = compileModel(model, backend, {
    ...request,
    ...used?.records,
    ...weights,
    sourceHash: sourceHash(loaded.source.text),
    watch: (pass, stage) => {
      progress.step(`${model.name}: ${pass.name}`);
      watch?.(pass, stage);
    },
  });
  if (!compiled.ok || !used || used.fitted()) return compiled;
  const notes = [`\`atrous tune\` on this model, with the same --set and --target, writes one that does`];
  const unused = warning('schedules/unused', `${schedules} has nothing that fits ${model.name}`, undefined, { notes });
  return success(compiled.value, [...compiled.problems, unused]);
}

/** Records that know whether any of them was asked for. Without records there is nothing to fit. */
function noting({ schedules, algorithms }: Records): { readonly records: Records; readonly fitted: () => boolean } {
  let hit = schedules.size + algorithms.size === 0;
  class Noting<T> extends Map<string, T> {
    override get(key: string): T | undefined {
      hit ||= this.has(key);
      return super.get(key);
    }
  }
  return { records: { schedules: new Noting(schedules), algorithms: new Noting(algorithms) }, fitted: () => hit };
}

const readTuned = async (file: string, machine: Machine): Promise<Result<Records>> =>
  (await import('./schedules.ts')).readSchedules(file, machine);

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
