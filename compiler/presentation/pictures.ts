// Pictures of layers: small windows as grids of cells (input, padding, inserted zeros, kernel, output), everything else as
// the part of the input that one element sees.
import { columnsOf } from '../../dsl/frame.ts';
import { ReceptiveFields } from '../analysis/receptive-field.ts';
import type { ShapedModel, ShapedNode } from '../graph/model.ts';
import type { AxisRecord } from '../operators/operator.ts';
import { programOf } from '../passes/translate.ts';
import { showShape } from '../tensor.ts';
import { type Fill, type Grid, gridsOf } from './grids.ts';
import { document, element, text } from './svg.ts';

/** More cells along an axis than this are not drawn one by one. */
const largestGrid = 24;

export function drawLayer(model: ShapedModel, node: ShapedNode): string {
  const { axes } = node.inference;
  const drawable = axes.length === 1 || axes.length === 2;
  const small = axes.every((axis) => Math.max(paddedSize(axis), axis.output) <= largestGrid);
  return drawable && small ? drawGrids(node, axes) : drawFields(model, [node]);
}

const paddedSize = (axis: AxisRecord): number =>
  axis.direction === 'forward'
    ? axis.input + Math.max(axis.before, 0) + Math.max(axis.after, 0)
    : axis.output + axis.dilation * (axis.kernel - 1);

const cellSize = 22;
const gap = 48;
const tapFill = '#f2a14a';
const top = 58;

const fills: Readonly<Record<Fill, string>> = {
  value: '#cfe3f7',
  padding: '#f4f4f4',
  zero: '#ffffff',
  result: '#d3efd8',
  first: '#6fbf7f',
};

function drawGrids(node: ShapedNode, axes: readonly AxisRecord[]): string {
  const grids = gridsOf(axes);
  const children: string[] = [text(16, 24, `${node.id}   ${node.operator.name}`)];
  let x = 16;
  for (const grid of grids) {
    children.push(drawGrid(grid, x));
    x += Math.max(gridWidth(grid), 7 * grid.title.length) + gap;
  }
  const rows = Math.max(...grids.map(({ cells }) => cells.length));
  return document(Math.max(x, legendWidth), top + rows * cellSize + 34, [
    ...children,
    text(16, top + rows * cellSize + 22, legend, small),
  ]);
}

const small = { class: 'small' };
const legend = 'blue: input, grey: padding, white: inserted zeros, orange: the taps of the first window, green: output';
/** Small letters are up to so wide on average, and there are margins. */
const legendWidth = Math.ceil(columnsOf(legend) * 6.4) + 32;

const gridWidth = ({ cells }: Grid): number => (cells[0]?.length ?? 0) * cellSize;

function drawGrid({ title, cells }: Grid, x: number): string {
  const squares = cells.flatMap((row, r) =>
    row.map((cell, c) => {
      const place = { x: x + c * cellSize, y: top + r * cellSize, width: cellSize, height: cellSize };
      const square = element('rect', { ...place, fill: fills[cell.fill], stroke: '#888' });
      const centre = { cx: place.x + cellSize / 2, cy: place.y + cellSize / 2, r: 5, fill: tapFill };
      return cell.tap ? square + element('circle', centre) : square;
    }),
  );
  return [text(x, top - 10, title, small), ...squares].join('');
}

/** What the middle element of each layer sees of the first input, one bar for each layer. */
export const drawReceptiveFields = (model: ShapedModel): string => drawFields(model, model.graph.nodes);

const barLeft = 220;
const barWidth = 420;
const rowHeight = 22;

function drawFields(model: ShapedModel, nodes: readonly ShapedNode[]): string {
  const input = model.inputs[0]!;
  const size = input.shape[0]!;
  const fields = new ReceptiveFields(programOf(model));
  const rows = nodes.map((node, n) => {
    const middle = node.inference.output.map((extent) => Math.floor(extent / 2));
    const field = fields.at(node.id, middle).find((seen) => seen.input === input.name);
    return drawField(node, field?.intervals[0], size, top + n * rowHeight);
  });
  const title = `what the middle of each layer sees of ${input.name} ${showShape(input.shape)}, along its first axis`;
  return document(barLeft + barWidth + 120, top + nodes.length * rowHeight + 16, [text(16, 24, title), ...rows]);
}

function drawField(
  { id }: ShapedNode,
  interval: readonly [number, number] | undefined,
  size: number,
  y: number,
): string {
  const scale = barWidth / size;
  const whole = element('rect', { x: barLeft, y, width: barWidth, height: 14, fill: fills.padding, stroke: '#888' });
  const name = text(16, y + 11, id, small);
  if (!interval) return name + whole;
  const [low, high] = [Math.max(interval[0], 0), Math.min(interval[1], size - 1)];
  const bar = { x: barLeft + low * scale, y, width: Math.max(high - low + 1, 0) * scale, height: 14, fill: tapFill };
  const count = text(barLeft + barWidth + 12, y + 11, `${interval[1] - interval[0] + 1} of ${size}`, small);
  return [name, whole, element('rect', bar), count].join('');
}
