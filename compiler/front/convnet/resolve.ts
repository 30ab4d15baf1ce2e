// resolve: syntax → shaped graphs. Everything that is known at compile time is computed, every name gets its meaning,
// blocks and repeats are written out; what is left are layers, each with its path, operands, arguments and shape. Shapes
// are inferred on the way, since later layers may ask for them (`channels(it)`).
//
//   block double(n) { conv(n, kernel: 3); relu }        double_0.conv_0   conv(filters: 16, kernel: 3)  ← image
//   model tiny(image: [8, 8, 3]) { double(16) }         double_0.relu_0   relu                          ← double_0.conv_0

import { error, failure, isError, type Problem, type Result, success } from '../../../dsl/problem.ts';
import type { Source } from '../../../dsl/span.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import { type Dimension, type File, itemsOf, type Model } from '../../../dsl/syntax.ts';
import { lintModel } from '../../analysis/lints/index.ts';
import { Graph } from '../../graph/graph.ts';
import type { ShapedModel } from '../../graph/model.ts';
import type { AnyOperator } from '../../operators/operator.ts';
import type { Static } from '../../operators/parameters.ts';
import { runModel } from './body.ts';
import { readEverything } from './explore.ts';
import { resolveInputs } from './header.ts';
import { type Library, loadLibrary } from './library.ts';
import { resolveOutputs } from './outputs.ts';
import { Reporter } from './reporter.ts';
import { Scope } from './scope.ts';
import type { Surroundings } from './surroundings.ts';
import { lintUnusedBlocks } from './unused-blocks.ts';

export interface ResolveOptions {
  readonly operators: ReadonlyMap<string, AnyOperator>;
  /** Only this model; all of the file where it is left out. */
  readonly model?: string;
  /** `--set name=value`: overrides params, binds dimensions. */
  readonly settings?: Readonly<Record<string, Static>>;
  /**
   * The source at an import's path, which was joined to the folder of the importing file; where there is one that cannot be
   * read, the reason.
   */
  readonly readImport?: (path: string) => Source | Problem | undefined;
}

/** A model as far as it got, with what is wrong with its shapes. */
interface Resolved {
  readonly model: ShapedModel;
  readonly problems: readonly Problem[];
}

/** The models of a file, and, also after an error, what was reached of each: the layers before what failed. */
export type Resolution = Result<readonly ShapedModel[]> & { readonly reached: readonly ShapedModel[] };

/** The file's models in order. Warnings (`lint/…`) are those that no `// allow` comment was asked about yet. */
export function resolve(file: File, options: ResolveOptions): Resolution {
  const reporter = new Reporter();
  const surroundings: Surroundings = {
    operators: options.operators,
    settings: new Map(Object.entries(options.settings ?? {})),
    usedSettings: new Set(),
    readImport: options.readImport ?? (() => undefined),
    reporter,
  };
  const library = loadLibrary(file, surroundings);
  const models = chosenModels(file, options.model, reporter);
  const resolved = models.map((model) => resolveModel(model, library, surroundings));
  readEverything(library, surroundings);
  reportUnusedSettings(file, surroundings);
  const reached = resolved.map(({ model }) => model);
  const ofShapes = resolved.flatMap(({ problems }) => problems);
  if (reporter.failed) return { ...failure([...reporter.inOrder(), ...ofShapes]), reached };
  const complete = !ofShapes.some(isError);
  if (complete) for (const problem of reached.flatMap(lintModel)) reporter.report(problem);
  lintUnusedBlocks(library, surroundings);
  const problems = [...reporter.inOrder(), ...ofShapes];
  return { ...(complete ? success(reached, problems) : failure(problems)), reached };
}

function chosenModels(file: File, name: string | undefined, reporter: Reporter): readonly Model[] {
  const models = itemsOf(file, 'model');
  const seen = new Map<string, Model>();
  for (const model of models) {
    const earlier = seen.get(model.name.name);
    const related = earlier ? [{ at: earlier.name.span, label: 'first named here' }] : [];
    if (earlier)
      reporter.report(
        error('name/duplicate', `there are two models \`${model.name.name}\``, model.name.span, { related }),
      );
    seen.set(model.name.name, model);
  }
  if (models.length === 0) {
    const notes = ['a file of blocks and params serves others, which import it'];
    reporter.report(error('model/none', `\`${file.source.file}\` has no model`, undefined, { notes }));
  }
  if (name === undefined) return models;
  const chosen = models.filter((model) => model.name.name === name);
  if (chosen.length === 0 && models.length > 0) {
    const names = models.map((model) => model.name.name);
    const notes = [...didYouMean(name, names), `it has ${names.map((each) => `\`${each}\``).join(', ')}`];
    reporter.report(error('model/unknown', `\`${file.source.file}\` has no model \`${name}\``, undefined, { notes }));
  }
  return chosen;
}

function resolveModel(model: Model, library: Library, surroundings: Surroundings): Resolved {
  const scope = new Scope(library.scope);
  const inputs = resolveInputs(model, library, scope, surroundings);
  const body = runModel(model, library, inputs, scope, surroundings);
  const promised = resolveOutputs(model, body, scope, surroundings);
  const { drafts, weightsFile } = body;
  const names = inputs.map(({ name }) => name);
  const graph = new Graph(names, drafts.nodes);
  // Those that were reached.
  const outputs = promised.filter(({ value }) => names.includes(value) || graph.producer(value));
  const header = { name: model.name.name, documentation: model.documentation, inputs, outputs };
  return { model: { ...header, graph, ...(weightsFile && { weightsFile }) }, problems: drafts.problems };
}

function dimensionName(dimension: Dimension): string | undefined {
  if (dimension.kind === 'named') return dimension.name.name;
  return dimension.kind === 'size' && dimension.size.kind === 'name' ? dimension.size.name : undefined;
}

function reportUnusedSettings(file: File, { settings, usedSettings, reporter }: Surroundings): void {
  const dimensions = itemsOf(file, 'model').flatMap(({ inputs }) => inputs.flatMap(({ shape }) => shape.dimensions));
  const names = [
    ...itemsOf(file, 'param').map(({ name }) => name.name),
    ...dimensions.flatMap((dimension) => dimensionName(dimension) ?? []),
  ];
  for (const name of settings.keys()) {
    if (usedSettings.has(name)) continue;
    const listed =
      names.length > 0 ? [`it has ${[...new Set(names)].map((each) => `\`${each}\``).join(', ')}`] : ['it has none'];
    const suggestion = didYouMean(name, names);
    const message = `\`${file.source.file}\` has no param or dimension \`${name}\` to set`;
    reporter.report(error('set/unknown', message, undefined, { notes: suggestion.length > 0 ? suggestion : listed }));
  }
}
