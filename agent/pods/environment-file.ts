const unreadable = () => new Error("couldn't parse env file")

/** Blank, or a comment. */
const nothing = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y
/** `NAME='value'`: the value is what stands between the quotes, to the letter, even over several lines. */
const assignment = /[^\S\n]*([^\s=#'][^\n=']*?)[^\S\n]*=[^\S\n]*'([^']*)'[^\S\n]*(?:\n|$)/y

/**
 * The value of a variable in a file of the format that upstream reads for `fileKeyRef`, a small part of the shell's; undefined
 * when it is not in there. Throws when there is no file, or something else in it before the variable.
 */
export function valueInFile(file: Buffer | undefined, key: string): string | undefined {
  if (!file) throw unreadable()
  const text = file.toString('utf8')
  let position = 0
  const take = (pattern: RegExp) => {
    pattern.lastIndex = position
    const found = pattern.exec(text)
    if (found) position = pattern.lastIndex
    return found
  }
  while (position < text.length) {
    if (take(nothing)) continue
    const [, name, value] = take(assignment) ?? []
    if (name === undefined) throw unreadable()
    if (name === key) return value
  }
  return undefined
}
