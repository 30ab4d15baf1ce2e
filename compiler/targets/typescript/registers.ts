// Where registers are declared. The loop IR only assigns them; JavaScript wants a `let` in a block that encloses every
// use of a value, as deep as possible, so that each nest of a loop nest has variables of its own.
//
//   for x < 4                     for (…) {
//     a = load(bias, 0)             let a = bias[0];
//     for c < 16                    for (…) {
//       a = add(a, …)                 a += …;
//     store(out, a)                 …
//
// Every loop runs at least once, so an assignment that stands first is met first.
import { type Statement, type Value, type Width, widthOf } from '../../tiler/loop.ts';

export interface Declarations {
  /** Registers to declare before a statement. */
  readonly before: ReadonlyMap<Statement, readonly string[]>;
  /** Assignments that declare their register themselves. */
  readonly here: ReadonlyMap<Statement, 'const' | 'let'>;
  readonly widths: ReadonlyMap<string, Width>;
}

interface Use {
  /** From the loop nest's body inwards: in each enclosing block, the statement that leads to the use. */
  readonly path: readonly Statement[];
  readonly reads: boolean;
}

export function placeDeclarations(body: readonly Statement[]): Declarations {
  const uses = new Map<string, Use[]>();
  const widths = new Map<string, Width>();
  collectUses(body, [], (register, use, width) => {
    uses.set(register, [...(uses.get(register) ?? []), use]);
    if (width !== undefined && !widths.has(register)) widths.set(register, width);
  });
  const before = new Map<Statement, string[]>();
  const here = new Map<Statement, 'const' | 'let'>();
  for (const [register, list] of uses) place(register, list, 0, before, here);
  return { before, here, widths };
}

function collectUses(
  body: readonly Statement[],
  outer: readonly Statement[],
  note: (register: string, use: Use, width?: Width) => void,
): void {
  for (const statement of body) {
    const path = [...outer, statement];
    if (statement.kind === 'for') {
      collectUses(statement.body, path, note);
      continue;
    }
    for (const register of readsOf(statement.value)) note(register, { path, reads: true });
    if (statement.kind === 'set') note(statement.register, { path, reads: false }, widthOf(statement.value));
  }
}

/** Within one block: a run of statements that begins with an assignment needs nothing from before. */
function place(
  register: string,
  uses: readonly Use[],
  depth: number,
  before: Map<Statement, string[]>,
  here: Map<Statement, 'const' | 'let'>,
): void {
  let declared = false;
  for (const run of runsOf(uses, depth)) {
    const { path, reads } = run[0]!;
    const statement = path[depth]!;
    const alone = run.every((use) => use.path[depth] === statement);
    if (alone && !reads && statement.kind === 'for') {
      place(register, run, depth + 1, before, here);
    } else if (!declared) {
      declared = true;
      const single = uses.filter((use) => !use.reads).length === 1;
      if (statement.kind === 'set' && !reads) here.set(statement, single ? 'const' : 'let');
      else before.set(statement, [...(before.get(statement) ?? []), register]);
    }
  }
}

/** Cuts the uses, in program order, before each statement of this block whose first use is an assignment. */
function runsOf(uses: readonly Use[], depth: number): Use[][] {
  const runs: Use[][] = [];
  let last: Statement | undefined;
  for (const use of uses) {
    const statement = use.path[depth];
    if (runs.length === 0 || (statement !== last && !use.reads)) runs.push([]);
    runs[runs.length - 1]!.push(use);
    last = statement;
  }
  return runs;
}

export function readsOf(value: Value): readonly string[] {
  switch (value.kind) {
    case 'constant':
    case 'load':
    case 'splat':
      return [];
    case 'register':
      return [value.name];
    case 'gather':
      return value.indices.flatMap((index) => readsOf(index.value));
    case 'lane':
    case 'extract':
      return readsOf(value.of);
    case 'apply':
      return value.arguments.flatMap(readsOf);
  }
}
