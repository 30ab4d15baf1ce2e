// A network as a directed acyclic graph of layers, generic in what is known about a layer at a stage.
// The only file that uses graphlib. Operand order lives in the node; graphlib answers order, cycles and reachability.
import { alg, Graph as Graphlib } from '@dagrejs/graphlib';

export interface NodeBase {
  /** The layer's path, unique in the model, which is also the name of the value it produces: `residual_0.conv_1`. */
  readonly id: string;
  /** Ids of nodes or names of model inputs, in the operator's order; one may stand twice. */
  readonly operands: readonly string[];
}

export class Graph<N extends NodeBase> {
  /** In topological order; among free choices, the order in which they were written. */
  readonly nodes: readonly N[];
  private readonly byId: ReadonlyMap<string, N>;
  private readonly edges: Graphlib<unknown, string, string>;

  /** `inputs` are the names that operands may refer to besides nodes. Throws on a cycle: stages that read files check first. */
  constructor(inputs: readonly string[], nodes: readonly N[]) {
    this.byId = new Map(nodes.map((node) => [node.id, node]));
    this.edges = new Graphlib<unknown, string, string>({ directed: true });
    for (const name of [...inputs, ...nodes.map((node) => node.id)]) this.edges.setNode(key(name), name);
    for (const node of nodes)
      for (const operand of node.operands) this.edges.setEdge(key(operand), key(node.id), operand);
    this.nodes = topologicalOrder(inputs, nodes);
  }

  node(id: string): N | undefined {
    return this.byId.get(id);
  }

  /** Nodes that read this value, in topological order, each once. */
  consumers(id: string): N[] {
    return this.nodes.filter((node) => node.operands.includes(id));
  }

  /** Every node that the given values depend on, and the values' own nodes. */
  ancestors(ids: readonly string[]): Set<string> {
    const reached = new Set<string>();
    const pending = [...ids];
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
    for (const node of nodes) for (const operand of node.operands) graph.setEdge(key(operand), key(node.id), operand);
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
    const freed = (readers.get(node.id) ?? []).filter((reader) => {
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
  return nodes.every(({ id, operands }) => {
    const ready = operands.every((operand) => known.has(operand));
    known.add(id);
    return ready;
  });
}
