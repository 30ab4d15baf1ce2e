// The graph of a TensorFlow.js graph model: TensorFlow's GraphDef as JSON, as records. Nothing is interpreted here.
import { error, failure, type Problem, type Result, success } from '../../../dsl/problem.ts';
import { fieldsOf } from '../../files/json.ts';

/** Several kinds of list are possible; an attribute that is left out is the operator's default. */
export type TfjsAttribute =
  | { readonly kind: 'int' | 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string' | 'type' | 'function'; readonly value: string }
  /** −1 where a size is open; undefined where the rank is. */
  | { readonly kind: 'shape'; readonly value: readonly number[] | undefined }
  | { readonly kind: 'ints' | 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'other' };

/** One result of a node: `split:1` is the second of `split`. */
export interface TfjsReference {
  readonly node: string;
  readonly result: number;
}

export interface TfjsNode {
  readonly name: string;
  readonly operator: string;
  /** Without those that only order nodes (`^name`). */
  readonly inputs: readonly TfjsReference[];
  readonly attributes: ReadonlyMap<string, TfjsAttribute>;
}

type Fields = ReadonlyMap<string, unknown>;

/** Problem: `tfjs/graph`. */
export function readGraph(topology: unknown, file: string): Result<readonly TfjsNode[]> {
  const list = fieldsOf(topology)?.get('node');
  if (!Array.isArray(list)) return failure([error('tfjs/graph', `${file} has no list of nodes in its modelTopology`)]);
  const nodes: TfjsNode[] = [];
  const names = new Set<string>();
  const problems: Problem[] = [];
  for (const [n, entry] of list.entries()) {
    const node = nodeOf(fieldsOf(entry));
    if (!node) problems.push(error('tfjs/graph', `node ${n} of ${file} has no name or no operator`));
    else if (names.has(node.name))
      problems.push(error('tfjs/graph', `${file} has two nodes ${JSON.stringify(node.name)}`));
    else nodes.push(node);
    if (node) names.add(node.name);
  }
  return problems.length > 0 ? failure(problems) : success(nodes);
}

function nodeOf(fields: Fields | undefined): TfjsNode | undefined {
  const [name, operator, inputs] = [fields?.get('name'), fields?.get('op'), fields?.get('input') ?? []];
  if (typeof name !== 'string' || typeof operator !== 'string' || !Array.isArray(inputs)) return undefined;
  const read = inputs.filter((input): input is string => typeof input === 'string' && !input.startsWith('^'));
  const attributes = [...(fieldsOf(fields?.get('attr')) ?? [])].map(
    ([key, value]) => [key, attributeOf(fieldsOf(value))] as const,
  );
  return { name, operator, inputs: read.map(referenceOf), attributes: new Map(attributes) };
}

/** `name`, `name:1`; within functions also `name:output:1`. */
export function referenceOf(text: string): TfjsReference {
  const parts = text.split(':');
  const result = parts.length > 1 ? Number(parts.at(-1)) : 0;
  return Number.isInteger(result) ? { node: parts[0]!, result } : { node: text, result: 0 };
}

function attributeOf(fields: Fields | undefined): TfjsAttribute {
  const [[kind, value] = ['', undefined]] = fields ?? [];
  switch (kind) {
    case 'i':
      return { kind: 'int', value: Number(value) };
    case 'f':
      return { kind: 'float', value: Number(value) };
    case 'b':
      return { kind: 'bool', value: value === true };
    case 's':
      return { kind: 'string', value: textOf(value) };
    case 'type':
      return { kind: 'type', value: String(value) };
    case 'shape':
      return { kind: 'shape', value: shapeOf(value) };
    case 'func':
      return { kind: 'function', value: String(fieldsOf(value)?.get('name')) };
    case 'list':
      return listOf(fieldsOf(value));
    default:
      return { kind: 'other' };
  }
}

function listOf(fields: Fields | undefined): TfjsAttribute {
  const list = (name: string): readonly unknown[] | undefined => {
    const value = fields?.get(name);
    return Array.isArray(value) ? value : undefined;
  };
  const [floats, strings] = [list('f'), list('s')];
  if (floats) return { kind: 'floats', value: floats.map(Number) };
  if (strings) return { kind: 'strings', value: strings.map(textOf) };
  return { kind: 'ints', value: (list('i') ?? []).map(Number) };
}

/** `{ dim: [{ size: '-1' }, { size: '3' }] }`; JSON of protocol buffers writes 64-bit numbers as strings. */
export function shapeOf(value: unknown): readonly number[] | undefined {
  const fields = fieldsOf(value);
  if (!fields || fields.get('unknownRank') === true) return undefined;
  const dims = fields.get('dim') ?? [];
  return Array.isArray(dims) ? dims.map((dim) => Number(fieldsOf(dim)?.get('size') ?? 0)) : undefined;
}

/** Bytes are base64 in JSON, in some converters' files a list of numbers. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return String.fromCharCode(...value.slice(0, 1000).map(Number));
  if (typeof value !== 'string') return '';
  try {
    return atob(value);
  } catch {
    return value;
  }
}
