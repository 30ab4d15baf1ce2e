// `atrous check FILE…`: the problems, and for every model a table of its layers, as far as it got.
import { isError, type Problem } from '../../../dsl/problem.ts';
import { Positions } from '../../../dsl/span.ts';
import { type LayerTable, layerTable } from '../../analysis/table.ts';
import type { ShapedModel } from '../../graph/model.ts';
import { stageAfter } from '../../passes/index.ts';
import { bindWeights } from '../../plan/weights.ts';
import { type ArenaBytes, showLayerTable, showReachedLayers } from '../../presentation/layers.ts';
import type { Machine } from '../../scheduling/machine.ts';
import { loadMachine } from '../../targets/index.ts';
import { bytesOf } from '../../tensor.ts';
import { findWeights, type Loaded, type Loading, loadModels } from '../models.ts';
import { placeJson, writeDocument } from './json.ts';
import { defaultTarget, type ModelOptions } from './options.ts';
import { exitCodeOf, showProblems, type Terminal } from './terminal.ts';

export interface CheckOptions extends ModelOptions {
  readonly weights?: string;
}

interface Reached {
  readonly file: string;
  readonly table: LayerTable;
}

interface Checked extends Reached {
  readonly arena: ArenaBytes;
}

export async function check(files: readonly string[], options: CheckOptions, terminal: Terminal): Promise<number> {
  const machine = await loadMachine(defaultTarget);
  const problems: Problem[] = [];
  const checked: Checked[] = [];
  const reached: Reached[] = [];
  for (const file of files) {
    const loaded = await loadModels(file, options);
    problems.push(...loaded.problems);
    if (!loaded.ok) reached.push(...reachedIn(file, loaded));
    if (!loaded.ok) continue;
    for (const model of loaded.value.models) {
      problems.push(...(await weightProblems(loaded.value, model, options)));
      const arena = arenaOf(model, machine);
      if ('problems' in arena) problems.push(...arena.problems);
      else checked.push({ file, table: layerTable(model), arena });
    }
  }
  showProblems(terminal, problems);
  const positions = new Positions();
  if (options.json) {
    const models = checked.map((one) => ({ ...tableJson(one, positions), ...arenaJson(one.arena) }));
    const partial = reached.map((one) => tableJson(one, positions));
    writeDocument(terminal, problems, { models, ...(partial.length > 0 && { partial }) });
  } else {
    const tables = [...(problems.some(isError) ? [] : checked.map(showChecked)), ...reached.map(showReached)];
    if (tables.length > 0) terminal.write(`${tables.join('\n\n')}\n`);
  }
  return exitCodeOf(problems);
}

/** Models that stopped somewhere, with the layers before it; one that stopped at once has nothing to show. */
function reachedIn(file: string, { reached = [] }: Loading): readonly Reached[] {
  const begun = reached.filter(({ graph }) => graph.nodes.length > 0);
  return begun.map((model) => ({ file, table: layerTable(model) }));
}

function arenaOf(model: ShapedModel, machine: Machine): ArenaBytes | { readonly problems: readonly Problem[] } {
  const placed = stageAfter('allocate', model, { machine });
  if (!placed.ok) return placed;
  const { size, lowerBound } = placed.value.allocation;
  return { bytes: bytesOf('f32') * size, lowerBound: bytesOf('f32') * lowerBound };
}

/** Weights are looked at where there are any: a network may be drawn up long before it is trained. */
async function weightProblems(
  loaded: Loaded,
  model: ShapedModel,
  { weights }: CheckOptions,
): Promise<readonly Problem[]> {
  const found = await findWeights(loaded, model, weights === undefined ? {} : { weights });
  if (!found.ok) return weights === undefined ? found.problems.map(asWarning) : found.problems;
  if (!found.value.weights) return [];
  return bindWeights(model, found.value.weights, undefined, found.value.weightsFile).problems;
}

const asWarning = (problem: Problem): Problem =>
  problem.code === 'file/missing' ? { ...problem, severity: 'warning' } : problem;

const showChecked = ({ file, table, arena }: Checked): string => `${file}  ${showLayerTable(table, arena)}`;

const showReached = ({ file, table }: Reached): string => `${file}  ${showReachedLayers(table)}`;

const arenaJson = ({ bytes, lowerBound }: ArenaBytes): object => ({
  arenaBytes: bytes,
  arenaLowerBoundBytes: lowerBound,
});

function tableJson({ file, table }: Reached, positions: Positions): object {
  const { model, inputs, outputs, rows, parameters, multiplyAccumulates } = table;
  return {
    file,
    model,
    inputs,
    outputs,
    layers: rows.map(({ origin, ...row }) => ({ ...row, ...placeJson(origin, positions) })),
    parameters,
    multiplyAccumulates,
  };
}
