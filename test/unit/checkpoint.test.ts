// PyTorch checkpoints: pickles as torch.save writes them, put together by hand, and hostile ones.
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { generator } from '../../compiler/algebra/pseudo-random.ts';
import { readCheckpoint } from '../../compiler/files/torch/checkpoint.ts';

const bytesOf = (...parts: readonly (string | number | readonly number[])[]): number[] =>
  parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part));
const text = (value: string): number[] => bytesOf('X', [value.length, 0, 0, 0], value);
const pair = (a: number, b: number): number[] => bytesOf('K', a, 'K', b, 0x86);

/** `torch._utils._rebuild_tensor_v2(storage, offset, (a, b), (c, d), False, OrderedDict())` */
const tensor = (type: string, key: string, offset: number, shape: [number, number], strides: [number, number]) =>
  bytesOf(
    'ctorch._utils\n_rebuild_tensor_v2\n((',
    text('storage'),
    `ctorch\n${type}\n`,
    text(key),
    text('cpu'),
    'K\x06tQK',
    offset,
    pair(...shape),
    pair(...strides),
    0x89,
    'ccollections\nOrderedDict\n)RtR',
  );

const orderedDict = (...items: readonly (readonly [string, readonly number[]])[]): number[] =>
  bytesOf('ccollections\nOrderedDict\nq\x00)Rq\x01(', ...items.map(([key, value]) => [...text(key), ...value]), 'u');

const numbers = (...values: readonly number[]): Uint8Array => new Uint8Array(new Float32Array(values).buffer);
const checkpoint = (pickle: readonly number[], storages: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  zipSync({ 'net/data.pkl': new Uint8Array([0x80, 2, ...pickle, 0x2e]), ...storages });

const read = (bytes: Uint8Array) => {
  const result = readCheckpoint(bytes, 'net.pth');
  return result.ok
    ? Object.fromEntries([...result.value].map(([name, { shape, data }]) => [name, { shape, data: [...data] }]))
    : result.problems.map(({ message }) => message).join('\n');
};

describe('a PyTorch checkpoint', () => {
  it('gives strided views of shared storages', () => {
    const state = orderedDict(
      ['module.fc.weight', tensor('FloatStorage', '0', 0, [2, 3], [3, 1])],
      ['module.fc.turned', tensor('FloatStorage', '0', 0, [3, 2], [1, 3])],
      ['fc.half', tensor('HalfStorage', '1', 1, [1, 2], [2, 1])],
    );
    // The state of the dictionary, as nn.Module.state_dict leaves it.
    const build = bytesOf('}', text('_metadata'), '}sb');
    const bytes = checkpoint([...state, ...build], {
      'net/data/0': numbers(1, 2, 3, 4, 5, 6),
      'net/data/1': new Uint8Array([0, 0, 0, 0x3c, 0, 0xc0]),
    });
    expect(read(bytes)).toEqual({
      'fc.weight': { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] },
      'fc.turned': { shape: [3, 2], data: [1, 4, 2, 5, 3, 6] },
      'fc.half': { shape: [1, 2], data: [1, -2] },
    });
  });

  it('is found within what training saves', () => {
    const state = orderedDict(['w', tensor('FloatStorage', '0', 0, [1, 1], [1, 1])]);
    const outer = bytesOf('}(', text('epoch'), 'K\x07', text('state_dict'), state, 'u');
    expect(read(checkpoint(outer, { 'net/data/0': numbers(9) }))).toEqual({ w: { shape: [1, 1], data: [9] } });
  });

  it('runs nothing: a name that weights do not need is refused by it', () => {
    const hostile = bytesOf('cposix\nsystem\n', text('echo'), 0x85, 'R');
    expect(read(checkpoint(hostile, {}))).toContain('names "posix.system"');
    const stacked = bytesOf([0x8c, 8], 'builtins', [0x8c, 4], 'eval', 0x93);
    expect(read(checkpoint(stacked, {}))).toContain('names "builtins.eval"');
    const called = bytesOf('ctorch\nFloatStorage\n)R');
    expect(read(checkpoint(called, {}))).toContain('calls what is no known function');
  });

  it('is refused where tensors reach beyond their storage or repeat it without end', () => {
    const only = (...given: Parameters<typeof tensor>) =>
      read(checkpoint(orderedDict(['w', tensor(...given)]), { 'net/data/0': numbers(1, 2, 3, 4, 5, 6) }));
    expect(only('FloatStorage', '0', 1, [2, 3], [3, 1])).toContain('reaches beyond its storage');
    expect(only('FloatStorage', '9', 0, [2, 3], [3, 1])).toContain('is not in the archive');
    expect(only('FloatStorage', '0', 0, [200, 200], [0, 0])).toMatchObject({ w: { shape: [200, 200] } });
    expect(read(zipSync({ 'a.txt': new Uint8Array(3) }))).toContain('has no data.pkl');
  });

  it('is read or refused, whatever bytes of its pickle are changed', () => {
    const pickle = orderedDict(['w', tensor('FloatStorage', '0', 0, [2, 3], [3, 1])]);
    const random = generator(3);
    for (let round = 0; round < 3000; round++) {
      const changed = [...pickle];
      for (let n = 0; n < 3; n++) changed[Math.floor(random() * changed.length)] = Math.floor(random() * 256);
      read(checkpoint(changed, { 'net/data/0': numbers(1, 2, 3, 4, 5, 6) }));
    }
  });
});
