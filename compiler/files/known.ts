// Model files of other formats, told by what they begin with (or, for archives, by what they hold): they are not read yet,
// and their owner should hear that, and a way round, and not that the file is no text.
import { error, type Problem } from '../../dsl/problem.ts';

interface Known {
  /** As the end of "it is …". */
  readonly what: string;
  /** How its owner gets an ONNX file from it. */
  readonly convert: string;
  readonly matches: (bytes: Uint8Array) => boolean;
}

const hasText = (bytes: Uint8Array, at: number, text: string): boolean =>
  [...text].every((character, n) => bytes[at + n] === character.charCodeAt(0));

const formats: readonly Known[] = [
  {
    what: 'a program exported from PyTorch (.pt2)',
    convert: 'in PyTorch, torch.onnx.export(torch.export.load("model.pt2"), …).save("model.onnx")',
    matches: (bytes) =>
      entriesOf(bytes).some((name) => /(^|\/)(archive_format|serialized_exported_program\.json)$/.test(name)),
  },
  {
    what: 'a PyTorch file (.pt, .pth)',
    convert: 'in PyTorch, torch.onnx.export(model, example, "model.onnx")',
    matches: (bytes) => entriesOf(bytes).some((name) => /(^|\/)data\.pkl$/.test(name)),
  },
];

/** Problem `file/known-format`: the bytes are a model of a format that is not read yet. */
export function knownFormat(bytes: Uint8Array, file: string): Problem | undefined {
  const known = formats.find(({ matches }) => matches(bytes));
  if (!known) return undefined;
  const notes = [`convert it to ONNX: ${known.convert}`];
  return error('file/known-format', `${file} is ${known.what}, which is not read yet`, undefined, { notes });
}

/** An archive of more entries is none of these formats; their first ones decide. */
const mostEntries = 1000;

/** The names in a zip archive, from the directory at its end; none where it is no such archive. */
export function entriesOf(bytes: Uint8Array): string[] {
  if (!hasText(bytes, 0, 'PK\x03\x04')) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The last record is 22 bytes, then a comment of up to 65535.
  let end = bytes.length - 22;
  while (end >= 0 && end > bytes.length - 65558 && !hasText(bytes, end, 'PK\x05\x06')) end--;
  if (end < 0 || !hasText(bytes, end, 'PK\x05\x06')) return [];
  const names: string[] = [];
  let at = view.getUint32(end + 16, true);
  while (names.length < mostEntries && at + 46 <= bytes.length && hasText(bytes, at, 'PK\x01\x02')) {
    const length = view.getUint16(at + 28, true);
    names.push(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length)));
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return names;
}
