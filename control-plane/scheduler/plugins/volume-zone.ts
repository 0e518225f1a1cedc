import { unresolvable, type Plugin } from '../plugin.ts'
import { helpsVolumes } from '../volumes/helps-volumes.ts'
import { podClaims } from '../volumes/pod-claims.ts'

const zoneLabels = [
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
]

/** A volume that says by labels in which zones it is keeps its pods in them; a node that knows no zones is let be. */
export const volumeZone: Plugin = {
  name: 'VolumeZone',
  filter(pod, cluster) {
    const names = new Set(podClaims(pod, cluster).bound.map(({ spec }) => spec.volumeName))
    const zones = (cluster.storage && names.size > 0 ? cluster.storage.volumes : [])
      .filter(({ metadata }) => names.has(metadata.name))
      .flatMap(({ metadata }) =>
        zoneLabels.flatMap(key => (metadata.labels?.[key] ? [{ key, values: zonesOf(metadata.labels[key]) }] : [])),
      )
    if (zones.length === 0) return undefined
    return ({ node: { metadata } }) => {
      const labels = metadata.labels ?? {}
      if (!zoneLabels.some(key => labels[key] !== undefined)) return undefined
      const fits = zones.every(({ key, values }) => values.has(labels[key] ?? ''))
      return fits ? undefined : unresolvable('node(s) had no available volume zone')
    }
  },
  helps: helpsVolumes,
}

/** Several zones are joined by two underscores. */
const zonesOf = (label: string): ReadonlySet<string> => new Set(label.split('__'))
