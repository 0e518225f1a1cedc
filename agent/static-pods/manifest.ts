import { createHash } from 'node:crypto'
import { parse } from 'yaml'
import { Pod } from '../../api/core/pod.ts'
import { podReferences } from '../../api/core/pod-references.ts'
import { podQosClass } from '../../api/core/pod-qos.ts'
import { validateObjectMeta } from '../../api/object-meta-validation.ts'
import { decode } from '../../api/schema/decode.ts'
import { withDefaults } from '../../api/schema/defaults.ts'
import { isRecord } from '../../api/schema/records.ts'
import { staticPodAnnotations as annotations } from '../../api/static-pods.ts'
import { timestamp } from '../../api/time.ts'

export interface ManifestContext {
  readonly nodeName: string
  /** The path of the file, which is part of what the pod's uid is made of. */
  readonly path: string
  readonly now: Date
}

/** The pod of a manifest in YAML or JSON, as upstream's kubelet makes it ready to run. Throws when it is none, or not a valid one. */
export function readManifest(text: string, { nodeName, path, now }: ManifestContext): Pod {
  const json: unknown = parse(text)
  if (!isRecord(json) || json.kind !== 'Pod' || json.apiVersion !== 'v1') throw new Error('invalid pod: the manifest is no v1 Pod')
  const { value, unknown } = decode(Pod.schema, json)
  if (unknown.length > 0)
    throw new Error(`strict decoding error: ${unknown.map(field => `unknown field ${JSON.stringify(field)}`).join(', ')}`)
  const read = value as unknown as Pod
  const [reference] = podReferences(read)
  if (reference) throw new Error(`static pods may not reference ${reference.resource}`)
  const uid = read.metadata.uid || uidOf({ nodeName, path, json })
  const pod: Pod = {
    ...read,
    metadata: {
      ...read.metadata,
      uid,
      name: `${read.metadata.name}-${nodeName.toLowerCase()}`,
      namespace: read.metadata.namespace || 'default',
      creationTimestamp: timestamp(now),
      annotations: {
        ...read.metadata.annotations,
        [annotations.hash]: uid,
        [annotations.seen]: now.toISOString(),
        [annotations.source]: 'file',
      },
    },
    // Trouble of the node drives no static pod away.
    spec: { ...read.spec, nodeName, tolerations: [...(read.spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }] },
    status: { phase: 'Pending' },
  }
  const filled = withDefaults(Pod.schema, pod) as Pod
  return validated(Pod.applyDefaults?.(filled) ?? filled)
}

/** Another content is another pod. */
const uidOf = ({ nodeName, path, json }: { nodeName: string; path: string; json: unknown }): string =>
  createHash('md5')
    .update(`host:${nodeName}file:${path}${JSON.stringify(json)}`)
    .digest('hex')

function validated(pod: Pod): Pod {
  const errors = [...validateObjectMeta(pod.metadata, Pod), ...(Pod.validate?.(pod) ?? [])]
  if (errors.length > 0) throw new Error(`invalid pod: ${errors.map(({ field, message }) => `${field}: ${message}`).join(', ')}`)
  return { ...pod, status: { ...pod.status, qosClass: podQosClass(pod.spec) } }
}
