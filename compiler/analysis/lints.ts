// Lints over a shaped graph: what is legal and yet probably not meant.
import type { Problem } from '../../dsl/problem.ts';
import { warning } from '../../dsl/problem.ts';
import type { ShapedModel, ShapedNode } from '../graph/model.ts';
import type { AxisRecord } from '../operators/operator.ts';

/** `gridding`: dilated windows in a row whose taps never see some of the elements between them. */
export function lintModel(model: ShapedModel): Problem[] {
  return model.graph.nodes.flatMap((node) => gridding(model, node));
}

/**
 * Looks back from a dilated layer along layers of stride 1 with windows: offsets that the chain can reach along each axis.
 * A hole between the smallest and the largest offset is an element in the middle of the field that has no influence
 * (P. Wang et al., "Understanding Convolution for Semantic Segmentation", 2018).
 */
function gridding(model: ShapedModel, node: ShapedNode): Problem[] {
  if (
    !isWindow(node) ||
    node.inference.axes.every(({ dilation }) => dilation === 1) ||
    hasDilatedSuccessor(model, node)
  )
    return [];
  const chain = chainBefore(model, node);
  if (chain.length < 2) return [];
  for (let axis = 0; axis < node.inference.axes.length; axis++) {
    const windows = chain.map((layer) => layer.inference.axes[axis]!);
    const { size, holes } = fieldOf(windows);
    if (holes === 0) continue;
    const dilations = windows.map(({ dilation }) => dilation).join(', ');
    const message = `dilations ${dilations} in a row leave ${holes} of ${size} positions of the receptive field unseen`;
    return [warning('lint/gridding', message, node.origin, { notes: [fixFor(windows)] })];
  }
  return [];
}

/** A dilation of up to the size of a field without holes leaves none. */
function fixFor(windows: readonly AxisRecord[]): string {
  const before = fieldOf(windows.slice(0, -1));
  const example = 'let the dilations have no common factor, such as 1, 2, 3 or 1, 2, 5';
  return before.holes > 0 ? example : `a dilation of up to ${before.size} leaves no hole here; or ${example}`;
}

const isWindow = (node: ShapedNode): boolean =>
  node.inference.axes.length > 0 &&
  node.inference.weights.length > 0 &&
  node.inference.axes.every(({ direction }) => direction === 'forward');

/** The windows that lead to this one without stride, first to last; layers that keep each position are passed over. */
function chainBefore(model: ShapedModel, last: ShapedNode): ShapedNode[] {
  const chain: ShapedNode[] = [];
  let node: ShapedNode | undefined = last;
  while (node && (isWindow(node) || keepsPositions(node))) {
    if (isWindow(node)) {
      if (chain.length > 0 && node.inference.axes.some(({ stride }) => stride > 1)) break;
      if (node.inference.axes.every(({ kernel }) => kernel > 1)) chain.unshift(node);
    }
    node = node.operands.length === 1 ? model.graph.node(node.operands[0]!) : undefined;
  }
  // A dense window first covers everything between its own taps.
  const dilated = chain.findIndex((layer) => layer.inference.axes.some(({ dilation }) => dilation > 1));
  return dilated < 0 ? [] : chain;
}

/** Elementwise layers and normalisations: same shape in and out, one operand, no windows. */
const keepsPositions = (node: ShapedNode): boolean =>
  node.operands.length === 1 &&
  node.inference.axes.length === 0 &&
  node.inference.output.join() === node.inputs[0]!.join();

function hasDilatedSuccessor(model: ShapedModel, node: ShapedNode): boolean {
  let current = node;
  for (;;) {
    const consumers: ShapedNode[] = model.graph.consumers(current.id);
    const next = consumers.length === 1 ? consumers[0]! : undefined;
    if (!next) return false;
    if (isWindow(next))
      return (
        next.inference.axes.some(({ dilation }) => dilation > 1) &&
        next.inference.axes.every(({ stride }) => stride === 1)
      );
    if (!keepsPositions(next)) return false;
    current = next;
  }
}

/** Fields that are larger are not looked through. */
const largestField = 2 ** 24;

/** How many positions windows in a row span, and how many of them no path of taps reaches. */
function fieldOf(windows: readonly AxisRecord[]): { readonly size: number; readonly holes: number } {
  const size = windows.reduce((sum, { kernel, dilation }) => sum + (kernel - 1) * dilation, 1);
  if (size > largestField) return { size, holes: 0 };
  let reached: Uint8Array = new Uint8Array(size);
  reached[0] = 1;
  for (const window of windows) reached = spread(reached, window);
  return { size, holes: reached.reduce((holes, one) => holes - one, size) };
}

/** The positions o + t·dilation for t < kernel: those at most kernel − 1 steps of a dilation behind one that is reached. */
function spread(reached: Uint8Array, { kernel, dilation }: AxisRecord): Uint8Array {
  const left = new Float64Array(reached.length);
  for (let o = 0; o < left.length; o++) left[o] = reached[o] ? kernel : Math.max((left[o - dilation] ?? 0) - 1, 0);
  return Uint8Array.from(left, (taps) => (taps > 0 ? 1 : 0));
}
