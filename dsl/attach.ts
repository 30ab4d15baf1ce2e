// Gives each comment to the statement or item it stands at, and notes blank lines, so that the formatter loses nothing.
//
//   // above      → before of conv            conv(8)  // behind   → after of conv
//   conv(8)                                   relu
import type { Source, Span } from './span.ts';
import type { Comment, File, Item, Layout } from './syntax.ts';

/** The comments of a file that nobody took yet, in order. */
export interface CommentQueue {
  /** Takes the comments that begin in `[start, end)`. */
  take(start: number, end: number): readonly Comment[];
}

export function commentQueue(comments: readonly Comment[]): CommentQueue {
  const taken = new Set<Comment>();
  const firstFrom = (start: number): number => {
    let low = 0;
    let high = comments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comments[middle]!.span.start < start) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    take(start, end) {
      const found: Comment[] = [];
      for (let index = firstFrom(start); index < comments.length && comments[index]!.span.start < end; index += 1) {
        const comment = comments[index]!;
        if (!taken.has(comment)) found.push(comment);
        taken.add(comment);
      }
      return found;
    },
  };
}

export interface Attached<T> {
  readonly nodes: readonly T[];
  readonly opening: readonly Comment[];
  readonly ending: readonly Comment[];
}

interface Placed {
  readonly span: Span;
  readonly layout: Layout;
}

/** Fills in the layouts of the nodes that stand one after the other in `[start, end)` of the source. */
export function attach<T extends Placed>(
  source: Source,
  queue: CommentQueue,
  nodes: readonly T[],
  start: number,
  end: number,
): Attached<T> {
  const sameLine = (from: number, comment: Comment): boolean =>
    !source.text.slice(from, comment.span.start).includes('\n');
  const behind = (from: number, comments: readonly Comment[]): readonly [readonly Comment[], readonly Comment[]] => {
    const count = comments.findIndex((comment) => !sameLine(from, comment));
    return count < 0 ? [comments, []] : [comments.slice(0, count), comments.slice(count)];
  };
  const after: (readonly Comment[])[] = [];
  const layouts: Layout[] = [];
  let previous = start;
  for (const node of nodes) {
    const [trailing, above] = behind(previous, queue.take(previous, node.span.start));
    after.push(trailing);
    const inside = queue.take(node.span.start, node.span.end);
    const edge = above.at(-1)?.span.end ?? trailing.at(-1)?.span.end ?? previous;
    const space = source.text.slice(edge, node.span.start);
    layouts.push(layoutOf(space, above, inside, previous === 0));
    previous = node.span.end;
  }
  const [trailing, ending] = behind(previous, queue.take(previous, end));
  const placed = nodes.map((node, index) => {
    return { ...node, layout: { ...layouts[index]!, after: after[index + 1] ?? trailing } };
  });
  return nodes.length === 0 ? { nodes, opening: trailing, ending } : { nodes: placed, opening: after[0]!, ending };
}

function layoutOf(space: string, above: readonly Comment[], inside: readonly Comment[], first: boolean): Layout {
  const gap = /\n\s*\n/.test(space) ? 'blank' : space.includes('\n') || above.length > 0 || first ? 'line' : 'joined';
  if (inside.length === 0) return { gap, before: above, after: [] };
  const moved = inside.map((comment, index) => ({
    ...comment,
    own: true,
    blankBefore: index === 0 && gap === 'blank',
  }));
  return { gap: 'line', before: [...above, ...moved], after: [] };
}

/** A file of the items read. */
export function fileOf(
  source: Source,
  queue: CommentQueue,
  comments: readonly Comment[],
  found: readonly Item[],
): File {
  const placed = attach(source, queue, found, 0, source.text.length + 1);
  const span = { source, start: 0, end: source.text.length };
  const ending = [...(found.length === 0 ? placed.opening : []), ...placed.ending];
  return { source, items: withOpening(placed.nodes, placed.opening).map(documented), comments, ending, span };
}

function withOpening(nodes: readonly Item[], opening: readonly Comment[]): readonly Item[] {
  const [first, ...rest] = nodes;
  if (!first || opening.length === 0) return nodes;
  return [{ ...first, layout: { ...first.layout, before: [...opening, ...first.layout.before] } }, ...rest];
}

/** Moves the `///` lines right above an item into its documentation; with an empty line between they are comments. */
function documented<T extends Item>(item: T): T {
  if (item.kind === 'import' || item.layout.gap === 'blank') return item;
  const all = item.layout.before;
  const start = Math.max(
    0,
    all.findLastIndex(({ blankBefore }) => blankBefore),
  );
  const isDocumentation = ({ text }: Comment, index: number): boolean => index >= start && text.startsWith('///');
  const lines = all.filter(isDocumentation);
  if (lines.length === 0) return item;
  const documentation = lines.map(({ text }) => text.slice(text[3] === ' ' ? 4 : 3)).join('\n');
  const before = all.filter((comment, index) => !isDocumentation(comment, index));
  const gap = lines[0]!.blankBefore ? 'blank' : 'line';
  return { ...item, documentation, layout: { ...item.layout, before, gap } };
}
