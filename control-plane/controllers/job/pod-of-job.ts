import { Job } from '../../../api/batch/job.ts'
import type { Container } from '../../../api/core/container.ts'
import { type Pod } from '../../../api/core/pod.ts'
import { controllerReference } from '../../../api/owners.ts'
import type { NewObject } from '../../../client/client.ts'
import {
  completionIndex,
  failuresBefore,
  ignoredFailuresBefore,
  indexFailureCount,
  indexIgnoredFailureCount,
  trackingFinalizer,
} from './job-pods.ts'
import { judgeFailure } from './pod-failure-policy.ts'

const indexVariable = 'JOB_COMPLETION_INDEX'
/** Five more letters are added by the server. */
const longestPrefix = 58

export interface PodPlace {
  readonly index: number | undefined
  /** The failed pod of the same index, with backoffLimitPerIndex. */
  readonly replaces: Pod | undefined
}

/** A new pod of the Job, of one index where it is Indexed: with the index in name, host name, annotation, label and environment. */
export function podOfJob(job: Job, { index, replaces }: PodPlace): NewObject<Pod> {
  const { metadata, spec } = job.spec.template
  const indexed = index === undefined ? undefined : indexedParts(job, index, replaces)
  const finalizers = [...(metadata.finalizers ?? []).filter(name => name !== trackingFinalizer), trackingFinalizer]
  const pod = {
    metadata: {
      generateName: indexed ? prefixOf(job.metadata.name, index ?? 0) : `${job.metadata.name}-`,
      namespace: job.metadata.namespace,
      labels: { ...metadata.labels, ...indexed?.labels },
      ...(metadata.annotations || indexed ? { annotations: { ...metadata.annotations, ...indexed?.annotations } } : {}),
      finalizers,
      ownerReferences: [controllerReference(Job, job)],
    },
    spec: indexed ? { ...spec, ...withIndexVariable(spec), hostname: `${job.metadata.name}-${index}` } : spec,
  }
  return pod as NewObject<Pod>
}

function indexedParts(job: Job, index: number, replaces: Pod | undefined) {
  const label = { [completionIndex]: String(index) }
  return { labels: label, annotations: { ...label, ...(job.spec.backoffLimitPerIndex === undefined ? {} : failureCounts(job, replaces)) } }
}

function failureCounts(job: Job, replaces: Pod | undefined): Record<string, string> {
  if (!replaces) return { [indexFailureCount]: '0' }
  const { counts } = judgeFailure(job.spec.podFailurePolicy, replaces)
  const ignored = ignoredFailuresBefore(replaces) + (counts ? 0 : 1)
  return {
    [indexFailureCount]: String(failuresBefore(replaces) + (counts ? 1 : 0)),
    ...(ignored > 0 ? { [indexIgnoredFailureCount]: String(ignored) } : {}),
  }
}

function prefixOf(name: string, index: number): string {
  const end = `-${index}-`
  return name.slice(0, longestPrefix - end.length) + end
}

function withIndexVariable({ containers, initContainers }: Job['spec']['template']['spec']) {
  const add = (container: Container): Container => {
    if (container.env?.some(({ name }) => name === indexVariable)) return container
    const variable = { name: indexVariable, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${completionIndex}']` } } }
    return { ...container, env: [...(container.env ?? []), variable as NonNullable<Container['env']>[number]] }
  }
  return { containers: containers.map(add), ...(initContainers ? { initContainers: initContainers.map(add) } : {}) }
}
