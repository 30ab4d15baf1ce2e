// The weights as files and as text: the header that the module's reader checks (docs/weights-file.md), and base64.
import { checksumOf, plainStripes } from '../../../runtime/checksum.ts';
import { weightWords } from '../../../runtime/weights-file.ts';
import { hash } from '../../algebra/pseudo-random.ts';
import type { Plan, PlannedTensor } from '../../plan/plan.ts';
import { elementOf } from '../../tiler/loop.ts';

export const headerBytes = 64;

/** FNV-1a over names, elements, shapes and places of all weights: a module takes only weights that were laid out for it. */
export function layoutHash({ weights: { storedBytes, tensors } }: Plan): number {
  const text = [storedBytes, ...tensors.map(describeTensor)].join('\n');
  return hash(text);
}

function describeTensor({ name, shape, view }: PlannedTensor): string {
  const axes = view.axes.map(({ stride, block }) => (block === undefined ? `${stride}` : `${stride}/${block}`));
  return `${name} ${elementOf(view)} [${shape.join()}] ${view.base} ${axes.join()}`;
}

export function weightsFile(plan: Plan, weights: Uint8Array): Uint8Array {
  const file = new Uint8Array(headerBytes + weights.length);
  const header = new DataView(file.buffer);
  file.set([0x89, 0x41, 0x54, 0x52, 0x4f, 0x55, 0x53, 0x0a]);
  file.set(weights, headerBytes);
  const words = weightWords(file);
  const checksum = checksumOf(words, plainStripes(words));
  checksum.advance(words.length);
  const fields = [3, headerBytes, layoutHash(plan), weights.length, checksum.result()];
  fields.forEach((field, n) => {
    header.setUint32(8 + n * Uint32Array.BYTES_PER_ELEMENT, field, true);
  });
  const owner = plan.name.replace(/[^ -~]/g, '?').slice(0, 36);
  for (let at = 0; at < owner.length; at++) file[28 + at] = owner.charCodeAt(at);
  return file;
}

export const bytesOf = (numbers: Float32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const group = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => alphabet[(group >> shift) & 63]!);
    const missing = Math.max(0, at + 3 - bytes.length);
    parts.push(digits.slice(0, 4 - missing).join('') + '='.repeat(missing));
  }
  return parts.join('');
}
