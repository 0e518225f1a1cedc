import type { APIService } from '../../../api/apiregistration/api-service.ts'
import type { ServedVersion } from './priorities.ts'

const managed = 'kube-aggregator.kubernetes.io/automanaged'
const onStart = 'onstart'

export type NewApiService = Pick<APIService, 'spec'> & {
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> }
}

export type Registration =
  | { readonly type: 'create'; readonly object: NewApiService }
  | { readonly type: 'update'; readonly name: string; readonly spec: APIService['spec'] }
  | { readonly type: 'delete'; readonly name: string }

/**
 * What makes the APIServices say which versions this server has, once at its start (upstream's autoregister controller).
 * Those that somebody else manages stay as they are, and so does one that has been given a service.
 */
export function planRegistration(served: readonly ServedVersion[], current: readonly APIService[]): Registration[] {
  const wanted = served.map(({ group, version, priority: [groupPriorityMinimum, versionPriority] }) => ({
    metadata: { name: `${version}.${group}`, labels: { [managed]: onStart } },
    spec: { ...(group ? { group } : {}), version, groupPriorityMinimum, versionPriority },
  }))
  const names = new Set(wanted.map(({ metadata }) => metadata.name))
  const gone = current.filter(({ metadata }) => metadata.labels?.[managed] === onStart && !names.has(metadata.name))
  return [
    ...wanted.flatMap(object =>
      registrationOf(
        object,
        current.find(({ metadata }) => metadata.name === object.metadata.name),
      ),
    ),
    ...gone.map(({ metadata }): Registration => ({ type: 'delete', name: metadata.name })),
  ]
}

function registrationOf(object: NewApiService, current: APIService | undefined): Registration[] {
  if (!current) return [{ type: 'create', object }]
  const { spec, metadata } = current
  if (metadata.labels?.[managed] !== onStart || spec.service) return []
  const { groupPriorityMinimum, versionPriority } = object.spec
  const same = spec.groupPriorityMinimum === groupPriorityMinimum && spec.versionPriority === versionPriority
  return same ? [] : [{ type: 'update', name: metadata.name, spec: object.spec }]
}
