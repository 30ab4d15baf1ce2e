// The table of `atrous check`: what each layer gives, costs and sees, and what the whole model takes.
import type { LayerRow, LayerTable } from '../analysis/table.ts';
import type { AxisRecord } from '../operators/operator.ts';
import { bytesOf, showShape } from '../tensor.ts';
import { showBytes, showColumns, showCount } from './columns.ts';

/** Bytes of activations at a run. */
export interface ArenaBytes {
  readonly bytes: number;
  /** The largest sum of tensors that live at once: no arena can be smaller. */
  readonly lowerBound: number;
}

const titles = [
  { title: 'layer' },
  { title: 'operator' },
  { title: 'output' },
  { title: 'padding' },
  { title: 'parameters', right: true },
  { title: 'MACs', right: true },
  { title: 'sees' },
];

export function showLayerTable(table: LayerTable, arena: ArenaBytes): string {
  return [
    showHeader(table),
    '',
    ...rowsAndTotal(table),
    '',
    `arena  ${showMemory(arena.bytes)}, at least ${showMemory(arena.lowerBound)} live at once`,
    `weights  ${showMemory(bytesOf('f32') * table.parameters)} as float32`,
  ].join('\n');
}

/** Of a model that failed, its last layers say more than its first. */
const mostReached = 100;

/** The layers before what failed: they may well show why it did. */
export function showReachedLayers(table: LayerTable): string {
  const left = table.rows.length - mostReached;
  const skipped = left > 0 ? `, its last ${mostReached} layers` : '';
  const header = `${table.model}(${showTensors(table.inputs)}), as far as it got${skipped}`;
  return [header, '', ...rowsAndTotal({ ...table, rows: table.rows.slice(-mostReached) })].join('\n');
}

function rowsAndTotal(table: LayerTable): readonly string[] {
  const rows = table.rows.map((row) => [
    row.layer,
    row.operator,
    showOutputs(row),
    showPadding(row.axes),
    row.parameters === 0 ? '' : showCount(row.parameters),
    row.multiplyAccumulates === 0 ? '' : showCount(row.multiplyAccumulates),
    showField(row),
  ]);
  const totals = ['total', '', '', '', showCount(table.parameters), showCount(table.multiplyAccumulates), ''];
  return showColumns(titles, [...rows, totals]);
}

/** `[10, 64]`, and `[10, 64], hidden [64]` where a layer gives more than one value. */
export const showOutputs = ({ output, results = {} }: Pick<LayerRow, 'output' | 'results'>): string =>
  [showShape(output), ...Object.entries(results).map(([name, shape]) => `${name} ${showShape(shape)}`)].join(', ');

/** `lenet(image: [28, 28, 1]) -> (output: [10])` */
export function showHeader({ model, inputs, outputs }: Pick<LayerTable, 'model' | 'inputs' | 'outputs'>): string {
  return `${model}(${showTensors(inputs)}) -> (${showTensors(outputs)})`;
}

const showTensors = (tensors: LayerTable['inputs']): string =>
  tensors.map(({ name, shape }) => `${name}: ${showShape(shape)}`).join(', ');

/** `12,544 bytes (12.3 KiB)` */
export const showMemory = (bytes: number): string =>
  bytes < 1024 ? showBytes(bytes) : `${showCount(bytes)} bytes (${showBytes(bytes)})`;

/** The rule and what it came to, `[before, after]` by axis as the language writes it: `same [[0, 1], [0, 1]]`. */
export function showPadding(axes: readonly AxisRecord[]): string {
  const [first] = axes;
  if (!first) return '';
  const pairs = `[${axes.map(({ before, after }) => `[${before}, ${after}]`).join(', ')}]`;
  if (axes.every(({ before, after }) => before === 0 && after === 0))
    return first.rule === 'explicit' ? '0' : first.rule;
  return first.rule === 'explicit' ? pairs : `${first.rule} ${pairs}`;
}

/** The spatial part of the receptive field, `5×5`; the whole where there is nothing but channels. */
function showField({ receptiveField }: LayerRow): string {
  if (!receptiveField) return '';
  const spatial = receptiveField.length > 1 ? receptiveField.slice(0, -1) : receptiveField;
  return spatial.join('×');
}
