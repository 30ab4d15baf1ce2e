// `atrous graph FILE`: the layers, or the steps after a pass, as a picture, for Graphviz, or as a list.
import { type Result, success } from '../../../dsl/problem.ts';
import type { ShapedModel } from '../../graph/model.ts';
import { passes, type Stage, stageAfter } from '../../passes/index.ts';
import type { PassOptions } from '../../passes/pass.ts';
import { type Network, networkOf, showNetwork, writeDot } from '../../presentation/network.ts';
import { FilesRead, type OutputFile } from '../files.ts';
import { andThen, choosePlanned } from './compile.ts';
import { writeDocument } from './json.ts';
import type { CompilationArguments } from './options.ts';
import { refuseSharedOutput, writePictures } from './pictures.ts';
import { exitCodeOf, showProblems, showText, type Terminal } from './terminal.ts';
import { refuseOverwriting, UsageError } from './usage.ts';

export interface GraphOptions extends CompilationArguments {
  readonly after?: string;
  readonly svg?: string;
  readonly dot?: string;
}

export async function graph(file: string, options: GraphOptions, terminal: Terminal): Promise<number> {
  refuseSharedOutput([options.svg, options.dot], options);
  const read = new FilesRead();
  const chosen = await choosePlanned(file, { ...options, onRead: read.add });
  const drawn = await andThen(chosen, ({ model, passOptions }) => {
    refuseOverwriting(read, [options.svg, options.dot], '--svg, --dot');
    return networkAfter(model, options.after ?? 'infer', passOptions);
  });
  const saved = await andThen(drawn, (network) => save(network, options, terminal));
  showProblems(terminal, saved.problems);
  if (options.json) writeDocument(terminal, saved.problems, drawn.ok ? drawn.value : {});
  else if (drawn.ok && options.svg === undefined && options.dot === undefined)
    showText(terminal, `${showNetwork(drawn.value)}\n`);
  return exitCodeOf(saved.problems);
}

function networkAfter(model: ShapedModel, name: string, options: PassOptions): Result<Network> {
  const pass = passes.find((one) => one.name === name);
  if (!pass)
    throw new UsageError(`there is no pass ${name}`, [`passes are ${passes.map((one) => one.name).join(', ')}`]);
  let last: Stage = { kind: 'shaped', value: model };
  const ran = stageAfter(pass.name, model, { ...options, watch: (_, stage) => (last = stage) });
  return ran.ok ? success(networkOf(last)) : ran;
}

async function save(
  network: Network,
  { svg, dot }: GraphOptions,
  terminal: Terminal,
): Promise<Result<readonly OutputFile[]>> {
  const files: OutputFile[] = [];
  if (dot !== undefined) files.push({ path: dot, content: writeDot(network) });
  if (svg !== undefined) {
    const { drawNetwork } = await import('../../presentation/network-picture.ts');
    files.push({ path: svg, content: drawNetwork(network) });
  }
  return writePictures(files, terminal);
}
