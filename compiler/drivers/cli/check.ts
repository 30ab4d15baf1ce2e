// `atrous check FILE…`: the problems, and for every model a table of its layers, as far as it got.
import { isError, type Problem } from '../../../dsl/problem.ts';
import { Positions } from '../../../dsl/span.ts';
import { type LayerTable, layerTable } from '../../analysis/table.ts';
import { stageAfter } from '../../passes/index.ts';
import type { Allocated } from '../../passes/stages.ts';
import { type ArenaBytes, showLayerTable, showReachedLayers } from '../../presentation/layers.ts';
import { bytesOf } from '../../tensor.ts';
import { type Loading, loadModels } from '../models.ts';
import { andThen, planChosen, weightProblems } from './compile.ts';
import { placeJson, writeDocument } from './json.ts';
import type { CompilationArguments } from './options.ts';
import { exitCodeOf, showProblems, showText, type Terminal } from './terminal.ts';

interface Reached {
  readonly file: string;
  readonly table: LayerTable;
}

interface Checked extends Reached {
  readonly arena: ArenaBytes;
}

export async function check(
  files: readonly string[],
  options: CompilationArguments,
  terminal: Terminal,
): Promise<number> {
  const problems: Problem[] = [];
  const checked: Checked[] = [];
  const reached: Reached[] = [];
  for (const file of files) {
    const loaded = await loadModels(file, options);
    problems.push(...loaded.problems);
    if (!loaded.ok) reached.push(...reachedIn(file, loaded));
    if (!loaded.ok) continue;
    for (const model of loaded.value.models) {
      const chosen = { loaded: loaded.value, model };
      problems.push(...(await weightProblems(chosen, options)));
      const allocated = await andThen(await planChosen(chosen, options), ({ passOptions }) =>
        stageAfter('allocate', model, passOptions),
      );
      problems.push(...allocated.problems);
      if (allocated.ok) checked.push({ file, table: layerTable(model), arena: arenaOf(allocated.value) });
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
    if (tables.length > 0) showText(terminal, `${tables.join('\n\n')}\n`);
  }
  return exitCodeOf(problems);
}

/** Models that stopped somewhere, with the layers before it; one that stopped at once has nothing to show. */
function reachedIn(file: string, { reached = [] }: Loading): readonly Reached[] {
  const begun = reached.filter(({ graph }) => graph.nodes.length > 0);
  return begun.map((model) => ({ file, table: layerTable(model) }));
}

function arenaOf({ allocation: { size, lowerBound } }: Allocated): ArenaBytes {
  return { bytes: bytesOf('f32') * size, lowerBound: bytesOf('f32') * lowerBound };
}

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
