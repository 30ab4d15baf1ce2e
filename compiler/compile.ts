// Source text or a resolved model in, a compiled model out. Pure: files, clocks and terminals belong to the drivers.

import { withoutSilenced } from '../dsl/lints.ts';
import { parse } from '../dsl/parse.ts';
import { failure, type Problem, type Result, success } from '../dsl/problem.ts';
import type { Source } from '../dsl/span.ts';
import { hash } from './algebra/pseudo-random.ts';
import { layerCosts, totalCost } from './analysis/table.ts';
import { unusedRecords } from './analysis/unused-records.ts';
import { type Resolution, resolve } from './front/convnet/resolve.ts';
import type { ShapedModel } from './graph/model.ts';
import { operators } from './operators/index.ts';
import type { Given, libraryOptions, sourceOptions } from './options.ts';
import { type RunOptions, stageAfter } from './passes/index.ts';
import { withPlacesFrom } from './plan/places.ts';
import type { Plan, PlannedTensor } from './plan/plan.ts';
import {
  bindWeights,
  type Initialisation,
  layOutWeights,
  rangeProblem,
  runPreparation,
  type WeightTensors,
} from './plan/weights.ts';
import type { Program } from './program/program.ts';
import type { Backend, EmitOptions, GeneratedFile, Instance } from './targets/target.ts';

/** Options of reading a text. */
export interface FrontOptions extends Given<typeof sourceOptions>, Given<typeof libraryOptions> {}

export interface CompileOptions extends Omit<RunOptions, 'machine'> {
  /** Tensors by full name; without them and without `init`, a model with trained tensors is a problem. */
  readonly weights?: WeightTensors | undefined;
  /** For problems about weights. */
  readonly weightsFile?: string | undefined;
  readonly init?: Initialisation | undefined;
}

/** A plan, and the program that it was made from, whose preparation fills the weights memory. */
export interface Planned {
  readonly plan: Plan;
  readonly program: Program;
}

/** A model that can be run and written. */
export interface Compiled {
  readonly model: ShapedModel;
  readonly planned: Planned;
  /** The stored part of the weights memory, as the plan lays it out. */
  readonly weights: Uint8Array;
  /** Runs here and now, with the kernels that the module will have. */
  readonly instantiate: () => Instance;
  /** The files that `atrous build` writes; the code that writes them is loaded when this is called. */
  readonly files: (options?: EmitOptions) => Promise<readonly GeneratedFile[]>;
}

/** Parse, resolve and lint: what `atrous check` does, for every model of a file or the one asked for. */
export function analyse(source: Source, options: FrontOptions = {}, sizeLimit?: number): Resolution {
  const parsed = parse(source, sizeLimit);
  if (!parsed.ok) return { ...parsed, reached: [] };
  const resolved = resolve(parsed.value, {
    operators,
    ...(options.model !== undefined && { model: options.model }),
    ...(options.set && { settings: options.set }),
    ...(options.readImport && { readImport: options.readImport }),
  });
  const problems: Problem[] = [...parsed.problems, ...resolved.problems];
  const { reached } = resolved;
  if (!resolved.ok) return { ...failure(withoutSilenced(problems)), reached };
  return { ...success(resolved.value, withoutSilenced(problems)), reached };
}

/** A shaped model (from source or a model file) to something that runs. */
export function compileModel(
  model: ShapedModel,
  backend: Backend,
  options: CompileOptions & { readonly sourceHash: string },
): Result<Compiled> {
  // The plan needs no weights: what it refuses is refused before gigabytes of them are filled.
  const { watch, ...decisions } = options;
  const passOptions = { ...decisions, machine: backend.machine };
  const planned = planModel(model, { ...passOptions, ...(watch && { watch }) });
  if (!planned.ok) return planned;
  const bound = bindWeights(model, options.weights, options.init, options.weightsFile);
  if (!bound.ok) return bound;
  const { plan, program } = planned.value;
  const tensors = runPreparation(program, bound.value);
  const beyond = rangeProblem(plan.weights, tensors);
  if (beyond) return failure([beyond]);
  const weights = layOutWeights(plan.weights, tensors);
  const compiled: Compiled = {
    model,
    planned: planned.value,
    weights,
    instantiate: () => backend.instantiate(plan, weights),
    files: (emit = {}) => backend.emit(withPlacesFrom(fileOf(model), plan), weights, emit),
  };
  return success(compiled, [...planned.problems, ...unusedRecords(model, passOptions)]);
}

/** The file that a model is written in: its header stands there, whatever it imports. */
const fileOf = ({ inputs, outputs }: ShapedModel): string => (inputs[0] ?? outputs[0]!).span.source.file;

/** All passes: everything that is decided without weights. */
export function planModel(model: ShapedModel, options: RunOptions & { readonly sourceHash: string }): Result<Planned> {
  const assembled = stageAfter('assemble', model, options);
  if (!assembled.ok) return assembled;
  const { program, allocation, assembly } = assembled.value;
  const planned = (name: string, value: string): PlannedTensor => ({
    name,
    shape: program.values.get(value)!.shape,
    view: allocation.views.get(value)!,
  });
  const plan: Plan = {
    name: model.name,
    documentation: model.documentation,
    inputs: program.inputs.map((name) => planned(name, name)),
    outputs: program.outputs.map(({ name, value }) => planned(name, value)),
    ...assembly,
    ...totalCost(layerCosts(model).values()),
    sourceHash: options.sourceHash,
  };
  return success({ plan, program }, assembled.problems);
}

/** FNV-1a of a text, as 8 hexadecimal digits. */
export const sourceHash = (text: string): string => hash(text).toString(16).padStart(8, '0');
