import { apiError, badRequest, invalid } from '../../../api/errors.ts'
import { Scale, type Scale as ScaleObject } from '../../../api/autoscaling/scale.ts'
import { apiVersionOf, type Kind, type KubernetesObject, type ScalePaths } from '../../../api/kind.ts'
import { formatSelector, selectorFromObject } from '../../../api/label-selector.ts'
import type { LabelSelector } from '../../../api/meta.ts'
import { fieldInvalid } from '../../../api/schema/field-error.ts'
import { isRecord } from '../../../api/schema/records.ts'

interface Scalable extends KubernetesObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector | Record<string, string> }
  readonly status?: { readonly replicas?: number }
}

const pathsOf = (kind: Kind): ScalePaths | undefined => kind.subresources?.['scale']?.paths

/** The autoscaling/v1 view of anything that has replicas. */
export function scaleOf(kind: Kind, object: Scalable): ScaleObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const paths = pathsOf(kind)
  const replicas = paths ? wantedReplicas(object, paths) : (object.spec?.replicas ?? 0)
  const current = paths ? numberAt(object, paths.statusReplicas) : object.status?.replicas
  const selector = paths ? textAt(object, paths.selector) : selectorText(object.spec?.selector)
  return {
    kind: Scale.kind,
    apiVersion: `${Scale.group}/${Scale.version}`,
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    spec: replicas ? { replicas } : {},
    status: { replicas: current ?? 0, ...(selector ? { selector } : {}) },
  }
}

function wantedReplicas(object: Scalable, { specReplicas }: ScalePaths): number {
  const replicas = numberAt(object, specReplicas)
  if (replicas === undefined) throw apiError('InternalError', `the spec replicas field ${JSON.stringify(specReplicas)} does not exist`)
  return replicas
}

const namesOf = (path: string): string[] => path.split('.').slice(1)
const valueAt = (object: unknown, path: string): unknown =>
  namesOf(path).reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), object)
function numberAt(object: unknown, path: string): number | undefined {
  const value = valueAt(object, path)
  return typeof value === 'number' ? value : undefined
}
function textAt(object: unknown, path: string | undefined): string {
  const value = path === undefined ? undefined : valueAt(object, path)
  return typeof value === 'string' ? value : ''
}

/** A copy with a value at the path, and whatever has to be there on the way. */
function withValueAt(value: unknown, [name, ...rest]: readonly string[], wanted: unknown): unknown {
  if (name === undefined) return wanted
  const record = isRecord(value) ? value : {}
  return { ...record, [name]: withValueAt(record[name], rest, wanted) }
}

/** Takes over the wanted number of replicas and nothing else. */
export function withScale(kind: Kind, object: Scalable, scale: ScaleObject): KubernetesObject {
  const replicas = scale.spec.replicas ?? 0
  if (replicas < 0) {
    const error = fieldInvalid('spec.replicas', replicas, 'must be greater than or equal to 0')
    throw invalid(Scale, object.metadata.name, [error])
  }
  const paths = pathsOf(kind)
  if (paths) return withValueAt(object, namesOf(paths.specReplicas), replicas) as KubernetesObject
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
  const paths = pathsOf(kind)
  if (paths && isRecord(spec)) {
    return withValueAt({ apiVersion: apiVersionOf(kind), kind: kind.kind, metadata }, namesOf(paths.specReplicas), spec['replicas'])
  }
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata, ...(isRecord(spec) ? { spec: { replicas: spec['replicas'] } } : {}) }
}
