// The paddings of other frameworks as golden rows, and each mistake seen in another implementation as a case that we get right.
import { describe, expect, it } from 'vitest';
import {
  type Ends,
  forwardDialects as forward,
  onnxPads,
  transposedDialects as transposed,
  webnnPads,
} from '../../compiler/front/padding.ts';
import type { Geometry } from '../../compiler/operators/shared/windows.ts';
import { inferOperator, legal, named } from '../run-operator.ts';

const axis = (input: number, kernel: number, stride = 1, dilation = 1): Geometry => ({
  input,
  kernel,
  stride,
  dilation,
});

/** What our own conv makes of explicit padding, or of a rule's name. */
const convAxis = (name: 'conv' | 'convTranspose', { input, ...window }: Geometry, padding: Ends | string) => {
  const written = { filters: 1, ...window, padding: typeof padding === 'string' ? padding : [padding] };
  const [record] = legal(named(name), written, [[input, 1]]).axes;
  return [record!.output, record!.before, record!.after];
};

describe('forward SAME', () => {
  const golden: readonly (readonly [
    row: readonly [number, number, number, number],
    out: number,
    before: number,
    after: number,
  ])[] = [
    [[5, 3, 1, 1], 5, 1, 1],
    [[5, 3, 2, 1], 3, 1, 1],
    [[6, 3, 2, 1], 3, 0, 1],
    [[7, 4, 2, 1], 4, 1, 2],
    [[5, 2, 1, 1], 5, 0, 1],
    [[5, 1, 3, 1], 2, 0, 0],
    [[5, 3, 2, 2], 3, 2, 2],
    [[3, 3, 5, 1], 1, 0, 0],
    [[224, 7, 2, 1], 112, 2, 3],
    [[2, 1, 2, 1], 1, 0, 0],
  ];
  it.each(golden)('%j', (row, out, before, after) => {
    const given = axis(...row);
    expect(forward.keras(given, 'same')).toEqual([before, after]);
    expect(forward.onnx(given, { autoPad: 'SAME_UPPER' })).toEqual([before, after]);
    expect(forward.onnx(given, { autoPad: 'SAME_LOWER' })).toEqual([after, before]);
    expect(forward.jax(given, 'SAME')).toEqual([before, after]);
    expect(forward.nnef(given, undefined)).toEqual([before, after]);
    expect(convAxis('conv', given, 'same')).toEqual([out, before, after]);
    expect(convAxis('conv', given, 'same_lower')).toEqual([out, after, before]);
    expect(convAxis('conv', given, [before, after])).toEqual([out, before, after]);
  });
});

describe('other forward rules', () => {
  it('PyTorch same adds the extent less one, for stride 1', () => {
    expect(forward.pytorch(axis(7, 4), 'same')).toEqual([1, 2]);
    expect(forward.pytorch(axis(7, 3, 1, 3), 'same')).toEqual([3, 3]);
    expect(forward.pytorch(axis(7, 3), 2)).toEqual([2, 2]);
    expect(forward.pytorch(axis(7, 3), 'valid')).toEqual([0, 0]);
    expect(forward.pytorch(axis(7, 3, 2), 'same')).toMatchObject({ code: 'dialect/same-stride' });
  });

  it('causal looks back by the extent less one', () => {
    expect(forward.keras(axis(9, 3, 1, 4), 'causal')).toEqual([8, 0]);
    expect(convAxis('conv', axis(9, 3, 1, 4), 'causal')).toEqual([9, 8, 0]);
    expect(convAxis('conv', axis(9, 3, 2, 4), 'causal')).toEqual([5, 8, 0]);
  });

  it('explicit padding passes', () => {
    expect(forward.onnx(axis(5, 3), { pads: [1, 2] })).toEqual([1, 2]);
    expect(forward.onnx(axis(5, 3), { pads: [1, 2], autoPad: 'VALID' })).toEqual([0, 0]);
    expect(forward.jax(axis(5, 3), [1, 0])).toEqual([1, 0]);
    expect(forward.jax(axis(6, 3, 2), 'SAME_LOWER')).toEqual([1, 0]);
    expect(forward.webnn(axis(5, 3), [0, 1])).toEqual([0, 1]);
    expect(forward.nnef(axis(5, 3), [2, 0])).toEqual([2, 0]);
    expect(forward.keras(axis(5, 3), 'valid')).toEqual([0, 0]);
  });
});

describe('transposed SAME', () => {
  const golden: readonly (readonly [
    row: readonly [number, number, number, number],
    out: number,
    before: number,
    after: number,
  ])[] = [
    [[4, 3, 2, 1], 8, 0, 1],
    [[4, 4, 2, 1], 8, 1, 1],
    [[4, 2, 2, 1], 8, 0, 0],
    [[4, 5, 2, 1], 8, 1, 2],
    [[4, 1, 2, 1], 8, 0, -1],
    [[4, 2, 3, 1], 12, 0, -1],
    [[4, 3, 2, 2], 8, 1, 2],
    [[4, 3, 1, 1], 4, 1, 1],
    [[4, 2, 1, 1], 4, 0, 1],
  ];
  it.each(golden)('%j', (row, out, before, after) => {
    const given = axis(...row);
    expect(transposed.keras(given, 'same')).toEqual([before, after]);
    expect(transposed.tensorflow(given, 'SAME', out)).toEqual([before, after]);
    expect(transposed.jax(given, 'SAME')).toEqual([before, after]);
    expect(transposed.nnef(given, undefined)).toEqual([before, after]);
    expect(transposed.onnx(given, { autoPad: 'SAME_UPPER' })).toEqual([before, after]);
    expect(convAxis('convTranspose', given, 'same')).toEqual([out, before, after]);
    expect(convAxis('convTranspose', given, [before, after])).toEqual([out, before, after]);
  });

  it('is the padding of the forward convolution over the output', () => {
    for (const input of [1, 3, 4])
      for (const kernel of [1, 2, 3, 4, 5])
        for (const stride of [1, 2, 3])
          for (const dilation of [1, 2]) {
            const [before, after] = forward.keras(axis(input * stride, kernel, stride, dilation), 'same');
            const back = transposed.keras(axis(input, kernel, stride, dilation), 'same');
            expect(back[0]).toBe(before);
            expect(Math.max(back[1], 0)).toBe(after);
          }
  });
});

describe('other transposed rules', () => {
  const outputOf = (given: Geometry, padding: unknown): number => convAxis('convTranspose', given, padding as Ends)[0]!;

  it('PyTorch: output padding makes the tail smaller', () => {
    expect(transposed.pytorch(axis(4, 3, 2), 1, 1)).toEqual([1, 0]);
    expect(outputOf(axis(4, 3, 2), transposed.pytorch(axis(4, 3, 2), 1, 1))).toBe(8);
    expect(outputOf(axis(4, 3, 2), transposed.pytorch(axis(4, 3, 2), 1))).toBe(7);
    expect(transposed.pytorch(axis(4, 3, 2), 1, 2)).toMatchObject({ code: 'transpose/output-padding' });
    expect(transposed.pytorch(axis(4, 3, 2, 3), 1, 2)).toEqual([1, -1]);
  });

  it('ONNX: pads, output_padding, VALID', () => {
    expect(transposed.onnx(axis(3, 3, 2), { pads: [1, 0], outputPadding: 1 })).toEqual([1, -1]);
    expect(transposed.onnx(axis(3, 3, 2), { autoPad: 'VALID', pads: [1, 1], outputPadding: 1 })).toEqual([0, -1]);
  });

  it('ONNX: output_shape derives the padding, and says which end gets the odd cell', () => {
    // full = 2·3 + 3 = 9, so 1 cell goes for an output of 8, 3 cells for one of 6.
    expect(transposed.onnx(axis(4, 3, 2), { outputSize: 6 })).toEqual([2, 1]);
    expect(transposed.onnx(axis(4, 3, 2), { outputSize: 6, autoPad: 'SAME_LOWER' })).toEqual([2, 1]);
    expect(transposed.onnx(axis(4, 3, 2), { outputSize: 6, autoPad: 'SAME_UPPER' })).toEqual([1, 2]);
    expect(transposed.onnx(axis(4, 3, 2), { outputSize: 6, oddCell: 'swapped' })).toEqual([1, 2]);
    expect(transposed.onnx(axis(4, 3, 2), { outputSize: 6, autoPad: 'SAME_UPPER', oddCell: 'swapped' })).toEqual([
      2, 1,
    ]);
    expect(transposed.onnx(axis(4, 3, 2), { outputSize: 8, outputPadding: 1 })).toEqual([1, 0]);
  });

  it('ONNX: an output beyond the full size grows at the tail, odd or even, whichever rule', () => {
    for (const autoPad of ['NOTSET', 'SAME_UPPER', 'SAME_LOWER'] as const) {
      expect(transposed.onnx(axis(3, 3, 3), { outputSize: 10, autoPad })).toEqual([0, -1]);
      expect(transposed.onnx(axis(3, 3, 3), { outputSize: 12, autoPad })).toEqual([0, -3]);
    }
  });

  it('Keras valid: a stride above the kernel leaves a tail', () => {
    expect(transposed.keras(axis(4, 3, 2), 'valid')).toEqual([0, 0]);
    expect(outputOf(axis(4, 2, 3), transposed.keras(axis(4, 2, 3), 'valid'))).toBe(12);
    expect(transposed.keras(axis(4, 2, 3), 'valid', 0)).toEqual([0, 0]);
    expect(outputOf(axis(4, 2, 3), transposed.keras(axis(4, 2, 3), 'valid', 2))).toBe(13);
  });

  it('Keras same with output padding', () => {
    expect(outputOf(axis(4, 3, 2), transposed.keras(axis(4, 3, 2), 'same', 0))).toBe(7);
    expect(outputOf(axis(4, 3, 2), transposed.keras(axis(4, 3, 2), 'same', 1))).toBe(8);
    expect(outputOf(axis(4, 4, 2), transposed.keras(axis(4, 4, 2), 'same', 1))).toBe(7);
    const written = { filters: 1, kernel: 4, stride: 2, padding: 'same', outputPadding: 1 };
    const [record] = legal(named('convTranspose'), written, [[4, 1]]).axes;
    expect([record!.before, record!.after]).toEqual(transposed.keras(axis(4, 4, 2), 'same', 1));
  });

  it('TensorFlow and TFLite: the output is stated', () => {
    expect(transposed.tensorflow(axis(4, 3, 2), 'SAME', 7)).toEqual([1, 1]);
    expect(transposed.tensorflow(axis(4, 3, 2), 'VALID', 10)).toEqual([0, -1]);
    expect(transposed.tensorflow(axis(4, 3, 2), [1, 1], 7)).toEqual([1, 1]);
  });

  it('JAX: pairs pad the input with zeros between', () => {
    expect(transposed.jax(axis(4, 3, 2), 'VALID')).toEqual([0, 0]);
    expect(transposed.jax(axis(4, 3, 2), [2, 2])).toEqual([0, 0]);
    expect(transposed.jax(axis(4, 3, 2, 2), [3, 2])).toEqual([1, 2]);
  });

  it('WebNN: output sizes win, within a stride', () => {
    expect(transposed.webnn(axis(3, 3, 3), [0, 0], 1)).toEqual([0, -1]);
    expect(transposed.webnn(axis(3, 3, 3), [0, 0], 1, 11)).toEqual([0, -2]);
    expect(transposed.webnn(axis(3, 3, 3), [0, 0], 0, 12)).toMatchObject({ code: 'transpose/output-padding' });
    expect(transposed.webnn(axis(3, 3, 3), [0, 0], 0, 8)).toMatchObject({ code: 'transpose/unreachable-size' });
    expect(transposed.webnn(axis(3, 3, 2), [0, 0], 2)).toMatchObject({ code: 'transpose/output-padding' });
  });

  it('NNEF: padding or the forward rule', () => {
    expect(transposed.nnef(axis(4, 3, 2), [1, 1])).toEqual([1, 1]);
    expect(transposed.nnef(axis(4, 3, 2), [1, 1], 8)).toEqual([1, 0]);
    expect(transposed.nnef(axis(4, 3, 2), undefined, 7)).toEqual([1, 1]);
  });
});

describe('mistakes of other implementations', () => {
  const axesOf = (name: string, written: Parameters<typeof legal>[1], shape: readonly number[]) =>
    legal(named(name), written, [shape]).axes;

  it('numeric padding uses each axis’s own kernel, not the height for both', () => {
    const axes = axesOf('conv', { filters: 1, kernel: [3, 5], padding: 'same' }, [8, 8, 1]);
    expect(axes.map(({ before, after }) => [before, after])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const numeric = legal(named('conv'), { filters: 1, kernel: [3, 5], padding: 1 }, [[8, 8, 1]]).output;
    expect(numeric).toEqual([8, 6, 1]);
  });

  it('SAME is clamped in three axes too, where the stride exceeds the kernel', () => {
    const axes = axesOf('conv', { filters: 1, kernel: 1, stride: 3, padding: 'same' }, [5, 5, 5, 1]);
    expect(axes.map(({ before, after, output }) => [before, after, output])).toEqual(Array(3).fill([0, 0, 2]));
  });

  it('SAME heeds stride and dilation', () => {
    const [record] = axesOf('conv', { filters: 1, kernel: 3, stride: 2, dilation: 2, padding: 'same' }, [5, 1]);
    expect(record).toMatchObject({ before: 2, after: 2, output: 3 });
  });

  it('pads are padding, output padding is output padding', () => {
    const pads = legal(named('convTranspose'), { filters: 1, kernel: 3, stride: 2, padding: 1 }, [[4, 1]]);
    const extra = legal(named('convTranspose'), { filters: 1, kernel: 3, stride: 2, outputPadding: 1 }, [[4, 1]]);
    expect([pads.output[0], extra.output[0]]).toEqual([7, 10]);
  });

  it('a transposed convolution heeds its dilation', () => {
    const sizes = [1, 2, 3].map(
      (dilation) => legal(named('convTranspose'), { filters: 1, kernel: 3, stride: 2, dilation }, [[4, 1]]).output[0],
    );
    expect(sizes).toEqual([9, 11, 13]);
  });

  it('ONNX and WebNN list padding in different orders', () => {
    expect(onnxPads([1, 2, 3, 4])).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(webnnPads([1, 2, 3, 4])).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(onnxPads([1, 2, 3, 4, 5, 6])).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
  });

  it('SAME takes height from height and width from width', () => {
    const axes = axesOf('conv', { filters: 1, kernel: 3, stride: 2, padding: 'same' }, [5, 6, 1]);
    expect(axes.map(({ before, after }) => [before, after])).toEqual([
      [1, 1],
      [0, 1],
    ]);
  });

  it('a window that does not fit is a fault, never a negative size', () => {
    expect(inferOperator(named('conv'), { filters: 1, kernel: 5 }, [[3, 3, 1]])).toHaveProperty('faults');
    expect(inferOperator(named('maxPool'), { kernel: 5 }, [[3, 3, 1]])).toHaveProperty('faults');
  });
});
