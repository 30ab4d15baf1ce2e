// The one place where text that comes from a source, a model or a file is made fit for where it goes: a terminal, a comment, a
// string literal, JSON, XML or Graphviz. It may hold anything: ends of comments and scripts, escape sequences of terminals,
// marks that turn the direction of a line, halves of characters.

/** Characters that are obeyed rather than seen: controls but for tab and newline, separators, marks of direction, halves of pairs. */
const obeyed = /(?![\t\n])[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** For people: each obeyed character becomes one that is seen, of one column. Lines stay lines. */
export const visible = (text: string): string => text.replace(obeyed, '\ufffd');

/** For a block comment: its lines, which can neither end the comment nor the script that it stands in. */
export const inComment = (text: string): string =>
  visible(text.replace(/\r\n?|[\u2028\u2029]/g, '\n'))
    .replaceAll('*/', '*\\/')
    .replaceAll(/<(?=\/script|!--)/gi, '<\\');

/** For a comment of one line. */
export const inLineComment = (text: string): string => inComment(text).replace(/\s*\n\s*/g, ' ');

/** A string literal of JavaScript in single quotes. */
export function quoted(text: string): string {
  const inner = escaped(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replaceAll(/<(?=\/script|!--)/gi, '\\x3c')}'`;
}

/** A string of JSON, with nothing that a terminal would obey. */
export const escaped = (text: string): string =>
  JSON.stringify(text).replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Text or an attribute's value in XML. */
export const inXml = (text: string): string =>
  visible(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A string of Graphviz' language; a newline begins a new line of the label. */
export const inDot = (text: string): string =>
  `"${visible(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/** A cell of a table in Markdown. */
export const inMarkdownCell = (text: string): string =>
  visible(text)
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ');
