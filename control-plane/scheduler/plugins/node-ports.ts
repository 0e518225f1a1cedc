import { hostPortsOf, type UsedPort } from '../node-info.ts'
import { resolvable, type Plugin } from '../plugin.ts'

const everywhere = '0.0.0.0'
const clashes = (a: UsedPort, b: UsedPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === everywhere || b.ip === everywhere)

/** A host port is given to one pod per node. */
export const nodePorts: Plugin = {
  name: 'NodePorts',
  filter(pod) {
    const wanted = hostPortsOf(pod)
    if (wanted.length === 0) return undefined
    return info =>
      wanted.some(port => info.ports.some(used => clashes(port, used)))
        ? resolvable("node(s) didn't have free ports for the requested pod ports")
        : undefined
  },
  sign: hostPortsOf,
  helps(pod, { of, before, after }) {
    if (of === 'Node') return after !== undefined && !before
    if (of !== 'AssignedPod' || after || !before) return false
    const freed = hostPortsOf(before)
    return hostPortsOf(pod).some(port => freed.some(used => clashes(port, used)))
  },
}
