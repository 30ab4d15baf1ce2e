// Matrix products.
import type { Value } from '../network.ts';
import { type Call, flag, number, type Table } from '../translation.ts';
import { activated } from './fused.ts';

/** In ONNX a vector stands for a matrix of one row (first) or one column (second), whose axis is dropped again. */
function product(call: Call): Value {
  const { network } = call;
  const [a, b] = [call.value('a'), call.value('b')];
  const [first, second] = [network.shapeOf(a), network.shapeOf(b)];
  if (call.source !== 'onnx' || (first.length > 1 && second.length > 1)) return plain(call, a, b);
  const row = first.length === 1 ? network.layer('reshape', { shape: [1, ...first] }, [a]) : a;
  const column = second.length === 1 ? network.layer('reshape', { shape: [...second, 1] }, [b]) : b;
  const result = plain(call, row, column);
  const shape = [...network.shapeOf(result)];
  if (second.length === 1) shape.pop();
  if (first.length === 1) shape.splice(second.length === 1 ? -1 : -2, 1);
  return network.layer('reshape', { shape: shape.length === 0 ? [1] : shape }, [result]);
}

const plain = (call: Call, a: Value, b: Value): Value =>
  call.network.layer(
    'matmul',
    {
      transposeFirst: flag(call, 'transposeA', flag(call, 'aTranspose', flag(call, 'transA', false))),
      transposeSecond: flag(call, 'transposeB', flag(call, 'bTranspose', flag(call, 'transB', false))),
    },
    [a, b],
  );

/** alpha·A·B + beta·C. */
function general(call: Call): Value {
  const product = scaled(call, plain(call, call.value('a'), call.value('b')), number(call, 'alpha', 1));
  if (!call.has('c')) return product;
  const sum = call.network.layer('add', {}, [product, scaled(call, call.value('c'), number(call, 'beta', 1))]);
  return spreadOnly(call, product, sum);
}

const scaled = ({ network }: Call, value: Value, factor: number): Value =>
  factor === 1 ? value : network.layer('mul', {}, [value, network.constant(factor)]);

/** The third matrix may spread, the product may not: `expand` to the product's shape says so. */
const spreadOnly = ({ network }: Call, product: Value, sum: Value): Value => {
  const shape = network.shapeOf(product);
  return network.shapeOf(sum).join() === shape.join() ? sum : network.layer('expand', { shape }, [sum]);
};

function fused(call: Call): Value {
  const result = product(call);
  const sum = call.has('bias') ? call.network.layer('add', {}, [result, call.value('bias')]) : result;
  return activated(call, sum);
}

export const products: Table = {
  matmul: { layers: product },
  matMul: { layers: product },
  gemm: { layers: general },
  fusedMatmul: { layers: fused },
};
