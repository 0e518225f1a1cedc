import { ruleAllows, type Rule } from './rules.ts'

/** One right: a verb on a resource of a group, of all names or one, or on a path. */
interface Right {
  readonly verb: string
  readonly group?: string
  readonly resource?: string
  readonly name?: string
  readonly path?: string
}

function rightsOf({ verbs, groups = [], resources = [], names, paths = [] }: Rule): Right[] {
  const ofResources = groups.flatMap(group =>
    resources.flatMap(resource =>
      verbs.flatMap(verb => (names ?? [undefined]).map(name => ({ verb, group, resource, ...(name === undefined ? {} : { name }) }))),
    ),
  )
  return [...ofResources, ...paths.flatMap(path => verbs.map(verb => ({ verb, path })))]
}

/** A right is held when a rule gives it, or more: `*` is only held through `*`. */
function isHeld(right: Right, rules: readonly Rule[]): boolean {
  const { verb, group = '', resource = '', name, path } = right
  if (path !== undefined) return rules.some(rule => ruleAllows(rule, { type: 'path', verb, path }))
  const [plural = '', subresource] = resource.split('/')
  const wanted = { type: 'resource' as const, verb, group, version: '', resource: plural, namespace: '', name: name ?? '' }
  return rules.some(
    rule => (name !== undefined || rule.names === undefined) && ruleAllows(rule, { ...wanted, ...(subresource ? { subresource } : {}) }),
  )
}

/**
 * What of `wanted` the holder of `held` does not hold, a line per resource, in upstream's form and order. Nobody may give away
 * more than they have: upstream's ConfirmNoEscalation.
 */
export function missingRights(held: readonly Rule[], wanted: readonly Rule[]): string[] {
  const missing = wanted.flatMap(rightsOf).filter(right => !isHeld(right, held))
  const byObject = new Map<string, [Right, ...Right[]]>()
  for (const right of missing) {
    const { verb: _, ...object } = right
    const key = JSON.stringify(object)
    const known = byObject.get(key)
    if (known) known.push(right)
    else byObject.set(key, [right])
  }
  return [...byObject.values()].map(compact).sort()
}

function compact(rights: readonly [Right, ...Right[]]): string {
  const [{ group, resource, name, path }] = rights
  const verbs = [...new Set(rights.map(({ verb }) => verb))]
  const parts = [
    part('APIGroups', group === undefined ? [] : [group]),
    part('Resources', resource === undefined ? [] : [resource]),
    part('NonResourceURLs', path === undefined ? [] : [path]),
    part('ResourceNames', name === undefined ? [] : [name]),
    part('Verbs', verbs),
  ]
  return `{${parts.filter(Boolean).join(', ')}}`
}

const part = (name: string, values: readonly string[]): string => (values.length > 0 ? `${name}:${quotedList(values)}` : '')

/** As Go's %q writes a list of texts. */
export const quotedList = (values: readonly string[]): string => `[${values.map(value => JSON.stringify(value)).join(' ')}]`
