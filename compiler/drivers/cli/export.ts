// `atrous export FILE`: the model as ONNX, its weights inside.
import { success } from '../../../dsl/problem.ts';
import { encodeModel } from '../../front/onnx/codec.ts';
import { exportModel } from '../../front/onnx/export.ts';
import { bindWeights } from '../../plan/weights.ts';
import { showBytes } from '../../presentation/columns.ts';
import { FilesRead, writeFiles } from '../files.ts';
import { andThen, chooseModel, prepareModel } from './compile.ts';
import { writeDocument } from './json.ts';
import type { CompilationArguments } from './options.ts';
import { exitCodeOf, showProblems, showText, type Terminal } from './terminal.ts';
import { refuseOverwriting } from './usage.ts';

export interface ExportOptions extends CompilationArguments {
  /** `NAME.onnx` where it is left out. */
  readonly out?: string;
}

export async function exportFile(file: string, options: ExportOptions, terminal: Terminal): Promise<number> {
  const read = new FilesRead();
  const chosen = await chooseModel(file, { ...options, onRead: read.add });
  const prepared = await andThen(chosen, (value) => prepareModel(value, options, read.add));
  const written = await andThen(prepared, ({ model, weights }) =>
    andThen(bindWeights(model, weights.weights, weights.init, weights.weightsFile), (bound) =>
      andThen(exportModel(model, bound), (onnx) => {
        const path = options.out ?? `${model.name}.onnx`;
        refuseOverwriting(read, [path], '--out');
        const content = encodeModel(onnx);
        return andThen(writeFiles([{ path, content }]), () => success({ path, bytes: content.byteLength }));
      }),
    ),
  );
  showProblems(terminal, written.problems);
  if (options.json) writeDocument(terminal, written.problems, { written: written.ok ? [written.value] : [] });
  else if (written.ok) showText(terminal, `${written.value.path}  ${showBytes(written.value.bytes)}\n`);
  return exitCodeOf(written.problems);
}
