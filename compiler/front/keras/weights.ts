// Where a layer's tensors are. Each format has a rule of its own, and none of them is another's:
//
//   by name    Keras 2 (.h5) and TensorFlow.js    conv_1/kernel:0, model/conv_1/kernel
//   by place   Keras 3 (.keras)                   layers/conv2d_1/vars/0: the second Conv2D of its container, whatever its name
import type { WeightData } from '../importing/values.ts';

/** A layer in its containers, outermost first. */
export type LayerPath = readonly LayerPlace[];

export interface LayerPlace {
  readonly name: string;
  /** The class, and how many of its class stand before it in its container: `conv2d_1`. */
  readonly place: string;
}

/** One tensor, read when it is asked for. */
export interface KerasTensor {
  readonly shape: readonly number[];
  read(): WeightData;
}

export interface KerasWeights {
  /**
   * A layer's tensors, by the names that it gives them, as far as they are there.
   *
   * @param names in the layer's order
   * @param part of the layer, where it keeps them in one: `cell`, `forward_layer/cell`
   */
  of(path: LayerPath, names: readonly string[], part?: string): ReadonlyMap<string, KerasTensor>;
}

/** Numbered from 0 in the order of the container: `conv2d`, `conv2d_1`. */
export function placesOf(classes: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return classes.map((one) => {
    const base = snakeCase(one);
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    return count === 0 ? base : `${base}_${count}`;
  });
}

/** As Keras writes the names of classes: `Conv2DTranspose` is `conv2d_transpose`, `PReLU` is `p_re_lu`. */
export const snakeCase = (name: string): string =>
  name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();

/** Tensors under `LAYER/kernel`, with or without Keras' `:0`; layers of nested models lie among them. */
export function weightsByName(tensors: ReadonlyMap<string, KerasTensor>): KerasWeights {
  const byFolder = new Map<
    string,
    { readonly folder: readonly string[]; readonly name: string; tensor: KerasTensor }[]
  >();
  for (const [full, tensor] of tensors) {
    const parts = full.replace(/:\d+$/, '').split('/');
    const folder = parts.slice(0, -1);
    for (const part of new Set(folder)) {
      const list = byFolder.get(part) ?? [];
      list.push({ folder, name: parts.at(-1)!, tensor });
      byFolder.set(part, list);
    }
  }
  return {
    of(path, names, part) {
      const layer = path.at(-1)!.name;
      const direction = part && /^(for|back)ward/.exec(part)?.[0];
      const within = (byFolder.get(layer.split('/').at(-1)!) ?? []).filter(
        ({ folder }) => isWithin(folder, path) && (!direction || folder.some((one) => one.startsWith(direction))),
      );
      // A name in several folders is that of the folder with the most of the layer's containers.
      const best = [...within].sort((a, b) => containers(b.folder, path) - containers(a.folder, path));
      return new Map(
        names.flatMap((name) => {
          const found = best.find((one) => one.name === name);
          return found ? [[name, found.tensor] as const] : [];
        }),
      );
    },
  };
}

/** `['model', 'conv_1']` for the layer conv_1; a name may itself have slashes. */
const isWithin = (folder: readonly string[], path: LayerPath): boolean =>
  `/${folder.join('/')}/`.includes(`/${path.at(-1)!.name}/`);

const containers = (folder: readonly string[], path: LayerPath): number =>
  path.filter(({ name }) => isWithinName(folder, name)).length;

const isWithinName = (folder: readonly string[], name: string): boolean =>
  `/${folder.join('/')}/`.includes(`/${name}/`);
