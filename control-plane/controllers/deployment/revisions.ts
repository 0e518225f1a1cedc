import type { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { Deployment } from '../../../api/apps/deployment.ts'
import { controllerReference } from '../../../api/owners.ts'
import { podTemplateHash } from '../../../api/template-hash.ts'
import { isEqual } from '../../../common/equal.ts'
import type { NewObject } from '../../../client/client.ts'
import { desiredReplicas, rollingLimits } from './limits.ts'

const hashLabel = 'pod-template-hash'
export const revisionAnnotation = 'deployment.kubernetes.io/revision'
const historyAnnotation = 'deployment.kubernetes.io/revision-history'
const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas'
const maximumAnnotation = 'deployment.kubernetes.io/max-replicas'

/** Annotations that belong to one object and are not handed on from a Deployment to its ReplicaSets. */
const ownAnnotations = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maximumAnnotation,
  'deprecated.deployment.rollback.to',
])

type Annotations = Readonly<Record<string, string>>
type Annotated = { readonly metadata: { readonly annotations?: Annotations } }
/** The revision, 0 when none is given; an int64, which may be more than a number can hold. */
export const revisionOf = ({ metadata }: Annotated): bigint => asInt64(metadata.annotations?.[revisionAnnotation] ?? '') ?? 0n
/** One more than the highest revision of the old ReplicaSets. */
export const nextRevision = (old: readonly Annotated[]): bigint =>
  old.map(revisionOf).reduce((highest, revision) => (revision > highest ? revision : highest), 0n) + 1n
export const byRevision = (a: Annotated, b: Annotated): number =>
  Number(revisionOf(a) > revisionOf(b)) - Number(revisionOf(a) < revisionOf(b))
const asInt64 = (text: string): bigint | undefined => {
  if (!isWhole(text)) return undefined
  const value = BigInt(text.replace(/^\+/, ''))
  return BigInt.asIntN(64, value) === value ? value : undefined
}
export const annotatedDesired = (set: ReplicaSet): number | undefined => numberIn(set, desiredAnnotation)
export const annotatedMaximum = (set: ReplicaSet): number | undefined => numberIn(set, maximumAnnotation)
/** What is no whole number says nothing. */
const numberIn = (set: ReplicaSet, name: string) => {
  const text = set.metadata.annotations?.[name]
  return text !== undefined && isWhole(text) ? Number(text) : undefined
}
const isWhole = (text: string) => /^[+-]?\d+$/.test(text)

export const byAge = (a: ReplicaSet, b: ReplicaSet): number =>
  Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp) || (a.metadata.name < b.metadata.name ? -1 : 1)

function sameTemplate(set: ReplicaSet, deployment: Deployment): boolean {
  const plain = (template: ReplicaSet['spec']['template']) => {
    const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {}
    return { ...template, metadata: { ...template?.metadata, labels, creationTimestamp: undefined } }
  }
  return isEqual(plain(set.spec.template), plain(deployment.spec.template))
}

/** The ReplicaSet of the current template; of several, the oldest, as upstream decides. */
export const findNewReplicaSet = (deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined =>
  [...sets].sort(byAge).find(set => sameTemplate(set, deployment))

export const isOwnTemplate = sameTemplate

/** What a ReplicaSet remembers of the size its Deployment had: how scaling knows that it happened. */
export const sizeAnnotations = (deployment: Deployment): Annotations => ({
  [desiredAnnotation]: String(desiredReplicas(deployment)),
  [maximumAnnotation]: String(desiredReplicas(deployment) + rollingLimits(deployment).maxSurge),
})

const handedOn = (deployment: Deployment): Annotations =>
  Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !ownAnnotations.has(name)))

/**
 * The annotations of the new ReplicaSet at `revision`; a revision that it had before goes into its history (upstream's
 * SetNewReplicaSetAnnotations). One whose revision is no number is left as it is.
 */
export function newSetAnnotations(deployment: Deployment, set: ReplicaSet | undefined, revision: bigint): Annotations {
  const current = set?.metadata.annotations ?? {}
  const old = current[revisionAnnotation] ?? ''
  const before = old === '' ? 0n : asInt64(old)
  if (before === undefined) return current
  const next = { ...current, ...handedOn(deployment) }
  if (before >= revision) return next
  const history = old === '' ? current[historyAnnotation] : withRevision(current[historyAnnotation], old)
  return { ...next, [revisionAnnotation]: String(revision), ...(history ? { [historyAnnotation]: history } : {}) }
}

const longestHistory = 2000

/** The history with one more revision; the oldest ones give way when it becomes too long. */
function withRevision(history: string | undefined, revision: string): string {
  const revisions = history ? [...history.split(','), revision] : [revision]
  while (revisions.length > 1 && revisions.join(',').length > longestHistory) revisions.shift()
  return revisions.join(',')
}

/** The ReplicaSet to create for the current template. */
export function newReplicaSet(
  deployment: Deployment,
  revision: bigint,
  replicas: number,
): NewObject<ReplicaSet> & { metadata: { name: string } } {
  const { template, selector, minReadySeconds } = deployment.spec
  const hash = podTemplateHash(template, deployment.status.collisionCount)
  return {
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      annotations: { ...newSetAnnotations(deployment, undefined, revision), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(Deployment, deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [hashLabel]: hash } } },
    },
  }
}
