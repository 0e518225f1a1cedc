import { Node } from '../../../api/core/node.ts'
import { onCreate } from './rule.ts'

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' } as const

/** Upstream's TaintNodesByCondition: nothing is scheduled to a new node before it has said that it is ready. */
export const taintNodesByCondition = onCreate(Node, node => {
  const taints = node.spec?.taints ?? []
  if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) return node
  return { ...node, spec: { ...node.spec, taints: [...taints, notReady] } }
})
