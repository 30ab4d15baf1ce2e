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
    const offsets = reachable(chain.map((layer) => layer.inference.axes[axis]!));
    const size = Math.max(...offsets) - Math.min(...offsets) + 1;
    const holes = size - offsets.size;
    if (holes === 0) continue;
    const dilations = chain.map((layer) => layer.inference.axes[axis]!.dilation);
    const message = `dilations ${dilations.join(', ')} in a row leave ${holes} of ${size} positions of the receptive field unseen`;
    return [
      warning('lint/gridding', message, node.origin, {
        notes: ['let the dilations have no common factor, such as 1, 2, 3 or 1, 2, 5, or begin with 1'],
      }),
    ];
  }
  return [];
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

function reachable(axes: readonly AxisRecord[]): Set<number> {
  let offsets = new Set([0]);
  for (const { kernel, dilation } of axes) {
    offsets = new Set(
      [...offsets].flatMap((offset) => Array.from({ length: kernel }, (_, tap) => offset + tap * dilation)),
    );
  }
  return offsets;
}
