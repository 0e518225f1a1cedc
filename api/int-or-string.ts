/** `3` or `"25%"`, against a total. Throws where the text is no percentage, in upstream's words. */
export function scaledValue(value: number | string, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value
  const percent = percentOf(value)
  if (percent === undefined) throw new RangeError('invalid value for IntOrString: invalid type: string is not a percentage')
  return rounding === 'up' ? Math.ceil((percent * total) / 100) : Math.floor((percent * total) / 100)
}

/** 25 for `25%`; undefined for anything that is not a whole percentage. */
export function percentOf(value: number | string): number | undefined {
  const [, digits] = (typeof value === 'string' && /^([0-9]+)%$/.exec(value)) || []
  return digits === undefined ? undefined : Number(digits)
}
