// Blocks as text, and their calls: `residual(64)`, `repeat 3 { residual(64) }`.
import * as build from '../../../dsl/build.ts';
import type * as syntax from '../../../dsl/syntax.ts';
import { blockNames } from './block-names.ts';
import { Names } from './names.ts';
import type { Block, BlockCall, NetworkItem } from './repeated.ts';
import { type Called, joins, linksOf } from './write-statement.ts';

export interface WrittenBlock {
  readonly block: Block;
  readonly name: string;
  readonly item: syntax.Block;
  /** The path of each layer within the block. */
  readonly layerNames: readonly string[];
  /** What the model calls each call, by its id. */
  readonly callNames: ReadonlyMap<string, string>;
}

/** The blocks that are called, in the order of their first call. */
export function writeBlocks(items: readonly NetworkItem[], names: Names): WrittenBlock[] {
  const calls = items.filter((item) => item.kind === 'call');
  return [...new Set(calls.map(({ block }) => block))].map((block) => {
    const own = calls.filter((call) => call.block === block);
    const isWord = (name: string): boolean => names.isReserved(name) || block.parameters.includes(name);
    const found = blockNames(block, own, isWord);
    const stem = stemOf(found.calls);
    // A repeat of calls may need the word itself: `repeat 3 { block1 as layer }`.
    const isFree =
      stem !== undefined && !names.isReserved(stem) && !found.calls!.some((call) => roundOf(call)?.stem === stem);
    const name = isFree ? names.claim(stem) : names.number('block');
    const body = writeBody(block, own[0]!.entry, found.layers);
    return {
      block,
      name,
      item: build.block(
        name,
        Object.fromEntries(block.parameters.map((parameter) => [parameter, undefined])),
        body.statements,
      ),
      layerNames: body.paths,
      callNames: new Map(found.calls ? own.map((call, n) => [call.id, found.calls![n]!]) : []),
    };
  });
}

/** `layer` for layer1_0, layer2_0. */
function stemOf(calls: readonly string[] | undefined): string | undefined {
  const stems = new Set(calls?.map((name) => name.replace(/[\d_]+$/, '')));
  const [stem] = stems;
  return stems.size === 1 && stem !== '' ? stem : undefined;
}

/** The statements, and how the language calls each layer: by its name, or by its operator with a running number. */
function writeBody(
  block: Block,
  entry: string,
  given: readonly (string | undefined)[],
): { readonly statements: syntax.Statement[]; readonly paths: string[] } {
  const names = new Names(['it', 'input', ...block.parameters, ...given.flatMap((name) => name ?? [])]);
  const remote = remoteWithin(block);
  const called = new Map([[entry, 'input']]);
  const counts = new Map<string, number>();
  const paths: string[] = [];
  const statements: syntax.Statement[] = [];
  let current = entry;
  block.layers.forEach((layer, n) => {
    const number = counts.get(layer.operator.name) ?? 0;
    const unwritten = `${layer.operator.name}_${number}`;
    const isUnwritten = given[n] === unwritten && !remote.has(layer.id);
    const as = isUnwritten
      ? undefined
      : (given[n] ?? (remote.has(layer.id) ? names.number(layer.operator.name) : undefined));
    if (as === undefined) counts.set(layer.operator.name, number + 1);
    else called.set(layer.id, as);
    paths.push(as ?? unwritten);
    const links = linksOf(layer, current, (id) => called.get(id)!);
    const joined = n > 0 && links.length === 1 && joins(layer);
    statements.push(build.statement(links, { joined, ...(as !== undefined && { as }) }));
    current = layer.id;
  });
  return { statements, paths };
}

/** Values of the block that are read where they are not the current one. */
function remoteWithin({ layers }: Block): Set<string> {
  const remote = new Set<string>();
  let current: string | undefined;
  for (const layer of layers) {
    for (const operand of layer.operands) if (operand !== current) remote.add(operand);
    current = layer.id;
  }
  return remote;
}

/**
 * A call, or the equal calls in a row that begin at `at`; `count` says how many.
 * @param isTaken whether a name means something at this place
 */
export function writeCalls(
  items: readonly NetworkItem[],
  at: number,
  blocks: readonly WrittenBlock[],
  called: Called,
  current: string | undefined,
  isReadElsewhere: (id: string) => boolean,
  isTaken: (name: string) => boolean,
): { readonly statement: syntax.Statement; readonly count: number } {
  const call = items[at] as BlockCall;
  const block = blocks.find(({ block }) => block === call.block)!;
  const [first, ...rest] = block.block.parameters;
  const link = build.layer(
    block.name,
    first === undefined ? [] : [call.values[0]!],
    Object.fromEntries(rest.map((name, n) => [name, call.values[n + 1]!])),
  );
  const as = called.get(call.id);
  const links = call.entry === current ? [link] : [build.layer(called.get(call.entry)!), link];
  const round = roundOf(as);
  const canRepeat = call.entry === current && !(round && isTaken(round.stem));
  const rounds = canRepeat ? equalCalls(items, at, isReadElsewhere) : 1;
  const wanted = (n: number): string | undefined => (round ? `${round.stem}_${n}` : undefined);
  const fit = Array.from({ length: rounds }, (_, n) => n).findIndex((n) => called.get(items[at + n]!.id) !== wanted(n));
  const count = Math.max(1, fit < 0 ? rounds : fit);
  if (count === 1) return { statement: build.statement(links, as === undefined ? {} : { as }), count };
  const repeated = build.statement(links, { joined: true, ...(round && { as: round.stem }) });
  return { statement: build.repeat(count, [repeated]), count };
}

/** In a repeat, `as layer1` names the rounds layer1_0, layer1_1, … */
function roundOf(name: string | undefined): { readonly stem: string; readonly number: number } | undefined {
  const match = /^(.+)_(\d+)$/.exec(name ?? '');
  return match ? { stem: match[1]!, number: Number(match[2]) } : undefined;
}

/** How many calls follow each other with the same numbers, each reading the one before; nobody else may read them. */
function equalCalls(items: readonly NetworkItem[], at: number, isReadElsewhere: (id: string) => boolean): number {
  const first = items[at] as BlockCall;
  if (isReadElsewhere(first.id)) return 1;
  let count = 1;
  for (let next = items[at + 1]; next?.kind === 'call'; next = items[at + count]) {
    const follows = next.entry === items[at + count - 1]!.id && !isReadElsewhere(next.id);
    if (!follows || next.block !== first.block || next.values.join() !== first.values.join()) break;
    count++;
  }
  return count;
}

/** Names for calls that a repeat can give, where the model counts its equal blocks from another number than 0. */
export function roundNames(
  items: readonly NetworkItem[],
  blocks: readonly WrittenBlock[],
  isReadElsewhere: (id: string) => boolean,
): Map<string, string> {
  const given = new Map(blocks.flatMap(({ callNames }) => [...callNames]));
  const result = new Map<string, string>();
  for (let at = 0; at < items.length; ) {
    const round = roundOf(given.get(items[at]!.id));
    const count = items[at]!.kind === 'call' && round ? equalCalls(items, at, isReadElsewhere) : 1;
    const run = items.slice(at, at + count).map(({ id }) => id);
    const counted = run.every((id, n) => given.get(id) === `${round?.stem}_${(round?.number ?? 0) + n}`);
    const wanted = run.map((_, n) => `${round?.stem}_${n}`);
    const others = [...given].filter(([id]) => !run.includes(id)).map(([, name]) => name);
    if (count > 1 && counted && !wanted.some((name) => others.includes(name))) {
      run.forEach((id, n) => {
        result.set(id, wanted[n]!);
      });
    }
    at += count;
  }
  return result;
}
