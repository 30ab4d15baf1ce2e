// A network as a directed acyclic graph of layers, generic in what is known about a layer at a stage.
// The only file that uses graphlib. Operand order lives in the node; graphlib answers order, cycles and reachability.
import { alg, Graph as Graphlib } from '@dagrejs/graphlib';

export interface NodeBase {
  /** The layer's path, unique in the model, which is also the name of the value it produces: `residual_0.conv_1`. */
  readonly id: string;
  /** Ids of nodes or names of model inputs, in the operator's order; one may stand twice. */
  readonly operands: readonly string[];
  /** Names of what it gives besides: each is a value `id.name`. */
  readonly results?: readonly string[];
}

/** The value that is a layer's result of this name. */
export const resultId = (node: string, result: string): string => `${node}.${result}`;

/** Every value that a node gives, its own first. */
export const valuesOf = ({ id, results = [] }: NodeBase): readonly string[] => [
  id,
  ...results.map((name) => resultId(id, name)),
];

export class Graph<N extends NodeBase> {
  /** In topological order; among free choices, the order in which they were written. */
  readonly nodes: readonly N[];
  private readonly byId: ReadonlyMap<string, N>;
  /** Who gives a value. */
  private readonly producers: ReadonlyMap<string, N>;
  private readonly edges: Graphlib<unknown, string, string>;

  /** `inputs` are the names that operands may refer to besides nodes. Throws on a cycle: stages that read files check first. */
  constructor(inputs: readonly string[], nodes: readonly N[]) {
    this.byId = new Map(nodes.map((node) => [node.id, node]));
    this.producers = new Map(nodes.flatMap((node) => valuesOf(node).map((value) => [value, node] as const)));
    this.edges = new Graphlib<unknown, string, string>({ directed: true });
    for (const name of [...inputs, ...nodes.map((node) => node.id)]) this.edges.setNode(key(name), name);
    for (const node of nodes)
      for (const operand of node.operands) this.edges.setEdge(key(this.origin(operand)), key(node.id), operand);
    this.nodes = topologicalOrder(inputs, nodes);
  }

  node(id: string): N | undefined {
    return this.byId.get(id);
  }

  /** The node that gives a value; none for an input. */
  producer(value: string): N | undefined {
    return this.producers.get(value);
  }

  /** The node's id, or the input's name. */
  private origin(value: string): string {
    return this.producers.get(value)?.id ?? value;
  }

  /** Nodes that read this value, in topological order, each once. */
  consumers(id: string): N[] {
    return this.nodes.filter((node) => node.operands.includes(id));
  }

  /** Every node and input that the given values depend on, and the values' own nodes. */
  ancestors(ids: readonly string[]): Set<string> {
    const reached = new Set<string>();
    const pending = ids.map((id) => this.origin(id));
    while (pending.length > 0) {
      const id = pending.pop()!;
      if (reached.has(id)) continue;
      reached.add(id);
      for (const before of this.edges.predecessors(key(id)) ?? []) pending.push(before.slice(2));
    }
    return reached;
  }

  /** The names on each cycle, where nodes of unknown origin (a model file) may have one. */
  static cycles(nodes: readonly NodeBase[]): string[][] {
    const graph = new Graphlib({ directed: true });
    const producers = new Map(nodes.flatMap((node) => valuesOf(node).map((value) => [value, node.id] as const)));
    for (const node of nodes)
      for (const operand of node.operands) graph.setEdge(key(producers.get(operand) ?? operand), key(node.id), operand);
    return alg.findCycles(graph).map((cycle) => cycle.map((name) => name.slice(2)));
  }
}

// graphlib stores names as object keys: a prefix keeps `constructor` and `12` from meaning something else.
const key = (name: string): string => `n:${name}`;

function topologicalOrder<N extends NodeBase>(inputs: readonly string[], nodes: readonly N[]): N[] {
  if (isOrdered(inputs, nodes)) return [...nodes];
  const known = new Set(inputs);
  const order: N[] = [];
  const readers = new Map<string, N[]>();
  const missing = new Map<string, number>();
  const ready: N[] = [];
  for (const node of nodes) {
    const distinct = new Set(node.operands.filter((operand) => !known.has(operand)));
    missing.set(node.id, distinct.size);
    if (distinct.size === 0) ready.push(node);
    for (const operand of distinct) readers.set(operand, [...(readers.get(operand) ?? []), node]);
  }
  const written = new Map(nodes.map((node, at) => [node.id, at]));
  while (ready.length > 0) {
    const node = ready.shift()!;
    order.push(node);
    const waiting = valuesOf(node).flatMap((value) => readers.get(value) ?? []);
    const freed = waiting.filter((reader) => {
      const left = missing.get(reader.id)! - 1;
      missing.set(reader.id, left);
      return left === 0;
    });
    ready.push(...freed);
    if (freed.length > 0) ready.sort((a, b) => written.get(a.id)! - written.get(b.id)!);
  }
  if (order.length < nodes.length) throw new Error('the graph has a cycle or an operand that nothing produces');
  return order;
}

/** Whether all operands come before those who read them, as they do in what was written from top to bottom. */
function isOrdered(inputs: readonly string[], nodes: readonly NodeBase[]): boolean {
  const known = new Set(inputs);
  return nodes.every((node) => {
    const ready = node.operands.every((operand) => known.has(operand));
    for (const value of valuesOf(node)) known.add(value);
    return ready;
  });
}
