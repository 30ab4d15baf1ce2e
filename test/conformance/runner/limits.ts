// Errors that a source's interface demands where the operator itself has a result: like the cases which their corpus marks
// as peculiar, they are listed apart.
import type { Case } from './case.ts';

interface Limit {
  readonly source: string;
  readonly operators: RegExp;
  readonly applies: (stated: Case) => boolean;
  readonly reason: string;
}

const above = (value: unknown): boolean => Array.isArray(value) && value.some((one) => one > 1);
const rankOf = (stated: Case): number => stated.inputs.input?.shape?.length ?? 0;

const limits: readonly Limit[] = [
  {
    source: 'tfjs',
    operators: /./,
    applies: (stated) => stated.layout?.input !== undefined && rankOf(stated) !== stated.layout.input.length,
    reason: 'this operator of tfjs wants another number of axes',
  },
  {
    source: 'tfjs',
    operators: /pool/i,
    applies: ({ attributes }) => above(attributes?.strides) && above(attributes?.dilations),
    reason: 'tfjs pools with a stride or a dilation, not both',
  },
  {
    source: 'tfjs',
    operators: /^(logS|s)oftmax$/,
    applies: (stated) => Number(stated.attributes?.axis ?? -1) !== rankOf(stated) - 1,
    reason: 'the softmax of tfjs runs along the last axis only',
  },
  {
    source: 'tfjs',
    operators: /^depthToSpace$/,
    applies: ({ attributes }) => attributes?.blockSize === 1,
    reason: 'depthToSpace of tfjs wants blocks of more than one cell',
  },
];

/** Why the error that a case expects is none here. */
export function limitOf(stated: Case): string | undefined {
  if (!stated.expectsError) return undefined;
  return limits.find((one) => one.source === stated.source && one.operators.test(stated.op) && one.applies(stated))
    ?.reason;
}
