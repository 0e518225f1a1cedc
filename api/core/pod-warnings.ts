import type { NodeSelectorTerm, PodAffinity } from './affinity.ts'
import type { Container, EphemeralContainer } from './container.ts'
import type { Pod } from './pod.ts'
import type { PodSpec } from './pod-spec.ts'
import type { Volume } from './volume.ts'
import type { ObjectMeta } from '../meta.ts'
import { milliValue } from '../quantity.ts'

const deprecatedLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}

const oldVolumes: Partial<Readonly<Record<keyof Volume, string>>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}

const oldAnnotations: Readonly<Record<string, string>> = {
  'seccomp.security.alpha.kubernetes.io/pod': 'non-functional in v1.27+; use the "seccompProfile" field instead',
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
}
const oldAnnotationPrefixes: Readonly<Record<string, string>> = {
  'container.seccomp.security.alpha.kubernetes.io/': 'non-functional in v1.27+; use the "seccompProfile" field instead',
  'container.apparmor.security.beta.kubernetes.io/': 'deprecated since v1.30; use the "appArmorProfile" field instead',
}

const noPodMatches = 'a null labelSelector results in matching no pod'
const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'

/** `path.name: key is deprecated …` */
const labelWarning = (key: string, path: string): string[] => (deprecatedLabels[key] ? [`${path}: ${key} is ${deprecatedLabels[key]}`] : [])

const warningsOfTerm = ({ matchExpressions = [] }: NodeSelectorTerm, path: string): string[] =>
  matchExpressions.flatMap(({ key }, index) => labelWarning(key, `${path}.matchExpressions[${index}].key`))

function warningsOfPodAffinity(affinity: PodAffinity | undefined, path: string): string[] {
  const terms = [
    ...(affinity?.[required] ?? []).map((term, index) => ({ term, at: `${path}.${required}[${index}]` })),
    ...(affinity?.[preferred] ?? []).map(({ podAffinityTerm: term }, index) => ({
      term,
      at: `${path}.${preferred}[${index}].podAffinityTerm`,
    })),
  ]
  return terms.flatMap(({ term, at }) => (term.labelSelector ? [] : [`${at}.labelSelector: ${noPodMatches}`]))
}

function warningsOfScheduling(spec: PodSpec, path: string): string[] {
  const { nodeAffinity, podAffinity, podAntiAffinity } = spec.affinity ?? {}
  const terms = nodeAffinity?.[required]?.nodeSelectorTerms ?? []
  const at = `${path}.affinity`
  return [
    ...Object.keys(spec.nodeSelector ?? {}).flatMap(key =>
      deprecatedLabels[key] ? [`${path}.nodeSelector[${key}]: ${deprecatedLabels[key]}`] : [],
    ),
    ...terms.flatMap((term, index) => warningsOfTerm(term, `${at}.nodeAffinity.${required}.nodeSelectorTerms[${index}]`)),
    ...(nodeAffinity?.[preferred] ?? []).flatMap(({ preference }, index) =>
      warningsOfTerm(preference, `${at}.nodeAffinity.${preferred}[${index}].preference`),
    ),
    ...(spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, index) => {
      const here = `${path}.topologySpreadConstraints[${index}]`
      return [...labelWarning(topologyKey, `${here}.topologyKey`), ...(labelSelector ? [] : [`${here}.labelSelector: ${noPodMatches}`])]
    }),
    ...warningsOfPodAffinity(podAffinity, `${at}.podAffinity`),
    ...warningsOfPodAffinity(podAntiAffinity, `${at}.podAntiAffinity`),
  ]
}

function warningsOfResources({ resources }: Pick<PodSpec, 'resources'>, path: string): string[] {
  return (['requests', 'limits'] as const).flatMap(kind =>
    (['memory', 'ephemeral-storage'] as const).flatMap(name => {
      const amount = resources?.[kind]?.[name]
      if (amount === undefined || milliValue(amount) % 1000 === 0) return []
      return [`${path}.resources.${kind}[${name}]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`]
    }),
  )
}

function warningsOfEnv(env: NonNullable<Container['env']>, path: string): string[] {
  const names = new Set<string>()
  return env.flatMap(({ name, value = '' }, index) => {
    const hidden = names.has(name) && !value.includes(`$(${name})`)
    names.add(name)
    return hidden ? [`${path}[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`] : []
  })
}

const warningsOfContainer = (container: Container | EphemeralContainer, path: string): string[] => [
  ...warningsOfResources(container, path),
  ...warningsOfEnv(container.env ?? [], `${path}.env`),
]

/** The same port twice, within one container and across containers that run side by side. */
function warningsOfPorts({ containers = [] }: PodSpec, path: string): string[] {
  const known: { port: NonNullable<Container['ports']>[number]; at: string }[] = []
  return containers.flatMap((container, index) =>
    (container.ports ?? []).flatMap((port, portIndex) => {
      const at = `${path}.containers[${index}].ports[${portIndex}]`
      const twin = known.find(
        other =>
          other.port.containerPort === port.containerPort &&
          other.port.protocol === port.protocol &&
          (other.port.hostPort ?? 0) === (port.hostPort ?? 0) &&
          (other.port.hostIP ?? '') === (port.hostIP ?? ''),
      )
      const namesake = port.name
        ? known.find(other => other.port.name === port.name && !at.startsWith(other.at.slice(0, other.at.lastIndexOf('.'))))
        : undefined
      known.push({ port, at })
      return [
        ...(namesake
          ? [
              `${at}: duplicate port name ${JSON.stringify(port.name)} with ${namesake.at}, services and probes that select ports by name will use ${namesake.at}`,
            ]
          : []),
        ...(twin ? [`${at}: duplicate port definition with ${twin.at}`] : []),
      ]
    }),
  )
}

const warningsOfVolumes = (volumes: readonly Volume[], path: string): string[] =>
  volumes.flatMap((volume, index) =>
    Object.keys(volume).flatMap(source => {
      const why = oldVolumes[source as keyof Volume]
      return why ? [`${path}[${index}].${source === 'storageos' ? 'storageOS' : source}: ${why}`] : []
    }),
  )

/** Things in a pod's spec that are allowed and yet probably not meant. */
function warningsForPodSpec(spec: PodSpec, path: string): string[] {
  const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const
  return [
    ...warningsOfScheduling(spec, path),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, index) =>
      name ? [] : [`${path}.imagePullSecrets[${index}].name: invalid empty name ""`],
    ),
    ...warningsOfVolumes(spec.volumes ?? [], `${path}.volumes`),
    ...warningsOfResources(spec, path),
    ...lists.flatMap(list => (spec[list] ?? []).flatMap((container, index) => warningsOfContainer(container, `${path}.${list}[${index}]`))),
    ...warningsOfPorts(spec, path),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
  ]
}

function warningsOfAnnotations(annotations: ObjectMeta['annotations'], path: string): string[] {
  return Object.keys(annotations ?? {}).flatMap(key => {
    const why = oldAnnotations[key] ?? Object.entries(oldAnnotationPrefixes).find(([prefix]) => key.startsWith(prefix))?.[1]
    return why ? [`${path}[${key}]: ${why}`] : []
  })
}

/** The same for the template of a workload, under its own path. */
export const warningsForPodTemplate = (template: { metadata?: ObjectMeta; spec: PodSpec }, path: string): string[] => [
  ...warningsForPodSpec(template.spec, `${path}.spec`),
  ...warningsOfAnnotations(template.metadata?.annotations, `${path}.metadata.annotations`),
]

export const warningsForPod = (pod: Pod): string[] => [
  ...warningsForPodSpec(pod.spec, 'spec'),
  ...warningsOfAnnotations(pod.metadata.annotations, 'metadata.annotations'),
]
