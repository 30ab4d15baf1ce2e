// Numbers in a memory of bytes, as the elements that they are stored as: an array of the element's kind, and what its items
// stand for. Memories are little-endian, like WebAssembly's.
import { halfToNumber, numberToHalf } from '../algebra/half.ts';
import { bytesOf, type Element } from '../tensor.ts';

export interface ElementArray {
  [at: number]: number;
  readonly length: number;
}

const arrays = {
  f32: Float32Array,
  f16: Uint16Array,
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
} satisfies Record<Element, new (buffer: ArrayBuffer, offset: number, length: number) => ElementArray>;

/** The class of the array that a memory is read through. */
export const arrayTypeOf = (element: Element): string => arrays[element].name;

/** All of a memory, as elements of one kind; what is left at its end is left out. */
export const elementsIn = ({ buffer, byteOffset, byteLength }: ArrayBufferView, element: Element): ElementArray =>
  new arrays[element](buffer as ArrayBuffer, byteOffset, Math.floor(byteLength / bytesOf(element)));

/** What an item of the array stands for, exactly. */
export const widened = (item: number, element: Element): number => (element === 'f16' ? halfToNumber(item) : item);

/** The item that stands for the nearest number. */
export const narrowed = (value: number, element: Element): number => (element === 'f16' ? numberToHalf(value) : value);
