// docs/options.md, from the tables of options: how the library, the command and configuration files spell each.
import {
  flagName,
  loweringOptions,
  moduleOptions,
  type OptionTable,
  sourceOptions,
  weightOptions,
} from '../options.ts';
import { markdownTable } from './markdown.ts';

const sections: readonly { readonly title: string; readonly about: string; readonly table: object }[] = [
  {
    title: 'Source',
    about: 'Which model is read, and how its open sizes and params are settled.',
    table: sourceOptions,
  },
  { title: 'Weights', about: 'Where trained tensors come from.', table: weightOptions },
  { title: 'Lowering', about: 'How a model becomes code.', table: loweringOptions },
  { title: 'Module', about: 'The form of the module that is written (`atrous build`).', table: moduleOptions },
];

const introduction = `# Options of a compilation

Generated from the tables in \`compiler/options.ts\`. Every command that compiles takes all of the first three groups; where an
option changes nothing for a command, the command says so. The library takes the same names, with the content of a file where
the command takes its path.
`;

export const optionsReference = (): string =>
  [introduction, ...sections.map(({ title, about, table }) => `## ${title}\n\n${about}\n\n${rowsOf(table)}\n`)].join(
    '\n',
  );

function rowsOf(table: object): string {
  const rows = Object.entries(table as OptionTable).map(([name, { about, expected, fallback }]) => [
    `\`${name}\``,
    `\`${flagName(name)}\``,
    about,
    expected,
    fallback === undefined ? '' : String(fallback),
  ]);
  return markdownTable(['library', 'command', 'what it is', 'the library takes', 'default'], rows);
}
