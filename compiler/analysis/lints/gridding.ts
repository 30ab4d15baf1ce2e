// Dilated windows in a row whose taps never see some of the elements between them.
import { type Problem, warning } from '../../../dsl/problem.ts';
import { grouped } from '../../algebra/grouped.ts';
import type { ShapedModel, ShapedNode } from '../../graph/model.ts';
import type { ModelLint } from './lint.ts';

export const gridding: ModelLint = {
  name: 'gridding',
  about: 'Dilations in a row leave positions of the receptive field unseen.',
  mend: 'Choose dilations without a common factor: 1, 2, 5.',
  find(model) {
    const chains = chainsTo(model);
    const leading = leadingToDilated(model);
    return model.graph.nodes.flatMap((node) =>
      isWindow(node) && isDilated(node) && !leading.has(node.id) ? unseen(node, chains.get(node.id)) : [],
    );
  },
};

/**
 * Looks back from a dilated layer along layers of stride 1 with windows: offsets that the chain can reach along each axis.
 * A hole between the smallest and the largest offset is an element in the middle of the field that has no influence
 * (P. Wang et al., "Understanding Convolution for Semantic Segmentation", 2018).
 */
function unseen(node: ShapedNode, chain: Chain | undefined): Problem[] {
  // A dense window first covers everything between its own taps.
  if (!chain?.dilated || !chain.before) return [];
  for (const [axis, reaches] of chain.reaches.entries()) {
    const { size, holes } = fieldOf(reaches);
    if (holes === 0) continue;
    const windows = windowsOf(chain).map((layer) => layer.inference.axes[axis]!);
    const dilations = windows.map(({ dilation }) => dilation).join(', ');
    const message = `dilations ${dilations} in a row leave ${holes} of ${size} positions of the receptive field unseen`;
    return [warning('lint/gridding', message, node.origin, { notes: [fixFor(chain.before.reaches[axis]!)] })];
  }
  return [];
}

/** A dilation of up to the size of a field without holes leaves none. */
function fixFor(reaches: Reaches): string {
  const before = fieldOf(reaches);
  const example = 'let the dilations have no common factor, such as 1, 2, 3 or 1, 2, 5';
  return before.holes > 0 ? example : `a dilation of up to ${before.size} leaves no hole here; or ${example}`;
}

const isWindow = (node: ShapedNode): boolean =>
  node.inference.axes.length > 0 &&
  node.inference.weights.length > 0 &&
  node.inference.axes.every(({ direction }) => direction === 'forward');

const isDilated = ({ inference }: ShapedNode): boolean => inference.axes.some(({ dilation }) => dilation > 1);
const isStrided = ({ inference }: ShapedNode): boolean => inference.axes.some(({ stride }) => stride > 1);

/** Windows in a row, the last first. */
interface Chain {
  readonly window: ShapedNode;
  readonly before: Chain | undefined;
  readonly dilated: boolean;
  /** By axis. */
  readonly reaches: readonly Reaches[];
}

/** Dilation → how many steps of it the windows of a chain can take together. */
type Reaches = ReadonlyMap<number, number>;

function windowsOf(chain: Chain): ShapedNode[] {
  const windows: ShapedNode[] = [];
  for (let at: Chain | undefined = chain; at; at = at.before) windows.push(at.window);
  return windows.reverse();
}

/** For each layer the windows that lead to it without stride; layers that keep each position are passed over. */
function chainsTo(model: ShapedModel): ReadonlyMap<string, Chain> {
  const chains = new Map<string, Chain>();
  // The same for those that come after: they do not look through a stride.
  const open = new Map<string, Chain>();
  for (const node of model.graph.nodes) {
    if (!isWindow(node) && !keepsPositions(node)) continue;
    const before = node.operands.length === 1 ? node.operands[0]! : '';
    const counts = isWindow(node) && node.inference.axes.every(({ kernel }) => kernel > 1);
    const chain = counts ? extended(open.get(before), node) : chains.get(before);
    const left = counts ? chain : open.get(before);
    if (chain) chains.set(node.id, chain);
    if (left && !(isWindow(node) && isStrided(node))) open.set(node.id, left);
  }
  return chains;
}

function extended(before: Chain | undefined, window: ShapedNode): Chain {
  const reaches = window.inference.axes.map(({ kernel, dilation }, axis) => {
    const known = before?.reaches[axis] ?? new Map<number, number>();
    return new Map(known).set(dilation, (known.get(dilation) ?? 0) + kernel - 1);
  });
  return { window, before, dilated: before?.dilated || isDilated(window), reaches };
}

/** Elementwise layers and normalisations: same shape in and out, one operand, no windows. */
const keepsPositions = (node: ShapedNode): boolean =>
  node.operands.length === 1 &&
  node.inference.axes.length === 0 &&
  node.inference.output.join() === node.inputs[0]!.join();

/** Layers whose value goes to one dilated window of stride 1 alone. */
function leadingToDilated(model: ShapedModel): ReadonlySet<string> {
  const { nodes } = model.graph;
  const consumers = grouped(nodes.flatMap((node) => [...new Set(node.operands)].map((id) => [id, node] as const)));
  const leading = new Set<string>();
  for (const { id } of nodes.toReversed()) {
    const [next, ...others] = consumers.get(id) ?? [];
    if (!next || others.length > 0) continue;
    const leads = isWindow(next) ? isDilated(next) && !isStrided(next) : keepsPositions(next) && leading.has(next.id);
    if (leads) leading.add(id);
  }
  return leading;
}

/** Fields that are larger are not looked through. */
const largestField = 2 ** 24;

/** How many positions windows in a row span, and how many of them no path of taps reaches. */
function fieldOf(reaches: Reaches): { readonly size: number; readonly holes: number } {
  // The order of windows does not matter: the small dilations first, as they may already leave nothing out.
  const sorted = [...reaches].sort(([a], [b]) => a - b);
  const size = sorted.reduce((sum, [dilation, steps]) => sum + steps * dilation, 1);
  let covered = 1;
  const firstGap = sorted.findIndex(([dilation, steps]) => {
    if (dilation > covered) return true;
    covered += steps * dilation;
    return false;
  });
  if (firstGap < 0 || size > largestField) return { size, holes: 0 };
  let reached: Uint8Array = new Uint8Array(size).fill(1, 0, covered);
  for (const [dilation, steps] of sorted.slice(firstGap)) reached = spread(reached, dilation, steps);
  return { size, holes: reached.reduce((holes, one) => holes - one, size) };
}

/** The positions o + t·dilation for t ≤ steps: those at most so many steps of a dilation behind one that is reached. */
function spread(reached: Uint8Array, dilation: number, steps: number): Uint8Array {
  const left = new Float64Array(reached.length);
  for (let o = 0; o < left.length; o++) left[o] = reached[o] ? steps + 1 : Math.max((left[o - dilation] ?? 0) - 1, 0);
  return Uint8Array.from(left, (taps) => (taps > 0 ? 1 : 0));
}
