// How a source's operator becomes layers: the contract between the runner and the tables in operators/.
import type { Static } from '../../../compiler/operators/parameters.ts';
import { error } from '../../../dsl/problem.ts';
import { type Attributes, type Dense, type Layouts, numberOf } from './case.ts';
import { type Network, Refused, type Value } from './network.ts';

/** Reason why a case has no place here: an operator outside the language, a way of use that is not inference. */
export class Unsupported extends Error {}

/** The call is wrong in a way that a layer's arguments cannot even say, such as parts that do not make up the whole. */
export function refuse(message: string): never {
  throw new Refused([error('case/arguments', message)]);
}

export interface Call {
  readonly source: string;
  readonly op: string;
  readonly opset: number;
  readonly attributes: Attributes;
  readonly layout: Layouts;
  readonly network: Network;
  readonly has: (slot: string) => boolean;
  /** An input as a value of the model: a sample of the batch, channels last, or the whole tensor; see `Translation`. */
  readonly value: (slot: string) => Value;
  /** An input as the numbers that a layer's weights or arguments are made of. */
  readonly tensor: (slot: string) => Dense | undefined;
  /** The slots that the case states. */
  readonly results: readonly string[];
  /** `inputs[0]`, `inputs[1]`, … */
  readonly values: readonly Value[];
}

export type Results = Value | Readonly<Record<string, Value>>;

export interface Translation {
  /** Whether samples of a batch are independent: where the case states a layout, the model then sees one, channels last. */
  readonly samples?: boolean;
  readonly layers: (call: Call) => Results;
}

export type Table = Readonly<Record<string, Translation>>;

export const number = ({ attributes }: Call, name: string, fallback: number): number =>
  attributes[name] === undefined || attributes[name] === null ? fallback : numberOf(attributes[name]);

export function numbers({ attributes }: Call, name: string): readonly number[] | undefined {
  const value = attributes[name];
  if (value === undefined || value === null) return undefined;
  return (Array.isArray(value) ? value : [value]).map(numberOf);
}

/** Flags are true/false in some sources and 1/0 in others. */
export const flag = ({ attributes }: Call, name: string, fallback: boolean): boolean =>
  attributes[name] === undefined ? fallback : Boolean(attributes[name]);

export const text = ({ attributes }: Call, name: string, fallback: string): string =>
  attributes[name] === undefined ? fallback : String(attributes[name]);

/** Whole numbers that come as a tensor. */
export const wholes = (call: Call, slot: string): number[] | undefined => {
  const data = call.tensor(slot)?.data;
  return data && [...data];
};

export const list = (values: readonly number[]): Static => values;

export const rankOf = (call: Call, value: Value): number => call.network.shapeOf(value).length;

/** Puts the axes of a value in another order; nothing where it is the same. */
export function reordered(call: Call, value: Value, permutation: readonly number[]): Value {
  if (permutation.length === rankOf(call, value) && permutation.every((axis, n) => axis === n)) return value;
  return call.network.layer('transpose', { permutation }, [value]);
}

/** Applies layers with one axis moved to the end, and moves it back. */
export function withAxisLast(call: Call, value: Value, axis: number, layers: (moved: Value) => Value): Value {
  const rank = rankOf(call, value);
  const from = axis < 0 ? axis + rank : axis;
  const order = [...Array(rank).keys()].filter((n) => n !== from);
  const back = [...Array(rank).keys()].map((n) => (n < from ? n : n === from ? rank - 1 : n - 1));
  return reordered(call, layers(reordered(call, value, [...order, from])), back);
}
