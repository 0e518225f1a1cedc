import type { Kind } from '../api/kind.ts'

export interface Target {
  readonly namespace?: string | undefined
  readonly name?: string
  readonly subresource?: string
}
export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** The URL path of a kind's collection, of one object, or of a subresource of it. */
export function resourcePath(kind: Pick<Kind, 'group' | 'version' | 'plural' | 'namespaced'>, target: Target, query: Query = {}): string {
  const root = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`
  const segments = [
    ...(kind.namespaced && target.namespace ? ['namespaces', target.namespace] : []),
    kind.plural,
    ...(target.name === undefined ? [] : [target.name]),
    ...(target.subresource === undefined ? [] : [target.subresource]),
  ]
  return `${root}/${segments.map(encodeURIComponent).join('/')}${queryString(query)}`
}

function queryString(query: Query): string {
  const parts = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}
