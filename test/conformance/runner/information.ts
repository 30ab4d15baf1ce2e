// Cases that state the record of a convolution or pool: output sizes, effective filters, padding as resolved.
import type { ShapedModel } from '../../../compiler/graph/model.ts';
import type { AxisRecord } from '../../../compiler/operators/operator.ts';
import type { Case, Dense } from './case.ts';

/** Nothing, or the first field that differs. */
export function informationDifference(
  stated: Case,
  model: ShapedModel,
  collected: ReadonlyMap<string, Dense>,
): string | undefined {
  if (!stated.expectedInfo) return undefined;
  const axes = model.graph.nodes.find((node) => node.inference.axes.length > 0)?.inference.axes ?? [];
  const output = collected.get('output')!.shape;
  const letters = stated.layout?.input ?? '';
  for (const [field, expected] of Object.entries(stated.expectedInfo)) {
    const actual = fieldOf(field, axes, output, letters);
    if (`${actual}` !== `${expected}`) return `${field} is ${actual} instead of ${expected}`;
  }
  return undefined;
}

const paddingTypes: Readonly<Record<string, string>> = { same: 'SAME', valid: 'VALID', explicit: 'NUMBER' };

function fieldOf(
  field: string,
  axes: readonly AxisRecord[],
  output: readonly number[],
  letters: string,
): string | number | readonly number[] | undefined {
  const along = (letter: string): AxisRecord | undefined =>
    axes[['d', 'h', 'w'].slice(3 - axes.length).indexOf(letter)];
  const named = { Depth: 'd', Height: 'h', Width: 'w' } as const;
  const [, kind, name] = /^(out|effectiveFilter)(Depth|Height|Width)$/.exec(field) ?? [];
  if (kind && name) {
    const axis = along(named[name as keyof typeof named]);
    if (!axis) return undefined;
    return kind === 'out' ? axis.output : (axis.kernel - 1) * axis.dilation + 1;
  }
  switch (field) {
    case 'padInfo.type':
      return paddingTypes[axes[0]?.rule ?? ''];
    case 'outShape':
      return output;
    case 'batchSize':
      return output[letters.indexOf('n')];
    case 'outChannels':
      return output[letters.indexOf('c')];
    case 'padInfo.front':
      return along('d')?.before;
    case 'padInfo.back':
      return along('d')?.after;
    case 'padInfo.top':
      return along('h')?.before;
    case 'padInfo.bottom':
      return along('h')?.after;
    case 'padInfo.left':
      return along('w')?.before;
    case 'padInfo.right':
      return along('w')?.after;
    default:
      return undefined;
  }
}
