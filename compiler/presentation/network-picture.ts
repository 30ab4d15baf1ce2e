// The picture of a network: dagre says where the boxes go, this file draws them.
import { Graph, type GraphLabel, layout } from '@dagrejs/dagre';
import { columnsOf } from '../../dsl/frame.ts';
import { type Arrow, type Box, colours, type Network } from './network.ts';
import { type Attributes, document, element, text } from './svg.ts';

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const characterWidth = 7.4;
const margin = 16;

export function drawNetwork({ boxes, arrows }: Network): string {
  const graph = new Graph<GraphLabel>({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 34, marginx: margin, marginy: margin });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) graph.setNode(key(box.id), { width: widthOf(box), height: 42 });
  arrows.forEach(({ from, to, label }, n) => {
    const width = columnsOf(label) * 6;
    graph.setEdge(key(from), key(to), { width, height: 14, labelpos: 'r' }, String(n));
  });
  layout(graph, { constraints: inOrder(boxes.filter(({ kind }) => kind === 'input')) });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const edges = arrows.map((arrow, n) => drawArrow(arrow, graph.edge(key(arrow.from), key(arrow.to), String(n))));
  const nodes = boxes.map((box) => drawBox(box, graph.node(key(box.id)) as unknown as Place));
  return document(width, height, [arrowHead, ...edges, ...nodes]);
}

/** The first input stands left of the second. */
const inOrder = (boxes: readonly Box[]): { left: string; right: string }[] =>
  boxes.slice(1).map(({ id }, n) => ({ left: key(boxes[n]!.id), right: key(id) }));

/** Names are keys of an object there: a prefix keeps `constructor` from meaning something. */
const key = (id: string): string => `n:${id}`;

const widthOf = ({ title, detail }: Box): number =>
  Math.max(60, Math.max(columnsOf(title) * characterWidth, columnsOf(detail) * 6.4) + 20);

const arrowHead = element(
  'defs',
  {},
  element(
    'marker',
    { id: 'head', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
    element('path', { d: 'M0 0L8 4L0 8z', fill: '#777' }),
  ),
);

function drawBox({ title, detail, kind }: Box, { x, y, width, height }: Place): string {
  const frame: Attributes = { x: x - width / 2, y: y - height / 2, width, height, rx: 6, stroke: '#777' };
  const centred = { 'text-anchor': 'middle' };
  return [
    element('rect', { ...frame, fill: colours[kind] }),
    text(x, y - 3, title, centred),
    text(x, y + 13, detail, { ...centred, class: 'small' }),
  ].join('');
}

interface Route {
  readonly points?: readonly { readonly x: number; readonly y: number }[];
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
}

function drawArrow({ label }: Arrow, { points = [], x, y, width = 0 }: Route): string {
  const round = (value: number): number => Math.round(value * 100) / 100;
  const path = points.map((point, n) => `${n === 0 ? 'M' : 'L'}${round(point.x)} ${round(point.y)}`).join('');
  const line = element('path', { d: path, fill: 'none', stroke: '#777', 'marker-end': 'url(#head)' });
  if (label === '' || x === undefined || y === undefined) return line;
  return line + text(x - width / 2 + 4, y + 4, label, { class: 'small' });
}
