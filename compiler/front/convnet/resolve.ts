// resolve: syntax → written graphs. Everything that is known at compile time is computed, every name gets its meaning,
// blocks and repeats are written out; what is left are layers, each with its path, operands and arguments.
//
//   block double(n) { conv(n, kernel: 3); relu }        double_0.conv_0   conv(filters: 16, kernel: 3)  ← image
//   model tiny(image: [8, 8, 3]) { double(16) }         double_0.relu_0   relu                          ← double_0.conv_0
import { error, failure, type Result, success } from '../../../dsl/problem.ts';
import type { Source } from '../../../dsl/span.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import { type Dimension, type File, itemsOf, type Model } from '../../../dsl/syntax.ts';
import { Graph } from '../../graph/graph.ts';
import type { WrittenModel } from '../../graph/model.ts';
import type { AnyOperator } from '../../operators/operator.ts';
import type { Static } from '../../operators/parameters.ts';
import { runModel } from './body.ts';
import { readEverything } from './explore.ts';
import { resolveInputs } from './header.ts';
import { type Library, loadLibrary } from './library.ts';
import { lintUnusedBlocks, lintUnusedValues } from './lints.ts';
import { resolveOutputs } from './outputs.ts';
import { Reporter } from './reporter.ts';
import { Scope } from './scope.ts';
import type { Surroundings } from './surroundings.ts';

export interface ResolveOptions {
  readonly operators: ReadonlyMap<string, AnyOperator>;
  /** Only this model; all of the file where it is left out. */
  readonly model?: string;
  /** `--set name=value`: overrides params, binds dimensions. */
  readonly settings?: Readonly<Record<string, Static>>;
  /** The source at an import's path, which was joined to the folder of the importing file. */
  readonly readImport?: (path: string) => Source | undefined;
}

/** The file's models in order. Warnings (`lint/…`) are those that no `// allow` comment was asked about yet. */
export function resolve(file: File, options: ResolveOptions): Result<readonly WrittenModel[]> {
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
  const resolved = models.flatMap((model) => resolveModel(model, library, surroundings));
  readEverything(library, surroundings);
  reportUnusedSettings(file, surroundings);
  if (reporter.failed) return failure(reporter.inOrder());
  for (const model of resolved) lintUnusedValues(model, surroundings);
  lintUnusedBlocks(library, surroundings);
  return success(resolved, reporter.inOrder());
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

function resolveModel(model: Model, library: Library, surroundings: Surroundings): WrittenModel[] {
  const scope = new Scope(library.scope);
  const inputs = resolveInputs(model, library, scope, surroundings);
  const body = runModel(model, library, inputs, scope, surroundings);
  const outputs = resolveOutputs(model, body, scope, surroundings);
  if (surroundings.reporter.failed) return [];
  const { nodes, weightsFile } = body;
  const graph = new Graph(
    inputs.map(({ name }) => name),
    nodes,
  );
  const { documentation } = model;
  return [{ name: model.name.name, documentation, inputs, outputs, graph, ...(weightsFile && { weightsFile }) }];
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
