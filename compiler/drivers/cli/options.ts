// Options that several commands share, and how their arguments are read. What does not fit is wrong usage.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FrontOptions } from '../../compile.ts';
import type { Initialisation } from '../../plan/weights.ts';
import { type BackendName, backendNames } from '../../targets/index.ts';
import type { WeightOptions } from '../models.ts';
import { UsageError } from './usage.ts';

/** The fastest target that runs everywhere. */
export const defaultTarget: BackendName = 'wasm';

export interface CommonOptions {
  readonly json?: boolean;
}

export interface ModelOptions extends CommonOptions {
  readonly model?: string;
  readonly set?: NonNullable<FrontOptions['set']>;
}

export interface WeightArguments {
  readonly weights?: string;
  readonly init?: Initialisation['scheme'];
  /** Only with `init`; 1 where it is left out. */
  readonly seed?: number;
}

export interface TargetOptions {
  readonly target: BackendName;
}

/** What was measured on this machine. */
export interface ScheduleOptions {
  readonly schedules?: string;
}

export const withJson = (command: Command): Command =>
  command.option('--json', 'one JSON document on the standard output');

/** `--set`, for commands that read models. */
export const withSettings = (command: Command): Command =>
  command.option('--set <name=value>', 'give a param or a dimension a value (may be repeated)', collectSetting);

export const withModel = (command: Command): Command =>
  withSettings(command).option('--model <name>', 'which model of the file');

export const withWeights = (command: Command): Command =>
  command
    .option('--weights <file>', 'a safetensors file, in place of the one that the model names')
    .addOption(new Option('--init <scheme>', 'random weights').choices(['he']))
    .option('--seed <number>', 'where the random numbers begin (default: 1)', wholeNumber);

export const withTarget = (command: Command): Command =>
  command.addOption(new Option('--target <name>', 'what runs it').choices(backendNames).default(defaultTarget));

export const withSchedules = (command: Command): Command =>
  command.option('--schedules <file>', 'what atrous tune has written');

/** Whether an option may be repeated. */
export const collects = ({ parseArg }: Option): boolean => parseArg === collectSetting || parseArg === collectPath;

/** What the weight options ask for. */
export function weightOptions({ weights, init, seed }: WeightArguments): WeightOptions {
  if (seed !== undefined && !init) throw new UsageError('--seed is for random weights, which --init asks for');
  return { ...(weights !== undefined && { weights }), ...(init && { init: { scheme: init, seed: seed ?? 1 } }) };
}

function collectSetting(text: string, before: FrontOptions['set']): NonNullable<FrontOptions['set']> {
  const [name, value] = splitPair(text, 'name=value');
  if (before && Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} is set twice.`);
  return { ...before, [name]: settingValue(value) };
}

/** `H=320` is a number, `wide=true` a truth value, anything else a word. */
function settingValue(text: string): number | boolean | string {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?inf$/.test(text)) return text === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}

/** Files in a row; `-` once, for it can be read once. */
export function collectFile(file: string, before: readonly string[] = []): readonly string[] {
  if (file === '-' && before.includes(file)) throw new InvalidArgumentError('The standard input can be read once.');
  return [...before, file];
}

/** `name=rest`, split at the first `=`. */
export function splitPair(text: string, form: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError(`It is written ${form}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** `[name=]path`: the name may be left out where there is only one. */
export interface NamedPath {
  readonly name?: string;
  readonly path: string;
}

export function collectPath(text: string, before: readonly NamedPath[] = []): readonly NamedPath[] {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(at, 0));
  if (at < 0 || !/^[A-Za-z_]\w*$/.test(name)) return [...before, { path: text }];
  return [...before, { name, path: text.slice(at + 1) }];
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(number) || number < 0)
    throw new InvalidArgumentError('A whole number of at least 0 is expected.');
  return number;
}

export function realNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new InvalidArgumentError('A number of at least 0 is expected.');
  return number;
}
