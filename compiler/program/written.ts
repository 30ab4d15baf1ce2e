// Which elements of its target a statement writes: counted, without walking its box point by point where the dimensions do
// not depend on each other.
import type { Affine } from '../algebra/affine.ts';
import type { Axis } from '../algebra/expression.ts';
import type { Shape } from '../tensor.ts';

/** Adds one to the count of each element for each point of the box that writes it; what falls outside is dropped. */
export function countWriters(counts: Uint32Array, box: readonly Axis[], index: readonly Affine[], shape: Shape): void {
  const parts = independentParts(index, box).map((part) => offsetsOf(part, index, shape));
  const idle = box.filter(({ name }) => !index.some((affine) => affine.dependsOn(name)));
  const times = idle.reduce((product, { extent }) => product * extent, 1);
  const add = (depth: number, offset: number): void => {
    const offsets = parts[depth];
    if (!offsets) counts[offset] = counts[offset]! + times;
    else for (const more of offsets) add(depth + 1, offset + more);
  };
  add(0, 0);
}

/** Dimensions that share axes, with those axes: no other part depends on them. */
interface Part {
  readonly dimensions: readonly number[];
  readonly axes: readonly Axis[];
}

function independentParts(index: readonly Affine[], box: readonly Axis[]): Part[] {
  let parts: Part[] = [];
  for (const [n, affine] of index.entries()) {
    const own: Part = { dimensions: [n], axes: box.filter(({ name }) => affine.dependsOn(name)) };
    const sharing = parts.filter((part) => part.axes.some((axis) => own.axes.includes(axis)));
    parts = [...parts.filter((part) => !sharing.includes(part)), [own, ...sharing].reduce(joined)];
  }
  return parts;
}

const joined = (a: Part, b: Part): Part => ({
  dimensions: [...a.dimensions, ...b.dimensions],
  axes: [...new Set([...a.axes, ...b.axes])],
});

/** What a part adds to the row-major offset of the element, for each of its points that lies inside. */
function offsetsOf({ dimensions, axes }: Part, index: readonly Affine[], shape: Shape): number[] {
  const strides = shape.map((_, n) => shape.slice(n + 1).reduce((product, size) => product * size, 1));
  const offsets: number[] = [];
  const point = new Map<string, number>();
  const walk = (depth: number): void => {
    const axis = axes[depth];
    if (axis) {
      for (let value = 0; value < axis.extent; value++) {
        point.set(axis.name, value);
        walk(depth + 1);
      }
      return;
    }
    const places = dimensions.map((n) => ({ n, at: index[n]!.evaluate(point) }));
    if (places.every(({ n, at }) => at >= 0 && at < shape[n]!))
      offsets.push(places.reduce((sum, { n, at }) => sum + at * strides[n]!, 0));
  };
  walk(0);
  return offsets;
}
