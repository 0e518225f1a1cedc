import { Deployment } from '../../../api/apps/deployment.ts'
import { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { StatefulSet } from '../../../api/apps/stateful-set.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { ReplicationController } from '../../../api/core/replication-controller.ts'
import { isNotFound } from '../../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import type { OwnerReference } from '../../../api/meta.ts'
import { controllerOf } from '../../../api/owners.ts'
import type { Client } from '../../../client/client.ts'
import { discoverKinds } from '../../../client/discovery.ts'

type Reader = Pick<Client, 'get' | 'getPath'>
type Scaled = KubernetesObject & { readonly spec: { readonly replicas?: number } }

const scaled: readonly Kind[] = [Deployment, ReplicaSet, StatefulSet, ReplicationController]
const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '')

export interface Scale {
  /** How many pods the controllers of these pods want together. */
  readonly total: number
  /** Names of pods that nobody controls. */
  readonly unmanaged: readonly string[]
}

/** The scale of everything that controls these pods; throws when that cannot be said, in upstream's words (getExpectedScale). */
export async function scaleOf(client: Reader, pods: readonly Pod[]): Promise<Scale> {
  const scales = new Map<string, number>()
  const asked = new Set<string>()
  const unmanaged: string[] = []
  for (const pod of pods) {
    const reference = controllerOf(pod)
    if (!reference) unmanaged.push(pod.metadata.name)
    else if (!asked.has(reference.uid)) {
      asked.add(reference.uid)
      const found = await scaleFor(client, reference, pod.metadata.namespace ?? '')
      if (!found) throw new Error(`found no controllers for pod ${JSON.stringify(pod.metadata.name)}`)
      scales.set(found.uid, found.replicas)
    }
  }
  return { total: [...scales.values()].reduce((sum, each) => sum + each, 0), unmanaged }
}

interface Found {
  readonly uid: string
  readonly replicas: number
}

async function scaleFor(client: Reader, reference: OwnerReference, namespace: string): Promise<Found | undefined> {
  const { apiVersion, kind, name, uid } = reference
  const known = scaled.find(each => each.kind === kind && each.group === groupOf(apiVersion))
  if (!known) return scaleOfOther(client, reference, namespace)
  const object = (await unlessGone(client.get(known, { namespace, name }))) as Scaled | undefined
  if (object?.metadata.uid !== uid) return undefined
  // A replica set of a deployment holds only part of the pods while versions change.
  const above = known === ReplicaSet ? controllerOf(object) : undefined
  if (above?.kind === Deployment.kind) return scaleFor(client, above, namespace)
  return { uid, replicas: object.spec.replicas ?? 1 }
}

/** Any other kind, by its scale subresource. */
async function scaleOfOther(
  client: Reader,
  { apiVersion, kind, name, uid }: OwnerReference,
  namespace: string,
): Promise<Found | undefined> {
  const group = groupOf(apiVersion)
  const served = (await discoverKinds(client)).find(each => each.group === group && each.kind === kind)
  if (!served) return undefined
  const root = group ? `/apis/${group}/${served.version}` : `/api/${served.version}`
  const path = `${root}/namespaces/${namespace}/${served.plural}/${name}`
  const { resources } = (await client.getPath(root)) as { resources: { name: string }[] }
  if (!resources.some(each => each.name === `${served.plural}/scale`))
    throw new Error(`${served.plural}${group && `.${group}`} does not implement the scale subresource`)
  const scale = (await unlessGone(client.getPath(`${path}/scale`))) as Scaled | undefined
  return scale?.metadata.uid === uid ? { uid, replicas: scale.spec.replicas ?? 0 } : undefined
}

async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
