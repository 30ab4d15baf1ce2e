// The size that a JPEG file states, found before anything is decoded.

/** Markers that begin a frame and state its size; the three others of C0 to CF are tables. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Markers that have no content. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);

/** Of the first frame; `undefined` for what is no JPEG file, or one without pixels. */
export function jpegSize(bytes: Uint8Array): { readonly height: number; readonly width: number } | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (isFrame(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return height > 0 && width > 0 ? { height, width } : undefined;
    }
    // A marker may be preceded by any number of FF.
    if (marker === 0xff) at++;
    else at += isBare(marker) ? 2 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}
