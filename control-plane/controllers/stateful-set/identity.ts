import type { StatefulSet } from '../../../api/apps/stateful-set.ts'
import type { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { PodSpec, PodTemplateSpec } from '../../../api/core/pod-spec.ts'
import type { NewObject } from '../../../client/client.ts'
import { revisionLabel } from '../history/revisions.ts'
import { podFromTemplate } from '../pod-control.ts'

const podNameLabel = 'statefulset.kubernetes.io/pod-name'
const podIndexLabel = 'apps.kubernetes.io/pod-index'

/** The set and the number that a pod's name says; undefined for names of another form. */
export function parseName(name: string): { readonly parent: string; readonly ordinal: number } | undefined {
  const [, parent, digits] = /^(.*)-([0-9]+)$/.exec(name) ?? []
  if (parent === undefined || digits === undefined) return undefined
  const ordinal = Number(digits)
  return ordinal <= 2 ** 31 - 1 ? { parent, ordinal } : undefined
}

export const ordinalOf = (pod: Pod): number => parseName(pod.metadata.name)?.ordinal ?? -1
export const isMember = (set: StatefulSet, pod: Pod): boolean => parseName(pod.metadata.name)?.parent === set.metadata.name
export const podName = (set: StatefulSet, ordinal: number): string => `${set.metadata.name}-${ordinal}`
export const revisionOf = (pod: Pod): string => pod.metadata.labels?.[revisionLabel] ?? ''

export const firstOrdinal = (set: StatefulSet): number => set.spec.ordinals?.start ?? 0
export const replicasOf = (set: StatefulSet): number => set.spec.replicas ?? 1
export const isInRange = (set: StatefulSet, ordinal: number): boolean =>
  ordinal >= firstOrdinal(set) && ordinal < firstOrdinal(set) + replicasOf(set)

const claimName = (set: StatefulSet, template: PersistentVolumeClaim, ordinal: number) =>
  `${template.metadata.name}-${set.metadata.name}-${ordinal}`

/** The claims that the pod of a number has for itself. */
export const claimsOf = (set: StatefulSet, ordinal: number): (NewObject<PersistentVolumeClaim> & { metadata: { name: string } })[] =>
  (set.spec.volumeClaimTemplates ?? []).map(template => ({
    metadata: {
      name: claimName(set, template, ordinal),
      namespace: set.metadata.namespace ?? '',
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
      ...(template.metadata.annotations ? { annotations: template.metadata.annotations } : {}),
    },
    spec: template.spec,
  }))

/** The labels that say which pod of the set it is. */
const identityLabels = (set: StatefulSet, ordinal: number) => ({
  [podNameLabel]: podName(set, ordinal),
  [podIndexLabel]: String(ordinal),
})

const claimVolumes = (set: StatefulSet, ordinal: number): NonNullable<PodSpec['volumes']> =>
  (set.spec.volumeClaimTemplates ?? []).map(template => ({
    name: template.metadata.name,
    persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
  }))

/** Volumes of claims take the place of the template's of the same name. */
function withClaimVolumes(set: StatefulSet, ordinal: number, spec: PodSpec): PodSpec {
  const claims = claimVolumes(set, ordinal)
  if (claims.length === 0) return spec
  const others = (spec.volumes ?? []).filter(volume => !claims.some(({ name }) => name === volume.name))
  return { ...spec, volumes: [...claims, ...others] }
}

/** The pod of a number, made of a revision's template (upstream's newStatefulSetPod). */
export function statefulPod(
  set: StatefulSet,
  ordinal: number,
  { template, revision }: { readonly template: PodTemplateSpec; readonly revision: string },
) {
  const name = podName(set, ordinal)
  const { metadata } = podFromTemplate(template, set.metadata.namespace)
  return {
    metadata: { ...metadata, name, labels: { ...metadata.labels, ...identityLabels(set, ordinal), [revisionLabel]: revision } },
    spec: {
      ...withClaimVolumes(set, ordinal, template.spec),
      hostname: name,
      ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
    },
  }
}

/** Whether the pod says by its labels which one it is (upstream's identityMatches). */
export const identityMatches = (set: StatefulSet, pod: Pod): boolean =>
  Object.entries(identityLabels(set, ordinalOf(pod))).every(([label, value]) => pod.metadata.labels?.[label] === value)

/** Whether the pod has all volumes of its claims (upstream's storageMatches). */
export const storageMatches = (set: StatefulSet, pod: Pod): boolean =>
  claimVolumes(set, ordinalOf(pod)).every(wanted =>
    pod.spec.volumes?.some(
      ({ name, persistentVolumeClaim }) =>
        name === wanted.name && persistentVolumeClaim?.claimName === wanted.persistentVolumeClaim?.claimName,
    ),
  )

/** The pod with the labels and volumes of its number. */
export const withIdentity = (set: StatefulSet, pod: Pod): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...identityLabels(set, ordinalOf(pod)) } },
  spec: storageMatches(set, pod) ? pod.spec : withClaimVolumes(set, ordinalOf(pod), pod.spec),
})
