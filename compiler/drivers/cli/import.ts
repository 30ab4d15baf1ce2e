// `atrous import MODEL`: the network as a text that a person would like to read, and its weights beside it.
import { extname, join } from 'node:path';
import { sizeProblem } from '../../../dsl/clean.ts';
import { failure, type Problem, success, warning } from '../../../dsl/problem.ts';
import { write } from '../../files/safetensors.ts';
import type { ImportedBoundary } from '../../front/importing/write-network.ts';
import { showBytes, showColumns } from '../../presentation/columns.ts';
import { FilesRead, fileExists, type OutputFile, readBytes, writeFiles } from '../files.ts';
import { importModelFile } from '../importing.ts';
import { andThen } from './compile.ts';
import { writeDocument } from './json.ts';
import type { CompilationArguments } from './options.ts';
import { exitCodeOf, showProblems, showText, type Terminal } from './terminal.ts';
import { refuseOverwriting, UsageError } from './usage.ts';

export interface ImportOptions extends CompilationArguments {
  readonly out: string;
}

export async function importFile(file: string, options: ImportOptions, terminal: Terminal): Promise<number> {
  if (extname(file) === '.convnet')
    throw new UsageError(`${file} is a text of the language`, ['it needs no import: check, run or build it']);
  const read = new FilesRead();
  read.add(file);
  const imported = await andThen(readBytes(file), (bytes) => importModelFile(bytes, file, options.set, read.add));
  const written = await andThen(imported, ({ name, text, weights, inputs }) => {
    // What is written can be read.
    const tooLong = sizeProblem({ text });
    if (tooLong) return failure([tooLong]);
    const files: OutputFile[] = [{ path: join(options.out, `${name}.convnet`), content: text }];
    if (weights.size > 0) files.push({ path: join(options.out, `${name}.safetensors`), content: write(weights) });
    const paths = files.map(({ path }) => path);
    refuseOverwriting(read, paths, '--out');
    const warnings = [
      ...inputs.filter(({ name, as }) => name !== as).map(renamed),
      ...files.filter(isAnother).map(replacing),
    ];
    return andThen(writeFiles(files), () => success(files, warnings));
  });
  showProblems(terminal, written.problems);
  const files = written.ok
    ? written.value.map(({ path, content }) => ({ path, bytes: Buffer.byteLength(content) }))
    : [];
  if (options.json) writeDocument(terminal, written.problems, { written: files });
  else if (written.ok) showText(terminal, showFiles(files));
  return exitCodeOf(written.problems);
}

/** Whether something else is there already: a network of the same name, or one that was edited. */
function isAnother({ path, content }: OutputFile): boolean {
  if (!fileExists(path)) return false;
  const before = readBytes(path);
  return !before.ok || Buffer.compare(before.value, Buffer.from(content)) !== 0;
}

/** Whoever calls the network has to know. */
const renamed = ({ name, as }: ImportedBoundary): Problem =>
  warning('import/renamed', `the input ${JSON.stringify(name)} is called ${as} here`);

const replacing = ({ path }: OutputFile): Problem =>
  warning('import/replaced', `${path} was another file before, it has been replaced`, undefined, {
    notes: ['import into another folder: --out'],
  });

function showFiles(files: readonly { readonly path: string; readonly bytes: number }[]): string {
  const rows = files.map(({ path, bytes }) => [path, showBytes(bytes)]);
  return `${showColumns([{ title: 'written' }, { title: 'size', right: true }], rows).join('\n')}\n`;
}
