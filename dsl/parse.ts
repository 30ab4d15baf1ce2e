// Text → syntax tree: `parse({ file: 'net.convnet', text })`. With `actions.ts` the only place that calls ohm.
//
// A file is read statement by statement; what is none becomes a `broken` node of the match, is read once more by itself
// to find out where and why it fails, and leaves the statements around it alone. So all slips are reported at once.
import * as ohm from 'ohm-js';
import { actions, type Builder } from './actions.ts';
import { commentQueue, fileOf } from './attach.ts';
import { type CleanText, clean, PIECE_LIMIT } from './clean.ts';
import { GRAMMAR } from './grammar.ts';
import { RECIPE } from './grammar-recipe.ts';
import { findBodies, type Piece, piecesOf } from './pieces.ts';
import { error, failure, isError, type Problem, type Result, success } from './problem.ts';
import type { Source } from './span.ts';
import type { File, Item, Statement } from './syntax.ts';
import { explainSyntax } from './syntax-problem.ts';

/** Syntax problems reported for one file; more would hide the first ones. */
const PROBLEM_LIMIT = 50;

const grammar = loadGrammar();
const semantics = grammar.createSemantics().addOperation('tree(builder)', actions);

/** From the recipe, which takes a hundredth of the time; a recipe of another text (under development) is passed over. */
function loadGrammar(): ohm.Grammar {
  // ohm documents recipes, but leaves them out of its types.
  const { makeRecipe } = ohm as unknown as { makeRecipe(recipe: unknown): ohm.Grammar };
  const recipe = JSON.parse(RECIPE) as [kind: string, metadata: { source: string }];
  return recipe[1].source === GRAMMAR.trim() ? makeRecipe(recipe) : ohm.grammar(GRAMMAR);
}

/**
 * Reads a file. Fails with every syntax problem found (codes `syntax/…` and `limit/…`); never throws.
 * A file that only has blocks or params is a good file: others may import it.
 *
 * @param limit of the length
 */
export function parse(source: Source, limit?: number): Result<File> {
  const cleaned = clean(source, limit);
  if (!cleaned.readable) return failure(cleaned.problems);
  const problems: Problem[] = [...cleaned.problems];
  const file = readPieces(source, cleaned, problems);
  if (file.items.length === 0 && problems.length === 0) {
    const notes = ['a network begins with `model name(input: [height, width, channels]) {`'];
    problems.push(
      error('syntax/empty-file', `\`${source.file}\` says nothing: it has no model, block or param`, undefined, {
        notes,
      }),
    );
  }
  problems.sort((a, b) => (a.at?.start ?? 0) - (b.at?.start ?? 0));
  return problems.some(isError) ? failure(limited(problems)) : success(file, problems);
}

function limited(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= PROBLEM_LIMIT) return problems;
  const rest = error(
    'limit/problems',
    `${problems.length - PROBLEM_LIMIT} or more further syntax problems are not shown`,
  );
  return [...problems.slice(0, PROBLEM_LIMIT), rest];
}

function readPieces(source: Source, { text, comments }: CleanText, problems: Problem[]): File {
  const queue = commentQueue(comments);
  const bodies = findBodies(text);
  const shared = { source, queue, problems, readBody, reportBroken: reporterOf(source, text, problems) };
  return fileOf(source, queue, comments, read<Item>('Items', 0, text.length));

  function readBody(start: number): readonly Statement[] {
    return read('Statements', start + 1, bodies.get(start)!);
  }
  function read<T>(rule: 'Items' | 'Statements', start: number, end: number): readonly T[] {
    const found: T[] = [];
    for (const piece of piecesOf(text, bodies, [start, end], rule === 'Items' ? 'items' : 'statements')) {
      if (piece.text.length > PIECE_LIMIT) {
        problems.push(tooLong(source, piece));
        continue;
      }
      const match = grammar.match(piece.text, rule);
      if (match.failed()) throw new Error(`the grammar must accept every cleaned text: ${match.message}`);
      const builder: Builder = { ...shared, at: piece.at };
      found.push(...(semantics(match).tree(builder) as T[]));
    }
    return found;
  }
}

function tooLong(source: Source, { text, at }: Piece): Problem {
  const message = `a statement has ${text.length} characters; the limit is ${PIECE_LIMIT}`;
  const notes = ['divide it: a chain into several statements, a long list into params'];
  return error('limit/statement-size', message, { source, start: at(0), end: at(0) + 1 }, { notes });
}

function reporterOf(source: Source, text: string, problems: Problem[]): Builder['reportBroken'] {
  return (rule, start, end, bodyEnd) => {
    // `clean` reported brackets and strings already; what else fails here fails because of them.
    if (problems.length > 2 * PROBLEM_LIMIT) return;
    if (problems.some(({ at }) => at && at.start < end && at.end > start)) return;
    const hasBody = bodyEnd !== undefined;
    const match = grammar.match(text.slice(start, end) + (hasBody ? '{}' : ''), rule);
    if (match.failed()) {
      const offset = Math.min(start + match.getRightmostFailurePosition(), end);
      problems.push(explainSyntax(source, { start, offset, expected: expectedBy(match), hasBody }));
    } else {
      // The statement is good, but something follows on the line of its closing brace.
      const offset = (bodyEnd ?? end) + (/^ */.exec(text.slice(bodyEnd ?? end))?.[0].length ?? 0);
      const expected = new Set(['the end of the line']);
      problems.push(explainSyntax(source, { start: offset, offset, expected, hasBody }));
    }
  };
}

// ohm documents the failures of a match, but leaves them out of its type.
interface WithFailures {
  getRightmostFailures(): { toString(): string }[];
}

function expectedBy(match: ohm.MatchResult): ReadonlySet<string> {
  const failures = (match as unknown as WithFailures).getRightmostFailures();
  return new Set(failures.map((each) => each.toString().replace('end of input', 'the end of the line')));
}
