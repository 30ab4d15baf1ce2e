// Reads all of a file without running it: what no model ran (unused blocks, branches that did not hold) still needs layers,
// arguments and names that there are. Numbers are unknown here, so only what is wrong whatever they are is reported.
//
//   block unused(n) { if n > 3 { conw(n) } else { conv(n, kernal: 3) } }      conw and kernal are reported
import { type Block, type Dimension, type File, itemsOf, type Model } from '../../../dsl/syntax.ts';
import { Runner } from './body.ts';
import { Drafts } from './drafts.ts';
import { evaluate } from './evaluate.ts';
import type { HomedBlock, Library } from './library.ts';
import { DEPTH_LIMIT } from './limits.ts';
import { Naming } from './naming.ts';
import { type Explorer, type Place, Stop } from './place.ts';
import { FAILED, Scope, type Value } from './scope.ts';
import type { Surroundings } from './surroundings.ts';

export function readEverything(library: Library, surroundings: Surroundings): void {
  const explorer = new FileExplorer(surroundings);
  for (const model of itemsOf(library.file, 'model')) explorer.model(model, library);
  for (const block of itemsOf(library.file, 'block')) explorer.writtenBlock(block, library);
}

class FileExplorer implements Explorer {
  private readonly surroundings: Surroundings;
  private readonly read = new Set<Block>();

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
  }

  model(model: Model, library: Library): void {
    const scope = this.params(library.file);
    const dimensions = model.inputs.flatMap(({ shape }) => shape.dimensions);
    for (const name of dimensions.flatMap((dimension) => nameOf(dimension) ?? []))
      if (!scope.lookup(name.name)) this.unknownNumber(name, scope);
    for (const { name } of model.inputs) {
      scope.declare(name, { kind: 'value', value: FAILED, ofHeader: true }, this.surroundings.reporter);
    }
    this.body(model, this.place(library, scope, model.inputs.length === 1 ? FAILED : undefined));
  }

  writtenBlock(block: Block, library: Library): void {
    this.block({ block, home: library, introduced: block.name }, this.place(library, new Scope(), FAILED));
  }

  block({ block, home }: HomedBlock, from: Place): void {
    // So deep in one another, it is read when its own turn comes.
    if (this.read.has(block) || from.depth >= DEPTH_LIMIT) return;
    this.read.add(block);
    const { reporter } = this.surroundings;
    const scope = this.params(home.file);
    for (const parameter of block.parameters) {
      if (parameter.default) evaluate(parameter.default, { scope, reporter, current: FAILED, input: FAILED });
      this.unknownNumber(parameter.name, scope);
    }
    const place = this.place(home, scope, FAILED);
    this.body(block, { ...place, trail: [...from.trail, block], depth: from.depth + 1 });
  }

  private body({ body }: Model | Block, place: Place): void {
    try {
      new Runner(new Drafts([]), this.surroundings).body(body, place, place.input);
    } catch (thrown) {
      if (!(thrown instanceof Stop)) throw thrown;
    }
  }

  private params(file: File): Scope {
    const scope = new Scope();
    for (const { name } of itemsOf(file, 'param')) this.unknownNumber(name, scope);
    return new Scope(scope);
  }

  private unknownNumber(name: Model['name'], scope: Scope): void {
    scope.declare(name, { kind: 'static', value: undefined }, this.surroundings.reporter);
  }

  private place(library: Library, scope: Scope, input: Value | undefined): Place {
    const naming = new Naming('', new Map());
    const start = { naming, round: '', site: undefined, trail: [], depth: 0, inRepeat: false };
    return { ...start, library, scope, input, explorer: this };
  }
}

function nameOf(dimension: Dimension): Model['name'] | undefined {
  if (dimension.kind === 'named') return dimension.name;
  return dimension.kind === 'size' && dimension.size.kind === 'name' ? dimension.size : undefined;
}
