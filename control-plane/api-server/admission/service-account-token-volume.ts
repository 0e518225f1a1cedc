import type { Pod } from '../../../api/core/pod.ts'
import { randomSuffix } from '../../../api/names.ts'

type PodSpec = Pod['spec']
type Volume = NonNullable<PodSpec['volumes']>[number]

const prefix = 'kube-api-access-'
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Mounts the token, the cluster's CA and the namespace into every container that has nothing at that path yet. */
export function withServiceAccountToken(spec: PodSpec): PodSpec {
  const existing = spec.volumes?.find(volume => volume.name.startsWith(prefix))
  const name = existing?.name ?? `${prefix}${randomSuffix()}`
  const needsIt = ({ volumeMounts = [] }: PodSpec['containers'][number]) => !volumeMounts.some(mount => mount.mountPath === mountPath)
  const mounted = <C extends PodSpec['containers'][number]>(container: C): C =>
    needsIt(container)
      ? { ...container, volumeMounts: [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }] }
      : container
  const { initContainers = [], containers } = spec
  if (![...initContainers, ...containers].some(needsIt)) return spec
  return {
    ...spec,
    ...(initContainers.length > 0 ? { initContainers: initContainers.map(mounted) } : {}),
    containers: containers.map(mounted),
    volumes: existing ? (spec.volumes ?? []) : [...(spec.volumes ?? []), tokenVolume(name)],
  }
}

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    sources: [
      // 3607: the number by which the token endpoint knows that nobody chose it.
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: 0o644,
  },
})
