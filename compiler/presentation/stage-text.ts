// Every stage of the compiler as text: what `--dump` writes, and what tests look at.
import { printGraph } from '../graph/print.ts';
import type { Stage } from '../passes/index.ts';
import type { Allocated, Assembled, Deferred, Packed, Scheduled } from '../passes/stages.ts';
import { printProgram, printSteps } from '../program/print.ts';
import { showSchedule } from '../scheduling/machine.ts';
import { showShape } from '../tensor.ts';
import type { Invocation } from '../tiler/loop.ts';
import { showNest } from '../tiler/print.ts';
import { tablesOfCall } from '../tiler/tables.ts';
import type { View } from '../tiler/view.ts';

/** Numbers are told while they can be read. */
const dumped = { longest: 64 };

/** Graphs are texts of the language, which can be compiled again. */
export const isLanguage = ({ kind }: Stage): boolean => kind === 'written' || kind === 'shaped';

export function showStage(stage: Stage): string {
  switch (stage.kind) {
    case 'written':
      throw new Error('a model as written is shown by its text');
    case 'shaped':
      return printGraph(stage.value);
    case 'program':
      return printProgram(stage.value, dumped);
    case 'scheduled':
      return showSchedules(stage.value);
    case 'packed':
      return showPacked(stage.value);
    case 'allocated':
      return showArena(stage.value);
    case 'deferred':
      return showDeferred(stage.value);
    case 'assembled':
      return showAssembly(stage.value);
  }
}

/** The texts of stage after stage; one that says the same as an earlier one is known by that one's name. */
export class StageTexts {
  private readonly names = new Map<string, string>();

  /** The text, or the name under which the same text was added before. */
  add(name: string, stage: Stage): { readonly text: string } | { readonly sameAs: string } {
    const text = showStage(stage);
    const sameAs = this.names.get(text);
    if (sameAs !== undefined) return { sameAs };
    this.names.set(text, name);
    return { text };
  }
}

const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join('');

/** `stem   f/8 y x/4 i j c, lanes f`. */
const showSchedules = ({ schedules }: Scheduled): string =>
  lines([...schedules].map(([step, schedule]) => `${step}   ${showSchedule(schedule)}`));

const showPacked = ({ program, blocks }: Packed): string =>
  printProgram(program, dumped) +
  lines(
    [...blocks].map(([value, { axis, block }]) => `layout       ${value} in blocks of ${block} along axis ${axis}`),
  );

const showDeferred = ({ setup, fills, ...packed }: Deferred): string =>
  showPacked(packed) +
  lines(printSteps('load', setup)) +
  lines([...fills].map(([part, whole]) => `fills        ${part} lies where ${whole} does`));

/** In elements: `stem [56, 56, 64] at 1024, strides 3712 64 1, halo 1+1 1+1 0+0`. */
function showArena({ program, allocation }: Allocated): string {
  const { views, elided, clears, size, lowerBound } = allocation;
  return lines([
    `arena        ${size} elements, at least ${lowerBound}`,
    ...[...views].map(
      ([id, view]) => `view         ${id} ${showShape(program.values.get(id)!.shape)} ${showView(view)}`,
    ),
    ...[...elided].map((step) => `no copy      ${step}`),
    ...clears.map(
      ({ before, value, view, shape }) =>
        `clear        ${showShape(shape)} ${showView(view)}, border of ${value}, before ${program.steps[before]!.id}`,
    ),
  ]);
}

function showView({ base, axes, margins }: View): string {
  const strides = axes.map(({ stride }) => stride).join(' ');
  const halo = margins.some(([low, high]) => low + high > 0)
    ? `, halo ${margins.map(([low, high]) => `${low}+${high}`).join(' ')}`
    : '';
  return `at ${base}${axes.length > 0 ? `, strides ${strides}` : ''}${halo}`;
}

function showAssembly({ assembly: { nests, setup, invocations, weights, arena } }: Assembled): string {
  const stored = weights.tensors.map(
    ({ name, view }) => `weights ${name} at ${view.base}${view.element ? ` as ${view.element}` : ''}\n`,
  );
  const memory = `arena ${arena} elements, weights ${weights.storedBytes} of ${weights.bytes} bytes stored\n${stored.join('')}`;
  return [
    ...nests.map(showNest),
    lines([...setup.map((call) => `load ${showCall(call)}`), ...invocations.map((call) => `run  ${showCall(call)}`)]),
    memory,
  ].join('\n');
}

/** `conv(image 0, kernel 128, narrow 16)`: operands with their bases, tables with their values. */
function showCall(call: Invocation): string {
  const { nest, bases } = call;
  const operands = nest.operands.map(({ name }, n) => `${name} ${bases[n]}`);
  const tables = tablesOfCall(call).map((values, n) => `${nest.tables![n]!.name} [${values.join(' ')}]`);
  return `${nest.name}(${[...operands, ...tables].join(', ')})`;
}
