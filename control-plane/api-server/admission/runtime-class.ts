import { Pod } from '../../../api/core/pod.ts'
import { forbidden } from '../../../api/errors.ts'
import { RuntimeClass } from '../../../api/node/runtime-class.ts'
import { sameAmounts } from '../../../api/quota/amounts.ts'
import { isEqual } from '../../../common/equal.ts'
import type { Lookup } from '../interfaces.ts'
import { concerns, onCreate, type AdmissionRule } from './rule.ts'

const rejected = (name: string, why: string) => forbidden(Pod, name, `pod rejected: ${why}`)

/** Upstream's RuntimeClass: a pod gets what its class costs besides the containers, and is kept to the class's nodes. */
export const runtimeClass = (lookup: Lookup): AdmissionRule => {
  const classOf = ({ spec: { runtimeClassName } }: Pod, name: string): RuntimeClass | undefined => {
    if (!runtimeClassName) return undefined
    const found = lookup.get(RuntimeClass, { namespace: '', name: runtimeClassName })
    if (!found) throw rejected(name, `RuntimeClass ${JSON.stringify(runtimeClassName)} not found`)
    return found
  }
  return {
    ...onCreate(Pod, (pod, { name }) => {
      const found = classOf(pod, name)
      return found ? withScheduling(withOverhead(pod, found, name), found, name) : pod
    }),
    validate(context) {
      if (context.verb !== 'create' || !concerns(context, Pod)) return
      const pod = context.object as Pod
      const overhead = pod.spec.overhead ?? {}
      if (Object.keys(overhead).length > 0 && !classOf(pod, context.name)?.overhead)
        throw rejected(context.name, 'Pod Overhead set without corresponding RuntimeClass defined Overhead')
    },
  }
}

function withOverhead(pod: Pod, { overhead }: RuntimeClass, name: string): Pod {
  const fixed = overhead?.podFixed
  if (!fixed) return pod
  if (pod.spec.overhead && !sameAmounts(pod.spec.overhead, fixed))
    throw rejected(name, "Pod's Overhead doesn't match RuntimeClass's defined Overhead")
  return { ...pod, spec: { ...pod.spec, overhead: fixed } }
}

function withScheduling(pod: Pod, { scheduling }: RuntimeClass, name: string): Pod {
  if (!scheduling) return pod
  const { nodeSelector: own = {}, tolerations = [] } = pod.spec
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {})) {
    if (own[key] !== undefined && own[key] !== value)
      throw forbidden(
        Pod,
        name,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`,
      )
  }
  const nodeSelector = { ...own, ...scheduling.nodeSelector }
  const added = (scheduling.tolerations ?? []).filter(toleration => !tolerations.some(each => isEqual(each, toleration)))
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
      ...(added.length > 0 ? { tolerations: [...tolerations, ...added] } : {}),
    },
  }
}
