import type { Attributes } from '../interfaces.ts'

/** A permission in RBAC's shape. `*` stands for all; resources are `pods`, `pods/status`, `*` or `*` and a subresource. */
export interface Rule {
  readonly verbs: readonly string[]
  readonly groups?: readonly string[]
  readonly resources?: readonly string[]
  /** Absent: every name. */
  readonly names?: readonly string[]
  /** Absent: every namespace. */
  readonly namespaces?: readonly string[]
  /** For requests of type `path`; a trailing `*` stands for the rest. */
  readonly paths?: readonly string[]
}

/** What somebody may do, and what could not be found out. */
export interface EffectiveRules {
  readonly rules: readonly Rule[]
  readonly errors: readonly string[]
}

export const ruleAllows = (rule: Rule, attributes: Attributes): boolean =>
  includes(rule.verbs, attributes.verb) &&
  (attributes.type === 'path' ? allowsPath(rule, attributes.path) : allowsResource(rule, attributes))

function allowsResource(rule: Rule, request: Extract<Attributes, { type: 'resource' }>): boolean {
  const { group, resource, subresource, name, namespace } = request
  const wanted = subresource ? [`${resource}/${subresource}`, `*/${subresource}`, '*'] : [resource, '*']
  return (
    includes(rule.groups ?? [], group) &&
    wanted.some(each => rule.resources?.includes(each)) &&
    (rule.names === undefined || rule.names.includes(name)) &&
    (rule.namespaces === undefined || rule.namespaces.includes(namespace))
  )
}

const allowsPath = (rule: Rule, path: string): boolean =>
  (rule.paths ?? []).some(allowed => allowed === path || (allowed.endsWith('*') && path.startsWith(allowed.slice(0, -1))))

const includes = (list: readonly string[], value: string) => list.includes('*') || list.includes(value)

export const read = ['get', 'list', 'watch'] as const
export const write = ['create', 'update', 'patch'] as const
