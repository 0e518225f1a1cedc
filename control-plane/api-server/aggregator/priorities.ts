import type { Kind } from '../../../api/kind.ts'

/** Group and version: where each stands in discovery. */
export type Priority = readonly [group: number, version: number]

/** Upstream's numbers, by `group/version`; metrics.k8s.io has those of metrics-server's manifest. */
const priorities: Readonly<Record<string, Priority>> = {
  '/v1': [18_000, 1],
  'apps/v1': [17_800, 15],
  'events.k8s.io/v1': [17_750, 15],
  'authentication.k8s.io/v1': [17_700, 15],
  'authorization.k8s.io/v1': [17_600, 15],
  'autoscaling/v1': [17_500, 15],
  'autoscaling/v2': [17_500, 30],
  'batch/v1': [17_400, 15],
  'certificates.k8s.io/v1': [17_300, 15],
  'networking.k8s.io/v1': [17_200, 15],
  'policy/v1': [17_100, 15],
  'rbac.authorization.k8s.io/v1': [17_000, 15],
  'storage.k8s.io/v1': [16_800, 15],
  'admissionregistration.k8s.io/v1': [16_700, 15],
  'apiextensions.k8s.io/v1': [16_700, 15],
  'scheduling.k8s.io/v1': [16_600, 15],
  'coordination.k8s.io/v1': [16_500, 15],
  'node.k8s.io/v1': [16_300, 15],
  'discovery.k8s.io/v1': [16_200, 15],
  'resource.k8s.io/v1': [16_200, 20],
  'flowcontrol.apiserver.k8s.io/v1': [16_100, 21],
  'metrics.k8s.io/v1beta1': [100, 100],
}

export interface ServedVersion {
  readonly group: string
  readonly version: string
  readonly priority: Priority
}

/** The versions of these kinds that get an APIService; that of APIServices themselves gets none, as upstream. */
export function servedVersions(kinds: readonly Kind[]): ServedVersion[] {
  const names = new Set(kinds.map(({ group, version }) => `${group}/${version}`))
  return [...names].flatMap(name => {
    const [group = '', version = ''] = name.split('/')
    const priority = priorities[name]
    return priority ? [{ group, version, priority }] : []
  })
}
