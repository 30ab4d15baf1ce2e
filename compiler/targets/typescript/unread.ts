// A vector of the loop IR becomes four numbers, and where only two of them are stored, nothing reads the others: they are not
// written either.
//
//   let a_0 = in[0];                 let a_0 = in[0];
//   let a_1 = in[1];                 let a_1 = in[1];
//   let a_2 = in[2];                 out[0] = a_0;
//   let a_3 = in[3];                 out[1] = a_1;
//   out[0] = a_0;
//   out[1] = a_1;
const assignment = /^\s*((?:let|const) )?([\w$]+) \+?= /;

/**
 * The lines of a function without the assignments to those of the given variables that no line reads; again and again, since
 * what is left out read others.
 */
export function withoutUnread(text: string, variables: ReadonlySet<string>): string {
  let lines = text.split('\n');
  for (;;) {
    const { targets, read } = usesOf(lines, variables);
    const kept = lines.filter((_, n) => targets[n] === undefined || read.has(targets[n]));
    if (kept.length === lines.length) return kept.join('\n');
    lines = kept;
  }
}

interface Uses {
  /** For each line the declaration that it assigns to, by its number. */
  readonly targets: readonly (number | undefined)[];
  readonly read: ReadonlySet<number>;
}

/** Blocks may declare variables of the same name: each line sees the innermost. */
function usesOf(lines: readonly string[], variables: ReadonlySet<string>): Uses {
  const read = new Set<number>();
  let scopes: readonly Map<string, number>[] = [new Map()];
  const declarationOf = (name: string): number | undefined => scopes.findLast((scope) => scope.has(name))?.get(name);
  const targets = lines.map((line, n) => {
    if (line.trimStart().startsWith('}')) scopes = scopes.slice(0, -1);
    const [start = '', declares, name = ''] = assignment.exec(line) ?? [];
    for (const word of line.slice(start.length).match(/[\w$]+/g) ?? []) {
      const declaration = variables.has(word) ? declarationOf(word) : undefined;
      if (declaration !== undefined) read.add(declaration);
    }
    if (line.endsWith('{')) scopes = [...scopes, new Map()];
    if (!variables.has(name)) return undefined;
    if (declares) scopes.at(-1)!.set(name, n);
    return declarationOf(name);
  });
  return { targets, read };
}
