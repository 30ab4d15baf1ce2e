// `atrous build FILE…`: modules, written next to each other into one folder.
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { distinct, error, isError, type Problem, type Result, success } from '../../../dsl/problem.ts';
import { evaluateOutputs } from '../../analysis/reference.ts';
import { verifyStages } from '../../analysis/verify-stage.ts';
import type { Compiled } from '../../compile.ts';
import { type GivenInFiles, moduleOptions, pick } from '../../options.ts';
import type { Watch } from '../../passes/index.ts';
import { bindWeights } from '../../plan/weights.ts';
import { showBytes, showColumns } from '../../presentation/columns.ts';
import type { EmitOptions, GeneratedFile } from '../../targets/target.ts';
import { FilesRead, type OutputFile, writeFiles } from '../files.ts';
import { loadModels } from '../models.ts';
import { andThen, compilePrepared, type Prepared, prepareModel, type ReadingArguments } from './compile.ts';
import { Dump, isDumped } from './dump.ts';
import { writeDocument } from './json.ts';
import type { CompilationArguments } from './options.ts';
import { seededInputs } from './seeded.ts';
import { runSelfTest } from './self-test.ts';
import { exitCodeOf, Progress, showProblems, showText, type Terminal } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface BuildOptions extends CompilationArguments, GivenInFiles<typeof moduleOptions> {
  readonly out: string;
  readonly verify?: boolean;
  readonly selfTest?: boolean;
  readonly dump?: string;
  readonly watch?: boolean;
}

export async function build(files: readonly string[], options: BuildOptions, terminal: Terminal): Promise<number> {
  refuseIdle(files, options);
  if (!options.watch) return (await buildOnce(files, options, terminal)).code;
  const { watchFiles } = await import('./watch.ts');
  return watchFiles(terminal, () => buildOnce(files, options, terminal));
}

/** Options that could only be ignored, or that contradict each other. */
function refuseIdle(files: readonly string[], { fallback, target, watch, json }: BuildOptions): void {
  if (fallback && target !== 'wasm') throw new UsageError(`--fallback is for WebAssembly, the target is ${target}`);
  if (watch && json) throw new UsageError('--json gives one document, and --watch builds many times');
  if (watch && files.includes('-')) throw new UsageError('--watch needs files, the standard input cannot be watched');
}

/** All modules are written, or with any error none. */
async function buildOnce(
  files: readonly string[],
  options: BuildOptions,
  terminal: Terminal,
): Promise<{ readonly code: number; readonly read: readonly string[] }> {
  const read = new FilesRead();
  if (options.schedules !== undefined) read.add(options.schedules);
  const problems: Problem[] = [];
  const output: OutputFile[] = [];
  const progress = new Progress(terminal);
  for (const file of files) {
    const built = await buildFile(file, options, progress, read.add);
    problems.push(...built.problems);
    if (built.ok) output.push(...built.value);
  }
  progress.done();
  problems.splice(0, problems.length, ...distinct(problems));
  for (const problem of [repeatedPath(output), overwritten(output, read)]) if (problem) problems.push(problem);
  if (!problems.some(isError)) problems.push(...writeFiles(output).problems);
  const written = problems.some(isError) ? [] : output;
  showProblems(terminal, problems);
  if (options.json) writeDocument(terminal, problems, { written: written.map(sizes) });
  else showText(terminal, showWritten(written, options.dump));
  return { code: exitCodeOf(problems), read: read.paths };
}

async function buildFile(
  file: string,
  options: BuildOptions,
  progress: Progress,
  onRead: (file: string) => void,
): Promise<Result<readonly OutputFile[]>> {
  return andThen(await loadModels(file, { ...options, onRead }), async (loaded) => {
    const problems: Problem[] = [];
    const files: OutputFile[] = [];
    for (const model of loaded.models) {
      const prepared = await prepareModel({ loaded, model }, options, onRead);
      const built = await andThen(prepared, (value) => buildModel(value, { ...options, onRead }, progress));
      problems.push(...built.problems);
      if (built.ok) files.push(...built.value);
    }
    return problems.some(isError) ? { ok: false, problems } : success(files, problems);
  });
}

async function buildModel(
  prepared: Prepared,
  options: BuildOptions & ReadingArguments,
  progress: Progress,
): Promise<Result<readonly OutputFile[]>> {
  const dump = options.dump === undefined ? undefined : new Dump(options.dump, prepared.model);
  const watch: Watch = (pass, stage) => {
    dump?.watch(pass, stage);
    if (options.verify) verifyStages(pass, stage);
  };
  return andThen(await compilePrepared(prepared, options, progress, watch), async (compiled) => {
    progress.step(`${prepared.model.name}: writing`);
    const test = options.selfTest ? selfTest(prepared, compiled) : undefined;
    const emitted = { ...pick(moduleOptions, options), ...(test && { selfTest: test }) };
    const files = await compiled.files(emitted);
    const inFolder = ({ path, content }: GeneratedFile): OutputFile => ({ path: join(options.out, path), content });
    const all = [...files.map(inFolder), ...(dump?.files ?? [])];
    if (!test) return success(all);
    progress.step(`${prepared.model.name}: testing`);
    return andThen(await runSelfTest(compiled, emitted, files), () => success(all));
  });
}

/** Inputs that are the same everywhere, and what the definition of the model makes of them. */
function selfTest({ model, weights }: Prepared, { planned }: Compiled): NonNullable<EmitOptions['selfTest']> {
  const bound = bindWeights(model, weights.weights, weights.init, weights.weightsFile);
  if (!bound.ok) throw new Error(`the weights of ${planned.plan.name} fitted when it was compiled`);
  const inputs = seededInputs(model);
  return { inputs, outputs: evaluateOutputs(model, bound.value, inputs), tolerance: 1e-4 };
}

/** What a build reads is never written over by it: weights that are called like those of a module, say. */
function overwritten(files: readonly OutputFile[], read: FilesRead): Problem | undefined {
  const path = files.find((file) => read.has(file.path))?.path;
  if (path === undefined) return undefined;
  const notes = ['build into another folder: --out'];
  return error('file/overwritten', `${path} is what is read, it would be written over`, undefined, { notes });
}

/** Some file systems do not tell `net.js` from `Net.js`; what is built anywhere should build everywhere. */
function repeatedPath(files: readonly OutputFile[]): Problem | undefined {
  const notes = ['give them different names, or build them into different folders (--out)'];
  const seen = new Map<string, string>();
  for (const { path } of files) {
    const plain = resolve(path).normalize('NFC').toLowerCase();
    const before = seen.get(plain);
    seen.set(plain, path);
    if (before === undefined) continue;
    const message =
      before === path
        ? `two models would both be written to ${path}`
        : `${before} and ${path} are one file where capitals do not count`;
    return error('file/repeated', message, undefined, { notes });
  }
  return undefined;
}

const bytesOf = ({ content }: OutputFile): Uint8Array => (typeof content === 'string' ? Buffer.from(content) : content);

function sizes(file: OutputFile): { path: string; bytes: number; gzip: number } {
  const bytes = bytesOf(file);
  return { path: file.path, bytes: bytes.byteLength, gzip: gzipSync(bytes).byteLength };
}

/** A table of the modules; of a dump only how much there is. */
function showWritten(files: readonly OutputFile[], dump: string | undefined): string {
  const modules = files.filter((file) => !isDumped(file)).map(sizes);
  if (modules.length === 0) return '';
  const rows = modules.map(({ path, bytes, gzip }) => [path, showBytes(bytes), `${showBytes(gzip)} gzip`]);
  const lines = showColumns([{ title: 'written' }, { title: 'size', right: true }, { title: '', right: true }], rows);
  const stages = files.length - modules.length;
  return [...lines, ...(stages > 0 ? [`${stages} stages in ${dump}`] : []), ''].join('\n');
}
