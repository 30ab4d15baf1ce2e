// Tables of text: columns as wide as their widest cell, two spaces between them.
//
//   layer   output        parameters
//   conv_0  [24, 24, 8]          208
import { columnsOf } from '../../dsl/frame.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly right?: boolean;
}

/** Lines without trailing spaces; a column whose cells are all empty is left out. */
export function showColumns(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const shown = columns.flatMap((_, n) => (rows.some((row) => row[n] !== '') ? [n] : []));
  const cells = [columns.map(({ title }) => title), ...rows].map((row) => shown.map((n) => row[n] ?? ''));
  const widths = shown.map((_, n) => Math.max(...cells.map((row) => columnsOf(row[n]!))));
  return cells.map((row) =>
    row
      .map((cell, n) => {
        const space = ' '.repeat(widths[n]! - columnsOf(cell));
        return columns[shown[n]!]!.right ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** `1,234,567` */
export const showCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** `1.2 KiB`, below a kibibyte `512 bytes`. */
export function showBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ['KiB', 'MiB', 'GiB'];
  let size = bytes / 1024;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${size.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)} ${units[unit]}`;
}
