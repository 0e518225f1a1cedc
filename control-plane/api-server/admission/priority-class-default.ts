import { forbidden } from '../../../api/errors.ts'
import type { Lookup } from '../interfaces.ts'
import { defaultPriorityClass, factsOf, priorityClassKind } from './priority-classes.ts'
import { concerns, type AdmissionRule } from './rule.ts'

/** Upstream's Priority admission, its other half: only one class is the default. */
export const priorityClassDefault = (lookup: Lookup): AdmissionRule => ({
  validate(context) {
    const kind = priorityClassKind()
    if (!kind || !context.object || !concerns(context, kind) || !factsOf(context.object).globalDefault) return
    const other = defaultPriorityClass(lookup)
    if (!other || other.name === context.name) return
    throw forbidden(kind, context.name, `PriorityClass ${other.name} is already marked as default. Only one default can exist`)
  },
})
