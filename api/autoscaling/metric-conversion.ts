import type { MetricSpec, MetricStatus } from './metrics.ts'

type Fields = Readonly<Record<string, unknown>>
type Names = Readonly<Record<string, string>>

const sources = ['object', 'pods', 'resource', 'containerResource', 'external'] as const
type Source = (typeof sources)[number]

/**
 * How the flat fields of a metric in version 1's annotations are called, by where they stand in version 2. The selector of a
 * metric and an average have other names for metrics from outside and for resources.
 */
const specNames = (source: Source): Names => ({
  ...(source === 'external'
    ? {
        'metric.name': 'metricName',
        'metric.selector': 'metricSelector',
        'target.value': 'targetValue',
        'target.averageValue': 'targetAverageValue',
      }
    : {}),
  ...(source === 'object'
    ? {
        describedObject: 'target',
        'metric.name': 'metricName',
        'metric.selector': 'selector',
        'target.value': 'targetValue',
        'target.averageValue': 'averageValue',
      }
    : {}),
  ...(source === 'pods' ? { 'metric.name': 'metricName', 'metric.selector': 'selector', 'target.averageValue': 'targetAverageValue' } : {}),
  ...(source === 'resource' || source === 'containerResource'
    ? {
        name: 'name',
        container: 'container',
        'target.averageUtilization': 'targetAverageUtilization',
        'target.averageValue': 'targetAverageValue',
      }
    : {}),
})

const statusNames = (source: Source): Names => ({
  ...(source === 'external'
    ? {
        'metric.name': 'metricName',
        'metric.selector': 'metricSelector',
        'current.value': 'currentValue',
        'current.averageValue': 'currentAverageValue',
      }
    : {}),
  ...(source === 'object'
    ? {
        describedObject: 'target',
        'metric.name': 'metricName',
        'metric.selector': 'selector',
        'current.value': 'currentValue',
        'current.averageValue': 'averageValue',
      }
    : {}),
  ...(source === 'pods'
    ? { 'metric.name': 'metricName', 'metric.selector': 'selector', 'current.averageValue': 'currentAverageValue' }
    : {}),
  ...(source === 'resource' || source === 'containerResource'
    ? {
        name: 'name',
        container: 'container',
        'current.averageUtilization': 'currentAverageUtilization',
        'current.averageValue': 'currentAverageValue',
      }
    : {}),
})

function at(fields: Fields, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Fields | undefined)?.[name], fields)
}

const flattened = (fields: Fields, names: Names): Fields =>
  Object.fromEntries(Object.entries(names).flatMap(([path, name]) => (at(fields, path) === undefined ? [] : [[name, at(fields, path)]])))

function nested(fields: Fields, names: Names): Record<string, Fields> {
  const out: Record<string, Record<string, unknown>> = {}
  for (const [path, name] of Object.entries(names)) {
    if (fields[name] === undefined) continue
    const [outer = '', inner] = path.split('.')
    if (inner === undefined) out[outer] = fields[name] as Record<string, unknown>
    else (out[outer] ??= {})[inner] = fields[name]
  }
  return out
}

function convert(metric: Fields, change: (source: Source, fields: Fields) => Fields): Fields {
  const present = sources.filter(source => metric[source] !== undefined)
  return { type: metric['type'], ...Object.fromEntries(present.map(source => [source, change(source, metric[source] as Fields)])) }
}

const targetType = ({ averageUtilization, averageValue }: Fields): string =>
  averageUtilization === undefined ? (averageValue === undefined ? 'Value' : 'AverageValue') : 'Utilization'

export const metricToV1 = (metric: MetricSpec): Fields => convert(metric, (source, fields) => flattened(fields, specNames(source)))

/** The type of the target, which version 1 does not name, follows from which value is there. */
export const metricFromV1 = (metric: Fields): MetricSpec =>
  convert(metric, (source, fields) => {
    const { target = {}, ...rest } = nested(fields, specNames(source))
    const known = source === 'object' && target['averageValue'] !== undefined ? { averageValue: target['averageValue'] } : target
    return { ...rest, target: { type: targetType(known), ...known } }
  }) as MetricSpec

export const statusToV1 = (metric: MetricStatus): Fields => convert(metric, (source, fields) => flattened(fields, statusNames(source)))

export const statusFromV1 = (metric: Fields): MetricStatus =>
  convert(metric, (source, fields) => ({ current: {}, ...nested(fields, statusNames(source)) })) as MetricStatus
