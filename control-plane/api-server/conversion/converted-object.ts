import type { KubernetesObject } from '../../../api/kind.ts'
import { validateLabels } from '../../../api/label-selector.ts'
import { validateAnnotations } from '../../../api/object-meta-validation.ts'
import { isRecord } from '../../../api/schema/records.ts'

type Json = Readonly<Record<string, unknown>>

/** Why what a webhook made of an object is not that object; undefined when it is. Upstream's validateConvertedObject. */
export function differenceOf(original: KubernetesObject, converted: Json): string | undefined {
  const metadata = isRecord(converted['metadata']) ? converted['metadata'] : {}
  const rows = [
    ['name', original.metadata.name, metadata['name']],
    ['namespace', original.metadata.namespace, metadata['namespace']],
    ['UID', original.metadata.uid, metadata['uid']],
  ] as const
  const differing = rows.find(([, expected = '', got = '']) => expected !== got)
  return differing && `must have the same ${differing[0]}: ${differing[1] ?? ''} != ${String(differing[2] ?? '')}`
}

/**
 * What a webhook made of an object, with the metadata that the object had: labels and annotations are all that it may change.
 * Throws an Error in upstream's words (restoreObjectMeta).
 */
export function withOriginalMetadata(original: KubernetesObject, converted: Json): KubernetesObject {
  const { metadata } = converted
  if (metadata === undefined) throw new Error('missing metadata in converted object')
  if (!isRecord(metadata)) throw new Error(`invalid metadata of type ${goType(metadata)} in converted object`)
  const { labels: _, annotations: __, ...kept } = original.metadata
  const changed = { ...mapOf('labels', metadata, original), ...mapOf('annotations', metadata, original) }
  return { ...converted, metadata: { ...kept, ...changed } } as unknown as KubernetesObject
}

/** Upstream names the second in the singular. */
const checks = {
  labels: (texts: Record<string, string>) => validateLabels(texts, 'metadata.labels'),
  annotations: (texts: Record<string, string>) => validateAnnotations(texts, 'metadata.annotation'),
}

function mapOf(field: 'labels' | 'annotations', metadata: Json, original: KubernetesObject): Json {
  const given = metadata[field]
  if (given === undefined || given === null) return {}
  if (!isRecord(given)) throw new Error(`invalid metadata.${field} of type ${goType(given)} in converted object`)
  for (const [key, value] of Object.entries(given))
    if (typeof value !== 'string')
      throw new Error(`metadata.${field}[${key}] must be a string, but is ${goType(value)} in converted object`)
  const texts = given as Record<string, string>
  const before = original.metadata[field] ?? {}
  const changed =
    Object.keys(before).length !== Object.keys(texts).length || Object.entries(texts).some(([key, text]) => before[key] !== text)
  // What was good enough before is not looked at again.
  const errors = changed ? checks[field](texts).map(error => `${error.field}: ${error.message}`) : []
  if (errors.length > 0) throw new Error(errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`)
  return { [field]: texts }
}

/** The type that Go's decoder gives a value of JSON. */
function goType(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'object') return 'map[string]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
