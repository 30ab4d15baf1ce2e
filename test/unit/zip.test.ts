// Zip archives: what a writer of zips made comes back, and archives that lie are refused before they cost anything.
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { generator } from '../../compiler/algebra/pseudo-random.ts';
import { crc32 } from '../../compiler/files/crc32.ts';
import { isZip, readZip } from '../../compiler/files/zip.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const archive = zipSync({
  'config.json': text('{"class_name": "Sequential"}'),
  folder: { 'weights.bin': new Uint8Array(100_000).fill(7) },
  empty: new Uint8Array(0),
  stored: [text('as it is'), { level: 0 }],
});

function opened(bytes: Uint8Array) {
  const result = readZip(bytes, 'model.zip');
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return result.value;
}

const refusal = (bytes: Uint8Array): string => {
  const result = readZip(bytes, 'model.zip');
  return result.ok ? 'read' : result.problems[0]!.message;
};

/** A copy with the 4 bytes of the directory's first entry at `offset` set to `value`. */
function withField(offset: number, value: number): Uint8Array {
  const copy = archive.slice();
  const view = new DataView(copy.buffer);
  const start = view.getUint32(copy.byteLength - 6, true);
  view.setUint32(start + offset, value, true);
  return copy;
}

it('knows the checksum of the standard', () => {
  expect(crc32(text('123456789'))).toBe(0xcbf43926);
});

describe('an archive', () => {
  it('gives its entries back', () => {
    const zip = opened(archive);
    expect(isZip(archive)).toBe(true);
    expect(zip.names).toEqual(['config.json', 'folder/weights.bin', 'empty', 'stored']);
    for (const name of zip.names) {
      const content = zip.read(name);
      expect(content.ok && content.value.byteLength).toBe(
        { 'folder/weights.bin': 100_000, empty: 0, stored: 8 }[name] ?? 28,
      );
    }
    expect(zip.read('../config.json')).toMatchObject({ ok: false });
  });

  it('is refused where sizes or checksums lie', () => {
    const read = (bytes: Uint8Array) => opened(bytes).read('config.json');
    expect(read(withField(24, 27))).toMatchObject({
      problems: [{ message: expect.stringContaining('more than the 27') }],
    });
    expect(read(withField(24, 29))).toMatchObject({ problems: [{ message: expect.stringContaining('has 28 bytes') }] });
    expect(read(withField(24, 2 ** 31))).toMatchObject({
      problems: [{ message: expect.stringContaining('cannot have') }],
    });
    expect(read(withField(16, 1))).toMatchObject({ problems: [{ message: expect.stringContaining('checksum') }] });
    expect(refusal(withField(24, 0xfffffff0))).toContain('once inflated, the limit');
    expect(refusal(withField(42, 90))).toContain('overlaps');
    expect(refusal(withField(20, 2 ** 31))).toContain('reaches into the directory');
  });

  it('is refused where it is cut off', () => {
    for (let length = 0; length < archive.byteLength; length += 7)
      expect(refusal(archive.subarray(0, length))).not.toBe('read');
  });

  it('never does anything but read or refuse, whatever bytes are changed', () => {
    const random = generator(1);
    for (let round = 0; round < 3000; round++) {
      const copy = archive.slice();
      for (let n = 0; n < 3; n++) copy[Math.floor(random() * copy.byteLength)] = Math.floor(random() * 256);
      const result = readZip(copy, 'model.zip');
      if (result.ok) for (const name of result.value.names) result.value.read(name);
    }
  });
});
