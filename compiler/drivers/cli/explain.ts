// `atrous explain FILE [LAYER]`: how a layer, or in short the whole model, is computed.
import { error, failure, type Result, success } from '../../../dsl/problem.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import type { ShapedModel, ShapedNode } from '../../graph/model.ts';
import { stageAfter } from '../../passes/index.ts';
import type { Allocated } from '../../passes/stages.ts';
import { explainLayer, explainModel, layerExplainer, type Section, showSections } from '../../presentation/explain.ts';
import { type Algorithms, considerAlgorithms } from '../../presentation/explain-algorithm.ts';
import { FilesRead } from '../files.ts';
import { andThen, choosePlanned } from './compile.ts';
import { writeDocument } from './json.ts';
import type { CompilationArguments } from './options.ts';
import { refuseSharedOutput, writePictures } from './pictures.ts';
import { exitCodeOf, showProblems, showText, type Terminal } from './terminal.ts';
import { refuseOverwriting } from './usage.ts';

export interface ExplainOptions extends CompilationArguments {
  readonly svg?: string;
}

interface Explained {
  readonly text: string;
  readonly content: () => object;
  readonly picture: () => string;
}

export async function explain(
  file: string,
  layer: string | undefined,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<number> {
  refuseSharedOutput([options.svg], options);
  const read = new FilesRead();
  const chosen = await choosePlanned(file, { ...options, onRead: read.add });
  const explained = await andThen(chosen, ({ model, passOptions }) => {
    refuseOverwriting(read, [options.svg], '--svg');
    return andThen(stageAfter('allocate', model, passOptions), (placed) =>
      explainPart(model, placed, considerAlgorithms(model, passOptions), layer),
    );
  });
  const saved = await andThen(explained, ({ picture }) =>
    options.svg === undefined ? success([]) : writePictures([{ path: options.svg, content: picture() }], terminal),
  );
  showProblems(terminal, saved.problems);
  const { text, content } = explained.ok ? explained.value : { text: '', content: () => ({}) };
  if (options.json) writeDocument(terminal, saved.problems, content());
  else if (text !== '' && options.svg !== '-') showText(terminal, `${text}\n`);
  return exitCodeOf(saved.problems);
}

async function explainPart(
  model: ShapedModel,
  placed: Allocated,
  algorithms: Algorithms,
  layer: string | undefined,
): Promise<Result<Explained>> {
  const { drawLayer, drawReceptiveFields } = await import('../../presentation/pictures.ts');
  if (layer === undefined) {
    const text = explainModel(model, placed);
    const content = (): object => {
      const explained = layerExplainer(model, placed, algorithms);
      return { model: model.name, layers: model.graph.nodes.map((node) => sectionsJson(node, explained(node))) };
    };
    return success({ text, content, picture: () => drawReceptiveFields(model) });
  }
  const node = model.graph.node(layer);
  if (!node) return failure([unknownLayer(model, layer)]);
  const sections = explainLayer(model, node, placed, algorithms);
  const text = `${node.id}\n\n${showSections(sections)}`;
  return success({ text, content: () => sectionsJson(node, sections), picture: () => drawLayer(model, node) });
}

const sectionsJson = (node: ShapedNode, sections: readonly Section[]): object => ({ layer: node.id, sections });

function unknownLayer(model: ShapedModel, layer: string) {
  const names = model.graph.nodes.map(({ id }) => id);
  const similar = didYouMean(layer, names);
  const notes =
    similar.length > 0 ? similar : [`it has ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`];
  return error('layer/unknown', `${model.name} has no layer ${layer}`, undefined, { notes });
}
