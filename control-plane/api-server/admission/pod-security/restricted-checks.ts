import type { Volume } from '../../../../api/core/volume.ts'
import { badSeccomp, procMount } from './baseline-checks.ts'
import {
  allContainers,
  containersThat,
  exceptOwnUsers,
  exceptWindows,
  hasOwnUsers,
  named,
  plural,
  quoted,
  setters,
  sorted,
  type Check,
  type CheckPod,
} from './check.ts'

const privilegeEscalation: CheckPod = pod => {
  const containers = containersThat(pod, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
  if (containers.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${named(containers)} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

const capabilities: CheckPod = pod => {
  const beyond = (added: readonly string[] | undefined) => (added ?? []).filter(name => name !== 'NET_BIND_SERVICE')
  const keeping = containersThat(pod, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'))
  const adding = containersThat(pod, ({ securityContext }) => beyond(securityContext?.capabilities?.add).length > 0)
  const added = sorted(allContainers(pod).flatMap(({ securityContext }) => beyond(securityContext?.capabilities?.add)))
  const details = [
    ...(keeping.length > 0 ? [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0 ? [`${named(adding)} must not include ${quoted(added)} in securityContext.capabilities.add`] : []),
  ]
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined
}

const allowedVolumes: readonly (keyof Volume)[] = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]
/** From 1.31 on images are volumes, and do no harm. */
const volumes: CheckPod = ({ spec }) => {
  const bad = (spec.volumes ?? []).filter(volume => allowedVolumes.every(name => volume[name] === undefined) && volume.image === undefined)
  if (bad.length === 0) return undefined
  const names = bad.map(({ name }) => name)
  const types = sorted(bad.map(volume => Object.keys(volume).find(name => name !== 'name') ?? 'unknown'))
  const verb = plural('uses', names.length, 'use')
  return {
    reason: 'restricted volume types',
    detail: `${plural('volume', names.length)} ${quoted(names)} ${verb} ${plural('restricted volume type', types.length)} ${quoted(types)}`,
  }
}

const nonRoot: CheckPod = pod => {
  const ofPod = pod.spec.securityContext?.runAsNonRoot
  const explicit = containersThat(pod, ({ securityContext }) => securityContext?.runAsNonRoot === false)
  const reason = 'runAsNonRoot != true'
  if (ofPod === false || explicit.length > 0)
    return { reason, detail: `${setters(ofPod === false, explicit)} must not set securityContext.runAsNonRoot=false` }
  const silent = containersThat(pod, ({ securityContext }) => securityContext?.runAsNonRoot === undefined)
  if (ofPod === true || silent.length === 0) return undefined
  return { reason, detail: `pod or ${named(silent)} must set securityContext.runAsNonRoot=true` }
}

const nonZeroUser: CheckPod = pod => {
  const ofPod = pod.spec.securityContext?.runAsUser === 0
  const containers = containersThat(pod, ({ securityContext }) => securityContext?.runAsUser === 0)
  if (!ofPod && containers.length === 0) return undefined
  return { reason: 'runAsUser=0', detail: `${setters(ofPod, containers)} must not set runAsUser=0` }
}

const seccomp: CheckPod = pod => {
  const explicit = badSeccomp(pod)
  if (explicit || pod.spec.securityContext?.seccompProfile) return explicit
  const silent = containersThat(pod, ({ securityContext }) => securityContext?.seccompProfile === undefined)
  if (silent.length === 0) return undefined
  const detail = `pod or ${named(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`
  return { reason: 'seccompProfile', detail }
}

/** The restricted level beyond the baseline, in upstream's order. */
export const restrictedChecks: readonly Check[] = [
  {
    level: 'restricted',
    versions: [
      [8, privilegeEscalation],
      [25, exceptWindows(privilegeEscalation)],
    ],
  },
  {
    level: 'restricted',
    versions: [
      [22, capabilities],
      [25, exceptWindows(capabilities)],
    ],
  },
  // The baseline lets pods with users of their own unmask it.
  { level: 'restricted', versions: [[35, pod => (hasOwnUsers(pod) ? procMount(pod) : undefined)]] },
  { level: 'restricted', versions: [[0, volumes]] },
  {
    level: 'restricted',
    versions: [
      [0, nonRoot],
      [35, exceptOwnUsers(nonRoot)],
    ],
  },
  {
    level: 'restricted',
    versions: [
      [23, nonZeroUser],
      [35, exceptOwnUsers(nonZeroUser)],
    ],
  },
  {
    level: 'restricted',
    versions: [
      [19, seccomp],
      [25, exceptWindows(seccomp)],
    ],
  },
]
