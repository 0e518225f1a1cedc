import { escapeRegex, word } from './haproxy-text.ts'
import type { HostMatch, Match, PathMatch, ValueMatch } from './proxy-model.ts'

/** The variable that a frontend keeps the asked host in: in small letters, without a port. */
export const hostVariable = 'txn.host'

/** The match as conditions of HAProxy, any of which will do; an empty one always holds. */
export function conditionsOf({ host, path, method, headers = [], query = [] }: Match): string[] {
  const common = [
    ...(host ? [hostCondition(host)] : []),
    ...(method ? [test('method', 'str', method)] : []),
    ...headers.map(header => valueCondition(`req.fhdr(${header.name})`, header)),
    ...query.map(parameter => valueCondition(`url_param(${parameter.name}),url_dec`, parameter)),
  ]
  return pathConditions(path).map(condition => [...common, condition].filter(Boolean).join(' '))
}

const test = (sample: string, method: string, value: string) => `{ ${word(sample)} -m ${method} -- ${word(value)} }`

function hostCondition({ type, value }: HostMatch): string {
  const asked = `var(${hostVariable})`
  if (type === 'Exact') return test(asked, 'str', value)
  return type === 'Suffix' ? test(asked, 'end', `.${value}`) : test(asked, 'reg', `^[^.]+\\.${escapeRegex(value)}$`)
}

const valueCondition = (sample: string, { type, value }: ValueMatch) => test(sample, type === 'Exact' ? 'str' : 'reg', value)

function pathConditions(path: PathMatch | undefined): string[] {
  if (!path) return ['']
  const { type, value } = path
  if (type === 'Exact') return [test('path', 'str', value)]
  if (type === 'Regex') return [test('path', 'reg', `^(?:${value})`)]
  if (value === '' || value === '/') return ['']
  return type === 'Beginning' ? [test('path', 'beg', value)] : [test('path', 'str', value), test('path', 'beg', `${value}/`)]
}
