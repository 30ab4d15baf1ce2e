// The checksum of a weights file: xxHash32 (seed 0) as its author specifies it, for whole 32-bit words. It follows the data as
// they come, so that it costs no time of its own.
// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md

/** The hash of the words up to where `advance` has come. */
export interface Checksum {
  /** @param to how many words have arrived */
  advance(to: number): void;
  result(): number;
}

/** Adds up four words at a time: what takes long, and what an engine may have code of its own for. */
export interface Stripes {
  /** Four sums that do not wait for each other. */
  readonly sums: Int32Array;
  /** @param to words from the start, as `from`; whole stripes of four */
  add(from: number, to: number): void;
}

export function checksumOf(words: Uint32Array, { sums, add }: Stripes): Checksum {
  sums.set([0x24234428, 0x85ebca77, 0, 0x61c8864f]);
  let at = 0;
  let end = 0;
  return {
    advance(to) {
      end = to;
      add(at, end & ~3);
      at = end & ~3;
    },
    result() {
      const [a, b, c, d] = sums as unknown as [number, number, number, number];
      let hash = end < 4 ? 0x165667b1 : rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
      hash = (hash + 4 * end) | 0;
      for (let rest = at; rest < end; rest++) {
        hash = Math.imul(rotate((hash + Math.imul(words[rest]!, 0xc2b2ae3d)) | 0, 17), 0x27d4eb2f);
      }
      hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);
      return (hash ^ (hash >>> 16)) >>> 0;
    },
  };
}

/** Written out for each of the four sums, because a first load runs it before an engine has optimised it. */
export function plainStripes(words: Uint32Array): Stripes {
  const sums = new Int32Array(4);
  const { imul } = Math;
  return {
    sums,
    add(from, to) {
      let [a, b, c, d] = sums as unknown as [number, number, number, number];
      for (let at = from; at < to; at += 4) {
        a = (a + imul(words[at]!, 0x85ebca77)) | 0;
        a = imul((a << 13) | (a >>> 19), 0x9e3779b1);
        b = (b + imul(words[at + 1]!, 0x85ebca77)) | 0;
        b = imul((b << 13) | (b >>> 19), 0x9e3779b1);
        c = (c + imul(words[at + 2]!, 0x85ebca77)) | 0;
        c = imul((c << 13) | (c >>> 19), 0x9e3779b1);
        d = (d + imul(words[at + 3]!, 0x85ebca77)) | 0;
        d = imul((d << 13) | (d >>> 19), 0x9e3779b1);
      }
      sums.set([a, b, c, d]);
    },
  };
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
