// Says in a person's words why a statement could not be read, and knows the frequent slips by name.
import { error, type Problem } from './problem.ts';
import type { Source, Span } from './span.ts';
import { didYouMean } from './suggest.ts';

export interface SyntaxFailure {
  /** Where the statement or item begins. */
  readonly start: number;
  /** Where reading stopped. */
  readonly offset: number;
  /** What the grammar would have taken there, in its own words. */
  readonly expected: ReadonlySet<string>;
  /** Whether a body in braces follows. */
  readonly hasBody: boolean;
}

interface Place extends SyntaxFailure {
  readonly source: Source;
  /** The word, number, string or character at the place; empty at the end of a line. */
  readonly found: string;
  /** The statement's text before the place. */
  readonly before: string;
  readonly at: Span;
}

/** Turns a failure of the grammar into the problem that fits best. */
export function explainSyntax(source: Source, failure: SyntaxFailure): Problem {
  const found = tokenAt(source.text, failure.offset);
  const start = failure.offset;
  const at = { source, start, end: start + found.length };
  const place: Place = { ...failure, source, found, before: source.text.slice(failure.start, start).trimEnd(), at };
  for (const slip of SLIPS) {
    const problem = slip(place);
    if (problem) return problem;
  }
  const what = found === '' ? endName(source.text, start) : `\`${shorten(found)}\``;
  const notes = failure.expected.has('"model"') ? didYouMean(found, ITEM_WORDS) : [];
  return error('syntax/unexpected', `expected ${choices(failure.expected)}, found ${what}`, at, { notes });
}

const ITEM_WORDS = ['model', 'block', 'param', 'import'];

const TOKEN = /[\p{L}_][\p{L}\p{Nd}_]*|[0-9]+(?:\.[0-9]+)?|"(?:\\.|[^"\\\n])*"|\|>|->|==|!=|<=|>=|[^\s]/uy;

function tokenAt(text: string, offset: number): string {
  TOKEN.lastIndex = offset;
  return TOKEN.exec(text)?.[0] ?? '';
}

const shorten = (text: string): string => (text.length > 24 ? `${text.slice(0, 20)}…` : text);
const endName = (text: string, offset: number): string =>
  text.slice(offset).trim() === '' ? 'the end of the file' : 'the end of the line';

/** `"," or ")"` → "`,` or `)`"; a value is one word, and operators go unsaid where something else would do. */
function choices(expected: ReadonlySet<string>): string {
  const words = new Set([...expected].map((each) => (each.startsWith('"') ? `\`${JSON.parse(each)}\`` : each)));
  if (words.has('a number')) {
    for (const word of ['a number', 'a string in double quotes', 'a name', '`[`', '`(`', 'a size']) words.delete(word);
    words.add('a value');
  }
  if (words.has('`return`') || words.has('`repeat`')) return 'a layer, a value, `repeat`, `if` or `return`';
  if (words.has('`model`')) return '`model`, `block`, `param` or `import`';
  // A body in braces may begin on the next line, which nobody needs to hear.
  if (words.has('`{`')) words.delete('the end of the line');
  if (words.size > 1) words.delete('an operator');
  if (words.size > 1) words.delete('`.`');
  if (words.size > 2) words.delete('`|>`');
  const all = [...words];
  return all.length < 2 ? (all[0] ?? 'something else') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

type Slip = (place: Place) => Problem | undefined;

const beginsValue = (token: string): boolean => /^[\p{L}_0-9"[]/u.test(token);
const expects = (place: Place, ...marks: readonly string[]): boolean =>
  marks.some((mark) => place.expected.has(mark) || place.expected.has(JSON.stringify(mark)));
const lastWord = (text: string): string => /[\p{L}_][\p{L}\p{Nd}_]*$/u.exec(text)?.[0] ?? '';

/** What people type by habit from other languages, and what is meant here. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  ['#', 'a comment begins with `//`'],
  ["'", 'a string stands in double quotes'],
  ['“', 'a string stands in plain double quotes: `"`'],
  ['”', 'a string stands in plain double quotes: `"`'],
  ['×', 'a product is written `*`'],
  ['·', 'a product is written `*`'],
  ['−', 'minus is written `-`'],
  ['–', 'minus is written `-`'],
  ['→', 'an arrow is written `->`'],
  ['&', 'the word for it is `and`'],
  ['|', 'layers are chained by `|>`; the word for a choice is `or`'],
  ['!', 'the word for it is `not`'],
  ['.', 'layers are chained by `|>`: `x |> layer`'],
  ['->', 'layers are chained by `|>`; `->` stands only before the results of a model'],
]);

/** Shown by its number: controls, joiners, spaces of other kinds. */
const INVISIBLE = /^[\p{C}\p{Z}]/u;

const strayCharacter: Slip = ({ found, at }) => {
  const hint = FOREIGN.get(found);
  const ordinary = /^[\p{L}\p{Nd}_"()[\]{},:;=+\-*/%^<>!|.]/u.test(found);
  if (found === '' || (ordinary && hint === undefined)) return undefined;
  const shown =
    INVISIBLE.test(found) || found === '\uFFFD'
      ? `U+${found.codePointAt(0)!.toString(16).padStart(4, '0').toUpperCase()}`
      : found;
  return error('syntax/stray-character', `\`${shown}\` has no meaning here`, at, { notes: hint ? [hint] : [] });
};

const gluedNumber: Slip = ({ source, offset, at }) => {
  const text = source.text;
  const head = /[0-9.][0-9.eE]*$/.exec(text.slice(Math.max(0, offset - 40), offset))?.[0];
  TOKEN.lastIndex = offset;
  const token = TOKEN.exec(text)?.[0] ?? '';
  const here = /^[0-9]/.test(token)
    ? /^[0-9.]+[\p{L}_][\p{L}\p{Nd}_]*/u.exec(text.slice(offset, offset + 60))?.[0]
    : undefined;
  const isNumber = head !== undefined && /[0-9]/.test(head);
  const glued = here ?? (isNumber && /^[\p{L}_]/u.test(token) ? head + token : undefined);
  if (!glued) return undefined;
  const start = here ? offset : offset - head!.length;
  const isProduct = /^[0-9]+(x[0-9]+)+$/.test(glued);
  const sizes = glued.split('x').join(', ');
  const notes = [isProduct ? `one size for each axis is a list: \`[${sizes}]\`` : 'a name begins with a letter'];
  return error(
    'syntax/number',
    `\`${shorten(glued)}\` is neither a number nor a name`,
    { ...at, start, end: start + glued.length },
    { notes },
  );
};

const equalsForColon: Slip = (place) => {
  if (place.found !== '=' || !expects(place, ':', ',')) return undefined;
  const name = lastWord(place.before);
  if (name === '') return undefined;
  const written = tokenAt(place.source.text, place.offset + 1).trim() || '…';
  const value = written === '[' ? '[…]' : shorten(written);
  return error('syntax/equals-for-colon', `\`${name}\` is given with \`=\``, place.at, {
    label: 'should be `:`',
    notes: [`an argument is written \`${name}: ${value}\``],
  });
};

const colonForEquals: Slip = (place) => {
  if (place.found !== ':' || !expects(place, '=')) return undefined;
  const name = lastWord(place.before);
  return error('syntax/colon-for-equals', `the default of \`${name}\` is given with \`:\``, place.at, {
    label: 'should be `=`',
    notes: [`a default is written \`${name} = …\``],
  });
};

const equalsForComparison: Slip = ({ found, before, at }) => {
  if (found !== '=' || !/^(?:else\s+)?if\b/.test(before)) return undefined;
  return error('syntax/unexpected', '`=` does not compare', at, { label: 'should be `==`' });
};

const colonBeforeResults: Slip = ({ found, expected, at }) => {
  if (found !== ':' || !expected.has('"->"')) return undefined;
  return error('syntax/unexpected', 'the results of a model stand behind `->`', at, { label: 'should be `->`' });
};

const shapeWithoutBrackets: Slip = (place) => {
  if (!expects(place, '[') || place.expected.size > 1 || !beginsValue(place.found)) return undefined;
  const notes = ['a shape is a list, channels last: `[28, 28, 1]`'];
  return error('syntax/unexpected', `expected \`[\`, found \`${shorten(place.found)}\``, place.at, { notes });
};

const assignment: Slip = (place) => {
  if (place.found !== '=' || place.before === '' || place.before !== lastWord(place.before)) return undefined;
  const notes = [`a value is named behind its layer: \`conv(8) as ${place.before}\``];
  return error('syntax/assignment', `\`${place.before}\` cannot be assigned to`, place.at, { notes });
};

const missingComma: Slip = (place) => {
  if (!beginsValue(place.found) || !expects(place, ',') || !expects(place, ')', ']', '}')) return undefined;
  const newLine = !place.source.text.slice(place.start + place.before.length, place.offset).includes('\n');
  return error('syntax/missing-comma', `a comma is missing before \`${shorten(place.found)}\``, place.at, {
    label: 'expected `,` before this',
    notes: newLine ? [] : ['or a bracket above is not closed'],
  });
};

const unquotedPath: Slip = ({ before, found, at }) => {
  if (!/(?:^weights|\bfrom)$/.test(before) || !/^[\p{L}_.]/u.test(found)) return undefined;
  return error('syntax/unexpected', 'the path of a file stands in double quotes', at, {
    label: 'expected `"` before this',
  });
};

const missingParentheses: Slip = (place) => {
  const name = lastWord(place.before);
  if (!expects(place, '(') || expects(place, ')', ',') || !beginsValue(place.found) || name === '') return undefined;
  if (name !== place.before && !place.before.endsWith(`|> ${name}`)) return undefined;
  return error('syntax/missing-parentheses', `\`${name}\` is followed by \`${shorten(place.found)}\``, place.at, {
    notes: [
      `arguments stand in parentheses: \`${name}(${shorten(place.found)})\`; a new layer stands on a new line or behind \`;\``,
    ],
  });
};

/** `x.relu()` */
const method: Slip = (place) => {
  const [, value, layer] = /([\p{L}_][\p{L}\p{Nd}_]*)\s*\.\s*([\p{L}_][\p{L}\p{Nd}_]*)$/u.exec(place.before) ?? [];
  if (place.found !== '(' || value === undefined) return undefined;
  const notes = [`layers are chained by \`|>\`: \`${value} |> ${layer}(…)\`; a dot reaches one of several results`];
  return error('syntax/unexpected', `\`${value}.${layer}\` takes no arguments`, place.at, { notes });
};

const lateAssertion: Slip = (place) => {
  if (place.found !== ':' || !/\bas\s+[\p{L}\p{Nd}_]+$/u.test(place.before)) return undefined;
  const notes = ['the shape stands before the name: `conv(8) : [56, 56, 8] as stem`'];
  return error('syntax/late-assertion', 'a shape cannot stand behind `as`', place.at, { notes });
};

const commaBetweenStatements: Slip = (place) => {
  if (place.found !== ',' || !expects(place, 'the end of the line', 'as', '|>') || expects(place, ','))
    return undefined;
  const notes = ['statements are separated by a new line or `;`'];
  return error('syntax/unexpected', '`,` cannot stand between statements', place.at, { notes });
};

const missingBrace: Slip = (place) => {
  if (place.hasBody || place.found !== '' || !expects(place, '{')) return undefined;
  const last = { ...place.at, start: place.start, end: place.start + place.before.length };
  const message = `a body in braces is missing behind this`;
  return error('syntax/missing-brace', message, last, { label: 'expected `{` after this' });
};

const elseWithoutIf: Slip = (place) => {
  if (place.found !== 'else' || place.before !== '') return undefined;
  const notes = ['`else` stands behind the closing brace of its `if`'];
  return error('syntax/unexpected', 'this `else` has no `if`', place.at, { notes });
};

const reservedWord: Slip = (place) => {
  if (!expects(place, 'a name') || expects(place, 'a number')) return undefined;
  if (!/^(?:repeat|if|else|return|as|and|or|not|true|false|inf)$/.test(place.found)) return undefined;
  if (expects(place, 'repeat', 'return')) return undefined;
  return error('syntax/reserved-word', `\`${place.found}\` is a word of the language and cannot be a name`, place.at);
};

const SLIPS: readonly Slip[] = [
  unquotedPath,
  strayCharacter,
  method,
  gluedNumber,
  colonForEquals,
  equalsForComparison,
  assignment,
  equalsForColon,
  shapeWithoutBrackets,
  colonBeforeResults,
  reservedWord,
  missingComma,
  missingParentheses,
  lateAssertion,
  commaBetweenStatements,
  missingBrace,
  elseWithoutIf,
];
