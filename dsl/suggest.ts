// The nearest name for a misspelt one: `suggest('maxpol', ['maxPool', 'avgPool'])` is `maxPool`.

/** The candidate with the fewest edits; none where that would be a guess (over a third of the letters, or more than 3). */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.floor(name.length / 3)) + 1;
  const wanted = plain(name);
  for (const candidate of candidates) {
    // Capitals and underscores are slips of style, not of spelling.
    const distance = isOf(candidate, wanted) ? 0.5 : editDistance(name, candidate, bestDistance);
    if (distance < bestDistance || (distance === bestDistance && best !== undefined && candidate < best)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Words for a note: ``did you mean `maxPool`?``, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string[] {
  const best = suggest(name, candidates);
  return best === undefined ? [] : [`did you mean \`${best}\`?`];
}

/** Whether a candidate is the wanted one in style only; most are not, by their first letter. */
const isOf = (candidate: string, wanted: string): boolean =>
  (/^[_-]/.test(candidate) || candidate[0]?.toLowerCase() === wanted[0]) && plain(candidate) === wanted;

const plain = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '');

/** Insertions, deletions, substitutions and swaps of neighbours; infinite where it is seen early that they are over `limit`. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit) return Number.POSITIVE_INFINITY;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, beforePrevious[column - 2]! + 1);
      current.push(cost);
    }
    // A swap may still come from two rows before.
    if (Math.min(...current) > limit && Math.min(...previous) > limit) return Number.POSITIVE_INFINITY;
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length]!;
}
