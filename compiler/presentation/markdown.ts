// Tables of Markdown.
import { inMarkdownCell } from '../../dsl/quote.ts';

const row = (cells: readonly string[]): string => `| ${cells.map(inMarkdownCell).join(' | ')} |`;

export const markdownTable = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(titles), row(titles.map(() => '---')), ...rows.map(row)].join('\n');
