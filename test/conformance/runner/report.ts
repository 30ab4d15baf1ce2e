// What a run prints and what it writes with --report.
import type { Case } from './case.ts';
import type { Outcome } from './judge.ts';

export interface Judged {
  readonly file: string;
  readonly stated: Case;
  /** Why the expectation does not follow from the operator. */
  readonly peculiar: string | undefined;
  readonly outcome: Outcome;
}

const is = (result: Outcome['result']) => (one: Judged) => one.outcome.result === result;

/** Failures one by one, unsupported cases by reason, peculiar ones apart, the sum last. */
export function lines(judged: readonly Judged[]): string[] {
  const peculiar = judged.filter((one) => one.peculiar !== undefined);
  const plain = judged.filter((one) => one.peculiar === undefined);
  const failures = plain.filter(is('failed'));
  const outside = plain.filter(is('unsupported'));
  const counts = (list: readonly Judged[]): string =>
    `${list.filter(is('passed')).length} passed, ${list.filter(is('failed')).length} failed, ${list.filter(is('unsupported')).length} unsupported`;
  return [
    ...failures.map(({ file, stated, outcome }) => `failed ${file}: ${stated.name}: ${outcome.reason}`),
    ...byReason(outside).map(([reason, count]) => `unsupported ${count}: ${reason}`),
    `peculiar (the source's own slip or limit, not counted): ${counts(peculiar)}`,
    counts(plain),
  ];
}

export function byReason(judged: readonly Judged[]): [reason: string, count: number][] {
  const counted = new Map<string, number>();
  for (const { outcome } of judged) counted.set(outcome.reason, (counted.get(outcome.reason) ?? 0) + 1);
  return [...counted].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

/** Every case with its outcome, as JSON. */
export function report(judged: readonly Judged[]): string {
  const cases = judged.map(({ file, stated, peculiar, outcome }) => ({
    file,
    name: stated.name,
    operator: stated.op,
    ...outcome,
    ...(peculiar !== undefined && { peculiar }),
  }));
  const of = (result: string) => cases.filter((one) => one.result === result && one.peculiar === undefined).length;
  const summary = { passed: of('passed'), failed: of('failed'), unsupported: of('unsupported') };
  return `${JSON.stringify({ summary, cases }, null, 2)}\n`;
}
