/** A body that cannot be read; the message is what upstream's decoder says. Whoever asked for the decoding says for whom. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}
