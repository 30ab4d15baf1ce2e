// Loads the files a source imports, and says which blocks and params each file sees.
import { unknownLints } from '../../../dsl/lints.ts';
import { parse } from '../../../dsl/parse.ts';
import { error } from '../../../dsl/problem.ts';
import type { Source } from '../../../dsl/span.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import { type Block, type File, type Identifier, type Import, itemsOf } from '../../../dsl/syntax.ts';
import { lintNames } from '../../analysis/lints/index.ts';
import type { Static } from '../../operators/parameters.ts';
import { evaluate } from './evaluate.ts';
import { IMPORT_LIMIT } from './limits.ts';
import { RESERVED, reserved, Scope } from './scope.ts';
import { reservedForSizes, SIZE_FUNCTIONS } from './sizes.ts';
import type { Surroundings } from './surroundings.ts';
import { checkDefaults } from './unread.ts';

/** A file with its imports resolved. */
export interface Library {
  readonly file: File;
  /** Own and imported blocks by name, each with the file it is written in. */
  readonly blocks: ReadonlyMap<string, HomedBlock>;
  /** Names whose import failed: that was reported, their calls need not be. */
  readonly unavailable: ReadonlySet<string>;
  /** The params. */
  readonly scope: Scope;
}

export interface HomedBlock {
  readonly block: Block;
  readonly home: Library;
  /** The name where this file brings it in: in the block itself or in an import. */
  readonly introduced: Identifier;
}

export function loadLibrary(file: File, surroundings: Surroundings): Library {
  return new Loader(surroundings).load(file, [file.source.file]);
}

class Loader {
  private readonly surroundings: Surroundings;
  private readonly loaded = new Map<string, Library | undefined>();

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
  }

  /** `trail`: the paths of the files that are being loaded, the outermost first. */
  load(file: File, trail: readonly string[]): Library {
    const { reporter } = this.surroundings;
    reporter.sources.push(file.source);
    for (const problem of unknownLints(file, lintNames)) reporter.report(problem);
    const blocks = new Map<string, HomedBlock>();
    const unavailable = new Set<string>();
    checkDefaults(file, this.surroundings);
    const library: Library = { file, blocks, unavailable, scope: this.params(file) };
    const introduce = (introduced: Identifier, block: Block, home: Library): void => {
      const earlier = blocks.get(introduced.name);
      if (earlier) {
        const related = [{ at: earlier.introduced.span, label: 'first named here' }];
        reporter.report(
          error('name/duplicate', `there are two blocks \`${introduced.name}\``, introduced.span, { related }),
        );
      } else if (RESERVED.has(introduced.name)) {
        reporter.report(reserved(introduced));
      } else if (SIZE_FUNCTIONS.has(introduced.name)) {
        reporter.report(reservedForSizes(introduced));
      } else if (this.surroundings.operators.has(introduced.name)) {
        const notes = ['a block needs a name that no layer has'];
        reporter.report(error('name/taken', `\`${introduced.name}\` is a layer already`, introduced.span, { notes }));
      } else blocks.set(introduced.name, { block, home, introduced });
    };
    for (const block of itemsOf(file, 'block')) introduce(block.name, block, library);
    for (const item of itemsOf(file, 'import')) {
      const from = this.imported(item, file, trail);
      for (const name of item.names) {
        const found = from?.blocks.get(name.name);
        if (!found || found.home !== from) unavailable.add(name.name);
        if (found && found.home === from) introduce(name, found.block, from);
        else if (from) reporter.report(missingBlock(name, item, from));
      }
    }
    return library;
  }

  private params(file: File): Scope {
    const { reporter } = this.surroundings;
    const scope = new Scope();
    for (const param of itemsOf(file, 'param')) {
      const value = evaluate(param.default, { scope, reporter });
      scope.declare(param.name, { kind: 'static', value: this.setting(param.name, value) }, reporter);
    }
    return scope;
  }

  private setting({ name, span }: Identifier, value: Static | undefined): Static | undefined {
    const { settings, usedSettings, reporter } = this.surroundings;
    const set = settings.get(name);
    if (set === undefined) return value;
    usedSettings.add(name);
    if (value === undefined || typeof set === typeof value) return set;
    const message = `\`${name}\` is set to ${JSON.stringify(set)}, but its default is a ${typeof value}`;
    reporter.report(error('set/type', message, span));
    return undefined;
  }

  private imported(item: Import, file: File, trail: readonly string[]): Library | undefined {
    const { reporter, readImport } = this.surroundings;
    const path = besideFile(file.source.file, item.path.value);
    // Not even read: a frame around what is wrong in it would show lines of a file that is none of ours.
    if (!path.endsWith('.convnet')) {
      const notes = ['blocks are imported from files of the language, whose names end in .convnet'];
      reporter.report(error('import/not-convnet', `\`${path}\` is no .convnet file`, item.path.span, { notes }));
      return undefined;
    }
    if (trail.includes(path)) {
      const circle = [...trail.slice(trail.indexOf(path)), path].map((each) => `\`${each}\``).join(' → ');
      reporter.report(
        error('import/cycle', 'files import one another in a circle', item.path.span, { notes: [circle] }),
      );
      return undefined;
    }
    if (trail.length > IMPORT_LIMIT) {
      const message = `more than ${IMPORT_LIMIT} files import one another in a row`;
      reporter.report(error('limit/imports', message, item.path.span));
      return undefined;
    }
    if (this.loaded.has(path)) return this.loaded.get(path);
    const source = readImport(path) ?? error('import/missing-file', `there is no file \`${path}\``);
    const isSource = 'text' in source;
    if (!isSource) reporter.report({ ...source, at: item.path.span });
    const library = isSource ? this.parsed(source, [...trail, path]) : undefined;
    this.loaded.set(path, library);
    return library;
  }

  private parsed(source: Source, trail: readonly string[]): Library | undefined {
    const result = parse(source);
    if (!result.ok) this.surroundings.reporter.sources.push(source);
    for (const problem of result.problems) this.surroundings.reporter.report(problem);
    return result.ok ? this.load(result.value, trail) : undefined;
  }
}

function missingBlock({ name, span }: Identifier, item: Import, from: Library) {
  const own = [...from.blocks.values()].filter(({ home }) => home === from).map(({ block }) => block.name.name);
  const suggestion = didYouMean(name, own);
  const listed = own.length > 0 ? [`it has ${own.map((each) => `\`${each}\``).join(', ')}`] : ['it has no blocks'];
  const message = `\`${item.path.value}\` has no block \`${name}\``;
  return error('import/missing-block', message, span, { notes: suggestion.length > 0 ? suggestion : listed });
}

/** `besideFile('nets/a.convnet', './b.convnet')` is `nets/b.convnet`. */
export function besideFile(file: string, path: string): string {
  if (path.startsWith('/')) return path;
  const folder = file
    .split('/')
    .slice(0, -1)
    .filter((part) => part !== '.');
  for (const part of path.split('/')) {
    if (part === '.' || part === '') continue;
    if (part === '..' && folder.length > 0 && folder.at(-1) !== '..' && folder.at(-1) !== '') folder.pop();
    else folder.push(part);
  }
  return folder.join('/');
}
