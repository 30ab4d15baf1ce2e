// `--dump FOLDER`: a file for every stage of the compiler, numbered in their order. Where a pass has changed
// nothing, its file says which earlier one holds the same.
//
//   lenet.00-infer.convnet  lenet.01-expand.convnet  lenet.02-translate.txt  …  lenet.14-assemble.txt
import { join } from 'node:path';
import type { ShapedModel } from '../../graph/model.ts';
import type { Stage, Watch } from '../../passes/index.ts';
import { infer } from '../../passes/infer.ts';
import { isLanguage, StageTexts } from '../../presentation/stage-text.ts';
import type { OutputFile } from '../files.ts';

interface DumpedFile extends OutputFile {
  readonly stage: string;
}

export const isDumped = (file: OutputFile): boolean => 'stage' in file;

export class Dump {
  readonly files: DumpedFile[] = [];
  private readonly folder: string;
  private readonly name: string;
  private readonly texts = new StageTexts();

  constructor(folder: string, model: ShapedModel) {
    this.folder = folder;
    this.name = model.name;
    this.watch(infer, { kind: 'shaped', value: model });
  }

  readonly watch: Watch = (pass, stage) => this.add(pass.name, stage);

  private add(pass: string, stage: Stage): void {
    const name = `${this.name}.${String(this.files.length).padStart(2, '0')}-${pass}`;
    const own = `${name}.${isLanguage(stage) ? 'convnet' : 'txt'}`;
    const shown = this.texts.add(own, stage);
    const file = 'text' in shown ? own : `${name}.txt`;
    const content = 'text' in shown ? shown.text : `unchanged: the same as ${shown.sameAs}\n`;
    this.files.push({ path: join(this.folder, file), content, stage: pass });
  }
}
