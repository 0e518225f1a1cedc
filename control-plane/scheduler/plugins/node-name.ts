import { unresolvable, type Plugin } from '../plugin.ts'

/** The node that the pod names. */
export const nodeName: Plugin = {
  name: 'NodeName',
  filter({ spec: { nodeName } }) {
    if (!nodeName) return undefined
    return info => (nodeName === info.node.metadata.name ? undefined : unresolvable("node(s) didn't match the requested node name"))
  },
  sign: ({ spec }) => spec.nodeName,
  helps: (pod, { of, before, after }) => of === 'Node' && !before && after?.metadata.name === pod.spec.nodeName,
}
