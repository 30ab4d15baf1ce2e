// HDF5 from strangers: what the reader takes, what it refuses, and that thousands of damaged files end in a value or a problem.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generator } from '../../compiler/algebra/pseudo-random.ts';
import { type Hdf5Object, withHdf5 } from '../../compiler/files/hdf5/read.ts';
import { importKerasArchive, importKerasHdf5 } from '../../compiler/front/keras/saved-model.ts';
import { success } from '../../dsl/problem.ts';
import { functional, functional2 } from './configurations.ts';
import { numbers } from './tfjs.ts';
import { dataset, hdf5, kerasArchive, kerasHdf5 } from './write.ts';

const read = <T>(bytes: Uint8Array, use: (root: Hdf5Object) => T) =>
  withHdf5(bytes, 'a.h5', (root) => success(use(root)));

function value<T>(bytes: Uint8Array, use: (root: Hdf5Object) => T): T {
  const result = read(bytes, use);
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return result.value;
}

const refused = (bytes: Uint8Array, use: (root: Hdf5Object) => unknown): string | undefined =>
  read(bytes, use).problems[0]?.message;

describe('files', () => {
  test.each([false, true])('of the newest layout: %s', (latest) => {
    const data = Float32Array.from({ length: 60 }, (_, n) => n);
    const bytes = hdf5(
      (file) => {
        dataset(file, 'a/b/plain', { shape: [3, 4, 5], data });
        file.create_attribute('names', ['one', 'zwölf', '']);
        for (let n = 0; n < (latest ? 5 : 40); n++) file.create_group(`g${n}`);
      },
      { latest },
    );
    expect(value(bytes, (root) => root.get('a', 'b', 'plain')!.read())).toEqual({ shape: [3, 4, 5], data });
    expect(value(bytes, (root) => root.texts('names'))).toEqual(['one', 'zwölf', '']);
    expect(value(bytes, (root) => root.names).length).toBe(latest ? 6 : 41);
    expect(value(bytes, (root) => root.get('a', 'c'))).toBeUndefined();
  });

  test('chunks that hang over the end, deflated and shuffled, as h5py wrote them', () => {
    const bytes = new Uint8Array(
      readFileSync(new URL('../../node_modules/h5wasm/test/compressed.h5', import.meta.url)),
    );
    const names = value(bytes, (root) => root.names);
    expect(names.length).toBeGreaterThan(0);
    const sums = names.map((name) => refused(bytes, (root) => root.get(name)!.read()) ?? 'read');
    expect(sums).toContain('read');
  });
});

describe('refused', () => {
  const linked = (
    make: (file: {
      create_soft_link: (a: string, b: string) => unknown;
      create_external_link: (a: string, b: string, c: string) => unknown;
    }) => void,
  ) =>
    hdf5((file) => {
      dataset(file, 'here', { shape: [2], data: Float32Array.of(1, 2) });
      make(file as never);
    });

  test('links to other files, and soft links', () => {
    const soft = linked((file) => file.create_soft_link('/there', 'there'));
    expect(refused(soft, (root) => root.get('there'))).toBe('a.h5 has a soft link "there", which is not followed');
    const external = linked((file) => file.create_external_link('/etc/passwd', '/x', 'there'));
    expect(refused(external, (root) => root.get('there'))).toMatch(
      /has a link to another file "there", which is not followed/,
    );
  });

  test('what is no HDF5, and what ends too early', () => {
    expect(refused(Uint8Array.of(1, 2, 3), (root) => root)).toBe('a.h5 points to byte 8, but has 3');
    const whole = linked(() => undefined);
    expect(refused(whole.subarray(0, 60), (root) => root)).toMatch(/points to byte \d+, but has 60/);
  });

  test('a tree whose node is its own child', () => {
    const bytes = linked(() => undefined).slice();
    const view = new DataView(bytes.buffer);
    const tree = Buffer.from(bytes).indexOf('TREE');
    // The root's only child, behind the node's head of 24 bytes and the first key.
    view.setBigUint64(tree + 32, BigInt(tree), true);
    expect(refused(bytes, (root) => root.names)).toBe(`a.h5 has a tree that runs in a circle at byte ${tree}`);
  });
});

describe('damaged files end in a value or a problem, soon', () => {
  const kernel = { shape: [3, 3, 2, 4], data: numbers(72, 1) };
  const bias = { shape: [4], data: numbers(4, 2) };
  const settings = { filters: 4, kernel_size: [3, 3], padding: 'same', activation: 'relu' };
  const files: readonly [string, Uint8Array, (bytes: Uint8Array) => { readonly ok: boolean }][] = [
    ...[{}, { packed: true }, { latest: true }].map(
      (options): [string, Uint8Array, (bytes: Uint8Array) => { readonly ok: boolean }] => [
        `.h5 ${JSON.stringify(options)}`,
        kerasHdf5(
          functional2([5, 5, 2], 'Conv2D', settings),
          { x: {}, layer: { 'layer/kernel:0': kernel, 'layer/bias:0': bias } },
          options,
        ),
        (bytes) => importKerasHdf5(bytes, 'a.h5'),
      ],
    ),
    [
      '.keras',
      kerasArchive(functional([5, 5, 2], [{ class_name: 'Conv2D', config: settings }]), {
        'layers/conv2d/vars/0': kernel,
        'layers/conv2d/vars/1': bias,
      }),
      (bytes) => importKerasArchive(bytes, 'a.keras'),
    ],
  ];

  test.each(files)(
    '%s',
    (_, bytes, load) => {
      expect(load(bytes)).toMatchObject({ ok: true });
      const random = generator(11);
      let [good, bad] = [0, 0];
      const start = process.hrtime.bigint();
      for (let round = 0; round < 1500; round++) {
        const damaged = bytes.slice();
        for (let n = 0; n <= random() * 3; n++) {
          const at = Math.floor(random() * damaged.length);
          damaged[at] =
            random() < 0.5 ? Math.floor(random() * 256) : [0, 1, 0x7f, 0x80, 0xff][Math.floor(random() * 5)]!;
        }
        const cut = random() < 0.1 ? damaged.subarray(0, Math.floor(random() * damaged.length)) : damaged;
        // What throws fails the test.
        if (load(cut).ok) good++;
        else bad++;
      }
      expect(good).toBeGreaterThan(0);
      expect(bad).toBeGreaterThan(100);
      expect(Number(process.hrtime.bigint() - start) / 1e9).toBeLessThan(60);
    },
    90_000,
  );
});
