// What is shown to people, over every operator drawn at random: tables, explanations, pictures and the language's text.
import { beforeAll, describe, expect, it } from 'vitest';
import { layerTable } from '../../compiler/analysis/table.ts';
import { analyse } from '../../compiler/compile.ts';
import { Graph } from '../../compiler/graph/graph.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { printGraph } from '../../compiler/graph/print.ts';
import { operators } from '../../compiler/operators/index.ts';
import { stageAfter } from '../../compiler/passes/index.ts';
import { shapedNode } from '../../compiler/passes/infer.ts';
import { explainLayer, explainModel, showSections } from '../../compiler/presentation/explain.ts';
import { considerAlgorithms } from '../../compiler/presentation/explain-algorithm.ts';
import { showLayerTable } from '../../compiler/presentation/layers.ts';
import { networkOfModel, networkOfProgram, showNetwork, writeDot } from '../../compiler/presentation/network.ts';
import { drawNetwork as drawPicture } from '../../compiler/presentation/network-picture.ts';
import { drawLayer, drawReceptiveFields } from '../../compiler/presentation/pictures.ts';
import type { Machine } from '../../compiler/scheduling/machine.ts';
import { loadMachine } from '../../compiler/targets/index.ts';
import { drawNetwork } from '../draw-network.ts';
import { drawnNode, drawOperator, nowhere } from '../draw-operator.ts';

let machine: Machine;

beforeAll(async () => {
  machine = await loadMachine('wasm');
});

/** A text for people: something is there, and nothing that should not have got there. */
function expectText(text: string): void {
  expect(text).not.toBe('');
  expect(text).not.toMatch(/undefined|NaN|\[object|Infinity\b(?! )/);
}

/** Well enough formed to be drawn: one element, closed, and numbers for places. */
function expectPicture(svg: string): void {
  expect(svg).toMatch(/^<svg [^>]*width="\d+(\.\d+)?" height="\d+(\.\d+)?"/);
  expect(svg.trimEnd()).toMatch(/<\/svg>$/);
  expect(svg).not.toMatch(/undefined|NaN|="-?Infinity/);
}

function showEverything(model: ShapedModel): void {
  const placed = stageAfter('allocate', model, { machine });
  if (!placed.ok) throw new Error(placed.problems[0]!.message);
  expectText(showLayerTable(layerTable(model), { bytes: 4, lowerBound: 4 }));
  expectText(explainModel(model, placed.value));
  const algorithms = considerAlgorithms(model, { machine });
  for (const node of model.graph.nodes) {
    expectText(showSections(explainLayer(model, node, placed.value, algorithms)));
    expectPicture(drawLayer(model, node));
  }
  expectPicture(drawReceptiveFields(model));
  for (const network of [networkOfModel(model), networkOfProgram(placed.value.program)]) {
    expectText(showNetwork(network));
    expectText(writeDot(network));
    expectPicture(drawPicture(network));
  }
}

/** Printed as text of the language and read again, the layers have the same shapes. */
function readAgain(model: ShapedModel): void {
  const again = analyse({ file: 'printed.convnet', text: printGraph(model) });
  if (!again.ok) throw new Error(`${again.problems[0]!.message}\n${printGraph(model)}`);
  const shapes = (one: ShapedModel) => one.graph.nodes.map(({ id, inference }) => [id, inference.output]);
  expect(shapes(again.value[0]!)).toEqual(shapes(model));
}

describe('random networks', () => {
  it.each(Array.from({ length: 60 }, (_, n) => n))('network %i', (n) => {
    const { model } = drawNetwork(7000 + n);
    showEverything(model);
    readAgain(model);
  });
});

it('a convolution that is transformed group by group', () => {
  const text = 'model net(x: [16, 16, 32]) {\n  conv(48, kernel: 3, padding: same, groups: 2)\n}\n';
  const models = analyse({ file: 'net.convnet', text });
  if (!models.ok) throw new Error(models.problems[0]!.message);
  const [model] = models.value;
  expect([...considerAlgorithms(model!, { machine }).values()]).toEqual([
    [expect.stringMatching(/^Winograd F/), expect.stringMatching(/^an input that is infinite/)],
  ]);
  showEverything(model!);
});

describe.each([...operators.values()].filter(({ operands }) => operands.maximum > 0))('$name', (operator) => {
  it.each([1, 2, 3, 4])('draw %i', (seed) => {
    const drawn = drawOperator(operator, seed);
    const inputs = drawn.inputs.map((shape, n) => ({ name: `in${n}`, shape, span: nowhere }));
    const names = inputs.map(({ name }) => name);
    const node = shapedNode(drawnNode(drawn, 'layer', names), drawn.inputs, drawn.inference);
    const outputs = [{ name: 'output', value: 'layer', span: nowhere }];
    const model = { name: 'drawn', documentation: '', inputs, outputs, graph: new Graph(names, [node]) };
    showEverything(model);
    readAgain(model);
  });
});
