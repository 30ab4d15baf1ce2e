// A variant executed every way: each backend with each lowering against the expressions, the exported model in onnxruntime,
// and the model imported again. Every cell of the support matrix is what came of it.
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { analyse, compileModel } from '../../compiler/compile.ts';
import { fromForeign, toForeign } from '../../compiler/front/importing/border.ts';
import { decodeModel, encodeModel } from '../../compiler/front/onnx/codec.ts';
import { exportModel } from '../../compiler/front/onnx/export.ts';
import { importModel } from '../../compiler/front/onnx/import.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import type { Lowering } from '../../compiler/options.ts';
import { bindWeights } from '../../compiler/plan/weights.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import type { Shape } from '../../compiler/tensor.ts';
import type { Problem, Result } from '../../dsl/problem.ts';
import { type Case, disagreement, drawCase } from '../all-ways.ts';
import type { Variant } from './variants.ts';

export type Cell =
  | { readonly kind: 'equal' }
  /** Computed, but not what the expression gives: a fault of ours. */
  | { readonly kind: 'wrong'; readonly text: string }
  /** Refused with a problem. */
  | { readonly kind: 'problem'; readonly code: string; readonly message: string }
  /** Comes back as other layers with equal results. */
  | { readonly kind: 'respelt'; readonly layers: readonly string[] }
  /** Written, but the peer does not run it. */
  | { readonly kind: 'unrun'; readonly text: string }
  /** There is nothing to try. */
  | { readonly kind: 'none' };

export const columns = ['ts, phases', 'ts, zeros', 'wasm, phases', 'wasm, zeros', 'export', 'import'] as const;
export type Column = (typeof columns)[number];
export type Cells = Readonly<Record<Column, Cell>>;

const equal: Cell = { kind: 'equal' };
const outcome = (difference: string): Cell => (difference === '' ? equal : { kind: 'wrong', text: difference });
const refused = ([first]: readonly Problem[]): Cell => ({
  kind: 'problem',
  code: first!.code,
  message: first!.message,
});

// The peer's refusals are cells of the matrix, not lines on the terminal.
env.logLevel = 'fatal';

/** Sums of other orders and other implementations of functions differ by a few last places. */
const peerTolerance = 1e-4;

export async function measure(
  variant: Variant,
  rank: number,
  backends: { readonly ts: Backend; readonly wasm: Backend },
): Promise<Cells> {
  const text = modelText(variant, rank);
  const analysed = analyse({ file: 'net.convnet', text });
  if (!analysed.ok) return everywhere(refused(analysed.problems));
  const model = analysed.value[0]!;
  const drawn = drawCase(model, 1);
  const { ts, wasm } = backends;
  const { exported, imported } = await throughOnnx(model, drawn);
  return {
    'ts, phases': compiled(model, drawn, ts, 'phases'),
    'ts, zeros': compiled(model, drawn, ts, 'zero-insertion'),
    'wasm, phases': compiled(model, drawn, wasm, 'phases'),
    'wasm, zeros': compiled(model, drawn, wasm, 'zero-insertion'),
    export: exported,
    import: imported,
  };
}

export function modelText({ layer, inputs }: Variant, rank: number): string {
  const shapes = inputs(rank).map((shape, n) => `${'abc'[n]}: [${shape.join(', ')}]`);
  return `model net(${shapes.join(', ')}) {\n  ${layer(rank)}\n}\n`;
}

const everywhere = (cell: Cell): Cells =>
  Object.fromEntries(columns.map((column) => [column, cell])) as Record<Column, Cell>;

function compiled(
  model: ShapedModel,
  { weights, inputs, expected, allowed }: Case,
  backend: Backend,
  lowering: Lowering,
): Cell {
  const run = (exact: boolean, tolerance: number): Cell => {
    const result = compileModel(model, backend, { weights, lowering, exact, sourceHash: '00000000' });
    if (!result.ok) return refused(result.problems);
    return outcome(disagreement(result.value.instantiate().run(inputs).output!, expected.output!, tolerance));
  };
  const cell = run(false, allowed);
  // Algorithms that transform tiles round; without them whole numbers are met exactly.
  if (cell.kind !== 'wrong' || allowed > 0) return cell;
  const rounded = run(false, 2e-5);
  return rounded.kind === 'equal' ? run(true, allowed) : rounded;
}

async function throughOnnx(
  model: ShapedModel,
  drawn: Case,
): Promise<{ readonly exported: Cell; readonly imported: Cell }> {
  const exported = exportModel(model, drawn.everyWeight);
  if (!exported.ok) return { exported: refused(exported.problems), imported: { kind: 'none' } };
  const bytes = encodeModel(exported.value);
  return { exported: await peerRun(bytes, model, drawn), imported: importedAgain(bytes, model, drawn) };
}

async function peerRun(bytes: Uint8Array, model: ShapedModel, { inputs, expected }: Case): Promise<Cell> {
  try {
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
    const feeds = model.inputs.map(({ name, shape }) => {
      const border = boundary(shape);
      return [name, new Tensor('float32', toForeign([inputs[name]!], border), border.dims)] as const;
    });
    const results = await session.run(Object.fromEntries(feeds), { logSeverityLevel: 4 });
    const { inference } = model.graph.node(model.outputs[0]!.value)!;
    const output = fromForeign(results.output!.data as Float32Array, boundary(inference.output));
    await session.release();
    return outcome(disagreement(output, expected.output!, peerTolerance));
  } catch (problem) {
    return { kind: 'unrun', text: String(problem) };
  }
}

function boundary(shape: Shape) {
  const dims = [1, shape.at(-1)!, ...shape.slice(0, -1)];
  return { dims, shape, layout: [[], [shape.length - 1], ...shape.slice(0, -1).map((_, axis) => [axis])] };
}

function importedAgain(bytes: Uint8Array, model: ShapedModel, { inputs, expected }: Case): Cell {
  const back = chain(decodeModel(bytes, 'net.onnx'), (decoded) => importModel(decoded, 'net.onnx'));
  if (!back.ok) return refused(back.problems);
  const analysed = analyse({ file: 'net.convnet', text: back.value.text });
  if (!analysed.ok) return refused(analysed.problems);
  const again = analysed.value[0]!;
  const bound = bindWeights(again, back.value.weights, undefined);
  if (!bound.ok) return refused(bound.problems);
  // What ONNX transposes at the border is turned there: the numbers are compared as ONNX sees them.
  const given = back.value.inputs.map((border, n) => {
    const { name, shape } = model.inputs[n]!;
    return [border.as, fromForeign(toForeign([inputs[name]!], boundary(shape)), border)] as const;
  });
  const results = evaluateOutputs(again, bound.value, Object.fromEntries(given));
  const [border] = back.value.outputs;
  const wanted = toForeign([expected.output!], boundary(model.graph.node(model.outputs[0]!.value)!.inference.output));
  const difference = disagreement(toForeign([results[again.outputs[0]!.name]!], border!), wanted, peerTolerance);
  const layers = (of: ShapedModel): readonly string[] => of.graph.nodes.map(({ operator }) => operator.name);
  if (difference !== '' || layers(again).join() === layers(model).join()) return outcome(difference);
  return { kind: 'respelt', layers: layers(again) };
}

const chain = <A, B>(result: Result<A>, next: (value: A) => Result<B>): Result<B> =>
  result.ok ? next(result.value) : result;
