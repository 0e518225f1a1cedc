const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where two JSON values differ, one line each: `spec.x: wanted 1, got 2`. */
export function differences(wanted: unknown, got: unknown, path = ''): string[] {
  if (Array.isArray(wanted) && Array.isArray(got) && wanted.length === got.length) {
    return wanted.flatMap((item, index) => differences(item, got[index], `${path}[${index}]`))
  }
  if (isRecord(wanted) && isRecord(got)) {
    const names = new Set([...Object.keys(wanted), ...Object.keys(got)])
    return [...names].flatMap(name => differences(wanted[name], got[name], path ? `${path}.${name}` : name))
  }
  const [a, b] = [JSON.stringify(wanted), JSON.stringify(got)]
  return a === b ? [] : [`${path}: wanted ${a}, got ${b}`]
}
