import { LimitRange } from '../../../../api/core/limit-range.ts'
import { PersistentVolumeClaim } from '../../../../api/core/persistent-volume-claim.ts'
import { Pod } from '../../../../api/core/pod.ts'
import { forbidden } from '../../../../api/errors.ts'
import type { AdmissionContext, Lookup } from '../../interfaces.ts'
import { concerns, onCreate, type AdmissionRule } from '../rule.ts'
import { withContainerDefaults } from './container-defaults.ts'
import { claimViolations, podViolations } from './violations.ts'

/** Upstream's LimitRanger: what single pods, containers and claims may ask for, and what they get that ask for nothing. */
export const limitRanger = (lookup: Lookup): AdmissionRule => ({
  ...onCreate(Pod, (pod, { namespace }) => lookup.list(LimitRange, namespace).reduce(withContainerDefaults, pod)),
  validate(context) {
    const { kind, name, namespace, object } = context
    const violations = violationsIn(context)
    if (!violations || !object || object.metadata.deletionTimestamp) return
    for (const range of lookup.list(LimitRange, namespace)) {
      const found = [...new Set(violations(range))]
      if (found.length > 0) throw forbidden(kind, name, found.length === 1 ? (found[0] ?? '') : `[${found.join(', ')}]`)
    }
  },
})

/** Undefined: limit ranges have nothing to say about such a request. */
function violationsIn(context: AdmissionContext): ((range: LimitRange) => string[]) | undefined {
  const isNewPod = context.verb === 'create' && concerns(context, Pod)
  const isResize = context.verb === 'update' && concerns(context, Pod, 'resize')
  if (isNewPod || isResize) return range => podViolations(range, context.object as Pod)
  const isClaim = (context.verb === 'create' || context.verb === 'update') && concerns(context, PersistentVolumeClaim)
  return isClaim ? range => claimViolations(range, context.object as PersistentVolumeClaim) : undefined
}
