// The table of layers: one for all versions of Keras and for TensorFlow.js.

import { fieldsOf, showJson } from '../../../files/json.ts';
import { Refusal } from '../../importing/refusal.ts';
import { activations } from './activation.ts';
import { arrangements, withoutEffect } from './arrangement.ts';
import { convolutions } from './convolution.ts';
import { products } from './dense.ts';
import type { Mapping, Table } from './mapping.ts';
import { merges } from './merging.ts';
import { normalisations } from './normalisation.ts';
import { functions, operations } from './operations.ts';
import { pools } from './pooling.ts';
import { recurrents } from './recurrent.ts';
import { wrappers } from './wrappers.ts';

export type { Mapping } from './mapping.ts';

/** By family, for the documentation. */
export const families: Readonly<Record<string, Table>> = {
  convolutions,
  pools,
  dense: products,
  normalisations,
  activations,
  recurrent: recurrents,
  'several values': merges,
  arrangement: arrangements,
  'no effect at inference': withoutEffect,
  'layers within': wrappers,
};

const layers = new Map(Object.values(families).flatMap((table) => Object.entries(table)));

interface Named {
  readonly className: string;
  readonly module: string;
  readonly config: unknown;
}

/** Keras 3 writes functions that are called on values (`x + 1`) beside layers, and tells them by their module. */
export const isOperation = ({ module }: Pick<Named, 'module'>): boolean => /^keras\.(src\.)?ops\b/.test(module);

/** How a layer is written, or the refusal of one that is not known. */
export function mappingOf({ className, module, config }: Named): Mapping {
  if (className === 'Lambda')
    throw new Refusal('holds Python code, which is never run', 'layers in its place, or the model without it', 'layer');
  if (className === 'TFOpLambda' || className === 'SlicingOpLambda') return functionOf(config);
  const isKeras = module === '' || /^(keras|keras_core|tf_keras|tensorflow|tf)\b/.test(module);
  const ofOperation = Object.hasOwn(operations, className) ? operations[className] : undefined;
  const mapping = isOperation({ module }) ? ofOperation : isKeras ? layers.get(className) : undefined;
  if (mapping) return mapping;
  const what =
    isKeras && !className.includes('>')
      ? 'is a layer that is not supported'
      : 'is of a class of its own, whose code is not in the file';
  throw new Refusal(what, 'the same computation from layers that are', 'layer');
}

/** Of the layers that Keras 2 makes of functions of TensorFlow. */
function functionOf(config: unknown): Mapping {
  const name = String(fieldsOf(config)?.get('function'));
  const mapping = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (mapping) return mapping;
  throw new Refusal(
    `calls the function ${showJson(name)}, which is not supported`,
    'the same computation from layers',
    'layer',
  );
}

/** The functions and operations, for the documentation. */
export { functions, operations } from './operations.ts';
