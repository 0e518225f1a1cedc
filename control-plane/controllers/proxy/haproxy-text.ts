/** The text as one word of HAProxy's configuration, whatever is in it. Throws where the language has no way to write it. */
export function word(text: string): string {
  if (!isWritable(text)) throw new Error(`${JSON.stringify(text)} has control characters, which no configuration can hold`)
  return /^[A-Za-z0-9_./:*^$@(),-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** Whether it can stand in a configuration at all. */
export const isWritable = (text: string): boolean => !/[\u0000-\u001f\u007f]/.test(text)

/** A text that HAProxy would otherwise look for variables in. */
export const literal = (text: string): string => text.replaceAll('%', '%%')

/** A text that stands for itself in a regular expression. */
export const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
