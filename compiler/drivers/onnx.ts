// Reads an ONNX file as the text and the weights of a network; tensors in files beside it are found there.
import * as path from 'node:path';
import { failure, type Problem, type Result, success } from '../../dsl/problem.ts';
import type { FrontOptions } from '../compile.ts';
import { knownFormat } from '../files/known.ts';
import type { ImportedModel } from '../front/importing/import.ts';
import { decodeModel } from '../front/onnx/codec.ts';
import { importModel } from '../front/onnx/import.ts';
import { readBytes } from './files.ts';

export function importOnnx(
  bytes: Uint8Array,
  file: string,
  set: FrontOptions['set'],
  onRead?: (file: string) => void,
): Result<ImportedModel> {
  const known = knownFormat(bytes, file);
  if (known) return failure([known]);
  const model = decodeModel(bytes, file);
  if (!model.ok) return model;
  const problems: Problem[] = [];
  const read = (location: string): Uint8Array | undefined => {
    const beside = path.join(path.dirname(file), location);
    onRead?.(beside);
    const content = readBytes(beside);
    if (content.ok) return content.value;
    // That a file is missing is said by the tensors that are kept in it.
    problems.push(...content.problems.filter(({ code }) => code !== 'file/missing'));
    return undefined;
  };
  // Many tensors share a file, which may be large.
  const files = new Map<string, Uint8Array | undefined>();
  const external = (location: string): Uint8Array | undefined => {
    if (!files.has(location)) files.set(location, read(location));
    return files.get(location);
  };
  const sizes = Object.entries(set ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const imported = importModel(model.value, file, { set: Object.fromEntries(sizes), external });
  if (imported.ok) return success(imported.value, [...model.problems, ...imported.problems]);
  return failure([...problems, ...imported.problems]);
}
