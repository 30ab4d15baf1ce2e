// The attributes of a node, each read by name and type; what nobody read is no accident and is refused.
import { shortestFloat } from '../../files/elements.ts';
import { Refusal } from '../importing/refusal.ts';
import { attributeTypes, type OnnxAttribute, type OnnxAttributeType, type OnnxNode } from './model.ts';

export class Attributes {
  readonly #byName = new Map<string, OnnxAttribute>();
  readonly #read = new Set<string>();

  constructor(node: OnnxNode) {
    for (const attribute of node.attributes) {
      if (this.#byName.has(attribute.name)) throw new Refusal(`has attribute ${attribute.name} twice`);
      this.#byName.set(attribute.name, attribute);
    }
  }

  has(name: string): boolean {
    this.#read.add(name);
    return this.#byName.has(name);
  }

  int(name: string, fallback?: number): number {
    const value = this.#find(name, 'int')?.int ?? (this.#byName.has(name) ? 0 : fallback);
    return this.#required(name, value);
  }

  /** As the shortest decimal that is the same float32: 0.00001, not 0.000009999999747378752. */
  float(name: string, fallback?: number): number {
    const value = this.#find(name, 'float')?.float ?? (this.#byName.has(name) ? 0 : undefined);
    return this.#required(name, value === undefined ? fallback : shortestFloat(value));
  }

  string(name: string, fallback?: string): string {
    const bytes = this.#find(name, 'string')?.string;
    return this.#required(name, bytes ? new TextDecoder().decode(bytes) : fallback);
  }

  ints(name: string): readonly number[] | undefined {
    return this.#find(name, 'ints')?.ints;
  }

  floats(name: string): readonly number[] | undefined {
    return this.#find(name, 'floats')?.floats;
  }

  tensor(name: string): OnnxAttribute['tensor'] {
    return this.#find(name, 'tensor')?.tensor;
  }

  /** Attributes that were never asked for. */
  unread(): string[] {
    return [...this.#byName.keys()].filter((name) => !this.#read.has(name));
  }

  #find(name: string, type: OnnxAttributeType): OnnxAttribute | undefined {
    this.#read.add(name);
    const attribute = this.#byName.get(name);
    // Files older than the field `type` have 0 there.
    if (!attribute || attribute.type === attributeTypes[type] || attribute.type === 0) return attribute;
    const found = Object.entries(attributeTypes).find(([, number]) => number === attribute.type)?.[0];
    throw new Refusal(
      `has attribute ${name} of type ${found ?? attribute.type}, it must be ${type}`,
      undefined,
      'attribute',
    );
  }

  #required<V>(name: string, value: V | undefined): V {
    if (value !== undefined) return value;
    throw new Refusal(`lacks the attribute ${name}`, undefined, 'attribute');
  }
}
