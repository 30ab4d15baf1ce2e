// Which declarations of the runtime a module carries: those it names and what they use, in the runtime's order.
import type { Dialect } from './engine.ts';
import { type RuntimeName, runtimePieces } from './runtime-text.ts';

/** @param except names that stand in the module already */
export function runtimeTexts(
  wanted: readonly RuntimeName[],
  dialect: Dialect,
  except: readonly RuntimeName[] = [],
): readonly string[] {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const used of runtimePieces[name as RuntimeName].uses) visit(used);
  };
  for (const name of wanted) visit(name);
  const pieces = Object.values(runtimePieces).filter(
    (piece) => needed.has(piece.name) && !except.some((name) => name === piece.name),
  );
  return pieces.map((piece) => piece[dialect]).filter((text) => text !== '');
}
