const quote = 0x22
const backslash = 0x5c
const opening = 0x7b
const closing = 0x7d

/** The index behind the brace that closes the JSON object in which `from` is; `from` lies between two of its fields. */
export function endOfObject(bytes: Uint8Array, from: number): number {
  let depth = 1
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === quote) at = endOfString(bytes, at)
    else if (byte === opening) depth++
    else if (byte === closing && --depth === 0) return at + 1
  }
  throw new SyntaxError('a JSON object has no end')
}

/** The index of the quote that closes the string which begins at `from`. No byte of a longer character looks like a quote. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from + 1
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at
}
