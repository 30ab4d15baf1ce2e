// Offsets for buffers whose lives overlap: greedy by size into the smallest gap that fits (Y. Pisarchyk and J. Lee,
// "Efficient Memory Management for Deep Neural Net Inference", 2020). Where that leaves more than 5 % above the lower
// bound, other orders are tried, always the same ones, and then small changes of the best.

import { append } from '../../algebra/grouped.ts';
import { generator } from '../../algebra/pseudo-random.ts';
import { bytesOf } from '../../tensor.ts';
import type { Lifetime } from './lifetimes.ts';

export interface Request {
  readonly id: string;
  readonly size: number;
  readonly life: Lifetime;
}

export interface Fit {
  readonly offsets: ReadonlyMap<string, number>;
  readonly size: number;
  /** The largest sum of sizes that are alive together. */
  readonly lowerBound: number;
}

const cacheLine = 64;

/** Buffers begin at multiples of a cache line. In bytes. */
export const toCacheLine = (bytes: number): number => Math.ceil(bytes / cacheLine) * cacheLine;

/** The same in elements of the arena. */
const aligned = (size: number): number => toCacheLine(size * bytesOf('f32')) / bytesOf('f32');

export function fitBuffers(requests: readonly Request[]): Fit {
  const rounded = requests.map((request) => ({ ...request, size: aligned(request.size) }));
  const lowerBound = largestSum(rounded);
  const good = lowerBound * 1.05;
  let order = [...rounded].sort(bySize);
  let best = place(order);
  for (const other of otherOrders(rounded)) {
    if (best.size <= good) break;
    const next = place(other);
    if (next.size < best.size) [order, best] = [other, next];
  }
  return { ...(best.size <= good ? best : climb(order, best, good)), lowerBound };
}

/** Moves one buffer after the other to another turn, and keeps what is not worse. */
function climb(start: readonly Request[], placed: Placement, good: number): Placement {
  const random = generator(2);
  const attempts = Math.min(2000, Math.floor(2e7 / start.length ** 2));
  let order = [...start];
  let best = placed;
  for (let attempt = 0; attempt < attempts && best.size > good; attempt++) {
    const next = [...order];
    const [moved] = next.splice(Math.floor(random() * next.length), 1);
    next.splice(Math.floor(random() * (next.length + 1)), 0, moved!);
    const tried = place(next);
    if (tried.size <= best.size) [order, best] = [next, tried];
  }
  return best;
}

const bySize = (a: Request, b: Request): number => b.size - a.size || a.life.first - b.life.first;

/** The largest sum of sizes at a moment: it grows only where a life begins. */
function largestSum(requests: readonly Request[]): number {
  const changes = requests.flatMap(({ life, size }) => [
    { at: life.first, size },
    { at: life.last + 1, size: -size },
  ]);
  let [sum, largest] = [0, 0];
  for (const { size } of changes.sort((a, b) => a.at - b.at || a.size - b.size)) {
    sum += size;
    largest = Math.max(largest, sum);
  }
  return largest;
}

type Placement = Omit<Fit, 'lowerBound'>;
type Placed = Request & { readonly offset: number };

function place(order: readonly Request[]): Placement {
  const offsets = new Map<string, number>();
  const moments = new Moments();
  let size = 0;
  for (const request of order) {
    const neighbours = moments.during(request.life).sort((a, b) => a.offset - b.offset);
    const offset = smallestGap(neighbours, request.size);
    offsets.set(request.id, offset);
    moments.add({ ...request, offset });
    size = Math.max(size, offset + request.size);
  }
  return { offsets, size };
}

/** A life of more moments is not written down at each of them. */
const longLife = 64;

/** Buffers by the moments of their lives, so that one is compared with few but those that live beside it. */
class Moments {
  private readonly alive = new Map<number, Placed[]>();
  private readonly beginning = new Map<number, Placed[]>();
  private readonly long: Placed[] = [];

  add(placed: Placed): void {
    const { first, last } = placed.life;
    if (last - first > longLife) {
      this.long.push(placed);
      return;
    }
    append(this.beginning, first, placed);
    for (let at = first; at <= last; at++) append(this.alive, at, placed);
  }

  /** Those alive when a life begins, and those that begin within it. */
  during({ first, last }: Lifetime): Placed[] {
    const found = this.long.filter(({ life }) => life.first <= last && first <= life.last);
    found.push(...(this.alive.get(first) ?? []));
    for (let at = first + 1; at <= last; at++) found.push(...(this.beginning.get(at) ?? []));
    return found;
  }
}

function smallestGap(neighbours: readonly { readonly offset: number; readonly size: number }[], size: number): number {
  let end = 0;
  let best: { offset: number; room: number } | undefined;
  for (const neighbour of neighbours) {
    const room = neighbour.offset - end;
    if (room >= size && (!best || room < best.room)) best = { offset: end, room };
    end = Math.max(end, neighbour.offset + neighbour.size);
  }
  return best?.offset ?? end;
}

function* otherOrders(requests: readonly Request[]): Generator<Request[]> {
  const length = ({ life }: Request): number => life.last - life.first;
  yield [...requests].sort((a, b) => length(b) - length(a) || bySize(a, b));
  yield [...requests].sort((a, b) => a.life.first - b.life.first || bySize(a, b));
  yield [...requests].sort((a, b) => b.size * (length(b) + 1) - a.size * (length(a) + 1) || bySize(a, b));
  const random = generator(1);
  for (let attempt = 0; attempt < 24; attempt++) {
    const keys = new Map(requests.map((request) => [request.id, request.size * (0.5 + random())]));
    yield [...requests].sort((a, b) => keys.get(b.id)! - keys.get(a.id)!);
  }
}
