// Python's pickles, read by a machine that runs nothing: it has a stack, marks, a memo and the instructions that data
// needs. A global name becomes a value only where the caller knows it, and only the caller says what calling it makes;
// everything else is refused by its name.
//
// Instructions: Lib/pickletools.py of CPython, protocols 2 to 5.

export type Pickled = null | boolean | number | string | Uint8Array | PickledList | PickledDict | Made;

/** A list or a tuple. */
export class PickledList {
  readonly items: Pickled[] = [];
  constructor(items: readonly Pickled[] = []) {
    for (const item of items) this.items.push(item);
  }
}

/** Keys that are no texts or numbers are left out: nothing that weights are found by. */
export class PickledDict {
  readonly entries = new Map<string | number, Pickled>();
}

/** What a call of a known global made. */
export class Made {
  readonly what: unknown;
  constructor(what: unknown) {
    this.what = what;
  }
}

/** A name such as `collections.OrderedDict`, on its way to be called. */
class Global {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const mark = Symbol('mark');
type Item = Pickled | Global | typeof mark;

/** The pickle holds something that is not read. The message ends a sentence about the file. */
export class PickleFault extends Error {}

export interface PickleWorld {
  /** Names that may occur; each with what a call of it makes, or `undefined` where it may only be mentioned. */
  readonly globals: ReadonlyMap<string, ((given: readonly Pickled[]) => Pickled) | undefined>;
  /** What a persistent id stands for: storages, in checkpoints. */
  readonly persistent: (id: Pickled) => Pickled;
}

const mostItems = 10_000_000;

/** The value of a pickle. Throws a PickleFault. */
export function unpickle(bytes: Uint8Array, world: PickleWorld): Pickled {
  return new Machine(bytes, world).run();
}

class Machine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #world: PickleWorld;
  readonly #stack: Item[] = [];
  readonly #memo = new Map<number, Item>();
  #at = 0;

  constructor(bytes: Uint8Array, world: PickleWorld) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#world = world;
  }

  run(): Pickled {
    for (;;) {
      const code = this.#number(1);
      if (code === 0x2e) return this.#pop();
      const instruction = instructions.get(code);
      if (!instruction) throw new PickleFault(`uses the pickle instruction 0x${code.toString(16)}, which is not read`);
      instruction(this);
      if (this.#stack.length > mostItems) throw new PickleFault(`has more than ${mostItems} values at once`);
    }
  }

  /** The next `size` bytes, little endian, without a sign. */
  #number(size: 1 | 2 | 4 | 8): number {
    const at = this.#take(size);
    if (size === 1) return this.#view.getUint8(at);
    if (size === 2) return this.#view.getUint16(at, true);
    return size === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true));
  }

  #take(size: number): number {
    const at = this.#at;
    if (at + size > this.#bytes.byteLength) throw new PickleFault('is cut off');
    this.#at += size;
    return at;
  }

  #push(item: Item): void {
    this.#stack.push(item);
  }

  #popItem(): Item {
    const item = this.#stack.pop();
    if (item === undefined || item === mark) throw new PickleFault('takes a value from an empty stack');
    return item;
  }

  #pop(): Pickled {
    const item = this.#popItem();
    if (item instanceof Global) throw new PickleFault(`uses ${item.name} as a value`);
    return item as Pickled;
  }

  /** What lies above the last mark, which goes too. */
  #popToMark(): Pickled[] {
    const start = this.#stack.lastIndexOf(mark);
    if (start < 0) throw new PickleFault('has no mark where one is needed');
    const items = this.#stack.splice(start).slice(1);
    if (items.some((item) => item instanceof Global)) throw new PickleFault('uses a global name as a value');
    return items as Pickled[];
  }

  #top(): Item {
    const item = this.#stack.at(-1);
    if (item === undefined) throw new PickleFault('takes a value from an empty stack');
    return item;
  }

  // What instructions do; the table below names them.

  skip = (size: number): void => void this.#take(size);
  value = (value: Pickled): void => this.#push(value);
  mark = (): void => this.#push(mark);
  pop = (): void => void this.#stack.pop();
  popMark = (): void => void this.#popToMark();
  duplicate = (): void => this.#push(this.#top());
  unsigned = (size: 1 | 2): void => this.#push(this.#number(size));
  signed = (): void => this.#push(this.#view.getInt32(this.#take(4), true));
  double = (): void => this.#push(this.#view.getFloat64(this.#take(8), false));
  list = (): void => this.#push(new PickledList(this.#popToMark()));
  remember = (place: number): void => void this.#memo.set(place, this.#top());
  memoize = (): void => this.remember(this.#memo.size);
  rememberAt = (size: 1 | 4): void => this.remember(this.#number(size));

  /** An integer of any length; beyond 2⁵³ rounded to a double. */
  long(sizeOfLength: 1 | 4): void {
    const length = this.#number(sizeOfLength);
    if (length > 8) throw new PickleFault(`holds an integer of ${length} bytes`);
    const at = this.#take(length);
    let value = 0n;
    for (let n = length - 1; n >= 0; n--) value = (value << 8n) | BigInt(this.#bytes[at + n]!);
    this.#push(Number(BigInt.asIntN(8 * length, value)));
  }

  text(sizeOfLength: 1 | 4 | 8): void {
    this.#push(new TextDecoder().decode(this.#slice(sizeOfLength)));
  }

  raw(sizeOfLength: 1 | 4 | 8): void {
    this.#push(this.#slice(sizeOfLength));
  }

  #slice(sizeOfLength: 1 | 4 | 8): Uint8Array {
    const length = this.#number(sizeOfLength);
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  tuple(count: number): void {
    const items = Array.from({ length: count }, () => this.#pop()).reverse();
    this.#push(new PickledList(items));
  }

  recall(size: 1 | 4): void {
    const place = this.#number(size);
    const item = this.#memo.get(place);
    if (item === undefined) throw new PickleFault(`remembers nothing at ${place}`);
    this.#push(item);
  }

  append(): void {
    const item = this.#pop();
    this.#listOnTop().items.push(item);
  }

  appendAll(): void {
    const items = this.#popToMark();
    const list = this.#listOnTop();
    for (const item of items) list.items.push(item);
  }

  #listOnTop(): PickledList {
    const list = this.#top();
    if (!(list instanceof PickledList)) throw new PickleFault('appends to what is no list');
    return list;
  }

  setItem(): void {
    const value = this.#pop();
    this.#set([this.#pop(), value]);
  }

  setItems = (): void => this.#set(this.#popToMark());

  #set(pairs: readonly Pickled[]): void {
    const dict = this.#top();
    if (!(dict instanceof PickledDict)) throw new PickleFault('sets an item of what is no dictionary');
    for (let n = 0; n + 1 < pairs.length; n += 2) {
      const key = pairs[n]!;
      if (typeof key === 'string' || typeof key === 'number') dict.entries.set(key, pairs[n + 1]!);
    }
  }

  /** Module and name, each on a line of its own. */
  global(): void {
    this.#named(this.#line(), this.#line());
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new PickleFault('is cut off');
    const text = new TextDecoder().decode(this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }

  stackGlobal(): void {
    const name = this.#pop();
    this.#named(String(this.#pop()), String(name));
  }

  #named(module: string, name: string): void {
    const full = `${module}.${name}`;
    if (!this.#world.globals.has(full))
      throw new PickleFault(`names ${JSON.stringify(full)}, which is not among the names that weights need`);
    this.#push(new Global(full));
  }

  call(): void {
    const given = this.#pop();
    const callee = this.#popItem();
    const make = callee instanceof Global ? this.#world.globals.get(callee.name) : undefined;
    if (!make || !(given instanceof PickledList)) throw new PickleFault('calls what is no known function');
    this.#push(make(given.items));
  }

  /** The state of an object: dictionaries carry notes of their module in it, which nobody needs. */
  build(): void {
    this.#pop();
    if (!(this.#top() instanceof PickledDict)) throw new PickleFault('gives a state to what is no dictionary');
  }

  /** A type among the arguments is passed on by its name. */
  persistent(): void {
    const item = this.#popItem();
    this.#push(this.#world.persistent(item as Pickled));
  }

  /** A tuple above the last mark in which global names stand for themselves. */
  tupleToMark(): void {
    const start = this.#stack.lastIndexOf(mark);
    if (start < 0) throw new PickleFault('has no mark where one is needed');
    const items = this.#stack.splice(start).slice(1);
    this.#push(new PickledList(items.map((item) => (item instanceof Global ? item.name : (item as Pickled)))));
  }
}

const instructions: ReadonlyMap<number, (machine: Machine) => void> = new Map([
  [0x80, (machine) => machine.skip(1)],
  [0x95, (machine) => machine.skip(8)],
  [0x28, (machine) => machine.mark()],
  [0x30, (machine) => machine.pop()],
  [0x31, (machine) => machine.popMark()],
  [0x32, (machine) => machine.duplicate()],
  [0x4e, (machine) => machine.value(null)],
  [0x88, (machine) => machine.value(true)],
  [0x89, (machine) => machine.value(false)],
  [0x4a, (machine) => machine.signed()],
  [0x4b, (machine) => machine.unsigned(1)],
  [0x4d, (machine) => machine.unsigned(2)],
  [0x8a, (machine) => machine.long(1)],
  [0x8b, (machine) => machine.long(4)],
  [0x47, (machine) => machine.double()],
  [0x58, (machine) => machine.text(4)],
  [0x8c, (machine) => machine.text(1)],
  [0x8d, (machine) => machine.text(8)],
  [0x54, (machine) => machine.text(4)],
  [0x55, (machine) => machine.text(1)],
  [0x42, (machine) => machine.raw(4)],
  [0x43, (machine) => machine.raw(1)],
  [0x8e, (machine) => machine.raw(8)],
  [0x7d, (machine) => machine.value(new PickledDict())],
  [0x5d, (machine) => machine.value(new PickledList())],
  [0x29, (machine) => machine.value(new PickledList())],
  [0x6c, (machine) => machine.list()],
  [0x74, (machine) => machine.tupleToMark()],
  [0x85, (machine) => machine.tuple(1)],
  [0x86, (machine) => machine.tuple(2)],
  [0x87, (machine) => machine.tuple(3)],
  [0x61, (machine) => machine.append()],
  [0x65, (machine) => machine.appendAll()],
  [0x73, (machine) => machine.setItem()],
  [0x75, (machine) => machine.setItems()],
  [0x71, (machine) => machine.rememberAt(1)],
  [0x72, (machine) => machine.rememberAt(4)],
  [0x94, (machine) => machine.memoize()],
  [0x68, (machine) => machine.recall(1)],
  [0x6a, (machine) => machine.recall(4)],
  [0x63, (machine) => machine.global()],
  [0x93, (machine) => machine.stackGlobal()],
  [0x52, (machine) => machine.call()],
  [0x81, (machine) => machine.call()],
  [0x62, (machine) => machine.build()],
  [0x51, (machine) => machine.persistent()],
]);
