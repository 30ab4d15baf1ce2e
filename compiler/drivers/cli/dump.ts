// What `--dump FOLDER` writes: a file for every stage of the compiler, numbered in their order.
//
//   lenet.00-infer.convnet  lenet.01-expand.convnet  lenet.02-translate.txt  …  lenet.10-assemble.txt
import { join } from 'node:path';
import type { ShapedModel } from '../../graph/model.ts';
import { printGraph } from '../../graph/print.ts';
import type { Watch } from '../../lower.ts';
import { expand } from '../../passes/expand.ts';
import type { OutputFile } from '../files.ts';

interface DumpedFile extends OutputFile {
  readonly stage: string;
}

export const isDumped = (file: OutputFile): boolean => 'stage' in file;

export class Dump {
  readonly files: DumpedFile[] = [];
  private readonly folder: string;
  private readonly name: string;

  constructor(folder: string, model: ShapedModel) {
    this.folder = folder;
    this.name = model.name;
    this.add('infer.convnet', printGraph(model));
    this.add('expand.convnet', printGraph(expand(model)));
  }

  readonly watch: Watch = (stage, print) => this.add(`${stage}.txt`, print());

  private add(stage: string, content: string): void {
    const number = String(this.files.length).padStart(2, '0');
    this.files.push({ path: join(this.folder, `${this.name}.${number}-${stage}`), content, stage });
  }
}
