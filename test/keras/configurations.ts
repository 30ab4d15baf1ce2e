// Configurations of models as Keras writes them.

export type Json = Readonly<Record<string, unknown>>;

const policy = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } };

const reference = (layer: string): Json => ({
  class_name: '__keras_tensor__',
  config: { shape: [], dtype: 'float32', keras_history: [layer, 0, 0] },
});

interface Link extends Json {
  /** How it reads the layer before; as its only argument where this is left out. */
  readonly node?: (x: Json) => Json;
}

/** The layer `lN` on the one before it. */
function linked({ node, ...layer }: Link, n: number): Json {
  const [name, before] = [`l${n}`, reference(n === 0 ? 'x' : `l${n - 1}`)];
  const config = { name, trainable: true, dtype: policy, ...(layer.config as Json) };
  return {
    module: 'keras.layers',
    ...layer,
    config,
    name,
    inbound_nodes: [node?.(before) ?? { args: [before], kwargs: {} }],
  };
}

/** A Functional model of one input and one chain of layers, as Keras 3 writes it. */
export function functional(shape: readonly (number | null)[], chain: readonly Link[]): Json {
  const input = { batch_shape: [null, ...shape], dtype: 'float32', name: 'x' };
  const first = { class_name: 'InputLayer', module: 'keras.layers', name: 'x', config: input, inbound_nodes: [] };
  const config = {
    name: 'functional',
    layers: [first, ...chain.map(linked)],
    input_layers: [['x', 0, 0]],
    output_layers: [[chain.length === 0 ? 'x' : `l${chain.length - 1}`, 0, 0]],
  };
  return { module: 'keras.src.models.functional', class_name: 'Functional', config };
}

/** A Functional model of one layer, called "layer", as Keras 2 writes it. */
export const functional2 = (shape: readonly number[], className: string, config: Json): Json => ({
  class_name: 'Functional',
  config: {
    name: 'model',
    layers: [
      {
        class_name: 'InputLayer',
        name: 'x',
        config: { batch_input_shape: [null, ...shape], name: 'x' },
        inbound_nodes: [],
      },
      {
        class_name: className,
        name: 'layer',
        config: { ...config, name: 'layer' },
        inbound_nodes: [[['x', 0, 0, {}]]],
      },
    ],
    input_layers: [['x', 0, 0]],
    output_layers: [['layer', 0, 0]],
  },
});
