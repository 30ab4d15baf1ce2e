// Model files of other frameworks as the text and the weights of a network. The formats are known by their content (ONNX,
// which has no mark, by its name); each importer is loaded when a file of its format is read.
import * as path from 'node:path';
import { failure, type Problem, type Result, success } from '../../dsl/problem.ts';
import type { FrontOptions } from '../compile.ts';
import { fieldsOf, parseJson } from '../files/json.ts';
import { entriesOf, knownFormat } from '../files/known.ts';
import type { SiblingFiles } from '../files/sibling.ts';
import type { ImportedModel } from '../front/importing/import.ts';
import { readBytes } from './files.ts';

interface Surroundings {
  /** Sizes that the model leaves open, by name. */
  readonly set: Readonly<Record<string, number>>;
  readonly files: SiblingFiles;
}

type ImportFile = (bytes: Uint8Array, file: string, surroundings: Surroundings) => Result<ImportedModel>;

interface ModelFormat {
  readonly matches: (bytes: Uint8Array, file: string) => boolean;
  readonly load: () => Promise<ImportFile>;
}

/** An object: nothing but space before its brace. */
function isJson(bytes: Uint8Array): boolean {
  return bytes.find((byte) => byte > 0x20) === 0x7b;
}

/** Its first bytes: what reads the rest is loaded when there is a rest to read. */
const isHdf5 = (bytes: Uint8Array): boolean => [0x89, 0x48, 0x44, 0x46].every((byte, n) => bytes[n] === byte);

const formats: readonly ModelFormat[] = [
  {
    matches: (bytes) => [0x54, 0x46, 0x4c, 0x33].every((byte, n) => bytes[4 + n] === byte),
    load: async () => {
      const { importTflite } = await import('../front/tflite/import.ts');
      return (bytes, file) => importTflite(bytes, file);
    },
  },
  {
    matches: isHdf5,
    load: async () => (await import('../front/keras/saved-model.ts')).importKerasHdf5,
  },
  {
    matches: (bytes) => entriesOf(bytes).includes('config.json'),
    load: async () => (await import('../front/keras/saved-model.ts')).importKerasArchive,
  },
  {
    matches: isLayersModel,
    load: async () => (await import('../front/keras/layers-model.ts')).importLayersModel,
  },
  {
    matches: isJson,
    load: async () => (await import('../front/tfjs/import.ts')).importTfjs,
  },
  {
    matches: (_, file) => isOnnxName(file),
    load: async () => {
      const [{ decodeModel }, { importModel }] = await Promise.all([
        import('../front/onnx/codec.ts'),
        import('../front/onnx/import.ts'),
      ]);
      return (bytes, file, { set, files }) => {
        const model = decodeModel(bytes, file);
        if (!model.ok) return model;
        const imported = importModel(model.value, file, { set, external: files });
        return imported.ok ? success(imported.value, [...model.problems, ...imported.problems]) : imported;
      };
    },
  },
];

/** Both models of TensorFlow.js are called `model.json`; a graph model is a list of nodes. */
function isLayersModel(bytes: Uint8Array): boolean {
  const json = isJson(bytes) ? parseJson(bytes) : undefined;
  const topology = json?.ok ? fieldsOf(fieldsOf(json.value)?.get('modelTopology')) : undefined;
  return topology !== undefined && !topology.has('node');
}

const isOnnxName = (file: string): boolean => file.toLowerCase().endsWith('.onnx');

/** Whether a file is a model of another framework that is read. */
export const isModelFile = (bytes: Uint8Array, file: string): boolean =>
  formats.some(({ matches }) => matches(bytes, file)) || knownFormat(bytes, file) !== undefined;

/** Problem `file/known-format` for formats that are known but not read; else those of the importers. */
export async function importModelFile(
  bytes: Uint8Array,
  file: string,
  set: FrontOptions['set'],
  onRead?: (file: string) => void,
): Promise<Result<ImportedModel>> {
  const known = knownFormat(bytes, file);
  if (known) return failure([known]);
  // What nothing matches is taken for ONNX: its reader says what is wrong with it.
  const format = formats.find(({ matches }) => matches(bytes, file)) ?? formats.at(-1)!;
  const importFile = await format.load();
  const problems: Problem[] = [];
  const sizes = Object.entries(set ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const files = filesBeside(file, problems, onRead);
  const imported = importFile(bytes, file, { set: Object.fromEntries(sizes), files });
  return imported.ok ? imported : failure([...problems, ...imported.problems]);
}

/** Files that a model names, which lie in its folder; each is read once. */
function filesBeside(file: string, problems: Problem[], onRead?: (file: string) => void): SiblingFiles {
  const read = (location: string): Uint8Array | undefined => {
    const beside = path.join(path.dirname(file), location);
    onRead?.(beside);
    const content = readBytes(beside);
    if (content.ok) return content.value;
    // That a file is missing is said by the tensors that are kept in it.
    problems.push(...content.problems.filter(({ code }) => code !== 'file/missing'));
    return undefined;
  };
  const files = new Map<string, Uint8Array | undefined>();
  return (location) => {
    if (!files.has(location)) files.set(location, read(location));
    return files.get(location);
  };
}
