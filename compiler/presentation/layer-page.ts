// The page of a layer, from what its operator states: `atrous help conv`, and all of them as docs/layers.md. Markdown that also
// reads well on a terminal.
import { analyse } from '../compile.ts';
import { mappings } from '../front/onnx/mappings/index.ts';
import type { ShapedNode } from '../graph/model.ts';
import type { AnyOperator, Family } from '../operators/operator.ts';
import type { Parameter } from '../operators/parameters.ts';
import { showShape } from '../tensor.ts';
import { showMeaning } from './explain.ts';
import { markdownTable } from './markdown.ts';

/** How other projects spell an operator: a row each, read from their mapping tables. */
const dialects: readonly { readonly name: string; readonly spellings: (operator: AnyOperator) => readonly string[] }[] =
  [{ name: 'ONNX', spellings: (operator) => Object.keys(mappings.get(operator)?.imports ?? {}) }];

/** The page of an operator: what it states, and what the compiler makes of its example. */
export function layerPage(operator: AnyOperator): string {
  const node = exampleNode(operator);
  const parts = [
    `### ${operator.name}`,
    operator.about,
    code([signature(operator)]),
    takes(operator),
    parameterTable(operator),
    `Example: ${exampleLine(operator, node)}`,
    weightsOf(node),
    formulaOf(node),
    spellingsOf(operator),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const familyTitles: Readonly<Record<Family, string>> = {
  convolution: 'Convolution',
  pooling: 'Pooling',
  dense: 'Dense layers and matrices',
  normalisation: 'Normalisation',
  activation: 'Activations',
  elementwise: 'Element by element',
  reduction: 'Reductions',
  recurrent: 'Recurrent',
  arrangement: 'Arrangement',
};

/** All pages by family, with a table of contents. */
export function layersReference(operators: Iterable<AnyOperator>): string {
  const all = [...operators].sort((a, b) => (a.name < b.name ? -1 : 1));
  const families = Object.entries(familyTitles).map(([family, title]) => ({
    title,
    members: all.filter((operator) => operator.family === family),
  }));
  const contents = families.map(
    ({ title, members }) => `- ${title}: ${members.map(({ name }) => `[${name}](#${name.toLowerCase()})`).join(', ')}`,
  );
  const sections = families.map(({ title, members }) => `## ${title}\n\n${members.map(layerPage).join('\n')}`);
  return `${introduction}\n${contents.join('\n')}\n\n${sections.join('\n')}`;
}

const introduction = `# Layers

Every layer of the language, generated from what its operator states; \`atrous help LAYER\` prints the same page. A layer takes
the current value of its chain, or the values that it is given first. Parameters without a default are required. Those that
stand in a signature without a default may be given without their name: \`conv(8)\` is \`conv(filters: 8)\`. Shapes have no
batch axis, and channels come last. [support.md](support.md) says what runs where.
`;

const code = (lines: readonly string[]): string => ['```', ...lines, '```'].join('\n');

/** `conv(filters, kernel: …, stride: 1, …)`: positional parameters first, then the others with their defaults. */
function signature({ name, operands, parameters, positional }: AnyOperator): string {
  const values = operands.maximum > 1 ? [...'abcdefgh'].slice(0, Math.max(operands.minimum, 2)) : [];
  const more = operands.maximum > values.length && values.length > 0 ? ['…'] : [];
  const named = Object.entries<Parameter<unknown>>(parameters).filter(([key]) => !positional.includes(key));
  const settings = named.map(([key, { fallback }]) => `${key}: ${fallback ? showDefault(fallback.value) : '…'}`);
  const all = [...values, ...more, ...positional, ...settings];
  return all.length > 0 ? `${name}(${all.join(', ')})` : name;
}

/** How many values, and which ones by name: `lstm(4, hidden: h0)`. */
function takes(operator: AnyOperator): string {
  const { named = [] } = operator.operands;
  const byName = named.length > 0 ? `By name it takes the values ${listed(named)}; each may be left out.` : '';
  return [takesInOrder(operator), byName].filter((part) => part !== '').join(' ');
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function takesInOrder({ operands: { minimum, maximum } }: AnyOperator): string {
  if (maximum === 0) return 'Takes no value.';
  if (minimum === maximum) return minimum === 1 ? '' : `Takes ${minimum} values.`;
  return Number.isFinite(maximum) ? `Takes ${minimum} to ${maximum} values.` : `Takes ${minimum} or more values.`;
}

function parameterTable({ parameters }: AnyOperator): string {
  const rows = Object.entries<Parameter<unknown>>(parameters).map(([name, { about, expects, fallback }]) => [
    `\`${name}\``,
    about,
    expects,
    fallback ? showDefault(fallback.value) : 'required',
  ]);
  return rows.length > 0 ? markdownTable(['parameter', 'what it is', 'takes', 'default'], rows) : '';
}

function showDefault(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return `[${value.map(showDefault).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

const inputNames = ['a', 'b', 'c', 'd'];

/** The operator's layer in a model of its example. */
function exampleNode(operator: AnyOperator): ShapedNode {
  const inputs = operator.exampleInputs.map((shape, n) => `${inputNames[n]}: ${showShape(shape)}`);
  const header = inputs.length > 0 ? inputs.join(', ') : 'a: [1]';
  const text = `model example(${header}) {\n  ${operator.example} as shown\n}\n`;
  const analysed = analyse({ file: 'example.convnet', text });
  const node = analysed.ok ? analysed.value[0]?.graph.node('shown') : undefined;
  if (!node) throw new Error(`the example of ${operator.name} is refused: ${analysed.problems[0]?.message}`);
  return node;
}

function exampleLine({ example, exampleInputs }: AnyOperator, { inference }: ShapedNode): string {
  const from = exampleInputs.map(showShape).join(', ');
  const results = Object.entries(inference.results ?? {}).map(([name, shape]) => `\`.${name}\` ${showShape(shape)}`);
  const besides = results.length > 0 ? `, and besides ${results.join(', ')}` : '';
  return `\`${example}\`${from === '' ? '' : ` on ${from}`} gives ${showShape(inference.output)}${besides}.`;
}

function weightsOf({ inference: { weights } }: ShapedNode): string {
  const list = weights.map(({ name, shape }) => `\`${name}\` ${showShape(shape)}`);
  return list.length > 0 ? `Weights, in the example: ${list.join(', ')}.` : '';
}

const formulaOf = (node: ShapedNode): string => `What is computed, in the example:\n\n${code(showMeaning(node))}`;

function spellingsOf(operator: AnyOperator): string {
  const spelt = dialects.flatMap(({ name, spellings }) => {
    const list = spellings(operator).map((spelling) => `\`${spelling}\``);
    return list.length > 0 ? [`${name} ${list.join(', ')}`] : [];
  });
  return spelt.length > 0 ? `Elsewhere: ${spelt.join('; ')}.` : '';
}
