/** When a cron job is due, by the standard five fields. */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly daysOfMonth: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly daysOfWeek: ReadonlySet<number>
  /** A day must fit both where one of them is a star, else one is enough. */
  readonly anyDayOfMonth: boolean
  readonly anyDayOfWeek: boolean
}

interface Bounds {
  readonly minimum: number
  readonly maximum: number
  readonly names?: readonly string[]
}
const monthNames = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const bounds: readonly Bounds[] = [
  { minimum: 0, maximum: 59 },
  { minimum: 0, maximum: 23 },
  { minimum: 1, maximum: 31 },
  { minimum: 1, maximum: 12, names: monthNames },
  { minimum: 0, maximum: 6, names: dayNames },
]
const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/** Reads a schedule, or milliseconds from `@every 5m`. Throws a SyntaxError in the words of the library that upstream uses. */
export function parseSchedule(text: string): CronSchedule | { readonly every: number } {
  if (text === '') throw new SyntaxError('empty spec string')
  if (text.startsWith('@every ')) return { every: parseDuration(text.slice('@every '.length), text) }
  if (text.startsWith('@') && !descriptors[text]) throw new SyntaxError(`unrecognized descriptor: ${text}`)
  const spec = descriptors[text] ?? text
  const fields = spec.split(/\s+/).filter(field => field !== '')
  if (fields.length !== 5) throw new SyntaxError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = fields.map((field, index) => parseField(field, bounds[index] as Bounds))
  const isStar = (field: string | undefined) => /(^|,)[*?]/.test(field ?? '')
  const anyDay = { anyDayOfMonth: isStar(fields[2]), anyDayOfWeek: isStar(fields[4]) }
  return { minutes, hours, daysOfMonth, months, daysOfWeek, ...anyDay } as CronSchedule
}

const parseField = (field: string, limits: Bounds): ReadonlySet<number> =>
  new Set(
    field
      .split(',')
      .filter(part => part !== '')
      .flatMap(part => parseRange(part, limits)),
  )

/** `*`, `5`, `1-5`, and each of them with `/2`. */
function parseRange(text: string, { minimum, maximum, names }: Bounds): number[] {
  const [range = '', stepText, tooMuch] = text.split('/')
  const [low = '', high, more] = range.split('-')
  const star = low === '*' || low === '?'
  if (more !== undefined) throw new SyntaxError(`too many hyphens: ${text}`)
  if (tooMuch !== undefined) throw new SyntaxError(`too many slashes: ${text}`)
  const first = star ? minimum : parseNumber(low, names)
  const step = stepText === undefined ? 1 : parseNumber(stepText)
  const single = stepText === undefined ? first : maximum
  const last = star ? maximum : high === undefined ? single : parseNumber(high, names)
  if (first < minimum) throw new SyntaxError(`beginning of range (${first}) below minimum (${minimum}): ${text}`)
  if (last > maximum) throw new SyntaxError(`end of range (${last}) above maximum (${maximum}): ${text}`)
  if (first > last) throw new SyntaxError(`beginning of range (${first}) beyond end of range (${last}): ${text}`)
  if (step === 0) throw new SyntaxError(`step of range should be a positive number: ${text}`)
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step)
}

function parseNumber(text: string, names: readonly string[] = []): number {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase())
  if (named >= 0) return named
  if (!/^[+-]?\d+$/.test(text))
    throw new SyntaxError(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  const value = Number(text)
  if (value < 0) throw new SyntaxError(`negative number (${value}) not allowed: ${text}`)
  return value
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function parseDuration(text: string, spec: string): number {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text))
    throw new SyntaxError(`failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(text)}`)
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  const milliseconds = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0)
  // Never more often than every second, on whole seconds.
  return Math.max(1000, Math.floor(milliseconds / 1000) * 1000)
}
