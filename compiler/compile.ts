// Source text or a resolved model in, a compiled model out. Pure: files, clocks and terminals belong to the drivers.

import { withoutSilenced } from '../dsl/lints.ts';
import { parse } from '../dsl/parse.ts';
import { failure, type Problem, type Result, success } from '../dsl/problem.ts';
import type { Source } from '../dsl/span.ts';
import { hash } from './algebra/pseudo-random.ts';
import { lintModel } from './analysis/lints.ts';
import { type Resolution, type ResolveOptions, resolve } from './front/convnet/resolve.ts';
import type { ShapedModel } from './graph/model.ts';
import { type Lowered, type LowerOptions, lower, type Watch } from './lower.ts';
import { operators } from './operators/index.ts';
import type { Lowering } from './passes/gather.ts';
import type { ScheduleTable } from './passes/schedule.ts';
import type { AlgorithmTable } from './passes/winograd/winograd.ts';
import { withPlacesFrom } from './plan/places.ts';
import { bindWeights, type Initialisation, layOutWeights, runPreparation, type WeightTensors } from './plan/weights.ts';
import type { Backend, EmitOptions, GeneratedFile, Instance } from './targets/target.ts';

export interface FrontOptions {
  /** The name shown in problems; also what relative imports start from. */
  readonly file?: string;
  /** Which model of the file; needed where there are several. */
  readonly model?: string;
  /** Values for params and symbolic sizes: `--set H=320`. */
  readonly set?: ResolveOptions['settings'];
  /** Reads an imported file, by its path as seen from the importing one. */
  readonly readImport?: ResolveOptions['readImport'];
}

export interface CompileOptions extends FrontOptions {
  /** Tensors by full name; without them and without `init`, a model with trained tensors is a problem. */
  readonly weights?: WeightTensors;
  /** For problems about weights. */
  readonly weightsFile?: string;
  readonly init?: Initialisation;
  readonly lowering?: Lowering;
  /** Direct algorithms only, in the order of the expression: no Winograd. */
  readonly exact?: boolean;
  readonly schedules?: ScheduleTable;
  readonly algorithms?: AlgorithmTable;
  readonly watch?: Watch;
}

/** A model that can be run and written. */
export interface Compiled {
  readonly model: ShapedModel;
  readonly lowered: Lowered;
  /** The weights memory, as the plan lays it out. */
  readonly weights: Float32Array;
  /** Runs here and now, with the kernels that the module will have. */
  readonly instantiate: () => Instance;
  /** What `atrous build` writes. What writes it is loaded now, and not before. */
  readonly files: (options?: Partial<EmitOptions>) => Promise<readonly GeneratedFile[]>;
}

/** parse, resolve, lint: what `atrous check` does, for every model of a file or the one asked for. */
export function analyse(source: Source, options: FrontOptions = {}): Resolution {
  const parsed = parse(source);
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
  for (const model of resolved.value) problems.push(...lintModel(model));
  return { ...success(resolved.value, withoutSilenced(problems)), reached };
}

/** A shaped model (from source or a model file) to something that runs. */
export function compileModel(
  model: ShapedModel,
  backend: Backend,
  options: CompileOptions & { readonly sourceHash: string },
): Result<Compiled> {
  const bound = bindWeights(model, options.weights, options.init, options.weightsFile);
  if (!bound.ok) return bound;
  const lowered = lower(model, lowerOptions(backend, options));
  if (!lowered.ok) return lowered;
  const { plan, program } = lowered.value;
  const weights = layOutWeights(plan.weights.stored, plan.weights.tensors, runPreparation(program, bound.value));
  return success({
    model,
    lowered: lowered.value,
    weights,
    instantiate: () => backend.instantiate(plan, weights),
    files: (emit) =>
      backend.emit(withPlacesFrom(fileOf(model), plan), weights, { emit: 'js', inlineWeights: 'auto', ...emit }),
  });
}

/** The file that a model is written in: its header stands there, whatever it imports. */
const fileOf = ({ inputs, outputs }: ShapedModel): string => (inputs[0] ?? outputs[0]!).span.source.file;

function lowerOptions(backend: Backend, options: CompileOptions & { readonly sourceHash: string }): LowerOptions {
  const { lowering, exact, schedules, algorithms, watch, sourceHash } = options;
  return {
    machine: backend.machine,
    sourceHash,
    ...(lowering && { lowering }),
    ...(exact && { exact }),
    ...(schedules && { schedules }),
    ...(algorithms && { algorithms }),
    ...(watch && { watch }),
  };
}

/** FNV-1a of a text, as 8 hexadecimal digits. */
export const sourceHash = (text: string): string => hash(text).toString(16).padStart(8, '0');
