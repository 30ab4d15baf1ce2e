// `atrous run FILE`: compiles in memory, runs once on tensors from files, and writes or prints what comes out.
import { resolve } from 'node:path';
import { failure, isError, type Problem, type Result, success } from '../../../dsl/problem.ts';
import { evaluateOutputs } from '../../analysis/reference.ts';
import type { Fit } from '../../files/image-fit.ts';
import { isImage, mostBytes, readTensorFile, writeTensorFile } from '../../files/tensor-file.ts';
import { shapeOf } from '../../graph/model.ts';
import { bindWeights } from '../../plan/weights.ts';
import { nestedNumbers, showTensor } from '../../presentation/tensor.ts';
import { FilesRead, type OutputFile, readBytes, writeFiles } from '../files.ts';
import { andThen, chooseModel, compilePrepared, type Prepared, prepareModel } from './compile.ts';
import { writeDocument } from './json.ts';
import type { CompilationArguments, NamedPath } from './options.ts';
import { exitCodeOf, Progress, showProblems, showText, type Terminal } from './terminal.ts';
import { refuseOverwriting, UsageError } from './usage.ts';

export interface RunOptions extends CompilationArguments {
  readonly input?: readonly NamedPath[];
  readonly output?: readonly NamedPath[];
  readonly fit?: Exclude<Fit, 'none'>;
  readonly backend?: 'reference';
}

type Tensors = Record<string, Float32Array>;

interface Finished {
  readonly prepared: Prepared;
  readonly outputs: Tensors;
}

export async function run(file: string, options: RunOptions, terminal: Terminal): Promise<number> {
  const progress = new Progress(terminal);
  const read = new FilesRead();
  const chosen = await chooseModel(file, { ...options, onRead: read.add });
  const prepared = await andThen(chosen, (value) => prepareModel(value, options, read.add));
  const finished = await andThen(prepared, async (value): Promise<Result<Finished>> => {
    const paths = assign(options.output, outputShapes(value), 'output');
    refuseSamePath(paths);
    for (const path of [...(options.input ?? []).map(({ path }) => path), options.schedules]) if (path) read.add(path);
    refuseOverwriting(read, [...paths.values()], '--output');
    return andThen(readInputs(value, options), async (inputs) => {
      const outputs = await compute(value, inputs, options, progress);
      return andThen(outputs, (tensors) =>
        andThen(save(value, tensors, paths), () => success({ prepared: value, outputs: tensors })),
      );
    });
  });
  progress.done();
  showProblems(terminal, finished.problems);
  if (options.json)
    writeDocument(terminal, finished.problems, { outputs: finished.ok ? outputsJson(finished.value) : {} });
  else if (finished.ok) showText(terminal, showOutputs(finished.value, options));
  return exitCodeOf(finished.problems);
}

type Shapes = ReadonlyMap<string, readonly number[]>;

const inputShapes = ({ model }: Prepared): Shapes => new Map(model.inputs.map(({ name, shape }) => [name, shape]));

const outputShapes = ({ model }: Prepared): Shapes =>
  new Map(model.outputs.map(({ name, value }) => [name, shapeOf(model, value)]));

/** Paths by name; the name may be left out where there is only one. */
function assign(given: readonly NamedPath[] = [], shapes: Shapes, what: 'input' | 'output'): Map<string, string> {
  const paths = new Map<string, string>();
  for (const { name, path } of given) {
    const only = shapes.size === 1 ? [...shapes.keys()][0] : undefined;
    const known = name ?? only;
    const list = [...shapes].map(([each, shape]) => `${each} [${shape.join(', ')}]`).join(', ');
    if (known === undefined || !shapes.has(known)) {
      const message = name === undefined ? `which ${what} is ${path}?` : `the model has no ${what} ${name}`;
      throw new UsageError(message, [`it has ${list}: --${what} NAME=PATH`]);
    }
    if (paths.has(known)) throw new UsageError(`${what} ${known} is given twice`);
    paths.set(known, path);
  }
  return paths;
}

function refuseSamePath(paths: ReadonlyMap<string, string>): void {
  const names = new Map<string, string>();
  for (const [name, path] of paths) {
    const before = names.get(resolve(path));
    if (before !== undefined) throw new UsageError(`${before} and ${name} would both be written to ${path}`);
    names.set(resolve(path), name);
  }
}

function readInputs(prepared: Prepared, { input, fit }: RunOptions): Result<Tensors> {
  const shapes = inputShapes(prepared);
  const paths = assign(input, shapes, 'input');
  const missing = [...shapes].filter(([name]) => !paths.has(name));
  if (missing.length > 0) {
    const list = missing.map(([name, shape]) => `--input ${name}=PATH for [${shape.join(', ')}]`);
    throw new UsageError(`no input is given for ${missing.map(([name]) => name).join(', ')}`, list);
  }
  if (fit && ![...paths.values()].some(isImage))
    throw new UsageError(`--fit ${fit} is for images, and no input is one`);
  const problems: Problem[] = [];
  // A name may be anything, `__proto__` too: a record is made at the end.
  const tensors = new Map<string, Float32Array>();
  for (const [name, path] of paths) {
    const shape = shapes.get(name)!;
    const bytes = readBytes(path, mostBytes(path, shape));
    const numbers = bytes.ok ? readTensorFile(bytes.value, path, shape, fit ?? 'none') : bytes;
    problems.push(...numbers.problems);
    if (numbers.ok) tensors.set(name, numbers.value);
  }
  return problems.some(isError) ? failure(problems) : success(Object.fromEntries(tensors), problems);
}

async function compute(
  prepared: Prepared,
  inputs: Tensors,
  options: RunOptions,
  progress: Progress,
): Promise<Result<Tensors>> {
  if (options.backend !== 'reference') {
    return andThen(await compilePrepared(prepared, options, progress), (compiled) => {
      progress.step('running');
      return success(compiled.instantiate().run(inputs));
    });
  }
  const { model, weights } = prepared;
  const bound = bindWeights(model, weights.weights, weights.init, weights.weightsFile);
  return andThen(bound, (tensors) => success(evaluateOutputs(model, tensors, inputs)));
}

function save(prepared: Prepared, outputs: Tensors, paths: ReadonlyMap<string, string>): Result<readonly OutputFile[]> {
  const shapes = outputShapes(prepared);
  const files: OutputFile[] = [];
  const problems: Problem[] = [];
  for (const [name, path] of paths) {
    const bytes = writeTensorFile({ shape: shapes.get(name)!, data: outputs[name]! }, path);
    problems.push(...bytes.problems);
    if (bytes.ok) files.push({ path, content: bytes.value });
  }
  return problems.length > 0 ? failure(problems) : writeFiles(files);
}

function outputsJson({ prepared, outputs }: Finished): object {
  const entries = [...outputShapes(prepared)].map(([name, shape]) => [
    name,
    { shape, values: nestedNumbers({ shape, data: outputs[name]! }) },
  ]);
  return Object.fromEntries(entries);
}

/** Where a file was asked for its name, else the numbers. */
function showOutputs({ prepared, outputs }: Finished, { output }: RunOptions): string {
  const shapes = outputShapes(prepared);
  const paths = assign(output, shapes, 'output');
  const lines = [...shapes].map(([name, shape]) => {
    const path = paths.get(name);
    const head = `${name} [${shape.join(', ')}]`;
    return path === undefined ? `${head}\n${showTensor({ shape, data: outputs[name]! })}` : `${head} → ${path}`;
  });
  return `${lines.join('\n')}\n`;
}
