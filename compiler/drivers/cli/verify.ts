// `atrous verify FILE --vectors FOLDER`: runs on stored inputs and compares with stored results, layer by layer where there
// are files for layers: `FOLDER/image.npy`, `FOLDER/classes.npy`, `FOLDER/residual_0.conv_1.npy`.
import { join } from 'node:path';
import { error, failure, isError, type Problem, type Result, success, warning } from '../../../dsl/problem.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import { fittingOrder } from '../../analysis/axis-order.ts';
import { compareTensors, type Difference, type Tolerance } from '../../analysis/compare.ts';
import { mostBytes, readTensorFile } from '../../files/tensor-file.ts';
import { type ModelOutput, shapeOf } from '../../graph/model.ts';
import { showColumns } from '../../presentation/columns.ts';
import { showNumber } from '../../presentation/tensor.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { fileExists, listFolder, readBytes } from '../files.ts';
import { andThen, chooseModel, compilePrepared, type Prepared, prepareModel } from './compile.ts';
import { writeDocument } from './json.ts';
import type { CompilationArguments } from './options.ts';
import { exitCodeOf, Progress, showProblems, showText, type Terminal } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface VerifyOptions extends CompilationArguments {
  readonly vectors: string;
  readonly rtol: number;
  readonly atol: number;
}

type Tensors = Record<string, Float32Array>;

interface Compared extends Difference {
  readonly name: string;
  readonly shape: Shape;
  /** The order of axes in which the expected numbers fit, where they do not as they are. */
  readonly order?: readonly number[];
}

export async function verify(file: string, options: VerifyOptions, terminal: Terminal): Promise<number> {
  const progress = new Progress(terminal);
  const prepared = await andThen(await chooseModel(file, options), (chosen) => prepareModel(chosen, options));
  const compared = await andThen(prepared, (value) => compareAll(value, options, progress));
  progress.done();
  const rows = compared.ok ? compared.value : [];
  const first = rows.find(({ outside }) => outside > 0);
  const problems = [...compared.problems, ...(first ? [divergence(first, options)] : [])];
  showProblems(terminal, problems);
  if (options.json) writeDocument(terminal, problems, { compared: rows });
  else if (compared.ok) showText(terminal, showCompared(rows));
  return exitCodeOf(problems);
}

/** Layers in their order, then the results. */
async function compareAll(
  prepared: Prepared,
  options: VerifyOptions,
  progress: Progress,
): Promise<Result<readonly Compared[]>> {
  const { model } = prepared;
  const inputs = readVectors(
    model.inputs.map(({ name, shape }) => [name, shape] as const),
    options.vectors,
  );
  if (!fileExists(options.vectors)) throw new UsageError(`there is no folder ${options.vectors}`, []);
  // What is a result under its own name is compared as one, in the model as it is run.
  const results = new Set(model.outputs.filter(({ name, value }) => name === value).map(({ name }) => name));
  const isGiven = (name: string): boolean => vectorFile(options.vectors, name) !== undefined;
  const layers = model.graph.nodes.filter(({ id }) => !results.has(id) && isGiven(id));
  const outputs = model.outputs.filter(({ name }) => isGiven(name));
  if (layers.length + outputs.length === 0) {
    const names = model.outputs.map(({ name }) => `${name}.npy`).join(', ');
    throw new UsageError(`${options.vectors} has no vectors to compare with`, [`results are expected as ${names}`]);
  }
  const names = [...model.inputs, ...model.outputs].map(({ name }) => name);
  const unread = unreadVectors(options.vectors, [...names, ...model.graph.nodes.map(({ id }) => id)]);
  return andThen(withProblems(inputs, unread), async (given) => {
    // Layers are made results of a second model, so that the first one is compared as it is run.
    const watched: ModelOutput[] = layers.map(({ id, origin }) => ({ name: id, value: id, span: origin }));
    const byLayer =
      watched.length > 0 ? await compareOutputs(prepared, watched, given, options, progress) : success([]);
    return andThen(byLayer, async (rows) => {
      const whole =
        outputs.length > 0 ? await compareOutputs(prepared, outputs, given, options, progress) : success([]);
      return andThen(whole, (more) => success([...rows, ...more]));
    });
  });
}

async function compareOutputs(
  prepared: Prepared,
  outputs: readonly ModelOutput[],
  inputs: Tensors,
  options: VerifyOptions,
  progress: Progress,
): Promise<Result<readonly Compared[]>> {
  const { model } = prepared;
  const { vectors, rtol, atol } = options;
  const expected = readVectors(
    outputs.map(({ name, value }) => [name, shapeOf(model, value)] as const),
    vectors,
  );
  const asked = { ...prepared, model: { ...model, outputs } };
  const compiled = await compilePrepared(asked, options, progress);
  return andThen(compiled, ({ instantiate }) => {
    const found = instantiate().run(inputs);
    const tolerance: Tolerance = { relative: rtol, absolute: atol };
    return andThen(expected, (tensors) =>
      success(
        outputs.map(({ name, value }) =>
          compared(name, shapeOf(model, value), found[name]!, tensors[name]!, tolerance),
        ),
      ),
    );
  });
}

function compared(
  name: string,
  shape: Shape,
  found: Float32Array,
  expected: Float32Array,
  tolerance: Tolerance,
): Compared {
  const difference = compareTensors(found, expected, tolerance);
  const order = difference.outside > 0 ? fittingOrder(found, expected, shape, tolerance) : undefined;
  return { name, shape, ...difference, ...(order && { order }) };
}

const extensions = ['npy', 'json', 'f32', 'png', 'jpg', 'jpeg'];

const vectorFile = (folder: string, name: string): string | undefined =>
  extensions.map((extension) => join(folder, `${name}.${extension}`)).find(fileExists);

function readVectors(
  wanted: readonly (readonly [name: string, shape: readonly number[]])[],
  folder: string,
): Result<Tensors> {
  const problems: Problem[] = [];
  // A name may be anything, `__proto__` too: a record is made at the end.
  const tensors = new Map<string, Float32Array>();
  for (const [name, shape] of wanted) {
    const file = vectorFile(folder, name);
    if (file === undefined) {
      const notes = [`${join(folder, `${name}.npy`)} would hold ${showShape(shape)}`];
      problems.push(error('verify/no-vector', `${folder} has no file for ${name}`, undefined, { notes }));
      continue;
    }
    const bytes = readBytes(file, mostBytes(file, shape));
    const numbers = bytes.ok ? readTensorFile(bytes.value, file, shape) : bytes;
    problems.push(...numbers.problems);
    if (numbers.ok) tensors.set(name, numbers.value);
  }
  return problems.some(isError) ? failure(problems) : success(Object.fromEntries(tensors), problems);
}

/** Files of vectors that nothing is compared with: names that the model does not have, and second files of one name. */
function unreadVectors(folder: string, names: readonly string[]): readonly Problem[] {
  const read = new Set(names.flatMap((name) => vectorFile(folder, name) ?? []));
  const isVector = (file: string): boolean => extensions.some((extension) => file.endsWith(`.${extension}`));
  return listFolder(folder).flatMap((file) => {
    const path = join(folder, file);
    if (!isVector(file) || read.has(path)) return [];
    const name = file.slice(0, file.lastIndexOf('.'));
    const first = names.includes(name) ? vectorFile(folder, name) : undefined;
    const message = first ? `${path} is not read, ${first} is` : `${path} is not read: the model has no ${name}`;
    return [warning('verify/unread', message, undefined, { notes: first ? [] : didYouMean(name, names) })];
  });
}

const withProblems = <T>(result: Result<T>, more: readonly Problem[]): Result<T> => ({
  ...result,
  problems: [...more, ...result.problems],
});

function divergence(first: Compared, { rtol, atol }: VerifyOptions): Problem {
  const { name, shape, outside, count, scale, largestError, relativeError, order } = first;
  const message = `${name} is the first to diverge: ${outside} of ${count} numbers are outside the tolerance`;
  const absolute = atol > 0 ? ` and ${atol}` : '';
  const notes = [
    scale === 0
      ? `the largest error is ${showNumber(largestError)}, and all expected numbers are 0`
      : `the largest error is ${showNumber(largestError)}, ${showNumber(relativeError)} of the largest expected value, ${showNumber(scale)}`,
    `allowed are ${rtol} of the largest expected value${absolute} (--rtol, --atol)`,
  ];
  if (order) {
    const written = showShape(order.map((axis) => shape[axis]!));
    notes.push(`the expected numbers would fit with their axes in the order ${order.join(', ')}, as ${written}`);
  }
  return error('verify/diverges', message, undefined, { notes });
}

function showCompared(rows: readonly Compared[]): string {
  const cells = rows.map(({ name, count, outside, largestError, scale, relativeError, ulp }) => [
    name,
    String(count),
    showNumber(largestError),
    showNumber(scale),
    showNumber(relativeError),
    ulp < 1e6 ? String(Math.ceil(ulp)) : showNumber(ulp),
    outside === 0 ? 'fits' : `${outside} outside`,
  ]);
  const numbers = ['numbers', 'largest error', 'largest value', 'error/value', 'ulp'];
  const titles = [{ title: 'value' }, ...numbers.map((title) => ({ title, right: true })), { title: '' }];
  return `${showColumns(titles, cells).join('\n')}\n`;
}
