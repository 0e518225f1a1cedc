/** The indexes of `0,2-4`, below `completions`, as ranges in ascending order. Throws a RangeError in upstream's words. */
export function parseIndexes(text: string, completions: number): readonly (readonly [number, number])[] {
  if (text === '') return []
  let last: number | undefined
  return text.split(',').map(fragment => {
    const range = parseInterval(fragment, completions)
    if (last !== undefined && last >= range[0]) throw outOfOrder(last, range[0])
    last = range[1]
    return range
  })
}

export const countIndexes = (text: string, completions: number): number =>
  parseIndexes(text, completions).reduce((sum, [first, last]) => sum + last - first + 1, 0)

const outOfOrder = (previous: number, current: number) => new RangeError(`non-increasing order, previous: ${previous}, current: ${current}`)

function parseInterval(fragment: string, completions: number): readonly [number, number] {
  const parts = fragment.split('-')
  if (parts.length > 2) {
    const rule = "violates the requirement that an index interval can have at most two parts separated by '-'"
    throw new RangeError(`the fragment ${JSON.stringify(fragment)} ${rule}`)
  }
  const [first = 0, last = first] = parts.map(part => parseIndex(part, completions))
  if (parts.length === 2 && first >= last) throw outOfOrder(first, last)
  return [first, last]
}

function parseIndex(text: string, completions: number): number {
  if (!/^[+-]?\d+$/.test(text)) throw new RangeError(`cannot convert string to integer for index: ${JSON.stringify(text)}`)
  const index = Number(text)
  if (index >= completions) throw new RangeError(`too large index: ${JSON.stringify(text)}`)
  return index
}
