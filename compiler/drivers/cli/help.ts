// `atrous help [TOPIC]`: the page of a command, of a layer, or of the code of a problem.
import type { Command } from 'commander';
import { suggest } from '../../../dsl/suggest.ts';
import { operators } from '../../operators/index.ts';
import { layerPage } from '../../presentation/layer-page.ts';
import { codePage, problemCodes } from '../../presentation/problem-codes.ts';
import { showText, type Terminal } from './terminal.ts';
import { UsageError } from './usage.ts';

/** An unknown topic is wrong usage. */
export function help(program: Command, topic: string | undefined, terminal: Terminal): void {
  const command = topic === undefined ? program : program.commands.find((one) => one.name() === topic);
  const page = command?.helpInformation() ?? pageOf(topic!);
  if (page === undefined) throw unknownTopic(topic!, program);
  showText(terminal, page);
}

function pageOf(topic: string): string | undefined {
  const operator = operators.get(topic);
  if (operator) return layerPage(operator);
  const code = problemCodes.get(topic);
  if (code) return codePage(topic, code);
  if (topic === 'layers') return `${showLayers()}\n`;
  return undefined;
}

/** A line for each: `conv  Convolution: each output is …`. */
function showLayers(): string {
  const all = [...operators.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map(({ name, about }) => `${name.padEnd(width)}  ${about}`).join('\n');
}

function unknownTopic(topic: string, program: Command): UsageError {
  const commands = program.commands.map((command) => command.name());
  const similar = suggest(topic, [...commands, 'layers', ...operators.keys(), ...problemCodes.keys()]);
  const begun = [...problemCodes.keys()].filter((code) => code.startsWith(topic));
  const near = similar === undefined ? begun : [similar];
  const notes = near.length === 0 ? [] : [`did you mean ${near.map((name) => `\`${name}\``).join(', ')}?`];
  const topics = 'topics are the commands, `layers`, the name of a layer, and the code of a problem';
  return new UsageError(`there is no help on ${topic}`, [...notes, topics]);
}
