// The layers of a model while it is being written out: their checks are still being gathered.
import { error, type Problem } from '../../../dsl/problem.ts';
import type { ModelInput, ShapeAssertion, WrittenNode } from '../../graph/model.ts';
import { showShape } from '../../tensor.ts';
import type { Value } from './scope.ts';

interface Draft extends WrittenNode {
  readonly assertions: ShapeAssertion[];
}

export class Drafts {
  readonly inputs: ReadonlyMap<string, ModelInput>;
  private readonly drafts = new Map<string, Draft>();

  constructor(inputs: readonly ModelInput[]) {
    this.inputs = new Map(inputs.map((input) => [input.name, input]));
  }

  /** In the order in which they were added. */
  get nodes(): readonly WrittenNode[] {
    return [...this.drafts.values()];
  }

  add(node: Omit<WrittenNode, 'assertions'>): Value {
    this.drafts.set(node.id, { ...node, assertions: [] });
    return { kind: 'node', id: node.id };
  }

  /** A check of a layer's result is kept for later; one of an input is made at once. */
  assert(assertion: ShapeAssertion, value: Value): Problem | undefined {
    if (value.kind === 'failed') return undefined;
    if (value.kind === 'node') {
      this.drafts.get(value.id)!.assertions.push(assertion);
      return undefined;
    }
    const { shape } = this.inputs.get(value.id)!;
    if (matches(assertion, shape)) return undefined;
    const written = `[${assertion.dimensions.map((size) => size ?? '_').join(', ')}]`;
    const message = `${value.id} is ${showShape(shape)}, not ${written}`;
    return error('shape/assertion', message, assertion.span, { label: `it is ${showShape(shape)} here` });
  }
}

const matches = ({ dimensions }: ShapeAssertion, shape: readonly number[]): boolean =>
  dimensions.length === shape.length && dimensions.every((size, axis) => size === undefined || size === shape[axis]);
