import { badRequest, invalid } from '../../../api/errors.ts'
import { Scale, type Scale as ScaleObject } from '../../../api/autoscaling/scale.ts'
import { apiVersionOf, type Kind, type KubernetesObject } from '../../../api/kind.ts'
import { formatSelector, selectorFromObject } from '../../../api/label-selector.ts'
import type { LabelSelector } from '../../../api/meta.ts'
import { fieldInvalid } from '../../../api/schema/field-error.ts'
import { isRecord } from '../../../api/schema/records.ts'

interface Scalable extends KubernetesObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector | Record<string, string> }
  readonly status?: { readonly replicas?: number }
}

/** The autoscaling/v1 view of anything that has `spec.replicas`. */
export function scaleOf(object: Scalable): ScaleObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const replicas = object.spec?.replicas ?? 0
  const selector = selectorText(object.spec?.selector)
  return {
    kind: Scale.kind,
    apiVersion: `${Scale.group}/${Scale.version}`,
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    spec: replicas ? { replicas } : {},
    status: { replicas: object.status?.replicas ?? 0, ...(selector ? { selector } : {}) },
  }
}

/** Takes over the wanted number of replicas and nothing else. */
export function withScale(object: Scalable, scale: ScaleObject): KubernetesObject {
  const replicas = scale.spec.replicas ?? 0
  if (replicas < 0) {
    const error = fieldInvalid('spec.replicas', replicas, 'must be greater than or equal to 0')
    throw invalid(Scale, object.metadata.name, [error])
  }
  const next: Scalable = { ...object, spec: { ...object.spec, replicas } }
  return next
}

function selectorText(selector: LabelSelector | Record<string, string> | undefined): string {
  if (!selector) return ''
  const isObject = 'matchLabels' in selector || 'matchExpressions' in selector
  return formatSelector(selectorFromObject(isObject ? selector : { matchLabels: selector as Record<string, string> }))
}

/** An applied Scale as the configuration of the object that it scales. */
export function scaledObject(kind: Kind, scale: unknown): unknown {
  if (!isRecord(scale)) return scale
  if (scale['kind'] !== Scale.kind || scale['apiVersion'] !== apiVersionOf(Scale))
    throw badRequest(`invalid object type: ${String(scale['apiVersion'])}, Kind=${String(scale['kind'])}`)
  const { metadata, spec } = scale
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata, ...(isRecord(spec) ? { spec: { replicas: spec['replicas'] } } : {}) }
}
