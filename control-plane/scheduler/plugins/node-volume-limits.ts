import { claimNamesOf } from '../../../api/core/pod-claims.ts'
import type { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { classOf } from '../../../api/core/storage-class-annotation.ts'
import { keyOf } from '../../../client/cache.ts'
import { resolvable, type Plugin, type Storage } from '../plugin.ts'
import { isOwnClaim } from '../volumes/helps-volumes.ts'

/** A node has no more volumes of a storage driver than its CSINode says; one that several pods share counts once. */
export const nodeVolumeLimits: Plugin = {
  name: 'NodeVolumeLimits',
  filter(pod, { claims, storage }) {
    if (!storage || claimNamesOf(pod).length === 0) return undefined
    const limits = new Map(storage.csiNodes.map(({ metadata, spec }) => [metadata.name, limitsOf(spec.drivers)] as const))
    if (![...limits.values()].some(({ size }) => size > 0)) return undefined
    const volumesOf = counting(claims, storage)
    const wanted = volumesOf(pod)
    if (wanted.size === 0) return undefined
    return ({ node, pods }) => {
      const allowed = limits.get(node.metadata.name)
      if (!allowed || ![...wanted.values()].some(driver => allowed.has(driver))) return undefined
      const there = new Map([...pods.values()].flatMap(other => [...volumesOf(other)]))
      // Whoever brings nothing new of a driver does not mind that there is too much of it already.
      const brought = [...wanted].filter(([volume]) => !there.has(volume)).map(([, driver]) => driver)
      const all = [...there.values(), ...brought]
      const exceeds = brought.some(driver => all.filter(each => each === driver).length > (allowed.get(driver) ?? Infinity))
      return exceeds ? resolvable('node(s) exceed max volume count') : undefined
    }
  },
  helps(pod, event) {
    const { of, before, after } = event
    if (of === 'CSINode') {
      const known = limitsOf(before?.spec.drivers ?? [])
      return [...limitsOf(after?.spec.drivers ?? [])].some(([driver, count]) => !before || count > (known.get(driver) ?? Infinity))
    }
    if (of === 'AssignedPod') return before !== undefined && after === undefined && claimNamesOf(before).length > 0
    return !before && isOwnClaim(pod, event)
  },
}

type Drivers = Storage['csiNodes'][number]['spec']['drivers']

/** How many volumes of each driver a node may have, of those that say so. */
const limitsOf = (drivers: Drivers): ReadonlyMap<string, number> =>
  new Map(drivers.flatMap(({ name, allocatable }) => (allocatable?.count === undefined ? [] : [[name, allocatable.count] as const])))

/** The drivers' volumes of a pod, each by its handle, or by its claim where it is to be made (upstream's getCSIDriverInfo). */
function counting(claims: readonly PersistentVolumeClaim[], { volumes, classes }: Storage) {
  const byKey = new Map(claims.map(claim => [keyOf(claim), claim]))
  const handles = new Map(
    volumes.map(({ metadata, spec }) => [
      metadata.name,
      spec.csi && ([`${spec.csi.driver}/${spec.csi.volumeHandle}`, spec.csi.driver] as const),
    ]),
  )
  const provisioners = new Map(classes.map(({ metadata, provisioner }) => [metadata.name, provisioner]))
  return (pod: Pod): ReadonlyMap<string, string> => {
    const namespace = pod.metadata.namespace ?? ''
    return new Map(
      claimNamesOf(pod).flatMap(name => {
        const claim = byKey.get(`${namespace}/${name}`)
        const volume = claim?.spec.volumeName ?? ''
        if (handles.has(volume)) return [handles.get(volume)].filter(known => known !== undefined)
        const provisioner = claim && provisioners.get(classOf(claim) ?? '')
        return provisioner ? [[`${provisioner}/claim of ${namespace}/${name}`, provisioner] as const] : []
      }),
    )
  }
}
