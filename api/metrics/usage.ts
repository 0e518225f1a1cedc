import type { Column, KubernetesObject } from '../kind.ts'
import { nameColumn } from '../columns.ts'
import { addQuantities, formatQuantity, parseQuantity } from '../quantity.ts'
import { map, message, optional, quantity, required, string, type Static } from '../schema/schema.ts'

/** What was used, by resource: cpu and memory. */
export const usage = () => map(quantity())
export type Usage = Readonly<Record<string, string>>

export const ContainerMetrics = message('io.k8s.metrics.pkg.apis.metrics.v1beta1.ContainerMetrics', 'What one container of a pod used.', {
  name: required(0, string(), "The container's name in its pod."),
  usage: required(0, usage(), 'What it used: cpu and memory.'),
})
export type ContainerMetrics = Static<typeof ContainerMetrics>

/**
 * Length of the time that a usage is about. JSON has a text for what protobuf has a message of its own for: metrics have no
 * numbers here, and so no protobuf form.
 */
export const window = () => optional(0, string(), 'How long the time was over which usage of cpu is the average.')

/** The sum of several usages, resource by resource. */
export function sumOf(usages: readonly Usage[], resource: string): string {
  const zero = parseQuantity('0')
  const parts = usages.map(usage => parseQuantity(usage[resource] ?? '0'))
  return formatQuantity(parts.reduce(addQuantities, parts[0] ? { ...zero, format: parts[0].format } : zero))
}

/** The columns of metrics-server: name, every resource, and the time they are about. */
export const usageColumns = <O extends KubernetesObject & { readonly window?: string }>(
  usagesOf: (object: O) => readonly Usage[],
): Column<O>[] => [
  nameColumn,
  ...['cpu', 'memory'].map((resource): Column<O> => ({
    name: resource,
    type: 'string',
    format: 'quantity',
    description: '',
    cell: object => sumOf(usagesOf(object), resource),
  })),
  { name: 'Window', type: 'string', format: 'duration', description: '', cell: object => object.window ?? '' },
]
