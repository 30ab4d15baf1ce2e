// Pools in ONNX.

import { add } from '../../../operators/elementwise/add.ts';
import { argMaxPool } from '../../../operators/pooling/arg-max-pool.ts';
import { avgPool } from '../../../operators/pooling/avg-pool.ts';
import { globalAvgPool } from '../../../operators/pooling/global-avg-pool.ts';
import { globalMaxPool } from '../../../operators/pooling/global-max-pool.ts';
import { lpPool } from '../../../operators/pooling/lp-pool.ts';
import { maxPool } from '../../../operators/pooling/max-pool.ts';
import { sizeOf } from '../../../tensor.ts';
import type { OnnxLayerWriter, OnnxTable } from '../mapping.ts';
import { isOverSpace } from './shared/reductions.ts';
import { compact, poolArguments, poolAttributes } from './shared/windows.ts';

export const pools: OnnxTable = [
  [
    argMaxPool,
    {
      // ONNX counts through all channels, which come one after the other: the rest is the position within one.
      patterns: {
        Mod: (node) => {
          const pool = node.madeBy(0, 'MaxPool', 1);
          const area = pool && sizeOf(pool.dims(0).slice(2));
          if (!pool || node.known(1)?.data.join() !== `${area}` || pool.dims(0)[0] !== 1) return undefined;
          const x = pool.channelsLast(0);
          const order = pool.int('storage_order', 0) === 1 ? 'columns' : 'rows';
          return node.layer({ ...poolArguments(pool, x.shape.length - 1), order }, [x]);
        },
      },
      exports: (layer) => {
        const order = { int: layer.arguments.order === 'columns' ? 1 : 0 };
        const attributes = { ...poolAttributes(layer.axes), storage_order: order };
        const positions = layer.node('MaxPool', layer.operands, attributes, 1);
        const area = layer.integers('area', [sizeOf(layer.inputs[0]!.slice(0, -1))]);
        return layer.node('Cast', [layer.node('Mod', [positions, area])], { to: { int: 1 } });
      },
    },
  ],
  [
    avgPool,
    {
      imports: {
        AveragePool: (node) => {
          const x = node.channelsLast(0);
          const countPadding = node.int('count_include_pad', 0) === 1;
          return node.layer({ ...poolArguments(node, x.shape.length - 1), countPadding }, [x]);
        },
      },
      exports: (layer) => {
        const include = { int: layer.arguments.countPadding === true ? 1 : 0 };
        return layer.node('AveragePool', layer.operands, { ...poolAttributes(layer.axes), count_include_pad: include });
      },
    },
  ],
  [
    globalAvgPool,
    {
      imports: {
        GlobalAveragePool: (node) => node.layer({}, [node.channelsLast(0)]),
        ReduceMean: (node) => (isOverSpace(node) ? node.layer({}, [node.channelsLast(0)]) : undefined),
      },
      exports: (layer) => layer.node('GlobalAveragePool', layer.operands),
    },
  ],
  [
    globalMaxPool,
    {
      imports: {
        GlobalMaxPool: (node) => node.layer({}, [node.channelsLast(0)]),
        ReduceMax: (node) => (isOverSpace(node) ? node.layer({}, [node.channelsLast(0)]) : undefined),
      },
      exports: (layer) => layer.node('GlobalMaxPool', layer.operands),
    },
  ],
  [
    lpPool,
    {
      imports: {
        LpPool: (node) => {
          const x = node.channelsLast(0);
          return node.layer({ ...poolArguments(node, x.shape.length - 1), p: node.int('p', 2) }, [x]);
        },
        GlobalLpPool: (node) => {
          const x = node.channelsLast(0);
          return node.layer({ kernel: compact(x.shape.slice(0, -1)), p: node.int('p', 2) }, [x]);
        },
      },
      exports: (layer) => {
        const p = layer.arguments.p as number;
        if (!Number.isInteger(p)) return exportAnyPower(layer, p);
        return layer.node('LpPool', layer.operands, { ...poolAttributes(layer.axes), p: { int: p } });
      },
    },
  ],
  [
    maxPool,
    {
      imports: {
        MaxPool: (node) => {
          const x = node.channelsLast(0);
          const given = poolArguments(node, x.shape.length - 1);
          const order = node.int('storage_order', 0) === 1 ? 'columns' : 'rows';
          const pooled = node.layer(given, [x]);
          if (node.outputs === 1 || node.dims(0)[0] !== 1) return [pooled];
          const positions = node.layerOf(argMaxPool, { ...given, order }, [x]);
          // ONNX counts through all channels, which come one after the other.
          const area = sizeOf(x.shape.slice(0, -1));
          const channels = Float32Array.from({ length: x.shape.at(-1)! }, (_, channel) => channel * area);
          return [
            pooled,
            channels.length === 1 ? positions : node.layerOf(add, {}, [positions, node.tensor(channels)]),
          ];
        },
      },
      exports: (layer) => layer.node('MaxPool', layer.operands, poolAttributes(layer.axes)),
    },
  ],
];

/** ONNX has whole exponents only: for others the mean of powers, times the number of cells, and its root. */
function exportAnyPower(layer: OnnxLayerWriter, p: number): string {
  const { ceil_mode: hangs, ...attributes } = poolAttributes(layer.axes);
  if (hangs) return layer.refuse(`has p = ${p} and windows that hang over the end: ONNX has whole numbers only there`);
  const number = (name: string, value: number): string =>
    layer.tensor(name, { shape: [1], data: Float32Array.of(value) });
  const powers = layer.node('Pow', [layer.node('Abs', layer.operands), number('p', p)]);
  const mean = layer.node('AveragePool', [powers], { ...attributes, count_include_pad: { int: 1 } });
  const cells = number('cells', sizeOf(layer.axes.map(({ kernel }) => kernel)));
  return layer.node('Pow', [layer.node('Mul', [mean, cells]), number('root', 1 / p)]);
}
