import type { IngressClass } from '../../../api/networking/ingress-class.ts'
import type { Ingress } from '../../../api/networking/ingress.ts'

/** What IngressClasses of ours name as their controller. */
const ingressControllerName = 'kubeling.io/ingress-controller'
const classAnnotation = 'kubernetes.io/ingress.class'

export const isOurs = ({ spec }: IngressClass): boolean => spec.controller === ingressControllerName

/** The ingresses of our classes, the oldest first: where two say different things, it is the older that counts. */
export function servedIngresses(ingresses: readonly Ingress[], classes: readonly IngressClass[]): Ingress[] {
  const ours = new Set(classes.filter(isOurs).map(({ metadata }) => metadata.name))
  return ingresses.filter(ingress => ours.has(classOf(ingress))).sort(byAge)
}

/** The older way of saying it comes first, as upstream. */
const classOf = ({ metadata, spec }: Ingress) => metadata.annotations?.[classAnnotation] ?? spec.ingressClassName ?? ''

const byAge = (a: Ingress, b: Ingress) =>
  compare(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') || compare(nameOf(a), nameOf(b))
const nameOf = ({ metadata }: Ingress) => `${metadata.namespace}/${metadata.name}`
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
