// Flags from the tables of options, and how their arguments are read. What does not fit is wrong usage.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { warning } from '../../../dsl/problem.ts';
import {
  compilationOptions,
  flagName,
  type GivenInFiles,
  initialisationOf,
  type OptionDeclaration,
  type OptionTable,
  type Spelling,
} from '../../options.ts';
import type { BackendName } from '../../targets/index.ts';
import type { WeightOptions } from '../models.ts';
import { showProblems, type Terminal } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface CommonOptions {
  readonly json?: boolean;
}

/** Arguments of every command that compiles. */
export interface CompilationArguments extends CommonOptions, GivenInFiles<typeof compilationOptions> {
  readonly target: BackendName;
}

export const withJson = (command: Command): Command =>
  command.option('--json', 'one JSON document on the standard output');

/** The flags of a table. */
export function withOptions(command: Command, table: object): Command {
  for (const [name, declared] of Object.entries(table as OptionTable)) command.addOption(flagOf(name, declared));
  return command;
}

/**
 * Every option of a compilation.
 * @param idle those that change nothing here: taken, so that one set of flags serves all commands, and told of
 */
export function withCompilation(command: Command, terminal: Terminal, idle: object = {}): Command {
  withOptions(command, compilationOptions);
  for (const option of command.options) if (Object.hasOwn(idle, option.attributeName())) option.hideHelp();
  return command.hook('preAction', (_, called) => {
    const given = called.options.filter((option) => called.getOptionValueSource(option.attributeName()) === 'cli');
    const unused = given.filter((option) => Object.hasOwn(idle, option.attributeName()));
    const told = unused.map(({ long }) => warning('usage/unused', `${long} changes nothing for ${called.name()}`));
    showProblems(terminal, told);
  });
}

function flagOf(name: string, { spelling, about, fallback }: OptionDeclaration<never>): Option {
  const [form, parse] = argumentOf(spelling);
  const numbered = spelling.kind === 'number' && fallback !== undefined ? ` (default: ${fallback})` : '';
  const shown = spelling.kind === 'settings' ? ' (may be repeated)' : numbered;
  const option = new Option(`${flagName(name)}${form}`, `${asFragment(about)}${shown}`);
  if (parse) option.argParser(parse);
  if (spelling.kind === 'choice') option.choices(spelling.choices).default(fallback);
  return option;
}

/** `any`, as commander has it: what an argument becomes, and what it was before. */
// biome-ignore lint/suspicious/noExplicitAny: commander's own type
type Parse = (text: string, before: any) => any;

function argumentOf(spelling: Spelling): readonly [form: string, parse?: Parse] {
  switch (spelling.kind) {
    case 'switch':
      return [''];
    case 'number':
      return [' <number>', wholeNumber];
    case 'file':
      return [' <file>'];
    case 'settings':
      return [' <name=value>', collectSetting];
    case 'word':
    case 'choice':
      return [` <${spelling.placeholder}>`];
    default:
      return spelling satisfies never;
  }
}

/** A sentence as commander's lists have them: `target to compile for`. */
const asFragment = (sentence: string): string =>
  `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '').replaceAll('`', '')}`;

/** Whether an option may be repeated. */
export const collects = ({ parseArg }: Option): boolean => parseArg === collectSetting || parseArg === collectPath;

/** The weights that the options ask for. */
export function weightOptions(options: Pick<CompilationArguments, 'weights' | 'init' | 'seed'>): WeightOptions {
  const { weights, ...random } = options;
  const init = initialisationOf({ init: random.init, seed: random.seed });
  if (!init.ok) throw new UsageError('--seed is for random weights, which --init asks for');
  return { weights, init: init.value };
}

type Settings = NonNullable<CompilationArguments['set']>;

function collectSetting(text: string, before: Settings | undefined): Settings {
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
